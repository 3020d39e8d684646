import { plainText } from '../runs/log-lines.ts';
import type { BatchMember } from './batch-traits.ts';
import type { BatchRule } from './profile.ts';

/**
 * Whether something that a run says to its model could be taken for a line with which a run of a batch begins or ends,
 * should the model print it: whole or wrapped, after whatever the log puts before it. Its run has to stay alone, since
 * nobody could tell whose lines are whose.
 */
export function looksLikeMarker(batch: BatchRule, member: BatchMember): boolean {
  const patterns = [anywhere(batch.begins), anywhere(batch.ends)];
  return memberTexts(member).some((text) => {
    const printed = text
      .split(/[\r\n]+/)
      .map(plainText)
      .join('\n');
    const onOneLine = printed.replace(/\s+/g, ' ');
    return patterns.some((pattern) => pattern.test(printed) || pattern.test(onOneLine));
  });
}

/** All that a run says to its model in words. */
export function memberTexts({
  text,
  negativeText,
  parameters,
}: Pick<BatchMember, 'text' | 'negativeText' | 'parameters'>): readonly string[] {
  return [text, negativeText, ...stringsIn(parameters)].filter((each) => each.trim() !== '');
}

function stringsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}

/**
 * The pattern without what binds it to the beginning and the end of a line. What may stand before it goes too: nothing of it
 * has to be there, and looking for it at each place of a long text takes very long.
 */
function anywhere(pattern: string): RegExp {
  return new RegExp(withoutAnchors(pattern).replace(/^(?:\[\^(?:\\.|[^\]\\])*\]|\.)\*\??/, ''));
}

function withoutAnchors(pattern: string): string {
  let kept = '';
  let isInClass = false;
  for (let index = 0; index < pattern.length; index += 1) {
    const character = pattern.charAt(index);
    if (character === '\\') {
      kept += pattern.slice(index, index + 2);
      index += 1;
      continue;
    }
    if (!isInClass && (character === '^' || character === '$')) continue;
    if (character === '[') isInClass = true;
    if (character === ']') isInClass = false;
    kept += character;
  }
  return kept;
}

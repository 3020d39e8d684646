import type { Problem } from '../errors.ts';
import type { Prompt } from '../prompts/prompt.ts';
import type { Profile } from './profile.ts';

/**
 * Why a model does not take a text, in the order of what to mend first: `input.text_too_long` {bytes, maxBytes, model},
 * `input.text_forbidden` {text: what it would read as something else, model}, `input.text_json_object` {model}.
 */
export function textProblems(
  { text: rules, id: model }: Profile,
  { text, negativeText }: Pick<Prompt, 'text' | 'negativeText'>,
): readonly Problem[] {
  const bytes = Buffer.byteLength(text);
  const { max_bytes: maxBytes = Infinity } = rules;
  const found = rules.forbids.find((piece) => text.includes(piece) || negativeText.includes(piece));
  return [
    ...(bytes > maxBytes
      ? [{ code: 'input.text_too_long', parameters: { bytes, maxBytes, model } } as const]
      : []),
    ...(found === undefined
      ? []
      : [{ code: 'input.text_forbidden', parameters: { text: found, model } } as const]),
    ...(rules.forbids_json_object === true && isJsonObject(text)
      ? [{ code: 'input.text_json_object', parameters: { model } } as const]
      : []),
  ];
}

/** As models read it, which are written in Python: that takes `NaN` and `Infinity` for numbers. */
function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text.replaceAll(/\b(?:NaN|Infinity)\b/g, '0'));
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return false;
  }
}

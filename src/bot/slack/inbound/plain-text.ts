/** `<…>` of Slack's markup, and the three characters that it escapes. */
const MARKUP = /<([^<>]*)>|&(lt|gt|amp);/g;
const CHARACTERS: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&' };

/**
 * What somebody typed, without Slack's markup: people and channels by name, links as they were written.
 * @param nameOf name of a person where it is known
 */
export function plainText(text: string, nameOf: (user: string) => string | undefined): string {
  return text.replaceAll(MARKUP, (_all, inside: string | undefined, entity: string | undefined) => {
    if (inside === undefined) return CHARACTERS[entity ?? ''] ?? '';
    const bar = inside.indexOf('|');
    const target = bar < 0 ? inside : inside.slice(0, bar);
    const label = bar < 0 ? undefined : decode(inside.slice(bar + 1));
    return spoken(target, label, nameOf);
  });
}

/** The text without the mentions of this person, and what stands behind the first of them. */
export function withoutMention(
  text: string,
  user: string,
): { readonly all: string; readonly behind?: string } {
  const mention = new RegExp(`<@${user}(?:\\|[^>]*)?>`, 'g');
  const first = mention.exec(text);
  if (first === null) return { all: text.trim() };
  const behind = text.slice(mention.lastIndex).replaceAll(mention, '').trim();
  const all = text
    .replaceAll(mention, '')
    .replaceAll(/(^[ \t]+|[ \t]+$)/gm, '')
    .trim();
  return { all, behind };
}

function spoken(
  target: string,
  label: string | undefined,
  nameOf: (user: string) => string | undefined,
): string {
  const id = target.slice(1);
  switch (target.charAt(0)) {
    case '@':
      return `@${label ?? nameOf(id) ?? id}`;
    case '#':
      return `#${label ?? id}`;
    case '!':
      return label ?? `@${id.split('^')[0]}`;
    default:
      // Slack makes links of what looks like one: `a.com` has become `<http://a.com|a.com>`.
      return label !== undefined && decode(target).endsWith(label) ? label : decode(target);
  }
}

function decode(text: string): string {
  return text.replaceAll(/&(lt|gt|amp);/g, (_all, entity: string) => CHARACTERS[entity] ?? '');
}

/** Mentions, emoji of a guild, and commands in Discord's markup. */
const MARKUP = /<(@!?|@&|#)(\d+)>|<a?(:\w+:)\d+>|<(\/[^:<>]+):\d+>/g;

/** Names of what is mentioned, where they are known. */
export interface Names {
  readonly user: (id: string) => string | undefined;
  readonly channel: (id: string) => string | undefined;
}

/** What somebody typed, without Discord's markup: people and channels by name. */
export function plainText(text: string, names: Names): string {
  return text.replaceAll(
    MARKUP,
    (_all, sign: string | undefined, id: string, emoji: string | undefined, command: string | undefined) => {
      if (emoji !== undefined) return emoji;
      if (command !== undefined) return command;
      if (sign === '#') return `#${names.channel(id) ?? id}`;
      return `@${(sign === '@&' ? undefined : names.user(id)) ?? id}`;
    },
  );
}

/** The text without these mentions, and what stands behind the first of them; that is absent where there is none. */
export function withoutMentions(
  text: string,
  mentions: readonly string[],
): { readonly all: string; readonly behind?: string } {
  const found = mentions.map((each) => ({ at: text.indexOf(each), each })).filter(({ at }) => at >= 0);
  const [first] = found.toSorted((one, other) => one.at - other.at);
  if (first === undefined) return { all: text.trim() };
  return { all: removed(text, mentions), behind: removed(text.slice(first.at), mentions) };
}

function removed(text: string, mentions: readonly string[]): string {
  return mentions
    .reduce((left, each) => left.replaceAll(each, ''), text)
    .replaceAll(/(^[ \t]+|[ \t]+$)/gm, '')
    .trim();
}

/** Names beyond these are counted. */
const SHOWN = 5;

/** Files that came with others and cannot be an input. */
export function leftOutWords(names: readonly string[]): string {
  const shown = names.slice(0, SHOWN).join(', ');
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : '';
  return `Left out, because it is neither video, sound nor picture: ${shown}${more}.`;
}

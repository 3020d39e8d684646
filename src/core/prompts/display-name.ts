/** Longest name that is kept, in characters; file systems end at 255 bytes. */
const MAXIMUM_CHARACTERS = 120;
/** What is kept of the end of a longer name: the extension, and the word before it that may tell the role. */
const KEPT_END = 40;
const NAMELESS = 'file';

/** The name of a file as people are shown it: without folders and control characters, one line, of bearable length. */
export function displayName(path: string): string {
  const base =
    path
      .toWellFormed()
      .replace(/[/\\]+$/, '')
      .split(/[/\\]/)
      .at(-1) ?? '';
  const characters = [...base.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim()];
  if (characters.length === 0) return NAMELESS;
  if (characters.length <= MAXIMUM_CHARACTERS) return characters.join('');
  const begin = characters.slice(0, MAXIMUM_CHARACTERS - KEPT_END - 1);
  return [...begin, '…', ...characters.slice(-KEPT_END)].join('');
}

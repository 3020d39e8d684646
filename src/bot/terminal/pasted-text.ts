/** Stands for a line break in a line that is edited: Node's editor would send the line at a real one. */
export const LINE_BREAK = '\v';

const SHOWN_LINE_BREAK = '↵';

/** A pasted text as part of a line: nothing in it is a key, and the break at its end is not Enter. */
export function pastedText(text: string): string {
  return text
    .replaceAll(/\r\n|[\r\n\u0085\u2028\u2029]/g, '\n')
    .replaceAll('\t', ' ')
    .replaceAll(/[^\P{Cc}\n]/gu, '')
    .replace(/\n+$/, '')
    .replaceAll('\n', LINE_BREAK);
}

/** As long as the line itself, so that the cursor keeps its place. */
export function shownLine(line: string): string {
  return line.replaceAll(LINE_BREAK, SHOWN_LINE_BREAK);
}

/** The line as its person means it. */
export function sentLine(line: string): string {
  return line.replaceAll(LINE_BREAK, '\n');
}

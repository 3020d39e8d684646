import { widthOf } from '../text-width.ts';

/** Longest label of a choice, of a field, and longest help under a field: characters, as the port for forms says. */
const CHOICE_CHARACTERS = 75;
const LABEL_CHARACTERS = 45;
const HELP_CHARACTERS = 100;

/** What people read of a choice. */
export function choiceLabel(text: string): string {
  return cut(text, CHOICE_CHARACTERS);
}

export function fieldLabel(text: string): string {
  return cut(text, LABEL_CHARACTERS);
}

export function fieldHelp(text: string): string {
  return cut(text, HELP_CHARACTERS);
}

/** Whether a help is shown whole. */
export function fitsHelp(text: string): boolean {
  return fieldHelp(text) === text;
}

/** On one line, and no longer than `most` in characters and in columns: wide letters need two of these. */
export function cut(text: string, most: number): string {
  const flat = text.replaceAll(/[\p{Cc}\s]+/gu, ' ').trim();
  if (fits(flat, most)) return flat;
  let kept = '';
  for (const { segment } of new Intl.Segmenter().segment(flat)) {
    if (!fits(kept + segment, most - 1)) break;
    kept += segment;
  }
  return `${kept.trimEnd()}…`;
}

function fits(text: string, most: number): boolean {
  return text.length <= most && widthOf(text) <= most;
}

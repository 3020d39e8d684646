import { type Checked, invalid, valid } from '../errors.ts';

/** Most characters of a prompt text, as its predecessor had it; the models' own limits are far above. */
export const MAXIMUM_TEXT_CHARACTERS = 10_000;

/** A prompt text as it will be stored: trimmed, line ends normalised, half characters replaced, else unchanged. */
export function checkText(text: string): Checked<string> {
  if (text.includes('\0')) return invalid('input.text_nul');
  const trimmed = text.toWellFormed().replace(/\r\n?/g, '\n').trim();
  if (trimmed === '') return invalid('input.text_empty');
  const characters = [...trimmed].length;
  if (characters > MAXIMUM_TEXT_CHARACTERS) {
    return invalid('input.text_too_long', { characters, maximum: MAXIMUM_TEXT_CHARACTERS });
  }
  return valid(trimmed);
}

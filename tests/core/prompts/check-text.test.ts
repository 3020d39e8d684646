import { expect, it } from 'vitest';
import { checkText } from '../../../src/core/prompts/check-text.ts';
import { codes } from '../../support/workbench.ts';

it.each([
  ['a', 'a'],
  ['  a street \r\n at night\r', 'a street \n at night'],
  ['🌧️'.repeat(5_000), '🌧️'.repeat(5_000)],
  ['x'.repeat(10_000), 'x'.repeat(10_000)],
  ['half \ud800 a character', 'half \ufffd a character'],
])('keeps a text of 1 to 10,000 characters', (text, kept) => {
  expect(checkText(text)).toEqual({ ok: true, value: kept });
});

it.each([
  ['', 'input.text_empty'],
  [' \n\t\u00a0', 'input.text_empty'],
  ['a\0b', 'input.text_nul'],
  ['x'.repeat(10_001), 'input.text_too_long'],
  ['🌧️'.repeat(5_001), 'input.text_too_long'],
])('refuses the others', (text, code) => {
  expect(codes(checkText(text))).toEqual([code]);
});

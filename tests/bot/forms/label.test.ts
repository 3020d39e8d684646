import fc from 'fast-check';
import { expect, test } from 'vitest';
import { choiceLabel, cut } from '../../../src/bot/forms/label.ts';
import { widthOf } from '../../../src/bot/text-width.ts';

test.each([
  ['short', 'short'],
  ['two\n lines', 'two lines'],
  ['a'.repeat(80), `${'a'.repeat(74)}…`],
  ['雨'.repeat(80), `${'雨'.repeat(37)}…`],
  ['👩‍👩‍👧‍👦'.repeat(20), `${'👩‍👩‍👧‍👦'.repeat(6)}…`],
])('%j becomes %j', (text, label) => {
  expect(choiceLabel(text)).toBe(label);
});

test('any label fits in characters and in columns, and divides no letter', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 75 }), (text, most) => {
      const label = cut(text, most);
      expect(label.length).toBeLessThanOrEqual(most);
      expect(widthOf(label)).toBeLessThanOrEqual(most);
      expect(label.isWellFormed()).toBe(true);
    }),
  );
});

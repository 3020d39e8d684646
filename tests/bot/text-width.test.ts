import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { isNarrow, widthOf } from '../../src/bot/text-width.ts';

describe('widthOf', () => {
  it('counts every character that it takes for narrow as the width library does, alone and in pairs', () => {
    const narrow = Array.from({ length: 0x3000 }, (_, code) => String.fromCharCode(code)).filter(isNarrow);
    const visible = narrow.filter((character) => /[^\p{Cc}]/u.test(character));
    expect(visible.length).toBeGreaterThan(600);
    expect(visible.filter((character) => stringWidth(character) !== 1)).toEqual([]);
    expect(visible.filter((character) => stringWidth(`${character}a${character}`) !== 3)).toEqual([]);
    expect(visible.filter((character) => character.normalize() !== character)).toEqual([]);
  });

  it('agrees with the width library on any text, with escape sequences and without', () => {
    const plain = fc.string({ unit: 'grapheme', maxLength: 40 });
    fc.assert(
      fc.property(plain, (text) => {
        expect(widthOf(text)).toBe(stringWidth(text));
        expect(widthOf(`\u001b[7m${text}\u001b[27m`)).toBe(stringWidth(text));
      }),
    );
  });

  it.each([
    ['', 0],
    ['denoise 12/35 · 4–6 min …', 25],
    ['日本', 4],
    ['👩‍🚀', 2],
    ['e\u0301', 1],
    ['✌️', 2],
  ])('needs for %j %i columns', (text, columns) => {
    expect(widthOf(text)).toBe(columns);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byteRange } from '../../../src/bot/web/byte-range.ts';

const numbers = fc.nat({ max: 1_000 });

describe('a part of a file', () => {
  it('is what was asked for, as far as the file has it', () => {
    fc.assert(
      fc.property(numbers, numbers, fc.integer({ min: 1, max: 1_000 }), (one, other, size) => {
        const [first, last] = [Math.min(one, other), Math.max(one, other)];
        const expected = first >= size ? 'unsatisfiable' : { first, last: Math.min(last, size - 1) };
        expect(byteRange(`bytes=${first}-${last}`, size)).toEqual(expected);
      }),
    );
  });

  it('may reach to the end, or be the end', () => {
    fc.assert(
      fc.property(numbers, fc.nat({ max: 1_000 }), (asked, size) => {
        const bytes = Array.from({ length: size }, (_, index) => index);
        const taken = (range: ReturnType<typeof byteRange>) =>
          typeof range === 'string' ? range : bytes.slice(range.first, range.last + 1);
        expect(taken(byteRange(`bytes=${asked}-`, size))).toEqual(
          asked >= size ? 'unsatisfiable' : bytes.slice(asked),
        );
        expect(taken(byteRange(`bytes=-${asked}`, size))).toEqual(
          asked === 0 || size === 0 ? 'unsatisfiable' : bytes.slice(-asked),
        );
      }),
    );
  });

  it.each([
    undefined,
    '',
    'bytes',
    'bytes=',
    'bytes=-',
    'bytes=a-b',
    'bytes=5-2',
    'bytes=0-1,4-5',
    'lines=0-1',
    'bytes=0x1-2',
    'bytes=1.5-2',
  ])('is the whole where nothing else can be read in %j', (header) => {
    expect(byteRange(header, 10)).toBe('whole');
  });

  it('is written with any case and blanks, and with numbers of any length', () => {
    expect(byteRange('Bytes= 1 - 2', 10)).toEqual({ first: 1, last: 2 });
    expect(byteRange(`bytes=0-${'9'.repeat(40)}`, 10)).toEqual({ first: 0, last: 9 });
    expect(byteRange(`bytes=${'9'.repeat(400)}-`, 10)).toBe('unsatisfiable');
    expect(byteRange(`bytes=-${'9'.repeat(400)}`, 10)).toEqual({ first: 0, last: 9 });
  });
});

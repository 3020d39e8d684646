import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LogLine, LogLineSplitter } from '../../../src/core/runs/log-lines.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const line = (text: string): LogLine => ({ text, rewritten: false });
const rewritten = (text: string): LogLine => ({ text, rewritten: true });

function split(...chunks: readonly string[]): { lines: LogLine[]; rest: string } {
  const splitter = new LogLineSplitter();
  const lines = chunks.flatMap((chunk) => splitter.push(bytes(chunk)));
  return { lines, rest: splitter.rest() };
}

describe('LogLineSplitter', () => {
  it.each([
    ['newlines', 'a\nb\n', [line('a'), line('b')], ''],
    ['returns that overwrite', '\rframe 1/2\rframe 2/2\n', [rewritten('frame 1/2'), line('frame 2/2')], ''],
    ['Windows line ends', 'a\r\nb\r\n', [line('a'), line('b')], ''],
    ['empty lines', '\n\n', [line(''), line('')], ''],
    ['a line without an end', 'a\nb', [line('a')], 'b'],
    ['a return whose kind is not known yet', 'a\r', [], 'a'],
    ['returns in a row', 'a\r\r\rb\n', [rewritten('a'), line('b')], ''],
  ])('cuts at %s', (_what, text, lines, rest) => {
    expect(split(text)).toEqual({ lines, rest });
  });

  it('takes away colours, cursor movements, titles and other controls, and keeps tabs', () => {
    expect(split('\x1b[31;1mred\x1b[0m\x1b[A\x1b]0;title\x07 a\tb\x00\x08\x9b\n').lines).toEqual([
      line('red a\tb'),
    ]);
  });

  it('finds the same lines wherever the chunks break', () => {
    const piece = fc.constantFrom('a', 'é', '🎬', '\n', '\r', '\r\n', ' ', '50%|█', '\x1b[0m');
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 40 }),
        fc.array(fc.nat(60), { maxLength: 8 }),
        (pieces, cuts) => {
          const whole = bytes(pieces.join(''));
          const splitter = new LogLineSplitter();
          const places = [
            0,
            ...cuts.filter((cut) => cut < whole.length).toSorted((a, b) => a - b),
            whole.length,
          ];
          const lines = places
            .slice(1)
            .flatMap((end, index) => splitter.push(whole.subarray(places[index], end)));

          expect({ lines, rest: splitter.rest() }).toEqual(split(pieces.join('')));
        },
      ),
    );
  });

  it('drops what a line has beyond its limit and finds the next line again', () => {
    const splitter = new LogLineSplitter(10);

    const lines = [
      ...splitter.push(bytes('x'.repeat(25))),
      ...splitter.push(bytes(`${'y'.repeat(25)}\nnext\n`)),
    ];

    expect(lines).toEqual([line('x'.repeat(10)), line('next')]);
  });

  it('does not leave half a character at the limit', () => {
    const splitter = new LogLineSplitter(10);

    expect(splitter.push(bytes('12345678🎬9\n'))).toEqual([line('12345678')]);
  });

  it('shows bytes that are no text as replacement characters', () => {
    const splitter = new LogLineSplitter();

    expect(splitter.push(Uint8Array.of(0x61, 0xff, 0x62, 0x0a))).toEqual([line('a\uFFFDb')]);
  });
});

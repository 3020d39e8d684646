import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ForeignTexts } from '../../../src/core/runs/foreign-texts.ts';

const TEXTS = [
  ['Zwei Füchse laufen im Schnee', 'blurry'],
  ['two foxes in the deep snow'],
  ['two foxes in the rain'],
];

/** Of each row of words that stands in the line, the runs that say it. */
function sayers(line: string, inPassing = false, texts: readonly (readonly string[])[] = TEXTS): number[][] {
  return new ForeignTexts(texts).sayersOf(line, { inPassing }).map((each) => [...each].toSorted());
}

describe('words of a run in a line of the log', () => {
  it.each([
    ['prompt: two foxes in the deep snow', [[1, 2], [1], [1]]],
    ['Two, foxes: IN the', [[1, 2]]],
    ['foxes in the rain!', [[2]]],
    ['two foxes in', []],
    ['two foxes and in the deep snow', [[1]]],
    ['in the deep sno', []],
    ['zwei füchse laufen im', [[0]]],
    ['negative: blurry', [[0]]],
    ['', []],
  ])('%j are of %j', (line, expected) => {
    expect(sayers(line)).toEqual(expected);
  });

  it.each([
    ['as JSON has them', 'Zwei F\\u00fcchse laufen im'],
    ['as Python has them', 'Zwei F\\xfcchse laufen im'],
    ['in capitals', 'ZWEI F\\u00DCCHSE LAUFEN IM'],
    ['with line ends between them', 'Zwei\\nFüchse\\tlaufen\\rim'],
  ])('are known %s', (_how, line) => {
    expect(sayers(line)).toEqual([[0]]);
  });

  it.each([
    ['Chinese', '一只狗在雨中的霓虹街道上奔跑', 'prompt: 狗在雨中的霓'],
    ['Japanese', '雨のネオン街を犬が走る', 'オン街を犬が'],
    ['Thai', 'สุนัขวิ่งในสายฝน', 'ิ่งในสา'],
    ['Chinese with a word of Latin letters', '城市neon灯光下的狗', 'neon灯光下'],
  ])('are known in part in writings without blanks: %s', (_writing, text, line) => {
    expect(sayers(line, true, [[text], ['two foxes in the rain']]).flat()).toContain(0);
  });

  it('are nothing in passing where they are fewer than four', () => {
    expect(sayers('blurry', true)).toEqual([]);
    expect(sayers('blurry foxes in the deep snow', true)).toEqual([[1], [1]]);
    expect(sayers('of one two three', true, [['one two three']])).toEqual([]);
    expect(sayers('of one two three', false, [['one two three']])).toEqual([[0]]);
  });

  it('are none where nothing is said', () => {
    expect(sayers('of all', false, [[], ['', ' …']])).toEqual([]);
  });

  it('are of every run that says the whole of a line', () => {
    const words = fc.array(fc.constantFrom('a', 'red', 'fox', 'in', 'snow', 'é', '7'), {
      minLength: 1,
      maxLength: 7,
    });
    const texts = fc.array(words, { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(texts, fc.nat(), fc.constantFrom(' ', ', ', '\\n', '" "'), (given, which, between) => {
        const item = which % given.length;
        const own = given[item] ?? [];
        const line = `x ${own.join(between)} y`;
        const found = sayers(
          line,
          false,
          given.map((each) => [each.join(' ')]),
        );
        // Rows of four of a text stand in it, and the whole of a shorter one.
        expect(found.filter((each) => each.includes(item)).length).toBeGreaterThanOrEqual(1);
        for (const each of found.flat()) {
          const text = given[each]?.join(' ') ?? '';
          const row = own.length < 4 || text.split(' ').length < 4 ? 1 : 4;
          expect(
            own.some(
              (_, at) =>
                at + row <= own.length && ` ${text} `.includes(` ${own.slice(at, at + row).join(' ')} `),
            ),
          ).toBe(true);
        }
      }),
    );
  });
});

import { describe, expect, it } from 'vitest';
import { locator, type SourceText, withLines } from '../../../src/core/config/problem-lines.ts';
import type { Problem } from '../../../src/core/errors.ts';

const TEXT = `a = 1
[models.one]
b = 2
[models.one.requires]
min_gpus = 3
[models.two]
b = 4
`;
const FILE: SourceText = { file: 'cosmos.toml', text: TEXT };

function wrong(where?: string, file = 'cosmos.toml'): Problem {
  return {
    code: 'config.invalid_value',
    parameters: { file, given: '1', ...(where !== undefined && { where }) },
  };
}

function places(texts: readonly SourceText[], ...problems: readonly [Problem, ...Problem[]]): unknown[] {
  return withLines(problems, texts).map(({ parameters: { file, where, line } }) => [file, where, line]);
}

describe('the line of a problem', () => {
  it('is that of what it names, for each of them, and the rest of it stays', () => {
    expect(places([FILE], wrong('a'), wrong('models.two.b'), wrong('models.one.requires.min_gpus'))).toEqual([
      ['cosmos.toml', 'a', 1],
      ['cosmos.toml', 'models.two.b', 7],
      ['cosmos.toml', 'models.one.requires.min_gpus', 5],
    ]);
    expect(locator([FILE])(wrong('a'))).toEqual({
      code: 'config.invalid_value',
      parameters: { file: 'cosmos.toml', where: 'a', line: 1, given: '1' },
    });
  });

  it.each([
    ['of another file', [FILE], wrong('a', 'one.toml')],
    ['that names nothing', [FILE], wrong()],
    ['where there is no file', [], wrong('a')],
  ])('is not looked for of a problem %s', (_what, texts, problem) => {
    expect(locator(texts)(problem)).toEqual(problem);
  });

  it('is absent where nothing of it was written, and its place is told all the same', () => {
    const empty = { ...FILE, text: '' };
    expect(places([{ ...empty, within: 'models.one' }], wrong('b'))).toEqual([
      ['cosmos.toml', 'models.one.b', undefined],
    ]);
    expect(places([empty], wrong('b'))).toEqual([['cosmos.toml', 'b', undefined]]);
  });

  it('is that of the text that says the most of it', () => {
    const one = { ...FILE, within: 'models.one' };
    const two = { ...FILE, within: 'models.two' };
    const profile = { file: 'one.toml', text: 'id = "one"\n[requires]\nmin_gpus = 1\nmax_gpus = 2\n' };
    expect(places([two, one], wrong('b'), wrong('requires.min_gpus'))).toEqual([
      ['cosmos.toml', 'models.two.b', 7],
      ['cosmos.toml', 'models.one.requires.min_gpus', 5],
    ]);
    expect(places([two, profile], wrong('requires.max_gpus'), wrong('b'))).toEqual([
      ['one.toml', 'requires.max_gpus', 4],
      ['cosmos.toml', 'models.two.b', 7],
    ]);
  });
});

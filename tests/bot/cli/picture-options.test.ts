import { describe, expect, it } from 'vitest';
import { CLI_COMMANDS } from '../../../src/bot/cli/cli-commands.ts';
import { pictureWishes, withCommandThatTakes } from '../../../src/bot/cli/picture-options.ts';
import { parseWords } from '../../../src/bot/commands/parse.ts';
import { explain } from '../../../src/bot/wording/explain.ts';
import type { Problem } from '../../../src/core/errors.ts';
import { must } from '../../support/workbench.ts';

const parse = (...words: readonly string[]) => parseWords(words, CLI_COMMANDS, 'command_line');
const UNKNOWN: Problem = {
  code: 'input.sequence_unknown',
  parameters: { file: 'shot', files: ['beauty.1.png'], roles: ['color'] },
};

describe('the options of pictures', () => {
  it.each([
    ['24', { frameRate: { numerator: 24, denominator: 1 } }],
    ['23.976', { frameRate: { numerator: 24_000, denominator: 1001 } }],
    ['30000/1001', { frameRate: { numerator: 30_000, denominator: 1001 } }],
  ])('--fps %s is an exact rate', (fps, wishes) => {
    for (const verb of ['prepare', 'add'])
      expect(pictureWishes(must(parse(verb, 'shot', 'x', '--fps', fps)).options)).toEqual(wishes);
  });

  it('a rate that is none is refused with examples of some', () => {
    const parsed = parse('prepare', 'shot', 'x', '--fps', '0.5');
    expect(parsed.ok ? '' : explain(parsed.problems[0]).sentence).toBe(
      '`--fps` is a number of frames per second from 1 to 240, such as 24, 23.976 or 24000/1001; you wrote "0.5".',
    );
  });

  it('--as is a kind of video', () => {
    expect(pictureWishes(must(parse('prepare', 'shot', 'x', '--as', 'Masks')).options)).toEqual({
      role: 'mask',
    });
    for (const kind of ['audio', 'beauty'])
      expect(parse('prepare', 'shot', 'x', '--as', kind).ok).toBe(false);
  });
});

describe('a refusal of pictures whose names tell no kind', () => {
  it.each([
    [['shot', 'x'], 'npx cosmos prepare shot x --as color'],
    [
      ['my shot', "A dog's day", '--fps=23.976', '--dry-run'],
      "npx cosmos prepare 'my shot' 'A dog'\\''s day' --fps 23.976 --dry-run --as color",
    ],
    [['shot', 'a `b`'], 'npx cosmos prepare shot TEXT --as color'],
    [['shot', 'x'.repeat(400)], 'npx cosmos prepare shot TEXT --as color'],
    [['shot', '--prompt', 'ps_1'], 'npx cosmos prepare shot --prompt ps_1 --as color'],
    [['a`b', 'x'], undefined],
  ])('of %j has the command that takes them', (words, command) => {
    const [problem] = withCommandThatTakes([UNKNOWN], must(parse('prepare', ...words)));
    expect(problem.parameters['command']).toBe(command);
    if (command !== undefined) expect(explain(problem).nextStep).toBe(`\`${command}\` takes them as color.`);
  });

  it('leaves other problems as they are', () => {
    const other: Problem = { code: 'input.sequence_none', parameters: { file: 'shot' } };
    expect(withCommandThatTakes([other], must(parse('prepare', 'shot', 'x')))).toEqual([other]);
  });
});

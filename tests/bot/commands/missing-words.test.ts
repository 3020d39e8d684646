import { expect, it } from 'vitest';
import { CLI_COMMANDS } from '../../../src/bot/cli/cli-commands.ts';
import type { CommandDefinition } from '../../../src/bot/commands/definition.ts';
import { parseCommand } from '../../../src/bot/commands/parse.ts';
import { explain } from '../../../src/bot/wording/explain.ts';

/** What somebody reads who typed that on the command line. */
function said(line: string): readonly string[] {
  const parsed = parseCommand(line, CLI_COMMANDS, 'command_line');
  if (parsed.ok) throw new Error('nothing is missing');
  return parsed.problems.map(explain).map(({ sentence, nextStep }) => `${sentence} ${nextStep}`);
}

it.each([
  [
    'cancel',
    '`cancel` needs the id of a run or of a request with many. Type it as `cancel RUN`, such as `cancel rs_3fq8w1zz`. See the latest with `list runs`.',
  ],
  ['rate rs_1', '`rate` needs `RATING`: 1 to 5. Type it as `rate RUN RATING`, such as `rate rs_3fq8w1zz 5`.'],
  [
    'search',
    '`search` needs `TEXT`: words to look for. Type it as `search TEXT…`, such as `search neon street`.',
  ],
  ['list', '`list` needs `prompts`, `runs` or `requests` after it.'],
  ['config', '`config` needs `check` after it.'],
  ['host trust', '`host` needs `NAME`: its name in the configuration.'],
  ['inference ps_1 --model', '`inference` needs a value after `--model`. See `help inference`.'],
])('%s without what it needs is answered with a sentence', (line, words) => {
  expect(said(line).join(' ')).toContain(words);
});

it.each([
  [
    `create "A street" a.mp4`,
    "`create` needs `prompt` after it. Type it as `create prompt TEXT [FILES…]`, such as `create prompt 'A street' a.mp4`.",
  ],
  ['create street.mp4', '`create` needs `prompt` after it.'],
  ['create promt "A street" a.mp4', 'Did you mean `prompt`?'],
])('%s says what was left out', (line, words) => {
  expect(said(line).join(' ')).toContain(words);
});

it('names an example that begins as what was typed', () => {
  expect(said('host trust').join(' ')).toContain('such as `host trust gpu1`');
  expect(said('host fence').join(' ')).toContain('such as `host fence gpu1`');
});

const verbs = Object.entries<CommandDefinition>(CLI_COMMANDS).filter(([, definition]) =>
  definition.arguments.some(({ required }) => required),
);

it.each(verbs)(
  '%s alone is answered with what it needs, and with an example that can be read',
  (verb, definition) => {
    const words = said(verb).join(' ');

    expect(words).toMatch(/needs .{5,}\. /);
    expect(words).not.toMatch(/needs `[a-z_|]+`\./);
    // Where the usage line is an example itself, no other is needed.
    const [, example = ''] = /such as `([^`]+)`/.exec(words) ?? /Type it as `([^`]+)`/.exec(words) ?? [];
    expect(definition.examples).toContain(example);
    expect(parseCommand(example, CLI_COMMANDS, 'command_line')).toMatchObject({ ok: true, value: { verb } });
  },
);

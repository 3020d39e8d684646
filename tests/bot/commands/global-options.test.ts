import { globSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { CLI_COMMANDS } from '../../../src/bot/cli/cli-commands.ts';
import { GLOBAL_OPTIONS, NAMED_VARIABLES } from '../../../src/bot/commands/global-options.ts';
import { parseWords } from '../../../src/bot/commands/parse.ts';
import { splitWords } from '../../../src/bot/commands/parse-words.ts';
import { helpCard } from '../../../src/bot/thread-view/help-card.ts';
import { ATTEMPT_VARIABLE, CONFIG_VARIABLE } from '../../../src/core/config/environment.ts';
import { settingsSchema } from '../../../src/core/config/schema.ts';
import { settableScalars } from '../../../src/core/config/variables.ts';

const PROJECT = new URL('../../../', import.meta.url);
const NAMED = NAMED_VARIABLES.map(({ name }): string => name);
const OWN = [CONFIG_VARIABLE, ...settableScalars(settingsSchema).map(({ variable }) => variable)];
/** Those of every program, which nobody sets for this one. */
const USUAL = ['HOME', 'PATH', 'USER'];

/** Names of variables that are read by name where the environment is at hand. */
function readByName(): readonly string[] {
  const files = globSync('src/**/*.ts', { cwd: PROJECT }).map((file) =>
    readFileSync(new URL(file, PROJECT), 'utf8'),
  );
  const found = files
    .filter((text) => text.includes('processEnvironment()'))
    .flatMap((text) => [
      ...[...text.matchAll(/\benvironment\.([A-Z][A-Z_]+)/g)].map(([, name = '']) => name),
      ...[...text.matchAll(/\{([^{}]*)\} = processEnvironment\(\)/g)].flatMap(([, names = '']) =>
        [...names.matchAll(/[A-Z][A-Z_]+/g)].map(([name]) => name),
      ),
    ]);
  return [...new Set(found)];
}

it('the documentation names the variables that the bot reads and no others, the help of the command line some of them', () => {
  expect(readByName().toSorted()).toEqual([...USUAL, 'SSH_AUTH_SOCK'].toSorted());
  const page = readFileSync(new URL('docs/configuration.md', PROJECT), 'utf8');
  const documented = new Set([...page.matchAll(/`(COSMOS_BOT_[A-Z_]*[A-Z])`/g)].map(([, name]) => name));
  expect([...documented].toSorted()).toEqual([...OWN, ATTEMPT_VARIABLE].toSorted());
  for (const name of readByName()) expect(page).toContain(`\`${name}\``);
  expect([...OWN, 'SSH_AUTH_SOCK']).toEqual(expect.arrayContaining(NAMED));
});

it('the help of the command line has its options and variables, that of a chat has none of them', () => {
  const shell = JSON.stringify(helpCard(CLI_COMMANDS, undefined, 'command_line'));
  const chat = JSON.stringify(helpCard(CLI_COMMANDS));
  for (const words of [...GLOBAL_OPTIONS.map(({ usage }) => usage), ...NAMED]) {
    expect(shell).toContain(words);
    expect(chat).not.toContain(words);
  }
});

it('the help of the command line begins as one does in a shell, and says where the other variables are', () => {
  const shell = JSON.stringify(helpCard(CLI_COMMANDS, undefined, 'command_line'));
  expect(shell).not.toContain('Send a video');
  expect(shell).not.toContain('the thread of a run');
  expect(shell).toContain('docs/configuration.md');
  const typed = [...shell.matchAll(/"code":("npx cosmos (?:[^"\\]|\\.)*")/g)].map(([, code = '""']) =>
    String(JSON.parse(code)),
  );
  expect(typed).toHaveLength(3);
  for (const line of typed) {
    const words = splitWords(line);
    const texts = words.ok ? words.value.map(({ text }) => text) : [];
    expect(parseWords(texts, CLI_COMMANDS, 'command_line')).toMatchObject({ ok: true });
  }
});

it('the help of each command names the option that every one of them has', () => {
  for (const verb of Object.keys(CLI_COMMANDS)) {
    expect(JSON.stringify(helpCard(CLI_COMMANDS, verb, 'command_line'))).toContain('--config FILE');
  }
});

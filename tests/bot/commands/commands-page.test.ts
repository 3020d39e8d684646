import { expect, test } from 'vitest';
import { CLI_COMMANDS } from '../../../src/bot/cli/cli-commands.ts';
import { commandsPage } from '../../../src/bot/commands/commands-page.ts';
import { COMMANDS } from '../../../src/bot/commands/registry.ts';

test('docs/commands.md has every command of the registry', async () => {
  await expect(commandsPage(COMMANDS, CLI_COMMANDS)).toMatchFileSnapshot('../../../docs/commands.md');
});

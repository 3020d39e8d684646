import { expect, test } from 'vitest';
import { commandsPage } from '../../../src/bot/commands/commands-page.ts';
import { COMMANDS } from '../../../src/bot/commands/registry.ts';

test('docs/commands.md has every command of the registry', async () => {
  await expect(commandsPage(COMMANDS)).toMatchFileSnapshot('../../../docs/commands.md');
});

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../../src/bot/system-clock.ts';
import { systemRandom } from '../../src/bot/system-random.ts';
import { TERMINAL_PLACE, TerminalChat } from '../../src/bot/terminal/terminal-chat.ts';
import { Store } from '../../src/core/store/store.ts';
import { Wakeup } from '../../src/core/wakeup.ts';
import { chatContract } from './chat.contract.ts';

chatContract('terminal', async (directory) => {
  const changed = new Wakeup();
  const store = new Store(join(directory, 'terminal.db'), { clock: systemClock, random: systemRandom });
  const { transcript } = store;
  const port = new TerminalChat({ transcript, directory, onChange: () => changed.notify() });
  return {
    port,
    channel: TERMINAL_PLACE,
    user: { id: 'ana', name: 'ana', groups: [] },
    changed,
    send: async (event) =>
      await port.submit(event).then(
        () => true,
        () => false,
      ),
    offer: async (name, content) => {
      await writeFile(join(directory, name), content);
      return { id: name, name };
    },
    remove: async ({ message }) => transcript.delete(Number(message)),
    messages: async ({ tenant, channel }) =>
      await Promise.all(
        transcript.list(tenant, channel).map(async ({ id, file }) => ({
          message: String(id),
          ...(file !== undefined && { file: await readFile(file, 'utf8') }),
        })),
      ),
    [Symbol.asyncDispose]: async () => store.close(),
  };
});

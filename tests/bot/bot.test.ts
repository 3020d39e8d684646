import { expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/bot/system-clock.ts';
import { CHANNEL, FakeChat } from '../fakes/fake-chat.ts';
import { openWorkbench } from '../support/workbench.ts';
import { textOf } from './chat/chat-bench.ts';

const LOOKS = { interval: 5, timeout: 20_000 };

it.each([false, true])(
  'a chat reads paths of the operator only at the machine itself: %s',
  async (localFiles) => {
    const bench = await openWorkbench({ clock: systemClock });
    onTestFinished(async () => await bench.bot.close());
    const { id } = bench.store.threads.ensure({ ...CHANNEL, thread: 'T1' });
    const run = bench.run(await bench.prompt(), id);
    bench.claim();
    const path = `${bench.bot.parts.config.hosts[0]?.workDirectory}/attempts/x`;
    bench.progress(run.id, 40, { logTail: [path] });
    const chat = new FakeChat({ clock: systemClock, capabilities: { localFiles } });
    await bench.bot.startChat(chat);
    const shown = () => chat.messages.map(textOf).join();
    await expect.poll(shown, LOOKS).toContain(localFiles ? path : '"work_dir/attempts/x"');
  },
);

import { describe, expect, it } from 'vitest';
import { WorkNote } from '../../../src/bot/chat/work-note.ts';
import { ChatBench, textOf } from './chat-bench.ts';

const at = (share: number) => ({ file: 'render.zip', making: 'color' as const, share });

async function open() {
  const bench = await ChatBench.open();
  const thread = bench.thread();
  const { store, clock, wakeup } = bench.bench.bot.parts;
  const note = () => new WorkNote({ store, clock, wakeup }, 'work:E1', () => thread);
  const shown = async (): Promise<string[]> => {
    await bench.pass(0);
    return bench.chat.messages.map((message) => textOf(message));
  };
  return { bench, note, shown };
}

describe('work on files', () => {
  it('that is done soon says nothing', async () => {
    const { note, shown } = await open();
    const quick = note();
    quick.tell(at(0.1));
    await quick.during(Promise.resolve(true), Boolean, AbortSignal.abort());

    expect(await shown()).toEqual([]);
  });

  it('that takes longer says how far it is, in one message, and that it is done', async () => {
    const { bench, note, shown } = await open();
    const long = note();
    bench.clock.advance(2_000);
    long.tell(at(0.2));
    expect(await shown()).toEqual([expect.stringContaining('Making the color video of')]);

    bench.clock.advance(1_000);
    long.tell(at(0.3));
    expect(await shown()).toEqual([expect.stringContaining('20 %')]);

    bench.clock.advance(10_000);
    long.tell(at(0.8));
    expect(await shown()).toEqual([expect.stringContaining('80 %')]);

    bench.clock.advance(10_000);
    long.end(true);
    expect(await shown()).toEqual([expect.stringContaining('are made')]);
  });

  it('that fails says so, and that is left off by a restart goes on in the same message', async () => {
    const { bench, note, shown } = await open();
    const first = note();
    bench.clock.advance(5_000);
    first.tell(at(0.5));
    const stopped = first.during(Promise.reject(new Error('stopped')), Boolean, AbortSignal.abort());
    await expect(stopped).rejects.toThrow('stopped');
    expect(await shown()).toEqual([expect.stringContaining('50 %')]);

    const again = note();
    bench.clock.advance(15_000);
    again.tell(at(0.1));
    expect(await shown()).toEqual([expect.stringContaining('10 %')]);

    bench.clock.advance(15_000);
    const failing = again.during(Promise.reject(new Error('broken')), Boolean, new AbortController().signal);
    await expect(failing).rejects.toThrow('broken');
    expect(await shown()).toEqual([expect.stringContaining('No videos were made')]);
  });
});

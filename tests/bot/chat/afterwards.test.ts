import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { Afterwards } from '../../../src/bot/chat/afterwards.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';

function opened() {
  const clock = new FakeClock();
  const said: string[] = [];
  const logger = pino({ level: 'warn' }, { write: (line: string) => void said.push(line) });
  return { clock, said, afterwards: new Afterwards(clock, logger) };
}

describe('what is done after an acknowledgement', () => {
  it('is waited for by a stop, and its failure is said', async () => {
    const { afterwards, said } = opened();
    const going = Promise.withResolvers<void>();
    let isDone = false;
    afterwards.do('it went wrong', async () => {
      await going.promise;
      isDone = true;
      throw new Error('why');
    });
    const stopped = afterwards.stop();
    going.resolve();
    await stopped;
    expect(isDone).toBe(true);
    expect(said).toEqual([expect.stringContaining('it went wrong')]);
  });

  it('is not left behind by a stop that has waited long enough, and nothing is said of it', async () => {
    const { afterwards, clock, said } = opened();
    const hung = Promise.withResolvers<unknown>();
    afterwards.do('it went wrong', async (ended) => {
      ended.addEventListener('abort', () => hung.reject(ended.reason), { once: true });
      await hung.promise;
    });
    const stopped = afterwards.stop();
    clock.advance(1_000);
    await stopped;
    await expect(hung.promise).rejects.toThrow('the bot stops');
    expect(said).toEqual([]);
  });
});

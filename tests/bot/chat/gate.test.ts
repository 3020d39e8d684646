import { describe, expect, it } from 'vitest';
import { gated } from '../../../src/bot/chat/gate.ts';
import { CosmosError } from '../../../src/core/errors.ts';
import type { Inbound, Platform } from '../../../src/core/ports/chat.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';

const EVENT: Inbound = {
  kind: 'command',
  dedupeKey: 'E1',
  where: { platform: 'slack' as Platform, tenant: 'T1', channel: 'C1' },
  user: { id: 'U1', name: 'anna', groups: [] },
  at: 0,
  text: 'status',
};

/** A store that another process writes into: each try stops the process for 100 ms. */
function busyStore(clock: FakeClock) {
  const store = { isBusy: true, tries: 0 };
  const receive = async (): Promise<void> => {
    store.tries += 1;
    if (!store.isBusy) return;
    clock.advance(100);
    throw new CosmosError('store.busy');
  };
  return { store, receive };
}

describe('events at a busy store', () => {
  it('wait for one try, not each for its own', async () => {
    const clock = new FakeClock();
    const { store, receive } = busyStore(clock);
    const take = gated(receive, clock);
    const taken = await Promise.allSettled(Array.from({ length: 40 }, () => take(EVENT)));
    expect(taken.every(({ status }) => status === 'rejected')).toBe(true);
    expect(store.tries).toBe(1);
  });

  it('are tried again a moment later', async () => {
    const clock = new FakeClock();
    const { store, receive } = busyStore(clock);
    const take = gated(receive, clock);
    await expect(take(EVENT)).rejects.toMatchObject({ code: 'store.busy' });
    store.isBusy = false;
    clock.advance(49);
    await expect(take(EVENT)).rejects.toMatchObject({ code: 'store.busy' });
    clock.advance(1);
    await take(EVENT);
    expect(store.tries).toBe(2);
  });

  it('are all saved where a try was slow and went well', async () => {
    const clock = new FakeClock();
    let saved = 0;
    const take = gated(async () => {
      clock.advance(60);
      saved += 1;
    }, clock);
    await Promise.all(Array.from({ length: 5 }, () => take(EVENT)));
    expect(saved).toBe(5);
  });

  it('that fail for good hold up nothing', async () => {
    const clock = new FakeClock();
    let tries = 0;
    const take = gated(async () => {
      tries += 1;
      throw new CosmosError('store.disk_full');
    }, clock);
    for (let time = 0; time < 3; time += 1) {
      await expect(take(EVENT)).rejects.toMatchObject({ code: 'store.disk_full' });
    }
    expect(tries).toBe(3);
  });
});

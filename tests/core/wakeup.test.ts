import { describe, expect, it } from 'vitest';
import { Waiter, Wakeup } from '../../src/core/wakeup.ts';

const never = new AbortController().signal;

describe('a waiter', () => {
  it('is woken by a wake-up that came before it waited', async () => {
    const waiter = new Waiter();
    waiter.wake();
    await waiter.wait(Number.POSITIVE_INFINITY, never);
  });

  it('is woken while it waits, once for each wait', async () => {
    const waiter = new Waiter();
    const wakeup = new Wakeup();
    wakeup.subscribe(waiter.wake);
    const waiting = waiter.wait(Number.POSITIVE_INFINITY, never);
    wakeup.notify();
    wakeup.notify();
    await waiting;
    const again = waiter.wait(Number.POSITIVE_INFINITY, never);
    wakeup.notify();
    await again;
  });

  it('ends when it is aborted, before and while it waits', async () => {
    const aborted = new AbortController();
    const waiter = new Waiter();
    const waiting = waiter.wait(Number.POSITIVE_INFINITY, aborted.signal);
    aborted.abort();
    await waiting;
    await waiter.wait(Number.POSITIVE_INFINITY, aborted.signal);
  });

  it('lets in what has come meanwhile, even if it was woken long ago', async () => {
    const waiter = new Waiter();
    let heard = 0;
    for (let turn = 1; turn <= 3; turn += 1) {
      setImmediate(() => {
        heard += 1;
      });
      waiter.wake();
      await waiter.wait(Number.POSITIVE_INFINITY, never);
      expect(heard).toBe(turn);
    }
  });

  it('waits neither for nothing nor beyond what timers can', async () => {
    const waiter = new Waiter();
    await waiter.wait(0, never);
    await waiter.wait(-1, never);
    const long = waiter.wait(1e12, never);
    waiter.wake();
    await long;
  });

  it('hears nothing more once it is unsubscribed', async () => {
    const wakeup = new Wakeup();
    let heard = 0;
    const unsubscribe = wakeup.subscribe(() => {
      heard += 1;
      unsubscribe();
    });
    wakeup.notify();
    wakeup.notify();
    expect(heard).toBe(1);
  });
});

import { describe, expect, it } from 'vitest';
import { Slots } from '../../../src/core/media/slots.ts';

describe('Slots', () => {
  it('lets no more in than it has, and the waiting in order', async () => {
    const slots = new Slots(2);
    const log: string[] = [];
    const gates = ['a', 'b', 'c', 'd'].map((name) => ({ name, ...Promise.withResolvers<void>() }));
    const calls = gates.map(({ name, promise }) =>
      slots.hold(async () => {
        log.push(`+${name}`);
        await promise;
        log.push(`-${name}`);
      }),
    );
    await new Promise(setImmediate);
    expect(log).toEqual(['+a', '+b']);
    for (const gate of gates.toReversed()) gate.resolve();
    await Promise.all(calls);
    expect(log.indexOf('+c')).toBeLessThan(log.indexOf('+d'));
    expect(log).toHaveLength(8);
  });

  it('gives a slot back when its holder fails', async () => {
    const slots = new Slots(1);
    await expect(slots.hold(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(slots.hold(() => Promise.resolve('yes'))).resolves.toBe('yes');
  });

  it('takes who aborts out of the queue', async () => {
    const slots = new Slots(1);
    const gate = Promise.withResolvers<void>();
    const holder = slots.hold(() => gate.promise);
    const abort = new AbortController();
    const waiting = slots.hold(() => Promise.resolve('never'), abort.signal);
    const next = slots.hold(() => Promise.resolve('next'));
    abort.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    gate.resolve();
    await holder;
    await expect(next).resolves.toBe('next');
  });
});

import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { SpareShell } from '../../src/remote/transport/ssh/spare-shell.ts';

class FakeStream extends EventEmitter {
  isDestroyed = false;

  destroy(): void {
    this.isDestroyed = true;
  }
}

class FakeShell {
  readonly stream = new FakeStream();
  exitCode: number | undefined;
}

/**
 * A spare shell, and all shells that it has started. Of the next start, `next` is what it waits for, or fails with, and
 * `exitCode` with what the shell has ended by then.
 */
function spareShell() {
  const started: FakeShell[] = [];
  const starts: { next: Promise<unknown>; exitCode?: number } = { next: Promise.resolve() };
  const spare = new SpareShell<FakeShell>(async () => {
    const { next, exitCode } = starts;
    starts.next = Promise.resolve();
    delete starts.exitCode;
    await next;
    const shell = new FakeShell();
    shell.exitCode = exitCode;
    started.push(shell);
    return shell;
  });
  /** Makes one ready, and gives it without taking it. */
  const ready = async (): Promise<FakeShell> => {
    spare.prepare();
    await settled();
    const shell = started.at(-1);
    if (shell === undefined) throw new Error('none was started');
    return shell;
  };
  return { spare, started, starts, ready };
}

/** Everything that follows from promises that are settled has happened. */
async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

describe('a spare shell', () => {
  it('is started where none is ready', async () => {
    const { spare, started } = spareShell();
    const one = await spare.take();
    expect(await spare.take()).not.toBe(one);
    expect(started).toHaveLength(2);
  });

  it('is taken once, and there is one at most', async () => {
    const { spare, started, ready } = spareShell();
    const shell = await ready();
    spare.prepare();
    expect(await spare.take()).toBe(shell);
    expect(started).toEqual([shell]);
    expect(await spare.take()).not.toBe(shell);
  });

  it('can be taken before it is ready', async () => {
    const { spare, started, starts } = spareShell();
    const { promise, resolve } = Promise.withResolvers<void>();
    starts.next = promise;
    spare.prepare();
    const taken = spare.take();
    expect(started).toEqual([]);
    resolve();
    await taken;
    expect(started).toEqual([await taken]);
  });

  it.each(['before it is taken', 'while it is waited for'])(
    'that cannot be started, %s, is no failure of the command',
    async (when) => {
      const { spare, started, starts } = spareShell();
      starts.next = Promise.reject(new Error('no more channels'));
      spare.prepare();
      if (when === 'before it is taken') await settled();
      expect(started).toEqual([await spare.take()]);
    },
  );

  it('leaves the next one its own failure', async () => {
    const { spare, starts } = spareShell();
    starts.next = Promise.reject(new Error('no more channels'));
    await expect(spare.take()).rejects.toThrow('no more channels');
  });

  it.each(['exit', 'close', 'error'])('is not used, and closed, once it has ended (%s)', async (event) => {
    const { spare, started, ready } = spareShell();
    const shell = await ready();
    shell.stream.emit(event, new Error('reset'));
    expect(shell.stream.isDestroyed).toBe(true);
    expect(await spare.take()).not.toBe(shell);
    expect(started).toHaveLength(2);
  });

  it('is not used where it ends between its last word and its taking', async () => {
    const { spare, ready } = spareShell();
    const shell = await ready();
    shell.exitCode = 1;
    expect(await spare.take()).not.toBe(shell);
    expect(shell.stream.isDestroyed).toBe(true);
    expect(shell.stream.isDestroyed).toBe(true);
  });

  it('that ends while it is waited for is closed, and another one is used', async () => {
    const { spare, started, starts } = spareShell();
    starts.exitCode = 1;
    spare.prepare();
    const taken = await spare.take();
    expect(started).toMatchObject([{ stream: { isDestroyed: true } }, { stream: { isDestroyed: false } }]);
    expect(taken).toBe(started[1]);
  });

  it('is not used, and closed, where it had ended before anybody could listen', async () => {
    const { spare, started, starts } = spareShell();
    starts.exitCode = 1;
    spare.prepare();
    await settled();
    expect(started).toMatchObject([{ exitCode: 1, stream: { isDestroyed: true } }]);
    expect(await spare.take()).toBe(started[1]);
  });

  it('that was taken belongs to whoever has it: its end closes nothing, nor the next one', async () => {
    const { spare, ready } = spareShell();
    const first = await ready();
    await spare.take();
    const second = await ready();
    first.stream.emit('exit');
    expect([first.stream.isDestroyed, second.stream.isDestroyed]).toEqual([false, false]);
    expect(await spare.take()).toBe(second);
  });
});

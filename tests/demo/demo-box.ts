import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { BoxFacts, BoxMessage, BoxOrder } from './gpu-box.ts';

/** What this machine lacks for a box, each with the way to get it. */
export interface Missing {
  readonly missing: readonly string[];
}

/** The GPU host in a box, in a process of its own that takes it down as soon as this one is gone. */
export class DemoBox implements AsyncDisposable {
  /** Rejects with the reason where it could not be built. */
  readonly opened: Promise<BoxFacts | Missing>;
  readonly #process: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#process = child;
    this.opened = firstMessage(child);
  }

  static async open(): Promise<DemoBox> {
    // In a session of its own: Ctrl-C is for the demo, which then ends it in order.
    const child = fork(new URL('./gpu-box.ts', import.meta.url), {
      detached: true,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    await once(child, 'spawn');
    return new DemoBox(child);
  }

  /** The process that must not outlive this one; null for none. */
  setCompanion(companion: number | null): void {
    const order: BoxOrder = { companion };
    if (this.#process.connected) this.#process.send(order);
  }

  /** Resolves once nothing of it is left. */
  async [Symbol.asyncDispose](): Promise<void> {
    const child = this.#process;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    if (child.connected) child.disconnect();
    await ended;
  }
}

async function firstMessage(child: ChildProcess): Promise<BoxFacts | Missing> {
  const ended = once(child, 'exit').then(() => undefined);
  const message = await Promise.race([once(child, 'message'), ended]);
  const [told] = (message ?? []) as [BoxMessage?];
  if (told?.kind === 'ready') return told;
  if (told?.kind === 'missing') return { missing: told.what };
  throw new Error(told?.why ?? 'the box has ended without a word');
}

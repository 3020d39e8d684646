import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { Waiter } from '../../../src/core/wakeup.ts';
import { programPath } from '../../support/programs.ts';
import type { PhaseName } from './phases.ts';
import type { Place } from './place.ts';

const HELD_BOTS = programPath('held-bots');

export interface BotOrder {
  readonly directory: string;
  readonly phase: PhaseName;
  readonly isHeld: boolean;
  /** Process of the SSH server that is this bot's host. */
  readonly serverPid: number;
}

export type BotRequest = 'open' | 'release' | 'close';

/** `frozen`: the connection stands still in the midst of a transfer. */
export type BotMessage =
  | { readonly kind: 'reached' | 'frozen' | 'ended'; readonly phase: PhaseName }
  | { readonly kind: 'log'; readonly phase: PhaseName; readonly line: string };

/** From this level on a line of the log tells of trouble. */
const WARNING = 40;

/** A process with one bot for each place. */
export class Bots implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #waiter = new Waiter();
  readonly #told = {
    reached: new Set<PhaseName>(),
    frozen: new Set<PhaseName>(),
    ended: new Set<PhaseName>(),
  };
  readonly #troubled = new Set<PhaseName>();
  readonly #log: string[] = [];

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.on('message', (message: BotMessage) => {
      if (message.kind === 'log') this.#note(message.phase, message.line);
      else this.#told[message.kind].add(message.phase);
      this.#waiter.wake();
    });
    child.on('exit', this.#waiter.wake);
  }

  /** Held ones stop at their phase, others do not. */
  static start(places: readonly Place[], isHeld: boolean): Bots {
    const orders = places.map(
      ({ directory, phase, server }): BotOrder => ({ directory, phase, isHeld, serverPid: server.pid ?? 0 }),
    );
    const child = fork(HELD_BOTS, [JSON.stringify(orders)], {
      env: { PATH: process.env['PATH'], HOME: places[0]?.directory },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    return new Bots(child);
  }

  /** What the bots have logged, for the message of a test that fails. */
  log(phase: PhaseName): readonly string[] {
    return this.#log.filter((line) => line.startsWith(`${phase} `));
  }

  request(request: BotRequest): void {
    if (this.#child.connected) this.#child.send(request);
  }

  /** What has troubled them until now is not what they are asked for. */
  forgetTroubles(): void {
    this.#troubled.clear();
  }

  /** Resolves once all of these have told it, with those that have not until the deadline. */
  async until(
    kind: 'reached' | 'frozen' | 'ended' | 'troubled',
    phases: readonly PhaseName[],
    deadlineMs: number,
  ): Promise<readonly PhaseName[]> {
    const deadline = AbortSignal.timeout(deadlineMs);
    const lacking = (): readonly PhaseName[] =>
      phases.filter(
        (phase) => !(kind === 'troubled' ? this.#isTroubled(phase) : this.#told[kind].has(phase)),
      );
    while (lacking().length > 0 && !deadline.aborted && this.#child.exitCode === null) {
      await this.#waiter.wait(deadlineMs, deadline);
    }
    return lacking();
  }

  async kill(): Promise<void> {
    await this.#end(() => this.#child.kill('SIGKILL'));
  }

  /** Closes the bots in order; resolves with the exit code. */
  async close(): Promise<number | null> {
    await this.#end(() => this.request('close'));
    return this.#child.exitCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }

  async #end(how: () => void): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    how();
    await ended;
  }

  #isTroubled(phase: PhaseName): boolean {
    return this.#troubled.has(phase) || this.#told.ended.has(phase);
  }

  #note(phase: PhaseName, line: string): void {
    this.#log.push(`${phase} ${line}`);
    const { level } = JSON.parse(line) as { level: number };
    if (level >= WARNING) this.#troubled.add(phase);
  }
}

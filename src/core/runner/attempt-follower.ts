import type { UtcMs } from '../ports/clock.ts';
import type { Host } from '../ports/host.ts';
import { ProgressTracker } from '../runs/progress-tracker.ts';
import type { Attempt } from './attempt.ts';
import { type FollowOptions, LogMirror } from './log-mirror.ts';
import type { ReadyRun } from './ready-run.ts';
import type { SecretMask } from './secret-mask.ts';

/**
 * What this process remembers of a running attempt: its log as far as it was read. All of it can be made again from
 * the mirrored log, so losing it costs nothing.
 */
export class AttemptFollower implements AsyncDisposable {
  readonly attempt: Attempt['id'];
  readonly tracker: ProgressTracker;
  /** When the log last grew, or when this process began to follow. */
  lastLogAt: UtcMs;
  /** False where the last reading has left something of the log for the next one. */
  isAtEnd = true;
  /** Signals that this process has sent; one that an earlier process recorded may never have left it. */
  readonly sent = new Set<'terminate' | 'kill'>();
  readonly #mirror: LogMirror;
  readonly #unwatch: (() => void) | undefined;

  private constructor(
    attempt: Attempt,
    tracker: ProgressTracker,
    mirror: LogMirror,
    now: UtcMs,
    unwatch?: () => void,
  ) {
    this.attempt = attempt.id;
    this.tracker = tracker;
    this.lastLogAt = now;
    this.#mirror = mirror;
    this.#unwatch = unwatch;
  }

  static async open(
    host: Host,
    attempt: Attempt,
    run: ReadyRun,
    parts: { logPath: string; now: UtcMs; wake: () => void; mask: SecretMask },
  ): Promise<AttemptFollower> {
    const { logPath, now, wake, mask } = parts;
    const tracker = new ProgressTracker(run.profile, run.expectations);
    const mirror = await LogMirror.open(host, attempt.id, logPath, (bytes) => tracker.feed(bytes), mask);
    return new AttemptFollower(attempt, tracker, mirror, now, host.watch(attempt.id, wake));
  }

  /** True where this engine wakes us; otherwise it has to be asked. */
  get isWatched(): boolean {
    return this.#unwatch !== undefined;
  }

  /** Reads to the present end, or about `maxBytes` of it. */
  async readLog(now: UtcMs, signal: AbortSignal, options: FollowOptions): Promise<void> {
    const { received, isAtEnd } = await this.#mirror.follow(
      (bytes) => this.tracker.feed(bytes),
      signal,
      options,
    );
    this.isAtEnd = isAtEnd;
    if (received > 0) this.lastLogAt = now;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#unwatch?.();
    await this.#mirror[Symbol.asyncDispose]();
  }
}

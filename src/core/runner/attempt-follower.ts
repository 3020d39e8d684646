import type { RunId } from '../ids.ts';
import type { UtcMs } from '../ports/clock.ts';
import type { Host } from '../ports/host.ts';
import { BatchTracker } from '../runs/batch-tracker.ts';
import { ProgressTracker } from '../runs/progress-tracker.ts';
import type { Attempt } from './attempt.ts';
import { type FollowOptions, LogMirror, type LogPaths } from './log-mirror.ts';
import type { ReadyAttempt } from './ready-run.ts';
import type { SecretMask } from './secret-mask.ts';

/**
 * What this process remembers of a running attempt: its log as far as it was read. All of it can be made again from
 * the mirrored log, so losing it costs nothing.
 */
export class AttemptFollower implements AsyncDisposable {
  readonly attempt: Attempt['id'];
  readonly tracker: ProgressTracker | BatchTracker;
  /** When the log last grew, or when this process began to follow. */
  lastLogAt: UtcMs;
  /** When this process has first seen that it hangs. */
  #hangSeenAt: UtcMs | undefined;
  /** False where the last reading has left something of the log for the next one. */
  isAtEnd = true;
  /** Signals that this process has sent; one that an earlier process recorded may never have left it. */
  readonly sent = new Set<'terminate' | 'kill'>();
  /** Runs of a batch whose results could not be taken while the others go on. */
  readonly leftForTheEnd = new Set<RunId>();
  readonly #mirror: LogMirror;
  readonly #unwatch: (() => void) | undefined;

  private constructor(
    attempt: Attempt,
    tracker: ProgressTracker | BatchTracker,
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
    ready: ReadyAttempt,
    parts: { logPaths: LogPaths; now: UtcMs; wake: () => void; mask: SecretMask },
  ): Promise<AttemptFollower> {
    const { logPaths, now, wake, mask } = parts;
    const tracker = trackerOf(ready);
    const mirror = await LogMirror.open(host, attempt.id, logPaths, (bytes) => tracker.feed(bytes), mask);
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
    if (this.tracker.hang !== undefined) this.#hangSeenAt ??= now;
  }

  /**
   * From when on it has to be stopped because its log says that it hangs; undefined where it does not say so, or what
   * is unread may say more. A restart counts anew from what it reads again.
   */
  get hangStopAt(): UtcMs | undefined {
    const hangs = this.tracker.hang?.signature.hangs;
    if (hangs === undefined || this.#hangSeenAt === undefined || !this.isAtEnd) return undefined;
    return this.#hangSeenAt + hangs.after_seconds * 1000;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#unwatch?.();
    await this.#mirror[Symbol.asyncDispose]();
  }
}

function trackerOf({ profile, items }: ReadyAttempt): ProgressTracker | BatchTracker {
  const [lead] = items;
  if (items.length === 1 || profile.batch === undefined)
    return new ProgressTracker(profile, lead.expectations);
  return new BatchTracker(
    profile,
    profile.batch,
    items.map(({ expectations }) => expectations),
  );
}

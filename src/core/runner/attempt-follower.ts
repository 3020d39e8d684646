import type { DataDirectory } from '../data-directory.ts';
import type { RunId } from '../ids.ts';
import { memberTexts } from '../models/batch-markers.ts';
import type { UtcMs } from '../ports/clock.ts';
import type { Host } from '../ports/host.ts';
import { BatchTracker, type TakeLine } from '../runs/batch-tracker.ts';
import { ProgressTracker } from '../runs/progress-tracker.ts';
import type { Attempt } from './attempt.ts';
import { type FollowOptions, LogMirror } from './log-mirror.ts';
import { LogParts } from './log-parts.ts';
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
  /** What each run of a batch may see of the log; absent where a run is alone. */
  readonly #parts: LogParts | undefined;
  readonly #unwatch: (() => void) | undefined;

  private constructor(
    attempt: Attempt,
    tracker: ProgressTracker | BatchTracker,
    log: { readonly mirror: LogMirror; readonly parts: LogParts | undefined },
    now: UtcMs,
    unwatch?: () => void,
  ) {
    this.attempt = attempt.id;
    this.tracker = tracker;
    this.lastLogAt = now;
    this.#mirror = log.mirror;
    this.#parts = log.parts;
    this.#unwatch = unwatch;
  }

  static async open(
    host: Host,
    attempt: Attempt,
    ready: ReadyAttempt,
    parts: { data: DataDirectory; now: UtcMs; wake: () => void; mask: SecretMask },
  ): Promise<AttemptFollower> {
    const { data, now, wake, mask } = parts;
    const { items } = ready;
    const own = items.map(({ run }) => data.log(run.id, attempt.id));
    const isAlone = items.length === 1;
    const logParts = isAlone ? undefined : await LogParts.open(own);
    const path = isAlone
      ? data.log(items[0].run.id, attempt.id)
      : data.sharedLog(items[0].run.id, attempt.id);
    const tracker = trackerOf(ready, (item, line) => logParts?.add(item, line));
    const mirror = await LogMirror.open(host, attempt.id, path, (bytes) => tracker.feed(bytes), mask);
    const log = { mirror, parts: logParts };
    return new AttemptFollower(attempt, tracker, log, now, host.watch(attempt.id, wake));
  }

  /** True where this engine wakes us; otherwise it has to be asked. */
  get isWatched(): boolean {
    return this.#unwatch !== undefined;
  }

  /** Reads to the present end, or about `maxBytes` of it. */
  async readLog(now: UtcMs, signal: AbortSignal, options: FollowOptions): Promise<void> {
    const { tracker } = this;
    try {
      const receive = async (bytes: Uint8Array): Promise<void> => {
        tracker.feed(bytes);
        // What waits for the whole of a long log stands in memory once for each run.
        await this.#parts?.flush();
      };
      const { received, isAtEnd } = await this.#mirror.follow(receive, signal, options);
      this.isAtEnd = isAtEnd;
      if (received > 0) this.lastLogAt = now;
      if (tracker.hang !== undefined) this.#hangSeenAt ??= now;
      if (options.isComplete === true && isAtEnd && tracker instanceof BatchTracker)
        this.#parts?.complete((item) => tracker.rest(item));
    } finally {
      await this.#parts?.flush();
    }
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

function trackerOf({ profile, items }: ReadyAttempt, take: TakeLine): ProgressTracker | BatchTracker {
  const [lead] = items;
  if (items.length === 1 || profile.batch === undefined)
    return new ProgressTracker(profile, lead.expectations);
  return new BatchTracker(
    profile,
    profile.batch,
    items.map(({ expectations, run }) => ({ ...expectations, texts: memberTexts(run) })),
    take,
  );
}

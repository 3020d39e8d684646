import type { Attempt } from './attempt.ts';
import { AttemptFollower } from './attempt-follower.ts';
import { hangsOn } from './hangs-on.ts';
import type { LaneContext } from './lane-context.ts';
import type { ReadyAttempt } from './ready-run.ts';
import { runProgress } from './run-progress.ts';
import { SecretMask } from './secret-mask.ts';

/** How often progress is stored, ms. */
const PROGRESS_INTERVAL_MS = 500;

/** Follows the log of the lane's present attempt and stores the progress that it shows. */
export class Followers implements AsyncDisposable {
  readonly #context: LaneContext;
  readonly #wake: () => void;
  #present: AttemptFollower | undefined;
  #storedAt = 0;

  constructor(context: LaneContext, wake: () => void) {
    this.#context = context;
    this.#wake = wake;
  }

  /** The follower of that attempt; the one before it is let go. */
  async of(attempt: Attempt, ready: ReadyAttempt): Promise<AttemptFollower> {
    if (this.#present?.attempt === attempt.id) return this.#present;
    await this[Symbol.asyncDispose]();
    const { host, clock, data, gpus } = this.#context;
    this.#present = await AttemptFollower.open(host, attempt, hangsOn(gpus, attempt, ready), {
      data,
      now: clock.now(),
      wake: this.#wake,
      mask: this.#mask(ready),
    });
    return this.#present;
  }

  /** The follower of an attempt whose log grows no more, read to its end, with its last progress stored. */
  async readAll(attempt: Attempt, ready: ReadyAttempt, signal: AbortSignal): Promise<AttemptFollower> {
    const follower = await this.of(attempt, ready);
    await follower.readLog(this.#context.clock.now(), signal, { isComplete: true });
    this.#store(ready, follower);
    return follower;
  }

  /** Stores progress unless that was done just now. */
  storeProgress(ready: ReadyAttempt, follower: AttemptFollower): void {
    if (this.#context.clock.now() - this.#storedAt >= PROGRESS_INTERVAL_MS) this.#store(ready, follower);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const follower = this.#present;
    this.#present = undefined;
    await follower?.[Symbol.asyncDispose]();
  }

  /** Of the secrets as they are now: one that is gone meanwhile cannot be looked for. */
  #mask({ profile }: ReadyAttempt): SecretMask {
    const references = Object.values(profile.command.secret_environment);
    const found = references.map((reference) => this.#context.secrets(reference));
    return new SecretMask(found.flatMap((secret) => (secret.ok ? [secret.value] : [])));
  }

  #store(ready: ReadyAttempt, follower: AttemptFollower): void {
    const { clock, store, wakeup } = this.#context;
    this.#storedAt = clock.now();
    for (const { id, progress } of runProgress(ready, follower.tracker, this.#storedAt, store)) {
      store.runs.setProgress(id, progress);
    }
    wakeup.notify();
  }
}

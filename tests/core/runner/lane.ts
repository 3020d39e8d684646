import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import type { BatchLimits } from '../../../src/core/config/config.ts';
import type { SecretLookup } from '../../../src/core/config/secret.ts';
import { DataDirectory } from '../../../src/core/data-directory.ts';
import { invalid } from '../../../src/core/errors.ts';
import type { AttemptId, LaneName, RunId } from '../../../src/core/ids.ts';
import type { Profile } from '../../../src/core/models/profile.ts';
import { StoredProfiles } from '../../../src/core/models/stored-profiles.ts';
import type { Host } from '../../../src/core/ports/host.ts';
import type { Attempt } from '../../../src/core/runner/attempt.ts';
import { composer } from '../../../src/core/runner/composer.ts';
import type { LaneContext } from '../../../src/core/runner/lane-context.ts';
import { Reconciler } from '../../../src/core/runner/reconcile.ts';
import type { Run } from '../../../src/core/runs/run.ts';
import type { NewRun } from '../../../src/core/store/runs.ts';
import { Store } from '../../../src/core/store/store.ts';
import { Wakeup } from '../../../src/core/wakeup.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';
import { FakeHost } from '../../fakes/fake-host.ts';
import { FakeMedia } from '../../fakes/fake-media.ts';
import { FakeRandom } from '../../fakes/fake-random.ts';
import { addPrompt, addRun, somebody } from '../../support/queued-runs.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { minimal } from '../models/profiles.ts';

export const LANE = 'here/cpu' as LaneName;
export const RUN_LIMIT_MS = 100_000;
export const SILENCE_LIMIT_MS = 20_000;
export const GRACE_MS = 5_000;

/** One required video, and a guardrail that ends with exit code 0. */
const PROFILE = minimal({
  failures: [
    { key: 'guardrail', pattern: '^BLOCKED: (?<what>.*)', outcome: 'blocked' },
    { key: 'out_of_memory', pattern: 'out of memory' },
  ],
  success: { outputs: [{ kind: 'video', path: '*.mp4', label: 'video', min_frames: 2 }] },
});

/** A lane on a host in memory, driven step by step; `restart` forgets all that is not durable. */
export class TestLane {
  readonly directory: string;
  readonly clock = new FakeClock();
  readonly media = new FakeMedia();
  readonly data: DataDirectory;
  readonly host: FakeHost;
  readonly signal = new AbortController();
  /** As the next restart gives them to the lane. */
  gpus: readonly string[] = [];
  /** Within which bounds this lane puts runs together. */
  batch: BatchLimits = { maxItems: 8, maxOvertaken: 4, maxMs: Number.POSITIVE_INFINITY };
  /** Where jobs of this lane find their secrets. */
  secrets: SecretLookup = () => invalid('config.secret_missing');
  store: Store;
  context: LaneContext;
  reconciler: Reconciler;
  readonly #seen: Host;
  #isWoken = false;
  readonly #wake = (): void => {
    this.#isWoken = true;
  };

  private constructor(directory: string, wrapHost: (host: FakeHost) => Host) {
    this.directory = directory;
    this.data = new DataDirectory(directory);
    this.store = this.#openStore();
    this.host = new FakeHost({ instance: this.store.instance, now: () => this.clock.now() });
    this.store.lanes.ensure(LANE);
    this.#seen = wrapHost(this.host);
    this.context = this.#makeContext();
    this.reconciler = new Reconciler(this.context, this.#wake);
  }

  static async open(wrapHost: (host: FakeHost) => Host = (host) => host): Promise<TestLane> {
    const lane = new TestLane(await temporaryDirectory(), wrapHost);
    onTestFinished(async () => await lane.close());
    return lane;
  }

  /** Forgets everything but the database, the data directory and the host. */
  async restart(): Promise<void> {
    await this.close();
    this.store = this.#openStore();
    this.context = this.#makeContext();
    this.reconciler = new Reconciler(this.context, this.#wake);
  }

  async close(): Promise<void> {
    await this.reconciler[Symbol.asyncDispose]();
    this.store.close();
  }

  queue(profile: Profile = PROFILE, more: Partial<NewRun> = {}): RunId {
    const owner = somebody(this.store);
    return addRun(
      this.store,
      addPrompt(this.store, owner, `p${this.store.prompts.count()}`, this.data),
      profile,
      more,
    );
  }

  /** Queues a run and takes it. */
  claim(profile: Profile = PROFILE): { run: RunId; attempt: AttemptId } {
    const run = this.queue(profile);
    const attempt = this.store.attempts.claim(LANE, [profile.id], this.store.instance);
    if (attempt === undefined) throw new Error('the lane has taken nothing');
    return { run, attempt: attempt.id };
  }

  /** Takes the head of the queue, with what shares its load of the model. */
  take(models: readonly string[]): Attempt {
    const context = { ...this.context, models: () => models, batch: this.batch };
    const { store } = this;
    const attempt = store.attempts.claim(LANE, models, store.instance, undefined, composer(context));
    if (attempt === undefined) throw new Error('the lane has taken nothing');
    return attempt;
  }

  /** A run whose job runs on the host. */
  async begin(profile: Profile = PROFILE): Promise<{ run: RunId; attempt: AttemptId }> {
    const claimed = this.claim(profile);
    await this.settle();
    if (this.host.starts(claimed.attempt) !== 1) throw new Error('the job was not started');
    return claimed;
  }

  /** One step; `idle` where the lane has no attempt. */
  async step(): Promise<'now' | number | 'idle'> {
    const attempt = this.store.attempts.open(LANE);
    return attempt === undefined ? 'idle' : await this.reconciler.step(attempt, this.signal.signal);
  }

  /** Steps until there is something to wait for; how long, ms, or `idle`. */
  async settle(): Promise<number | 'idle'> {
    for (let steps = 0; steps < 100; steps++) {
      this.#isWoken = false;
      const next = await this.step();
      if (next !== 'now' && !this.#isWoken) return next;
    }
    throw new Error('the lane finds no rest');
  }

  /** Lets time pass, then settles. */
  async after(ms: number): Promise<number | 'idle'> {
    this.clock.advance(ms);
    return await this.settle();
  }

  cancel(run: RunId): string {
    return this.store.cancellation.request(run, somebody(this.store, 'ben').id);
  }

  run(id: RunId): Run {
    const run = this.store.runs.get(id);
    if (run === undefined) throw new Error(`${id} is not stored`);
    return run;
  }

  eventsOf(id: RunId): string[] {
    return this.store.events.ofRun(id).map(({ type }) => type);
  }

  #openStore(): Store {
    return new Store(this.data.database, { clock: this.clock, random: new FakeRandom(Math.random() * 1e9) });
  }

  #makeContext(): LaneContext {
    return {
      lane: LANE,
      gpus: this.gpus,
      gpuIdleBytes: 1e9,
      models: () => [PROFILE.id],
      profiles: new StoredProfiles(this.store.runs),
      ownProfiles: new Map(),
      host: this.#seen,
      store: this.store,
      media: this.media,
      outputLimits: { maxBytes: 1e9, maxDurationMs: 1e9, maxPixels: 1e9 },
      clock: this.clock,
      logger: pino({ level: 'silent' }),
      wakeup: new Wakeup(),
      data: this.data,
      instance: this.store.instance,
      secrets: (reference) => this.secrets(reference),
      timeouts: () => ({ runMs: RUN_LIMIT_MS, silenceMs: SILENCE_LIMIT_MS, cancelGraceMs: GRACE_MS }),
    };
  }
}

import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { CosmosError } from '../../src/core/errors.ts';
import type { AttemptId, HostId, HostName, InstanceId, Sha256 } from '../../src/core/ids.ts';
import type {
  AttemptPlan,
  AttemptStatus,
  Host,
  HostAsset,
  HostFacts,
  HostQuestions,
  JobPaths,
  Leftover,
  OutputFile,
  StopStrength,
  TransferProgress,
} from '../../src/core/ports/host.ts';
import type { StoredFile } from '../../src/core/ports/media.ts';

export interface FakeHostOptions {
  readonly instance: InstanceId;
  readonly name?: string;
  readonly hostId?: string;
  /** The host's own clock, ms. */
  readonly now?: () => number;
  /** Called when a job begins: may finish it at once, or leave it running for the test to go on with. */
  readonly onStart?: (attempt: AttemptId, plan: AttemptPlan, host: FakeHost) => void;
}

export interface FakeEnd {
  readonly exitCode?: number;
  readonly log?: string | Uint8Array;
  /** Content by path below `out/`. */
  readonly outputs?: Readonly<Record<string, string | Uint8Array>>;
}

type FakeState = 'none' | 'abandoned' | 'running' | 'exited' | 'vanished';

interface FakeAttempt {
  readonly plan: AttemptPlan | undefined;
  state: FakeState;
  starts: number;
  startedAt: number;
  endedAt: number;
  exitCode: number;
  ignoresTerm: boolean;
  log: Buffer;
  readonly outputs: Map<string, Buffer>;
  readonly stops: StopStrength[];
}

/**
 * A host in memory whose jobs do what the test says. It keeps the promises of the port: one winner of the start
 * guard, verified assets, nothing of another instance.
 */
export class FakeHost implements Host {
  readonly name: HostName;
  readonly pollMs = 10;
  readonly instance: InstanceId;
  readonly assets = new Map<Sha256, Buffer>();
  /** What `facts` answers in place of a host without GPUs that has all that it is asked for. */
  hostFacts: Partial<HostFacts> = {};
  readonly #attempts = new Map<AttemptId, FakeAttempt>();
  readonly #wakes = new Map<AttemptId, Set<() => void>>();
  readonly #failures = new Map<string, Error[]>();
  readonly #now: () => number;
  readonly #onStart: FakeHostOptions['onStart'];
  #hostId: HostId;
  #isUnreachable = false;

  constructor(options: FakeHostOptions) {
    this.instance = options.instance;
    this.name = (options.name ?? 'here') as HostName;
    this.#hostId = (options.hostId ?? 'ho_fake0000') as HostId;
    this.#now = options.now ?? Date.now;
    this.#onStart = options.onStart;
  }

  /** From now on nothing answers, or everything does again. */
  unreachable(isUnreachable: boolean): void {
    this.#isUnreachable = isUnreachable;
  }

  /** The host was wiped or replaced: nothing is left, and it has another id. */
  replace(hostId: string): void {
    this.#hostId = hostId as HostId;
    this.#attempts.clear();
    this.assets.clear();
  }

  /** The next call of `method` throws `error`. */
  failNext(method: keyof Host, error: Error): void {
    this.#failures.set(method, [...(this.#failures.get(method) ?? []), error]);
  }

  appendLog(attempt: AttemptId, text: string | Uint8Array): void {
    const job = this.#job(attempt);
    job.log = Buffer.concat([job.log, Buffer.from(text)]);
    this.#wake(attempt);
  }

  writeOutput(attempt: AttemptId, path: string, content: string | Uint8Array): void {
    this.#job(attempt).outputs.set(path, Buffer.from(content));
  }

  /** Ends a running job. */
  finish(attempt: AttemptId, end: FakeEnd = {}): void {
    const job = this.#job(attempt);
    if (job.state !== 'running') throw new Error(`${attempt} is ${job.state}`);
    for (const [path, content] of Object.entries(end.outputs ?? {})) this.writeOutput(attempt, path, content);
    if (end.log !== undefined) this.appendLog(attempt, end.log);
    this.#end(attempt, 'exited', end.exitCode ?? 0);
  }

  /** Ends a running job without an exit file. */
  vanish(attempt: AttemptId): void {
    this.#end(attempt, 'vanished', 0);
  }

  /** The job goes on when it is asked to end; only a kill ends it. */
  ignoreTerm(attempt: AttemptId): void {
    this.#job(attempt).ignoresTerm = true;
  }

  /** How often the job of an attempt has begun. */
  starts(attempt: AttemptId): number {
    return this.#attempts.get(attempt)?.starts ?? 0;
  }

  /** The signals that an attempt was sent, in order. */
  stops(attempt: AttemptId): readonly StopStrength[] {
    return this.#attempts.get(attempt)?.stops ?? [];
  }

  plan(attempt: AttemptId): AttemptPlan | undefined {
    return this.#attempts.get(attempt)?.plan;
  }

  get attempts(): readonly AttemptId[] {
    return [...this.#attempts.keys()];
  }

  async identify(signal?: AbortSignal): Promise<HostId> {
    this.#answer('identify', signal);
    return this.#hostId;
  }

  paths(attempt: AttemptId): JobPaths {
    const path = `/fake/attempts/${attempt}`;
    return { attempt: path, input: `${path}/in`, output: `${path}/out`, tool: ['/fake/tool'] };
  }

  async putAsset(asset: HostAsset, onProgress: TransferProgress, signal?: AbortSignal): Promise<void> {
    this.#answer('putAsset', signal);
    const content = await readFile(asset.path);
    if (sha256(content) !== asset.sha256) throw new CosmosError('transfer.corrupt', { role: 'asset' });
    if (!this.assets.has(asset.sha256)) onProgress(0, asset.bytes);
    this.assets.set(asset.sha256, content);
    onProgress(asset.bytes, asset.bytes);
  }

  async prepare(plan: AttemptPlan, signal?: AbortSignal): Promise<void> {
    this.#answer('prepare', signal);
    const paths = [...plan.files, ...plan.inputs].map((file) => file.path);
    if (plan.instance !== this.instance || paths.some((path) => /^\/|(^|\/)\.\.(\/|$)/.test(path))) {
      throw new CosmosError('engine.work_dir_unusable', { role: 'attempt', reason: 'unsafe_path' });
    }
    if (plan.inputs.some((input) => !this.assets.has(input.asset))) {
      throw new CosmosError('transfer.failed', { role: 'asset', reason: 'missing' });
    }
    const present = this.#attempts.get(plan.attempt);
    if (present === undefined || present.state === 'none')
      this.#attempts.set(plan.attempt, fresh(plan, 'none'));
  }

  async start(attempt: AttemptId, signal?: AbortSignal): Promise<void> {
    this.#answer('start', signal);
    const job = this.#attempts.get(attempt);
    if (job === undefined) throw new CosmosError('engine.start_failed', { reason: 'missing' });
    if (job.state !== 'none' || job.plan === undefined) return;
    job.state = 'running';
    job.starts += 1;
    job.startedAt = this.#now();
    this.#wake(attempt);
    this.#onStart?.(attempt, job.plan, this);
  }

  async inspect(attempt: AttemptId, signal?: AbortSignal): Promise<AttemptStatus> {
    if (this.#isUnreachable) return { state: 'unreachable', detail: 'fake' };
    this.#answer('inspect', signal);
    const job = this.#attempts.get(attempt);
    if (job === undefined || job.state === 'none') return { state: 'never_started' };
    const { state, startedAt: hostStartedAt, endedAt: hostEndedAt, exitCode } = job;
    if (state === 'abandoned') return { state };
    if (state === 'running') return { state, hostStartedAt };
    if (state === 'vanished') return { state, detail: 'no_exit_file' };
    return { state, exitCode, hostStartedAt, hostEndedAt };
  }

  async abandon(attempt: AttemptId, signal?: AbortSignal): Promise<'abandoned' | 'already_started'> {
    this.#answer('abandon', signal);
    const job = this.#attempts.get(attempt);
    if (job === undefined) this.#attempts.set(attempt, fresh(undefined, 'abandoned'));
    else if (job.state === 'none') job.state = 'abandoned';
    else if (job.state !== 'abandoned') return 'already_started';
    return 'abandoned';
  }

  async stop(attempt: AttemptId, strength: StopStrength, signal?: AbortSignal): Promise<void> {
    this.#answer('stop', signal);
    const job = this.#attempts.get(attempt);
    job?.stops.push(strength);
    if (job?.state !== 'running' || (strength === 'terminate' && job.ignoresTerm)) return;
    this.#end(attempt, 'exited', strength === 'kill' ? 137 : 143);
  }

  watch(attempt: AttemptId, wake: () => void): () => void {
    const wakes = this.#wakes.get(attempt) ?? new Set();
    this.#wakes.set(attempt, wakes.add(wake));
    return () => wakes.delete(wake);
  }

  async readLog(
    attempt: AttemptId,
    offset: number,
    maxBytes: number,
    signal?: AbortSignal,
  ): Promise<Uint8Array> {
    this.#answer('readLog', signal);
    return this.#attempts.get(attempt)?.log.subarray(offset, offset + maxBytes) ?? new Uint8Array();
  }

  async listOutputs(attempt: AttemptId, signal?: AbortSignal): Promise<readonly OutputFile[]> {
    this.#answer('listOutputs', signal);
    return [...this.#job(attempt).outputs]
      .map(([path, content]) => ({ path, bytes: content.length }))
      .sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  async fetchOutput(
    attempt: AttemptId,
    path: string,
    to: string,
    onProgress: TransferProgress,
    signal?: AbortSignal,
  ): Promise<StoredFile> {
    this.#answer('fetchOutput', signal);
    const content = this.#job(attempt).outputs.get(path);
    if (content === undefined) {
      throw new CosmosError('engine.work_dir_unusable', { role: 'output', reason: 'missing' });
    }
    onProgress(0, content.length);
    await writeFile(to, content);
    onProgress(content.length, content.length);
    return { sha256: sha256(content), bytes: content.length };
  }

  async leftovers(instance: InstanceId, signal?: AbortSignal): Promise<readonly Leftover[]> {
    this.#answer('leftovers', signal);
    if (instance !== this.instance) return [];
    return Promise.all(
      this.attempts.toSorted().map(async (attempt) => ({ attempt, status: await this.inspect(attempt) })),
    );
  }

  async discard(attempt: AttemptId, signal?: AbortSignal): Promise<void> {
    this.#answer('discard', signal);
    if (this.#attempts.get(attempt)?.state === 'running') throw new CosmosError('engine.not_stopped', {});
    this.#attempts.delete(attempt);
  }

  async facts({ paths }: HostQuestions, signal?: AbortSignal): Promise<HostFacts> {
    this.#answer('facts', signal);
    return {
      now: this.#now(),
      diskFreeBytes: 100e9,
      gpus: { state: 'no_tool' },
      paths: paths.map((name) => ({ name, present: true })),
      ...this.hostFacts,
    };
  }

  async close(): Promise<void> {
    this.#wakes.clear();
  }

  #answer(method: keyof Host, signal: AbortSignal | undefined): void {
    signal?.throwIfAborted();
    if (this.#isUnreachable) throw new CosmosError('engine.host_unreachable', { reason: 'fake' });
    const failure = this.#failures.get(method)?.shift();
    if (failure !== undefined) throw failure;
  }

  #job(attempt: AttemptId): FakeAttempt {
    const job = this.#attempts.get(attempt);
    if (job === undefined) {
      throw new CosmosError('engine.work_dir_unusable', { role: 'attempt', reason: 'missing' });
    }
    return job;
  }

  #end(attempt: AttemptId, state: FakeState, exitCode: number): void {
    const job = this.#job(attempt);
    job.state = state;
    job.exitCode = exitCode;
    job.endedAt = this.#now();
    this.#wake(attempt);
  }

  #wake(attempt: AttemptId): void {
    for (const wake of this.#wakes.get(attempt) ?? []) wake();
  }
}

function fresh(plan: AttemptPlan | undefined, state: FakeState): FakeAttempt {
  return {
    plan,
    state,
    starts: 0,
    startedAt: 0,
    endedAt: 0,
    exitCode: 0,
    ignoresTerm: false,
    log: Buffer.alloc(0),
    outputs: new Map(),
    stops: [],
  };
}

function sha256(content: Uint8Array): Sha256 {
  return createHash('sha256').update(content).digest('hex') as Sha256;
}

import { CosmosError } from '../core/errors.ts';
import type { AttemptId, HostId, HostName, InstanceId } from '../core/ids.ts';
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
} from '../core/ports/host.ts';
import type { StoredFile } from '../core/ports/media.ts';
import type { Random } from '../core/ports/random.ts';
import type { AssetCache } from './asset-cache.ts';
import type { AssetStore } from './assets.ts';
import type { AttemptDirectories } from './attempt-dir.ts';
import { watchAttempt } from './attempt-watch.ts';
import type { Engine } from './engine/engine.ts';
import { fetchFile } from './fetch-file.ts';
import { askHost } from './host-facts.ts';
import { identifyHost, readHostId } from './host-identity.ts';
import { checkPlan } from './plan-check.ts';
import type { Transport } from './transport/transport.ts';

export interface ExecutionHostParts {
  readonly name: HostName;
  readonly instance: InstanceId;
  readonly transport: Transport;
  readonly engine: Engine;
  readonly directories: AttemptDirectories;
  readonly assets: AssetStore;
  readonly cache: AssetCache;
  /** Command prefix of the bot's own media tool, where the host can reach it. */
  readonly tool: readonly string[] | undefined;
  readonly random: Random;
}

/** A host made of a transport and an engine; adds what they share and checks that it is still the same host. */
export class ExecutionHost implements Host {
  readonly name: HostName;
  readonly #parts: ExecutionHostParts;
  readonly #watches = new Set<() => void>();
  #probed = false;
  /** What `identify` has told last; whatever has another id now is not the host that was meant. */
  #id: HostId | undefined;

  constructor(parts: ExecutionHostParts) {
    this.name = parts.name;
    this.#parts = parts;
  }

  get pollMs(): number {
    return this.#parts.engine.pollMs;
  }

  async identify(signal?: AbortSignal): Promise<HostId> {
    return this.#named(this.#identify(signal));
  }

  paths(attempt: AttemptId): JobPaths {
    const { engine, directories, tool } = this.#parts;
    return engine.paths?.(attempt) ?? directories.paths(attempt, tool);
  }

  async putAsset(asset: HostAsset, onProgress: TransferProgress, signal?: AbortSignal): Promise<void> {
    await this.#onHost(signal, ({ assets }) => assets.put(asset, onProgress, signal));
  }

  async prepare(plan: AttemptPlan, signal?: AbortSignal): Promise<void> {
    await this.#onHost(signal, async ({ directories, engine, instance, cache }) => {
      checkPlan(plan, instance);
      const files = [...plan.files, ...(engine.files?.(plan) ?? [])];
      try {
        await directories.prepare({ ...plan, files }, engine.runScript(plan), signal);
      } finally {
        await cache.release(
          plan.attempt,
          plan.inputs.map(({ asset }) => asset),
        );
      }
    });
  }

  async start(attempt: AttemptId, signal?: AbortSignal): Promise<void> {
    await this.#onHost(signal, async ({ directories, engine }) => {
      await directories.requireOurs(attempt);
      await engine.start(attempt, signal);
    });
  }

  async inspect(attempt: AttemptId, signal?: AbortSignal): Promise<AttemptStatus> {
    try {
      signal?.throwIfAborted();
      return await this.#named(this.#parts.engine.inspect(attempt, signal));
    } catch (thrown) {
      if (thrown instanceof CosmosError && thrown.code === 'engine.host_unreachable') {
        return { state: 'unreachable', detail: String(thrown.parameters.reason ?? '') };
      }
      throw thrown;
    }
  }

  async abandon(attempt: AttemptId, signal?: AbortSignal): Promise<'abandoned' | 'already_started'> {
    return this.#onHost(signal, ({ directories }) => directories.abandon(attempt));
  }

  async stop(attempt: AttemptId, strength: StopStrength, signal?: AbortSignal): Promise<void> {
    await this.#onHost(signal, ({ engine }) => engine.stop(attempt, strength, signal));
  }

  watch(attempt: AttemptId, wake: () => void): (() => void) | undefined {
    const { transport, directories } = this.#parts;
    const stop = watchAttempt(transport, directories.path(attempt), this.pollMs, wake);
    if (stop === undefined) return undefined;
    this.#watches.add(stop);
    return () => {
      this.#watches.delete(stop);
      stop();
    };
  }

  /** Without a look at the host's identity: the log is read often, and a wrong one would be a missing one. */
  async readLog(
    attempt: AttemptId,
    offset: number,
    maxBytes: number,
    signal?: AbortSignal,
  ): Promise<Uint8Array> {
    signal?.throwIfAborted();
    return this.#named(this.#parts.directories.readLog(attempt, offset, maxBytes));
  }

  async listOutputs(attempt: AttemptId, signal?: AbortSignal): Promise<readonly OutputFile[]> {
    return this.#onHost(signal, ({ directories }) => directories.listOutputs(attempt));
  }

  async fetchOutput(
    attempt: AttemptId,
    path: string,
    to: string,
    onProgress: TransferProgress,
    signal?: AbortSignal,
  ): Promise<StoredFile> {
    return this.#onHost(signal, async ({ directories, transport, random }) => {
      const from = await directories.resolveOutput(attempt, path);
      return fetchFile({ transport, from, to, random, onProgress, signal });
    });
  }

  async leftovers(instance: InstanceId, signal?: AbortSignal): Promise<readonly Leftover[]> {
    if (instance !== this.#parts.instance) return [];
    const leftovers: Leftover[] = [];
    const attempts = await this.#onHost(signal, async ({ directories, engine }) => [
      ...(await directories.own()),
      ...((await engine.attempts?.(signal)) ?? []),
    ]);
    for (const attempt of new Set(attempts)) {
      leftovers.push({ attempt, status: await this.inspect(attempt, signal) });
    }
    return leftovers;
  }

  async discard(attempt: AttemptId, signal?: AbortSignal): Promise<void> {
    await this.#onHost(signal, async ({ directories, engine, cache }) => {
      const { state } = await engine.inspect(attempt, signal);
      const begun = state === 'never_started' && (await directories.abandon(attempt)) === 'already_started';
      if (state === 'running' || begun) throw new CosmosError('engine.not_stopped', { attempt });
      await engine.release?.(attempt, signal);
      await directories.remove(attempt);
      await cache.releaseAll(attempt);
    });
  }

  async facts({ images, paths, assets, attempt }: HostQuestions, signal?: AbortSignal): Promise<HostFacts> {
    return this.#onHost(signal, async ({ transport, directories, engine, cache }) => {
      const facts = await askHost(transport, directories.workDir, paths, signal);
      const ofEngine = await engine.facts?.({ images, ...(attempt !== undefined && { attempt }) }, signal);
      return {
        ...facts,
        ...(assets === true && { assets: await cache.usage(signal) }),
        ...(ofEngine !== undefined && { engine: ofEngine }),
      };
    });
  }

  async close(): Promise<void> {
    for (const stop of this.#watches) stop();
    this.#watches.clear();
    await this.#parts.transport.close();
    this.#parts.assets.close();
  }

  async #identify(signal: AbortSignal | undefined): Promise<HostId> {
    const { engine, transport, directories, random } = this.#parts;
    signal?.throwIfAborted();
    if (!this.#probed) await engine.probe(signal);
    this.#probed = true;
    this.#id = await identifyHost(transport, directories.workDir, random);
    return this.#id;
  }

  #onHost<T>(signal: AbortSignal | undefined, use: (parts: ExecutionHostParts) => Promise<T>): Promise<T> {
    return this.#named(this.#sameHost(signal).then(() => this.#orReplaced(signal, use(this.#parts))));
  }

  /** What is missing on another host than the one that was meant was never there. */
  async #orReplaced<T>(signal: AbortSignal | undefined, work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (thrown) {
      if (thrown instanceof CosmosError && thrown.parameters.reason === 'missing')
        await this.#sameHost(signal);
      throw thrown;
    }
  }

  /** Tells in each error which host it is about. */
  async #named<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (thrown) {
      if (!(thrown instanceof CosmosError)) throw thrown;
      const { code, parameters, cause } = thrown;
      throw new CosmosError(code, { host: this.name, ...parameters }, { cause });
    }
  }

  /** Identifies the host at its first use; later throws `engine.host_replaced` where its id is another one. */
  async #sameHost(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    if (this.#id === undefined) await this.#identify(signal);
    const found = await readHostId(this.#parts.transport, this.#parts.directories.workDir);
    if (this.#id === undefined || found === this.#id) return;
    throw new CosmosError('engine.host_replaced', { expected: this.#id, found: found ?? '' });
  }
}

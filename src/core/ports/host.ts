import type { AttemptId, HostId, HostName, InstanceId, Sha256 } from '../ids.ts';
import type { StoredFile } from './media.ts';
import type { Secret } from './secret.ts';

/**
 * Paths as the job sees them (inside its container where it runs in one): what the placeholders of a profile's
 * argv, environment and spec files stand for.
 */
export interface JobPaths {
  /** The attempt directory. */
  readonly attempt: string;
  readonly input: string;
  readonly output: string;
  /** Command prefix of the bot's own media tool; absent where the bot's files cannot be reached. */
  readonly tool?: readonly string[];
}

/** Names at the top of an attempt directory that belong to the contract with the host: no `JobFile` lies there. */
export const RESERVED_NAMES: ReadonlySet<string> = new Set([
  'format',
  'instance',
  'in',
  'out',
  'run.sh',
  'started',
  'run.log',
  'exit.json',
  'exit.json.new',
  'container.json',
  'secret',
]);

/** A file that `prepare` writes, relative to the attempt directory. */
export interface JobFile {
  readonly path: string;
  readonly content: string;
}

/** An input of the job: `in/<role>.<extension>`, a link to an asset that `putAsset` has brought. */
export interface JobInput {
  readonly path: string;
  readonly asset: Sha256;
}

/** A directory or file of the host that the container sees. */
export interface ContainerMount {
  /** Absolute path on the host. */
  readonly source: string;
  /** Absolute path in the container. */
  readonly target: string;
  readonly readOnly: boolean;
}

/** The container of a job, on hosts whose engine has containers; others leave it out of account. */
export interface JobContainer {
  readonly image: string;
  /** Words that give it the lane's GPUs; empty on a lane without GPUs. */
  readonly gpuFlags: readonly string[];
  /** Beside the attempt directory, which every container of an attempt has. */
  readonly mounts: readonly ContainerMount[];
  /** Whose files the job writes: those of the bot's user on the host, or of the user that the image names. */
  readonly user: 'host' | 'image';
  /** Size of shared memory in the engine's own words, such as `8g`. */
  readonly sharedMemory?: string;
  readonly ipc?: 'private' | 'host' | 'shareable';
  readonly network?: 'none' | 'host' | 'bridge';
  /** Program that gets the job's argv as its parameters, in place of the image's own; empty for none. */
  readonly entrypoint?: string;
  /** Further words of the engine. */
  readonly flags: readonly string[];
}

/** Everything that a host needs to run one attempt: exactly what would be sent, nothing is added later. */
export interface AttemptPlan {
  readonly attempt: AttemptId;
  readonly instance: InstanceId;
  readonly files: readonly JobFile[];
  readonly inputs: readonly JobInput[];
  /** Program and arguments; never a shell string. */
  readonly argv: readonly [string, ...string[]];
  /**
   * The whole environment of the job beside PATH, HOME, the attempt's marker and, where no container keeps a job to
   * the GPUs of its lane, the variables that do: what is named here comes before those.
   */
  readonly environment: Readonly<Record<string, string>>;
  /**
   * Further variables of the job, by name: kept on the host in a file that only its user can read, and emptied as the
   * job begins. No name is in `environment` too.
   */
  readonly secretEnvironment?: Readonly<Record<string, Secret>>;
  /** Relative to the attempt directory, or absolute as the job sees it. */
  readonly workingDirectory: string;
  readonly container?: JobContainer;
  /** GPU indices of the lane; empty on a lane without GPUs. */
  readonly gpus: readonly string[];
  /** Time between the stop signal and the kill, ms: also what the wrapper grants the job. */
  readonly stopGraceMs: number;
}

export type AttemptStatus =
  /** Nothing was started; `start` and `abandon` race for it. */
  | { readonly state: 'never_started' }
  /** `abandon` won: it will never start. */
  | { readonly state: 'abandoned' }
  | { readonly state: 'running'; readonly hostStartedAt: number }
  /** `exit.json` is there and no process of the attempt is left. Times are the host's own. */
  | {
      readonly state: 'exited';
      readonly exitCode: number;
      readonly hostStartedAt: number;
      readonly hostEndedAt: number;
      /** A process of the job was killed because memory ran out; absent where that did not happen or cannot be told. */
      readonly outOfMemory?: true;
      /** Its wrapper was asked to end it, by `stop` or by anybody else; absent where it ended by itself. */
      readonly wasStopped?: true;
    }
  /** It began, and there is neither a process nor a valid `exit.json`. Never started again. */
  | { readonly state: 'vanished'; readonly detail: string }
  /** No answer: never read as free, gone or failed. */
  | { readonly state: 'unreachable'; readonly detail: string };

/** How hard an attempt is stopped: the model may tidy up, or nothing of it survives. */
export type StopStrength = 'terminate' | 'kill';

export interface OutputFile {
  /** Relative to the attempt's `out/` directory, with forward slashes. */
  readonly path: string;
  readonly bytes: number;
}

export interface HostAsset extends StoredFile {
  /** Where the file is on our side. */
  readonly path: string;
  /** Whose input it will be: it is kept for it until `prepare` has it, or `discard`. */
  readonly attempt?: AttemptId;
}

/** Called first with what is there already: all of it where nothing has to be moved. */
export type TransferProgress = (doneBytes: number, totalBytes: number) => void;

/** An attempt of this bot that is still on the host. */
export interface Leftover {
  readonly attempt: AttemptId;
  readonly status: AttemptStatus;
}

/** A GPU of a host; a value that its driver does not tell is absent. */
export interface GpuFacts {
  readonly index: string;
  readonly uuid: string;
  readonly name: string;
  readonly memoryUsedBytes?: number;
  readonly memoryTotalBytes?: number;
  /** Part of the time in which it computed, percent. */
  readonly utilisation?: number;
  /** Degrees Celsius. */
  readonly temperature?: number;
  /** Watts. */
  readonly power?: number;
  /** Version of its driver. */
  readonly driver?: string;
}

/** What a host's tool for GPUs has answered: none where there is no such tool. */
export type GpuAnswer =
  | { readonly state: 'listed'; readonly gpus: readonly GpuFacts[] }
  | { readonly state: 'no_tool' }
  | { readonly state: 'failed'; readonly detail: string };

/** A thing on a host by its name, and whether it is there. */
export interface Presence {
  readonly name: string;
  readonly present: boolean;
}

/** What starts containers on a host. */
export interface EngineFacts {
  readonly version: string;
  readonly images: readonly Presence[];
  /** Whether the host has what gives GPUs to containers. */
  readonly givesGpus: boolean;
  /** Names the content of the image that an attempt was started from; absent where nobody asked, or nothing is left of it. */
  readonly imageOfAttempt?: string;
}

/** The inputs that a host keeps for the next runs. */
export interface AssetUsage {
  readonly files: number;
  /** With what is being brought. */
  readonly bytes: number;
  readonly quotaBytes: number;
}

/** What a caller wants to know of a host beside what every host tells. */
export interface HostQuestions {
  readonly images: readonly string[];
  /** Whose image is asked for. */
  readonly attempt?: AttemptId;
  /** True: how much is kept of inputs; costs a look at each of them. */
  readonly assets?: boolean;
  /** Absolute paths. */
  readonly paths: readonly string[];
}

/** How a host is at one moment. */
export interface HostFacts {
  /** The host's own clock, ms since 1970; whole seconds on some. */
  readonly now: number;
  /** Room for files of the bot's user in the work directory. */
  readonly diskFreeBytes: number;
  readonly gpus: GpuAnswer;
  readonly paths: readonly Presence[];
  /** Absent unless it was asked for. */
  readonly assets?: AssetUsage;
  /** Absent where jobs are plain processes. */
  readonly engine?: EngineFacts;
}

/**
 * A machine that runs attempts, reached by some transport and some engine. Every method may be called again after
 * any crash: each looks at what is there first. A host that does not answer throws `engine.host_unreachable`
 * (except from `inspect`, which says so); the other codes are `engine.*` and `transfer.*`.
 */
export interface Host {
  readonly name: HostName;
  /** The random id kept in `work_dir`, made at the first call. Throws `engine.work_dir_unusable`, `engine.host_unsupported`. */
  identify(signal?: AbortSignal): Promise<HostId>;
  /** Pure: where the attempt's files will be, as the job sees them. */
  paths(attempt: AttemptId): JobPaths;
  /** Brings an asset to the host unless it is there already, verified by its SHA-256. */
  putAsset(asset: HostAsset, onProgress: TransferProgress, signal?: AbortSignal): Promise<void>;
  /** Makes the attempt directory complete (inputs, spec files, `run.sh`, empty `out/`); starts nothing. */
  prepare(plan: AttemptPlan, signal?: AbortSignal): Promise<void>;
  /** Starts what never started; whoever comes second changes nothing. Returns when the job has begun or lost. */
  start(attempt: AttemptId, signal?: AbortSignal): Promise<void>;
  inspect(attempt: AttemptId, signal?: AbortSignal): Promise<AttemptStatus>;
  /** Makes sure that the attempt never starts, by winning the start guard. */
  abandon(attempt: AttemptId, signal?: AbortSignal): Promise<'abandoned' | 'already_started'>;
  /** Signals the attempt's own processes and no others; does not wait for their end. */
  stop(attempt: AttemptId, strength: StopStrength, signal?: AbortSignal): Promise<void>;
  /**
   * Calls `wake` when the attempt may have changed (log grew, ended), until the returned function is called.
   * `undefined`: this engine cannot tell and has to be asked every `pollMs`.
   */
  watch(attempt: AttemptId, wake: () => void): (() => void) | undefined;
  /** How often an engine that cannot tell is asked, ms. */
  readonly pollMs: number;
  /** Bytes of `run.log` from `offset`, at most `maxBytes`; empty at its present end. */
  readLog(attempt: AttemptId, offset: number, maxBytes: number, signal?: AbortSignal): Promise<Uint8Array>;
  /** Files below `out/`, in order of path. */
  listOutputs(attempt: AttemptId, signal?: AbortSignal): Promise<readonly OutputFile[]>;
  /** Copies one output to `to` (temporary name, then rename), verified. */
  fetchOutput(
    attempt: AttemptId,
    path: string,
    to: string,
    onProgress: TransferProgress,
    signal?: AbortSignal,
  ): Promise<StoredFile>;
  /** Attempts of this bot instance that still have a directory here. */
  leftovers(instance: InstanceId, signal?: AbortSignal): Promise<readonly Leftover[]>;
  /** Removes the directory of an attempt that has ended; refuses a running one (`engine.not_stopped`). */
  discard(attempt: AttemptId, signal?: AbortSignal): Promise<void>;
  /** How the host is now. Throws what `identify` throws, and `engine.command_failed` for an answer that cannot be read. */
  facts(questions: HostQuestions, signal?: AbortSignal): Promise<HostFacts>;
  /** Releases connections and watchers; attempts go on. */
  close(): Promise<void>;
}

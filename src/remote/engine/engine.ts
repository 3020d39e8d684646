import type { AttemptId } from '../../core/ids.ts';
import type {
  AttemptPlan,
  AttemptStatus,
  EngineFacts,
  HostQuestions,
  JobFile,
  JobPaths,
  StopStrength,
} from '../../core/ports/host.ts';

/**
 * How a prepared attempt is started, seen and stopped. Everything that engines share (the directory, the start
 * guard's "never", log, outputs, assets) is outside of it.
 */
export interface Engine {
  /** How often an attempt is asked for where nothing tells of its changes, ms. */
  readonly pollMs: number;
  /** Throws `engine.host_unsupported` with what the host lacks. */
  probe(signal?: AbortSignal): Promise<void>;
  /** The text of `run.sh`; its first act takes the start guard. */
  runScript(plan: AttemptPlan): string;
  /** Where the job sees its files, if not where they are on the host. */
  paths?(attempt: AttemptId): JobPaths;
  /** Files of the engine's own in the attempt directory; throws `engine.start_failed` for a plan that it cannot start. */
  files?(plan: AttemptPlan): readonly JobFile[];
  /** Returns when the job has begun, or when the guard was lost; throws `engine.start_failed`. */
  start(attempt: AttemptId, signal?: AbortSignal): Promise<void>;
  /** Says nothing of the host's identity: `never_started` on another host means nothing. */
  inspect(attempt: AttemptId, signal?: AbortSignal): Promise<AttemptStatus>;
  stop(attempt: AttemptId, strength: StopStrength, signal?: AbortSignal): Promise<void>;
  /** Attempts of this bot that the engine knows of, whether they have a directory or not. */
  attempts?(signal?: AbortSignal): Promise<readonly AttemptId[]>;
  /**
   * Removes what the engine keeps of an attempt that will not run any more, and makes its directory removable. Throws
   * `engine.not_stopped` for one that runs.
   */
  release?(attempt: AttemptId, signal?: AbortSignal): Promise<void>;
  /** What the engine is, which of these images it has, and from which one the attempt was started. */
  facts?(asked: Pick<HostQuestions, 'images' | 'attempt'>, signal?: AbortSignal): Promise<EngineFacts>;
}

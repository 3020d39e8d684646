import type { AttemptId } from '../../core/ids.ts';
import type { AttemptPlan, AttemptStatus, StopStrength } from '../../core/ports/host.ts';

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
  /** Returns when the job has begun, or when the guard was lost; throws `engine.start_failed`. */
  start(attempt: AttemptId, signal?: AbortSignal): Promise<void>;
  /** Says nothing of the host's identity: `never_started` on another host means nothing. */
  inspect(attempt: AttemptId, signal?: AbortSignal): Promise<AttemptStatus>;
  stop(attempt: AttemptId, strength: StopStrength, signal?: AbortSignal): Promise<void>;
}

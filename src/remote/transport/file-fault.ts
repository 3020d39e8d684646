import { CosmosError, type ErrorParameters } from '../../core/errors.ts';

/** Why a file operation failed, in words that every transport shares. */
export type FaultReason =
  | 'missing'
  | 'exists'
  | 'denied'
  | 'full'
  | 'read_only'
  | 'name_too_long'
  | 'wrong_kind'
  | 'unsupported'
  | 'input_output';

/** Thrown by the file operations of a transport; `cause` has the paths, which never reach a person. */
export class FileFault extends Error {
  readonly reason: FaultReason;

  constructor(reason: FaultReason, cause: unknown) {
    super(`file operation failed: ${reason}`, { cause });
    this.name = 'FileFault';
    this.reason = reason;
  }
}

export function isFault(thrown: unknown, ...reasons: readonly FaultReason[]): thrown is FileFault {
  return thrown instanceof FileFault && reasons.includes(thrown.reason);
}

/** The part that a path plays: what a person is told instead of the path. */
export type PathRole = 'work_dir' | 'attempt' | 'asset' | 'output' | 'log' | 'source' | 'destination';

/**
 * Waits for `work`; a file fault becomes `transfer.disk_full` (disk or quota), `transfer.failed` (input/output error),
 * `engine.log_unreadable` (the log) or `engine.work_dir_unusable`, with the role and the reason as parameters.
 * Everything else passes as it is.
 */
export async function inRole<T>(role: PathRole, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (thrown) {
    if (!(thrown instanceof FileFault)) throw thrown;
    const parameters: ErrorParameters = { role, reason: thrown.reason };
    if (thrown.reason === 'full') throw new CosmosError('transfer.disk_full', { role }, { cause: thrown });
    if (thrown.reason === 'input_output')
      throw new CosmosError('transfer.failed', parameters, { cause: thrown });
    if (role === 'log') throw new CosmosError('engine.log_unreadable', parameters, { cause: thrown });
    throw new CosmosError('engine.work_dir_unusable', parameters, { cause: thrown });
  }
}

import { dirname } from 'node:path/posix';
import type { Stats } from 'ssh2';
import { CosmosError } from '../../../core/errors.ts';
import { type FaultReason, FileFault } from '../file-fault.ts';
import type { SftpSession } from './sftp-session.ts';
import { unreachable } from './ssh-failure.ts';

/** Where to look for what a coarse answer means. */
export interface FaultHints {
  /** What was to be made or changed. */
  readonly path: string;
  /** The name that had to be free. */
  readonly taken?: string;
  /** What was to be renamed to `path`. */
  readonly source?: string;
  /** The reason where nothing else is found. */
  readonly otherwise?: FaultReason;
}

/** Answers that have one meaning; numbers of the SFTP protocol, used by OpenSSH for the system errors named. */
const REASONS: Readonly<Record<number, FaultReason>> = {
  2: 'missing', // ENOENT, ENOTDIR, ELOOP
  3: 'denied', // EACCES, EPERM
  5: 'name_too_long', // ENAMETOOLONG, EINVAL
  8: 'unsupported',
};
/** Everything else: EEXIST, ENOTEMPTY, ENOSPC, EDQUOT, EROFS, EIO, EISDIR, EXDEV, EMLINK. */
const FAILURE = 4;

/** Less free than this counts as full: a write may fail for its last block alone. */
const FULL_BELOW_BYTES = 1024 * 1024;

/** The fault that an answer stands for; where it may mean several things, the host is asked what is there. */
export async function sftpFault(
  error: Error,
  session: SftpSession,
  hints?: FaultHints,
): Promise<FileFault | CosmosError> {
  const code = 'code' in error && typeof error.code === 'number' ? error.code : undefined;
  // Without a code it is the library's own: the channel is gone.
  if (code === undefined) return unreachable(new CosmosError('ssh.closed', {}, { cause: error }));
  const reason = REASONS[code];
  if (reason !== undefined) return new FileFault(reason, error);
  if (code !== FAILURE || hints === undefined) return new FileFault('input_output', error);
  return new FileFault(await whatFailed(session, hints), error);
}

async function whatFailed(session: SftpSession, hints: FaultHints): Promise<FaultReason> {
  if (hints.taken !== undefined && (await found(session, hints.taken)) !== null) return 'exists';
  if (hints.source !== undefined) {
    const target = await found(session, hints.path);
    if (target?.isDirectory()) {
      return (await found(session, hints.source))?.isDirectory() ? 'exists' : 'wrong_kind';
    }
  }
  const facts = (await session.fileSystem(hints.path)) ?? (await session.fileSystem(dirname(hints.path)));
  if (facts?.isReadOnly) return 'read_only';
  if (facts !== undefined && (facts.freeBytes < FULL_BELOW_BYTES || facts.freeFiles < 1)) return 'full';
  if (hints.otherwise !== undefined) return hints.otherwise;
  return (await found(session, hints.path))?.isDirectory() ? 'wrong_kind' : 'input_output';
}

async function found(session: SftpSession, path: string): Promise<Stats | null> {
  try {
    return await session.lstat(path);
  } catch (thrown) {
    if (thrown instanceof FileFault) return null;
    throw thrown;
  }
}

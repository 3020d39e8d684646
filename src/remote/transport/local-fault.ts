import { systemCode } from '../../core/system-code.ts';
import { type FaultReason, FileFault } from './file-fault.ts';

/** What the errors of the file system mean; the rest are input/output errors. */
const REASONS: Readonly<Record<string, FaultReason>> = {
  ENOENT: 'missing',
  ENOTDIR: 'missing',
  EEXIST: 'exists',
  ENOTEMPTY: 'exists',
  EACCES: 'denied',
  EPERM: 'denied',
  ENOSPC: 'full',
  EDQUOT: 'full',
  EFBIG: 'full',
  EROFS: 'read_only',
  ENAMETOOLONG: 'name_too_long',
  EISDIR: 'wrong_kind',
  ELOOP: 'wrong_kind',
  EXDEV: 'unsupported',
  EMLINK: 'unsupported',
  ENOTSUP: 'unsupported',
  EOPNOTSUPP: 'unsupported',
  ENOSYS: 'unsupported',
};

/** The fault that an error of the file system stands for; anything else (an abort) is returned as it is. */
export function toFault(thrown: unknown): unknown {
  if (thrown instanceof FileFault) return thrown;
  const code = systemCode(thrown);
  return code === undefined ? thrown : new FileFault(REASONS[code] ?? 'input_output', thrown);
}

/** Waits for `work` and throws its error as a `FileFault`. */
export async function localFault<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (thrown) {
    throw toFault(thrown);
  }
}

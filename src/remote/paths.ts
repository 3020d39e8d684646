import { CosmosError } from '../core/errors.ts';
import type { Random } from '../core/ports/random.ts';
import type { PathRole } from './transport/file-fault.ts';

/** Longest name of one path segment that Linux file systems take, bytes. */
const MAX_NAME_BYTES = 255;
/** Directory of an attempt that nobody but the bot's user may enter. */
export const SECRET_DIRECTORY = 'secret';
/** The job's secrets, as shell text; empty once the job has begun. */
export const SECRET_FILE = `${SECRET_DIRECTORY}/environment`;
const TEMPORARY_BYTES = 6;

/**
 * The relative path, if it cannot lead out of the directory that it is used in: no leading slash, no empty segment,
 * no `.` or `..`, no NUL, no segment above 255 bytes. Else throws `engine.work_dir_unusable` (`unsafe_path`).
 */
export function safeRelativePath(path: string, role: PathRole): string {
  const safe = path.split('/').every(isSafeName) && !path.includes('\0');
  if (!safe) throw new CosmosError('engine.work_dir_unusable', { role, reason: 'unsafe_path' });
  return path;
}

/** The name of one attempt, which becomes a directory and a part of a marker. Throws as `safeRelativePath` does. */
export function safeAttemptName(name: string): string {
  if (/^[A-Za-z0-9_][A-Za-z0-9_-]{0,99}$/.test(name)) return name;
  throw new CosmosError('engine.work_dir_unusable', { role: 'attempt', reason: 'unsafe_path' });
}

function isSafeName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && Buffer.byteLength(name) <= MAX_NAME_BYTES;
}

/** A name that nobody else uses at the same time: hidden, so that listings of finished things leave it out. */
export function temporaryName(name: string, random: Random): string {
  return `.${name}.${Buffer.from(random.bytes(TEMPORARY_BYTES)).toString('hex')}`;
}

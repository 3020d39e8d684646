import { CosmosError, type ErrorCode } from '../errors.ts';

const CODES: Readonly<Record<string, ErrorCode>> = {
  ENOSPC: 'store.disk_full',
  EDQUOT: 'store.disk_full',
  EROFS: 'store.read_only',
  EACCES: 'store.read_only',
  EPERM: 'store.read_only',
  ENOENT: 'input.file_missing',
};

/** Runs file work of our own data directory; what the system refuses becomes a coded error about `file`. */
export async function mapFileErrors<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof CosmosError || !(error instanceof Error) || !('code' in error)) throw error;
    const code = CODES[String(error.code)];
    if (code === undefined) throw error;
    throw new CosmosError(code, { file }, { cause: error });
  }
}

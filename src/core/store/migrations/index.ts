import { initial } from './0001-initial.ts';

/** In order of number; migration `n` brings a database from version `n - 1` to `n`. Append only. */
export const MIGRATIONS: readonly string[] = [initial];

import { initial } from './0001-initial.ts';
import { chatFiles } from './0002-chat-files.ts';
import { threadFiles } from './0003-thread-files.ts';

/** In order of number; migration `n` brings a database from version `n - 1` to `n`. Append only. */
export const MIGRATIONS: readonly string[] = [initial, chatFiles, threadFiles];

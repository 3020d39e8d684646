import { pino } from 'pino';
import type { Bot } from '../../src/bot/bot.ts';
import { openBot } from '../../src/bot/main.ts';
import { loadConfig } from '../../src/core/config/load-config.ts';
import type { Checked } from '../../src/core/errors.ts';

/** The bot of `<directory>/cosmos.toml`, quiet, with nothing started. */
export async function openQuietBot(directory: string): Promise<Bot> {
  const config = must(loadConfig({ environment: {}, directory }));
  return must(await openBot(config, pino({ level: 'silent' })));
}

/** The value of what passed its checks; throws the problems of what did not. */
export function must<T>(checked: Checked<T>): T {
  if (checked.ok) return checked.value;
  throw new Error(`refused: ${JSON.stringify(checked.problems)}`);
}

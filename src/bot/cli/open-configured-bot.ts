import { join, relative } from 'node:path';
import type { Logger } from 'pino';
import type { Config } from '../../core/config/config.ts';
import { processEnvironment } from '../../core/config/environment.ts';
import { type Reading, readConfiguration } from '../../core/config/load-config.ts';
import { DataDirectory } from '../../core/data-directory.ts';
import type { Checked } from '../../core/errors.ts';
import { mapStoreErrors } from '../../core/store/database.ts';
import type { Bot } from '../bot.ts';
import { openLogger } from '../logger.ts';
import { openBot, profileProblems } from '../main.ts';
import { embeddedDefault } from '../wording/cli-words.ts';
import { type CliOutput, printNote } from './cli-output.ts';

/** The configuration that `--config`, the environment and this directory name. */
export function readConfig(path?: string): Checked<Config> {
  return read(path).config;
}

/** The same; where it is refused, what is wrong with the profiles is told with it. */
export async function readWholeConfig(path?: string): Promise<Checked<Config>> {
  const { config, profiles } = read(path);
  if (config.ok || profiles === undefined) return config;
  const [first, ...rest] = config.problems;
  return { ok: false, problems: [first, ...rest, ...(await profileProblems(profiles))] };
}

function read(path: string | undefined): Reading {
  return readConfiguration({
    environment: processEnvironment(),
    directory: process.cwd(),
    ...(path !== undefined && { path }),
  });
}

/** Says so where there is no file: what is not found may lie beside another one. */
export function noteEmbedded({ source, dataDirectory }: Config, output: CliOutput): void {
  if (source.kind !== 'embedded') return;
  const below = relative(process.cwd(), dataDirectory);
  printNote(output, embeddedDefault(/^(?:\.\.|\/|$)/.test(below) ? dataDirectory : `./${below}`));
}

/** What commands log stands beside what the bot logs: the screen is for what was asked. */
export function openLogFile(config: Config): Logger {
  const { root } = new DataDirectory(config.dataDirectory);
  return mapStoreErrors(() => openLogger(config.log.level, join(root, 'logs', 'cosmos.log')));
}

/** The bot of that configuration, with nothing started; `needs` as for `openBot`. */
export async function openConfiguredBot(
  config: Config,
  logger: Logger,
  needs?: { readonly models: boolean },
): Promise<Checked<Bot>> {
  return await openBot(config, logger, {}, needs);
}

/** Environment variables, handed on as a value so that everything else can be tested with its own. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Beginning of every variable of the bot; the models use `COSMOS_…` themselves. */
export const VARIABLE_PREFIX = 'COSMOS_BOT_';

/** Names the configuration file. */
export const CONFIG_VARIABLE = 'COSMOS_BOT_CONFIG';

/** Marks the processes of an attempt; set by the bot for its jobs, never read as a setting. */
export const ATTEMPT_VARIABLE = 'COSMOS_BOT_ATTEMPT';

/** The environment of this process: the only place that reads it. */
export function processEnvironment(): Environment {
  return process.env;
}

/** What a command line may name before and after its verb. */
export const GLOBAL_OPTIONS = [
  {
    usage: '--config FILE',
    help: 'The configuration; else COSMOS_BOT_CONFIG, cosmos.toml here, or the defaults',
  },
  { usage: '--help', help: 'This page; after a command its own. Also: -h' },
  { usage: '--version', help: 'The version. Also: -V' },
] as const;

/** Verbs that only the command line has. */
export const SHELL_VERBS = ['start', 'demo', 'prepare', 'add', 'config', 'host'] as const;

export type ShellVerb = (typeof SHELL_VERBS)[number];

/** Variables that mean something to whoever starts the bot, each with what it does. */
export const NAMED_VARIABLES = [
  { name: 'COSMOS_BOT_CONFIG', help: 'The configuration, where no --config names it' },
  {
    name: 'COSMOS_BOT_DATA_DIR',
    help: 'Folder of the database, the files and the results, in place of data_dir',
  },
  { name: 'COSMOS_BOT_MODELS_DIRECTORY', help: 'Folder of models of your own, in place of models_directory' },
  { name: 'COSMOS_BOT_LOG_LEVEL', help: 'Least serious messages of the log, in place of level of [log]' },
  { name: 'SSH_AUTH_SOCK', help: 'Socket of the SSH agent that lets the bot into its hosts' },
] as const;

/** Further keys of the configuration that have a variable: `COSMOS_BOT_`, and the path in upper case. */
export const SETTING_VARIABLES = [
  'COSMOS_BOT_ACCESS_DEFAULT',
  'COSMOS_BOT_ACCESS_GUESTS',
  'COSMOS_BOT_ACCESS_STRANGERS',
  'COSMOS_BOT_LIMITS_MAX_QUEUED_PER_USER',
  'COSMOS_BOT_LIMITS_MAX_RUNS_PER_REQUEST',
  'COSMOS_BOT_LIMITS_CONFIRM_ABOVE_RUNS',
  'COSMOS_BOT_LIMITS_MAX_UPLOAD_MIB',
  'COSMOS_BOT_LIMITS_MAX_VIDEO_SECONDS',
  'COSMOS_BOT_LIMITS_MAX_PIXELS',
  'COSMOS_BOT_QUEUE_BATCH_MAX_ITEMS',
  'COSMOS_BOT_QUEUE_BATCH_MAX_OVERTAKEN',
  'COSMOS_BOT_QUEUE_BATCH_MAX_SECONDS',
  'COSMOS_BOT_TIMEOUTS_RUN',
  'COSMOS_BOT_TIMEOUTS_SILENCE',
  'COSMOS_BOT_TIMEOUTS_CANCEL_GRACE',
  'COSMOS_BOT_TIMEOUTS_MEDIA',
  'COSMOS_BOT_TIMEOUTS_STALE_COMMAND',
  'COSMOS_BOT_GENERATION_NEGATIVE_PROMPT',
] as const;

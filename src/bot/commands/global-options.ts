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

/** Discord's limits of commands, as it documents them. */
export const COMMAND_LIMITS = {
  /** Subcommands of a command, and options of a subcommand. */
  options: 25,
  choices: 25,
  help: 100,
  choice: 100,
  /** Longest text that an option takes. */
  text: 6_000,
  /** Names, descriptions, and names and values of choices of one command. */
  total: 8_000,
  /** Files that one command takes. */
  files: 10,
} as const;

const NAME = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u;

/** Whether a command or an option may be called this. */
export function isCommandName(text: string): boolean {
  return NAME.test(text) && text.length <= 32 && text === text.toLowerCase();
}

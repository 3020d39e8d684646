import {
  type APIApplicationCommandOption,
  type APIApplicationCommandSubcommandOption,
  ApplicationCommandType,
  InteractionContextType,
  PermissionFlagsBits,
  type RESTPutAPIApplicationCommandsJSONBody,
  ApplicationCommandOptionType as Type,
} from 'discord.js';
import type { CommandTable } from '../../commands/definition.ts';
import { SLASH_WORDS } from '../../wording/slash-words.ts';
import { isCommandName, COMMAND_LIMITS as LIMITS } from './command-limits.ts';
import { describe } from './option-base.ts';
import type { OfferedModel } from './parameter-options.ts';
import { type Room, verbOptions } from './verb-options.ts';

/** Name of the command that has all verbs as subcommands. */
const COMMAND_NAME = 'cosmos';

/** The first that everything fits into is taken; in the last one there are names alone. */
const ROOMS: readonly Room[] = [
  ...[100, 60, 30].map((help) => ({ help, options: LIMITS.options })),
  ...Array.from({ length: LIMITS.options }, (_, cut) => ({ help: 30, options: LIMITS.options - 1 - cut })),
];

/**
 * The commands of the bot as they are registered, made of the verbs and the models: all within Discord's limits,
 * whatever the two are. `global`: not for single guilds, but everywhere, direct messages included.
 */
export function commandDefinitions(
  commands: CommandTable,
  models: readonly OfferedModel[],
  scope: 'global' | 'guild',
): RESTPutAPIApplicationCommandsJSONBody {
  const common = {
    // Whoever may use commands at all: the server's own settings can narrow that, the roles of the bot say the rest.
    default_member_permissions: String(PermissionFlagsBits.UseApplicationCommands),
    ...(scope === 'global' && {
      contexts: [InteractionContextType.Guild, InteractionContextType.BotDM],
    }),
  };
  return [
    {
      ...common,
      type: ApplicationCommandType.ChatInput,
      name: COMMAND_NAME,
      description: SLASH_WORDS.command,
      options: subcommands(commands, models),
    },
    { ...common, type: ApplicationCommandType.Message, name: SLASH_WORDS.useAsPrompt },
  ];
}

function subcommands(
  commands: CommandTable,
  models: readonly OfferedModel[],
): APIApplicationCommandSubcommandOption[] {
  const verbs = Object.entries(commands)
    .filter(([verb]) => isCommandName(verb))
    .slice(0, LIMITS.options);
  const made = ROOMS.values().map((room) =>
    verbs.map(
      ([verb, definition]): APIApplicationCommandSubcommandOption => ({
        type: Type.Subcommand,
        name: verb,
        description: describe(definition.summary, verb, room.help),
        options: [...verbOptions(definition, models, room)],
      }),
    ),
  );
  const own = COMMAND_NAME.length + SLASH_WORDS.command.length;
  return made.find((options) => own + charactersOf(options) <= LIMITS.total) ?? [];
}

/** What counts towards the limit of a command. */
function charactersOf(options: readonly APIApplicationCommandOption[]): number {
  let sum = 0;
  for (const option of options) {
    sum += option.name.length + option.description.length;
    if ('options' in option && option.options !== undefined) sum += charactersOf(option.options);
    if ('choices' in option) {
      for (const { name, value } of option.choices ?? []) sum += name.length + String(value).length;
    }
  }
  return sum;
}

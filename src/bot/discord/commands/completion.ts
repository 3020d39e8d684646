import type { ArgumentDefinition, CommandTable, HeldName } from '../../commands/definition.ts';
import { COMMANDS } from '../../commands/registry.ts';
import { isId } from './command-parts.ts';

/** What is offered while somebody types: the ids that an argument may be, or names of one kind. */
export type Completion =
  | { readonly kind: 'argument'; readonly argument: ArgumentDefinition }
  | { readonly kind: HeldName };

/** What an option of a subcommand is completed with; undefined where Discord should not have asked. */
export function completionOf(
  verb: string,
  option: string,
  commands: CommandTable = COMMANDS,
): Completion | undefined {
  const definition = Object.hasOwn(commands, verb) ? commands[verb] : undefined;
  const argument = definition?.arguments.find(({ name }) => name === option);
  if (argument !== undefined && isId(argument)) return { kind: 'argument', argument };
  const holds = argument?.holds ?? definition?.options.find(({ name }) => name === option)?.holds;
  return holds && { kind: holds };
}

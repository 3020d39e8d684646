import { helpCard } from '../../thread-view/help-card.ts';
import { answered, type CommandHandler } from '../command-context.ts';
import { findVerb } from '../help.ts';
import { COMMANDS } from '../registry.ts';

export const help: CommandHandler = (_context, command) => {
  const verb = findVerb(command.arguments['command'] ?? '', COMMANDS);
  return answered(helpCard(COMMANDS, verb), verb === undefined ? COMMANDS : COMMANDS[verb]);
};

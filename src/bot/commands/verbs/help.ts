import { helpCard } from '../../thread-view/help-card.ts';
import { answered, type CommandHandler, refused } from '../command-context.ts';
import { helpTopic } from '../help.ts';
import { COMMANDS } from '../registry.ts';

export const help: CommandHandler = (_context, command) => {
  const topic = helpTopic(command.arguments['command'], COMMANDS);
  if (!topic.ok) return refused(topic.problems);
  const verb = topic.value;
  return answered(helpCard(COMMANDS, verb), verb === undefined ? COMMANDS : COMMANDS[verb]);
};

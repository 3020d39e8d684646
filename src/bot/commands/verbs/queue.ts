import { queueCard } from '../../thread-view/queue-card.ts';
import { answered, type CommandHandler } from '../command-context.ts';

export const queue: CommandHandler = ({ api, actor }, command) => {
  if (command.arguments['action'] === 'pause') api.pauseQueue(actor);
  if (command.arguments['action'] === 'resume') api.resumeQueue(actor);
  const view = api.queue();
  return answered(queueCard(view), view);
};

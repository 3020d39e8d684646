import { queueCard } from '../../thread-view/queue-card.ts';
import { queuePlanCard } from '../../thread-view/queue-plan-card.ts';
import { answered, type CommandHandler } from '../command-context.ts';

export const queue: CommandHandler = ({ api, actor }, command) => {
  if (command.arguments['action'] === 'plan') {
    const plan = api.queuePlan();
    return answered(queuePlanCard(plan), plan);
  }
  if (command.arguments['action'] === 'pause') api.pauseQueue(actor);
  if (command.arguments['action'] === 'resume') api.resumeQueue(actor);
  const view = api.queue();
  return answered(queueCard(view), view);
};

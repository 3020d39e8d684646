import { gpuStatusCard } from '../../thread-view/gpu-status-card.ts';
import { answered, type CommandHandler } from '../command-context.ts';

export const status: CommandHandler = ({ api }) => {
  const view = api.queue();
  return answered(gpuStatusCard(view), view);
};

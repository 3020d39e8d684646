import { gpuStatusCard } from '../../thread-view/gpu-status-card.ts';
import { statusCard } from '../../thread-view/status-card.ts';
import { answered, type CommandHandler, runData } from '../command-context.ts';
import { foundOrSuggested } from './suggestions.ts';

/** In the thread of a run, whoever wants the hosts says so. */
const HOSTS = 'hosts';

export const status: CommandHandler = ({ api, views }, command) => {
  const given = command.arguments['run'];
  if (given !== undefined && given.toLowerCase() !== HOSTS) {
    const run = foundOrSuggested(api.findRun(given), 'show');
    return run.ok ? answered(statusCard(views.status(run.value)), runData(run.value)) : run.refusal;
  }
  const view = api.queue();
  return answered(gpuStatusCard(view), view);
};

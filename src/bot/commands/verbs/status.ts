import { gpuStatusCard } from '../../thread-view/gpu-status-card.ts';
import { requestDetailsCard } from '../../thread-view/request-card.ts';
import { statusCard } from '../../thread-view/status-card.ts';
import { answered, type CommandHandler, runData } from '../command-context.ts';
import { requestData } from './request-answer.ts';
import { findRunOrRequest } from './run-or-request.ts';
import { foundOrSuggested } from './suggestions.ts';

/** In the thread of a run, whoever wants the hosts says so. */
const HOSTS = 'hosts';

export const status: CommandHandler = (context, command) => {
  const { api, views, localFiles } = context;
  const given = command.arguments['run'];
  if (given === undefined || given.toLowerCase() === HOSTS) {
    const view = api.queue();
    return answered(gpuStatusCard(view), view);
  }
  const found = foundOrSuggested(findRunOrRequest(api, given), 'show');
  if (!found.ok) return found.refusal;
  if (found.value.kind === 'request') {
    const { request } = found.value;
    return answered(
      requestDetailsCard(views.requestDetails(request, { localFiles })),
      requestData(context, request),
    );
  }
  const { run } = found.value;
  return answered(statusCard(views.status(run)), runData(run));
};

import { promptDetailsCard } from '../../thread-view/prompt-details-card.ts';
import { requestDetailsCard } from '../../thread-view/request-card.ts';
import { runDetailsCard } from '../../thread-view/run-details-card.ts';
import { answered, type CommandHandler, runData, whereRead } from '../command-context.ts';
import { requestData } from './request-answer.ts';
import { findAny } from './run-or-request.ts';
import { foundOrSuggested } from './suggestions.ts';

export const show: CommandHandler = (context, command) => {
  const { api, views, localFiles } = context;
  const found = foundOrSuggested(findAny(api, command.arguments['id'] ?? ''), 'show', command);
  if (!found.ok) return found.refusal;
  switch (found.value.kind) {
    case 'run': {
      const { run } = found.value;
      return answered(runDetailsCard(views.details(run, { localFiles })), runData(run));
    }
    case 'request': {
      const { request } = found.value;
      return answered(
        requestDetailsCard(views.requestDetails(request, { localFiles })),
        requestData(context, request),
      );
    }
    case 'prompt': {
      const { prompt } = found.value;
      return answered(promptDetailsCard({ ...views.promptDetails(prompt), ...whereRead(context) }), prompt);
    }
  }
};

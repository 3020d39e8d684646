import type { CosmosApi } from '../../core/cosmos-api.ts';
import type { Card, ChatReference } from '../../core/ports/chat.ts';
import type { RunRequest } from '../../core/requests/request.ts';
import { isFinished, type Run, type RunOutcome, type RunOutput } from '../../core/runs/run.ts';
import type { DeliverySubject } from '../../core/store/deliveries.ts';
import { controlCard } from '../thread-view/control-card.ts';
import { discardedCard } from '../thread-view/discarded-card.ts';
import { failureCard } from '../thread-view/failure-card.ts';
import { promptCard } from '../thread-view/prompt-card.ts';
import { requestTableCard } from '../thread-view/request-card.ts';
import { requestEndCard } from '../thread-view/request-end-card.ts';
import { hasEnded } from '../thread-view/request-parts.ts';
import { resultCard } from '../thread-view/result-card.ts';
import { statusCard } from '../thread-view/status-card.ts';
import type { ViewBuilder } from '../thread-view/view-builder.ts';
import { picturedOutput } from './contact-sheets.ts';
import { contactSheetFile, logFile, outputFile, type WantedFile } from './run-files.ts';

/** What a thread has to show now. */
export interface Wanted {
  readonly card: Card;
  /** The duty ends when this is shown. */
  readonly final: boolean;
  /** Goes with the card. */
  readonly file?: WantedFile;
}

/** Where it is shown, and how. */
export interface Showing {
  readonly where: ChatReference;
  /** Whoever reads it sits at the bot's machine: a path is as good as the file. */
  readonly localFiles: boolean;
  /** People there want to read less. */
  readonly isQuiet: boolean;
}

export interface WantedParts {
  readonly api: CosmosApi;
  readonly views: ViewBuilder;
}

/** There is nothing to show, and there never will be. */
export const NOTHING_EVER = 'nothing_ever';

/** The content of a delivery, computed from what is stored; undefined while there is nothing to show yet. */
export function wanted(
  subject: DeliverySubject,
  parts: WantedParts,
  showing: Showing,
): Wanted | typeof NOTHING_EVER | undefined {
  const { api, views } = parts;
  switch (subject.purpose) {
    case 'answer':
      return { card: subject.card, final: true };
    case 'prompt': {
      const prompt = api.getPrompt(subject.promptId);
      if (prompt !== undefined) {
        const { posterPath, ...view } = views.prompt(prompt);
        const poster = posterPath === undefined || showing.isQuiet ? {} : { posterPath };
        return { card: promptCard({ ...view, ...poster }), final: true };
      }
      const discarded = api.getDiscardedPrompt(subject.promptId);
      return discarded && { card: discardedCard(discarded), final: true };
    }
    case 'status': {
      const run = api.getRun(subject.runId);
      if (run === undefined) return undefined;
      const view = { ...views.status(run), isQuiet: showing.isQuiet };
      return { card: statusCard(view), final: isFinished(run.state) };
    }
    case 'result': {
      const run = api.getRun(subject.runId);
      if (run === undefined || !isFinished(run.state)) return undefined;
      const request = api.requests.get(run.requestId);
      return request?.isBatch === true
        ? resultInRequest(run, run.state, request, parts, showing)
        : result(run, run.state, parts, showing);
    }
    case 'request': {
      const request = api.requests.get(subject.requestId);
      if (request === undefined) return undefined;
      const view = views.request(request);
      return { card: requestTableCard(view), final: hasEnded(view) };
    }
    case 'request_end': {
      const request = api.requests.get(subject.requestId);
      return request && requestEnd(request, parts, showing);
    }
    case 'output': {
      const run = api.getRun(subject.runId);
      const output = run?.outputs[subject.output];
      if (run === undefined || output === undefined) return undefined;
      return { card: controlCard(run, output), final: true, file: outputFile(run, output, output.label) };
    }
  }
}

/** The result without its file, where it cannot be had there: it says where that lies. `leftOut` as in `ResultView`. */
export function withoutFile(
  run: Run,
  { views }: WantedParts,
  showing: Showing,
  leftOut: readonly RunOutput[],
): Card {
  return run.state === 'done'
    ? resultCard({ ...views.result(run, showing), leftOut })
    : failureCard(views.failure(run, showing));
}

/** The result that says what is missing of what should follow it. */
export function withFile(
  run: Run,
  { views }: WantedParts,
  showing: Showing,
  leftOut: readonly RunOutput[],
): Card {
  return resultCard({
    ...views.result(run, { ...showing, localFiles: false }),
    place: { kind: 'attached' },
    leftOut,
  });
}

/** The result with a smaller copy of its file: it says how large the full one is, and where it lies. */
export function withProxy(
  run: Run,
  { views }: WantedParts,
  showing: Showing,
  { leftOut, proxyBytes }: { readonly leftOut: readonly RunOutput[]; readonly proxyBytes: number },
): Card {
  const view = views.result(run, { ...showing, localFiles: false });
  const fullBytes = run.outputs.find(({ purpose }) => purpose === 'primary')?.bytes ?? 0;
  const { kind: _, ...where } = view.place;
  return resultCard({ ...view, place: { kind: 'proxy', proxyBytes, fullBytes, ...where }, leftOut });
}

/** As they come; where people want to read less, when all have ended. What has no result stands in the table and the end. */
function resultInRequest(
  run: Run,
  outcome: RunOutcome,
  request: RunRequest,
  parts: WantedParts,
  showing: Showing,
): Wanted | typeof NOTHING_EVER | undefined {
  if (outcome !== 'done') return NOTHING_EVER;
  if (showing.isQuiet && !parts.api.requests.hasEnded(request)) return undefined;
  return result(run, outcome, parts, showing);
}

/** What came of all runs, with a contact sheet where there is anything on it. */
function requestEnd(request: RunRequest, { api, views }: WantedParts, showing: Showing): Wanted | undefined {
  if (!api.requests.hasEnded(request)) return undefined;
  const card = requestEndCard(views.requestEnd(request, showing));
  const hasPicture = api.requests
    .wholeOf(request)
    .some(({ outputs }) => picturedOutput(outputs) !== undefined);
  return { card, final: true, ...(hasPicture && { file: contactSheetFile(request) }) };
}

function result(run: Run, outcome: RunOutcome, parts: WantedParts, showing: Showing): Wanted {
  const { api, views } = parts;
  if (outcome !== 'done') {
    const file = showing.localFiles ? undefined : logFile(run, outcome, api);
    const view = views.failure(run, showing);
    if (file === undefined) return { card: failureCard(view), final: true };
    return { card: failureCard({ ...view, logAttached: true }), final: true, file };
  }
  const primary = run.outputs.find(({ purpose }) => purpose === 'primary');
  // What the card says in full needs no file.
  if (primary?.text !== undefined) return { card: withFile(run, parts, showing, []), final: true };
  if (primary === undefined)
    return { card: withoutFile(run, parts, { ...showing, localFiles: false }, []), final: true };
  return { card: withFile(run, parts, showing, []), final: true, file: outputFile(run, primary) };
}

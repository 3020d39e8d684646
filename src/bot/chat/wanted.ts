import { extname } from 'node:path';
import type { CosmosApi } from '../../core/cosmos-api.ts';
import { mimeOf } from '../../core/media/mime-of.ts';
import type { Card, UploadFile } from '../../core/ports/chat.ts';
import { isFinished, type Run } from '../../core/runs/run.ts';
import type { DeliverySubject } from '../../core/store/deliveries.ts';
import { discardedCard } from '../thread-view/discarded-card.ts';
import { failureCard } from '../thread-view/failure-card.ts';
import { promptCard } from '../thread-view/prompt-card.ts';
import { resultCard } from '../thread-view/result-card.ts';
import { statusCard } from '../thread-view/status-card.ts';
import type { ViewBuilder } from '../thread-view/view-builder.ts';

/** What a thread has to show now. */
export interface Wanted {
  readonly card: Card;
  /** The duty ends when this is shown. */
  readonly final: boolean;
  /** Goes with the card. */
  readonly file?: UploadFile;
}

/** The content of a delivery, computed from what is stored; undefined while there is nothing to show yet. */
export function wanted(subject: DeliverySubject, api: CosmosApi, views: ViewBuilder): Wanted | undefined {
  switch (subject.purpose) {
    case 'answer':
      return { card: subject.card, final: true };
    case 'prompt': {
      const prompt = api.getPrompt(subject.promptId);
      if (prompt !== undefined) return { card: promptCard(views.prompt(prompt)), final: true };
      const discarded = api.getDiscardedPrompt(subject.promptId);
      return discarded && { card: discardedCard(discarded), final: true };
    }
    case 'status': {
      const run = api.getRun(subject.runId);
      return run && { card: statusCard(views.status(run)), final: isFinished(run.state) };
    }
    case 'result': {
      const run = api.getRun(subject.runId);
      return run && isFinished(run.state) ? result(run, views) : undefined;
    }
  }
}

function result(run: Run, views: ViewBuilder): Wanted {
  if (run.state !== 'done') return { card: failureCard(views.failure(run)), final: true };
  const view = views.result(run, { localFiles: false });
  const primary = run.outputs.find(({ purpose }) => purpose === 'primary');
  if (primary === undefined) return { card: resultCard(view), final: true };
  const extension = extname(primary.path).slice(1);
  const file: UploadFile = {
    path: primary.path,
    name: `${run.promptName}-${run.id}.${extension}`,
    bytes: primary.bytes,
    mime: primary.kind === 'text' ? 'text/plain' : mimeOf(primary.kind, extension),
  };
  return { card: resultCard({ ...view, place: { kind: 'attached' } }), final: true, file };
}

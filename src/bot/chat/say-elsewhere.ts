import type { Problem } from '../../core/errors.ts';
import type { CardAction } from '../../core/ports/chat.ts';
import type { Delivery, DeliverySubject } from '../../core/store/deliveries.ts';
import type { Store } from '../../core/store/store.ts';
import type { ThreadRecord } from '../../core/store/threads.ts';
import { problemCard } from '../thread-view/answer-card.ts';
import { action } from '../thread-view/text.ts';
import { SUGGESTION_WORDS } from '../wording/suggestion-words.ts';

const PREFIX = 'elsewhere:';
/** The end of the same run or request says it too. */
const SAID_BY_ANOTHER: ReadonlySet<DeliverySubject['purpose']> = new Set(['status', 'output', 'request']);

/**
 * What can never be shown in its thread is said once in the channel of that thread: that it cannot, and where to see it.
 * The status of a run is not, nor what follows its result: the result says the same. To be called in the transaction that ends the duty.
 */
export function sayElsewhere(store: Store, delivery: Delivery, thread: ThreadRecord, problem: Problem): void {
  const { thread: inThread, ...channel } = thread.reference;
  const isPosted = delivery.message !== undefined;
  const { purpose } = delivery.subject;
  if (inThread === undefined || isPosted || SAID_BY_ANOTHER.has(purpose)) return;
  if (delivery.key.startsWith(PREFIX)) return;
  const about = subjectOf(delivery.subject);
  const parameters = { ...problem.parameters, ...(about && { about }) };
  const card = problemCard([{ code: problem.code, parameters }]);
  const actions: readonly CardAction[] =
    about === undefined ? [] : [action('show', about, SUGGESTION_WORDS.show)];
  store.deliveries.ensure(`${PREFIX}${delivery.key}`, store.threads.ensure(channel).id, {
    purpose: 'answer',
    card: { ...card, actions },
  });
}

function subjectOf(subject: DeliverySubject): string | undefined {
  switch (subject.purpose) {
    case 'prompt':
      return subject.promptId;
    case 'status':
    case 'result':
    case 'output':
      return subject.runId;
    case 'request':
    case 'request_end':
      return subject.requestId;
    case 'answer':
      return undefined;
  }
}

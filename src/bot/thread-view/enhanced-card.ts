import type { Card } from '../../core/ports/chat.ts';
import { guardrailWords } from '../wording/guardrail-words.ts';
import { duration } from '../wording/numbers.ts';
import { resultActions } from './result-actions.ts';
import { facts, line, paragraph } from './text.ts';
import type { ResultView } from './views.ts';

/** The post with a better text: the old one and the new one, and what to do with it. */
export function enhancedCard(view: ResultView, enhanced: NonNullable<ResultView['enhanced']>): Card {
  const { run } = view;
  const { prompt, isDiscarded } = enhanced;
  const took =
    run.startedAt === undefined || run.finishedAt === undefined
      ? undefined
      : `took ${duration(run.finishedAt - run.startedAt)}`;
  return {
    mark: 'done',
    title: facts({ strong: prompt.name }, prompt.id, took),
    blocks: [
      paragraph(facts(line('enhanced from ', { code: run.promptId }, ' by ', { code: run.id }), view.notify)),
      paragraph('Before:'),
      { type: 'quote', text: run.text },
      paragraph('Now:'),
      { type: 'quote', text: prompt.text },
      ...(isDiscarded ? [paragraph('Discarded.')] : []),
      ...(view.guardrail === undefined ? [] : [paragraph(guardrailWords(view.guardrail))]),
    ],
    actions: resultActions(view),
  };
}

import type { Card, CardBlock } from '../../core/ports/chat.ts';
import type { Run } from '../../core/runs/run.ts';
import { explain } from '../wording/explain.ts';
import { count, duration } from '../wording/numbers.ts';
import { stateWords } from '../wording/stages.ts';
import { requestCard, retryActions } from './request-card.ts';
import { requestSubject, stateCounts } from './request-parts.ts';
import type { RequestRow, RequestView } from './request-view.ts';
import { action, facts, line, paragraph, sentence } from './text.ts';

/** Runs that are named beside a reason; the others are counted. */
const NAMED_RUNS = 4;

/** The last post of a request: what came of it, why not of all of it, and whom it calls; a contact sheet may go with it. */
export function requestEndCard(view: RequestView): Card {
  const { request, rows } = view;
  const runs = rows.map(({ run }) => run);
  return {
    mark: requestCard(view).mark,
    title: facts({ strong: request.id }, requestSubject(view), ...stateCounts(runs)),
    blocks: [...timeLine(view, runs), ...reasons(rows), ...promoteLine(runs)],
    actions: [...retryActions(view), action('show', request.id, 'Details')],
  };
}

function timeLine({ request, notify }: RequestView, runs: readonly Run[]): readonly CardBlock[] {
  const last = Math.max(0, ...runs.map(({ finishedAt = 0 }) => finishedAt));
  const gpuSeconds = runs.reduce((sum, run) => sum + (run.gpuSeconds ?? 0), 0);
  const words = facts(
    last > request.createdAt && `took ${duration(last - request.createdAt)}`,
    gpuSeconds > 0 && `GPU time ${duration(gpuSeconds * 1000)}`,
    notify,
  );
  return words.length === 0 ? [] : [paragraph(words)];
}

/** `2 failed: The GPU ran out of memory. (seed 3 · edge 0.8; seed 4 · edge 0.8)`, each reason once. */
function reasons(rows: readonly RequestRow[]): readonly CardBlock[] {
  const without = rows.filter(({ run }) => run.state !== 'done');
  const groups = Map.groupBy(without, ({ run }) => JSON.stringify([run.state, reasonOf(run)?.sentence]));
  return [...groups.values()].flatMap((group): readonly CardBlock[] => {
    const [first] = group;
    if (first === undefined) return [];
    const { state, cancel } = first.run;
    const reason = reasonOf(first.run);
    const by = state === 'cancelled' && cancel !== undefined ? ` by @${cancel.byName.replace(/^@/, '')}` : '';
    const named = group
      .slice(0, NAMED_RUNS)
      .map(({ label }) => label)
      .join('; ');
    const others = group.length > NAMED_RUNS ? `; ${group.length - NAMED_RUNS} more` : '';
    return [
      paragraph(
        line(`${count(group.length, 'run')} ${stateWords(state)}${by}`),
        ...(reason === undefined
          ? []
          : [': ', ...sentence(reason.sentence), ' ', ...sentence(reason.nextStep)]),
        ` (${named}${others})`,
      ),
    ];
  });
}

function reasonOf({ state, problem }: Run) {
  return state === 'cancelled' || problem === undefined ? undefined : explain(problem);
}

function promoteLine(runs: readonly Run[]): readonly CardBlock[] {
  const draft = runs.find((run) => run.draft !== undefined && run.state === 'done');
  if (draft === undefined) return [];
  return [
    paragraph('One at full quality: ', { code: `promote ${draft.id}` }, '; each result offers it too.'),
  ];
}

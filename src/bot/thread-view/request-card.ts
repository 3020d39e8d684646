import type { Card, CardAction, CardBlock, Mark, Text } from '../../core/ports/chat.ts';
import { isFinished, isStopping, type Run } from '../../core/runs/run.ts';
import { explain } from '../wording/explain.ts';
import { smallLaneWords } from '../wording/gpu-memory-words.ts';
import { duration, percent, timeRange } from '../wording/numbers.ts';
import { stateWords } from '../wording/stages.ts';
import { hasEnded, overallPercent, requestSubject, stateCounts } from './request-parts.ts';
import type { RequestRow, RequestView } from './request-view.ts';
import { stageOf } from './run-parts.ts';
import { action, facts, line, paragraph, person, sentence } from './text.ts';

/** Rows that a chat shows without being scrolled; `show` has all. */
const SHOWN_ROWS = 16;
/** A reason longer than this is read with `show` of its run. */
const REASON_CHARACTERS = 60;
/** So that all rows find room in what a chat takes, whatever prompts are called. */
const LABEL_CHARACTERS = 60;

/** The one message for all runs of a request, edited in place: where each stands, and what one can do. */
export function requestCard(view: RequestView): Card {
  const rows = shownRows(view.rows);
  const left = view.rows.filter((row) => !rows.includes(row)).map(({ run }) => run);
  const more = left.length === 0 ? [] : [paragraph(`… and ${left.length} more: ${moreWords(left)}`)];
  return { ...headOf(view), blocks: [...blocksAbove(view), table(rows), ...more], actions: actionsOf(view) };
}

/**
 * The same in a thread, where it stays as it is once all have ended: what failed is run again below the end, which comes
 * after it, and by `show`, which knows what was run again since.
 */
export function requestTableCard(view: RequestView): Card {
  const card = requestCard(view);
  if (!hasEnded(view)) return card;
  return { ...card, actions: card.actions.filter(({ verb }) => verb !== 'retry') };
}

/** The same with every run, as an answer, which stays as it is: without a bar, which moves. */
export function requestDetailsCard(view: RequestView): Card {
  const [, ...others] = blocksAbove(view);
  const known = hasEnded(view) ? false : percent(overallPercent(view));
  const words = paragraph(facts(known, standingOf(view)));
  const { sheet } = view;
  const picture = sheet === undefined ? [] : [paragraph('All results on one picture: ', { code: sheet })];
  return {
    ...headOf(view),
    blocks: [words, ...others, table(view.rows), ...picture],
    actions: actionsOf(view).filter(({ verb }) => verb !== 'show'),
  };
}

function headOf(view: RequestView): Pick<Card, 'mark' | 'title'> {
  const { request, rows } = view;
  const models = [...new Set(rows.map(({ run }) => run.profileId))];
  const title = facts(
    { strong: request.id },
    requestSubject(view),
    models.join(', '),
    !hasEnded(view) && line('asked by ', person(request.ownerName)),
    request.parent !== undefined && line('again after ', { code: request.parent }),
  );
  return { mark: requestMark(view), title };
}

function requestMark(view: RequestView): Mark {
  const states = view.rows.map(({ run }) => run.state);
  if (!hasEnded(view)) return states.every((state) => state === 'queued') ? 'waiting' : 'running';
  if (states.every((state) => state === 'done')) return 'done';
  if (states.includes('done')) return 'warning';
  return states.every((state) => state === 'cancelled') ? 'cancelled' : 'failed';
}

function blocksAbove(view: RequestView): readonly CardBlock[] {
  if (hasEnded(view)) return [paragraph(standingOf(view))];
  return [
    { type: 'progress', percent: overallPercent(view), label: standingOf(view) },
    ...(view.isPaused ? [paragraph('The queue is paused; nothing starts until it is resumed.')] : []),
    ...(view.problem === undefined ? [] : [problemLine(view.problem)]),
    ...waitingWords(view).map((words) => paragraph(words)),
  ];
}

/** Of the run that is the next to start. */
function waitingWords({ rows, smallLanes = [] }: RequestView): readonly string[] {
  const next = rows.find(({ run }) => run.state === 'queued')?.run;
  return next === undefined ? [] : smallLaneWords(smallLanes, next.profileId);
}

/** `9 of 24 done · 1 failed · 2 running · 2–3 h left`. */
function standingOf({ rows, left }: RequestView): Text {
  const counts = stateCounts(rows.map(({ run }) => run));
  return facts(...counts, left !== undefined && `${timeRange(left)} left`);
}

function problemLine(problem: NonNullable<RequestView['problem']>): CardBlock {
  const { sentence: wrong, nextStep } = explain(problem);
  return paragraph(sentence(wrong), ' ', sentence(nextStep));
}

function table(rows: readonly RequestRow[]): CardBlock {
  return {
    type: 'rows',
    rows: rows.map(({ run, ...row }) => [
      [{ code: run.id }],
      [shortened(row.label, LABEL_CHARACTERS)],
      standing({ run, ...row }),
    ]),
  };
}

/** `queued, starts in 18–25 min`, `denoising 12/35 · 46 % · 4–6 min left`, `done in 8 min 12 s`, `failed: …`. */
function standing(row: RequestRow): Text {
  const { run } = row;
  if (run.state === 'queued') {
    const starts = row.startsIn !== undefined && row.startsIn.high > 0;
    return line('queued', starts && row.startsIn !== undefined && `, starts in ${timeRange(row.startsIn)}`);
  }
  return isFinished(run.state) ? ended(run) : active(row);
}

function active({ run, stageTitle, unattended = false }: RequestRow): Text {
  const { progress } = run;
  if (isStopping(run)) return ['stopping'];
  if (run.unreachableSince !== undefined)
    return line('host unreachable since ', { time: run.unreachableSince, style: 'clock' });
  const step = run.stage === 'running' ? progress?.step : undefined;
  const left = run.stage === 'running' && !unattended ? progress?.remainingMs : undefined;
  return facts(
    line(stageOf(run, stageTitle), step !== undefined && ` ${step.current}/${step.total}`),
    progress?.percent !== undefined && percent(progress.percent),
    left !== undefined && `${timeRange(left)} left`,
    unattended && 'no bot follows it now',
  );
}

function ended(run: Run): Text {
  const { startedAt, finishedAt, problem } = run;
  const took = startedAt === undefined || finishedAt === undefined ? undefined : finishedAt - startedAt;
  if (run.state === 'done') return line('done', took !== undefined && ` in ${duration(took)}`);
  const reason = run.state === 'cancelled' || problem === undefined ? undefined : reasonOf(problem);
  return line(stateWords(run.state), reason !== undefined && ': ', reason);
}

function reasonOf(problem: NonNullable<Run['problem']>): string {
  return shortened(explain(problem).sentence.replaceAll('`', ''), REASON_CHARACTERS);
}

function shortened(text: string, most: number): string {
  const characters = [...text];
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`;
}

/** Where not all find room: what runs, then what went wrong, then what comes next, then what is done last. */
function shownRows(rows: readonly RequestRow[]): readonly RequestRow[] {
  if (rows.length <= SHOWN_ROWS) return rows;
  const rank = ({ run }: RequestRow): number => {
    if (run.state === 'active') return 0;
    if (run.state === 'queued') return 2;
    return run.state === 'done' ? 3 : 1;
  };
  const latest = (row: RequestRow): number => (row.run.state === 'done' ? -(row.run.finishedAt ?? 0) : 0);
  const kept = rows
    .toSorted((one, other) => rank(one) - rank(other) || latest(one) - latest(other))
    .slice(0, SHOWN_ROWS);
  return rows.filter((row) => kept.includes(row));
}

/** `12 done, 3 queued`. */
function moreWords(runs: readonly Run[]): string {
  const states = Map.groupBy(runs, ({ state }) => state);
  return [...states].map(([state, same]) => `${same.length} ${stateWords(state)}`).join(', ');
}

function actionsOf(view: RequestView): readonly CardAction[] {
  const { request, retryable } = view;
  return [
    ...(hasEnded(view) ? [] : [action('cancel', request.id, 'Cancel all', { style: 'danger' })]),
    ...retryActions(view),
    ...(view.rows.length > SHOWN_ROWS || retryable > 0 || hasEnded(view)
      ? [action('show', request.id, 'Details')]
      : []),
  ];
}

/** Runs again what has ended without a result. */
export function retryActions({ request, retryable, rows }: RequestView): readonly CardAction[] {
  if (retryable === 0) return [];
  const isCancelled = rows.some(({ run }) => run.state === 'cancelled');
  return [action('retry', request.id, isCancelled ? `Run ${retryable} again` : `Retry ${retryable} failed`)];
}

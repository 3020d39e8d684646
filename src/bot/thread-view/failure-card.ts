import type { Problem } from '../../core/errors.ts';
import type { Card, CardAction, CardBlock, Text } from '../../core/ports/chat.ts';
import type { Run } from '../../core/runs/run.ts';
import { explain } from '../wording/explain.ts';
import { duration, percent } from '../wording/numbers.ts';
import { withLateCancel } from './late-cancel.ts';
import { logTail, stageOf, stateMark } from './run-parts.ts';
import { action, facts, line, paragraph, person, sentence } from './text.ts';
import type { FailureView } from './views.ts';

/** Lines of the log under a failure: enough to see the cause. */
const FAILURE_LOG_LINES = 8;

/** The post about a run that ended without a result; each end has its own words. */
export function failureCard(view: FailureView): Card {
  const card = withLateCancel(endCard(view), view.run);
  const attached = view.logAttached === true && 'The log is attached.';
  const last = facts(attached, view.notify);
  return last.length === 0 ? card : { ...card, blocks: [...card.blocks, paragraph(last)] };
}

function endCard(view: FailureView): Card {
  const { run } = view;
  switch (run.state) {
    case 'cancelled':
      return {
        ...ended(run, 'was cancelled'),
        blocks: [paragraph(cancelledText(run))],
        actions: again(run, 'Run again'),
      };
    case 'blocked':
      return { ...ended(run, 'was blocked'), blocks: problemBlocks(run.problem), actions: details(run) };
    case 'timed_out':
      return {
        ...ended(run, `was stopped${afterTime(run)}`),
        blocks: [...problemBlocks(run.problem), ...logTail(run, FAILURE_LOG_LINES)],
        actions: [
          ...again(run, 'Retry'),
          action('tune', run.id, 'Tune and run'),
          action('logs', run.id, 'Show log'),
        ],
      };
    case 'lost':
      return {
        ...ended(run, 'is lost'),
        blocks: problemBlocks(run.problem),
        actions: again(run, 'Run again'),
      };
    default:
      return {
        ...ended(run, run.stage === undefined ? 'failed' : `stopped while ${stageOf(run, view.stageTitle)}`),
        blocks: [...problemBlocks(run.problem), ...logTail(run, FAILURE_LOG_LINES)],
        actions: [
          ...again(run, 'Retry'),
          action('tune', run.id, 'Tune and run'),
          action('logs', run.id, 'Show log'),
        ],
      };
  }
}

/** The sentence of a problem, and `Next: …` on a line of its own. */
export function problemBlocks(problem: Problem | undefined): readonly CardBlock[] {
  if (problem === undefined) return [];
  const { sentence: wrong, nextStep } = explain(problem);
  return [paragraph(sentence(wrong)), paragraph('Next: ', sentence(lowerFirst(nextStep)))];
}

/** After a colon; `I` and names between backquotes stay. */
function lowerFirst(text: string): string {
  return /^[A-Z][a-z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}

function ended(run: Run, how: string): Pick<Card, 'mark' | 'title'> {
  return { mark: stateMark(run.state), title: facts(line({ strong: run.id }, ` ${how}`), run.promptName) };
}

/** `By @ben at 46 %. gpu1/gpu0 is free again.` */
function cancelledText(run: Run): Text {
  const known = run.progress?.percent;
  const by = run.cancel === undefined ? 'It was stopped' : line('By ', person(run.cancel.byName));
  if (run.startedAt === undefined) return line(by, ', before it started.');
  if (run.problem?.code === 'engine.host_fenced')
    return line(by, '. ', sentence(explain(run.problem).sentence));
  return line(
    by,
    known !== undefined && ` at ${percent(known)}`,
    '.',
    run.lane !== undefined && ` ${run.lane} is free again.`,
  );
}

function afterTime(run: Run): string {
  return run.startedAt === undefined || run.finishedAt === undefined
    ? ''
    : ` after ${duration(run.finishedAt - run.startedAt)}`;
}

/** The same text would be blocked again: there is only something to read. */
function details(run: Run): readonly CardAction[] {
  return [action('show', run.id, 'Details'), action('logs', run.id, 'Show log')];
}

function again(run: Run, label: string): readonly CardAction[] {
  return [action('retry', run.id, label, { style: 'primary' })];
}

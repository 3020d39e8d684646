import type { RequestId } from '../../core/ids.ts';
import type { Card, CardBlock } from '../../core/ports/chat.ts';
import type { PlannedRun, RequestPlan } from '../../core/requests/request-plan.ts';
import { timeRange } from '../wording/numbers.ts';
import { runsOf } from './request-parts.ts';
import { runLabel } from './run-label.ts';
import { action, facts, line, paragraph } from './text.ts';

/** Rows that are worth reading before a yes; a dry run has all. */
const SHOWN_ROWS = 12;

/** What many runs would be, before they are queued; with `confirm` somebody has to say yes first. */
export function planCard(plan: RequestPlan, { confirm }: { readonly confirm?: RequestId }): Card {
  const { runs, varied } = plan;
  const rows = runs.map((run, index) => [[String(index + 1)], [labelOf(varied, run)], timeOf(run)]);
  const most = confirm === undefined ? rows.length : SHOWN_ROWS;
  const more = rows.length - most;
  const models = [...new Set(runs.map(({ model }) => model.profile.id))].join(', ');
  return {
    mark: 'none',
    title: facts(
      line(subjectOf(plan), confirm === undefined ? ' would be queued' : ': queue them?'),
      models,
      time(plan),
    ),
    blocks: [
      { type: 'rows', rows: rows.slice(0, most) },
      ...(more > 0 ? [paragraph(`… and ${more} more`)] : []),
      ...(confirm === undefined ? [] : [waits(confirm)]),
    ],
    actions:
      confirm === undefined
        ? []
        : [action('confirm', confirm, `Queue all ${runs.length}`, { style: 'primary' })],
  };
}

function waits(confirm: RequestId): CardBlock {
  return paragraph(
    'Nothing is queued yet: ',
    { code: `confirm ${confirm}` },
    ' queues them all, and so does the same command with ',
    { code: '--yes' },
    '.',
  );
}

function subjectOf({ runs }: RequestPlan): string {
  const names = [...new Set(runs.map(({ prompt }) => prompt.name))];
  return runsOf(runs.length, names, runs[0].draft !== undefined);
}

function labelOf(varied: readonly string[], { prompt, parameters }: PlannedRun): string {
  return runLabel(varied, { promptName: prompt.name, parameters });
}

function time({ runs, expected }: RequestPlan): string {
  const isOnGpu = runs.some(({ model }) => model.profile.requires.min_gpus > 0);
  if (expected === undefined) return 'nobody knows yet how long they take';
  return isOnGpu ? `${timeRange(expected)} of GPU time` : `takes ${timeRange(expected)}`;
}

function timeOf({ expected }: PlannedRun): string[] {
  return expected === undefined ? [] : [timeRange(expected)];
}

import type { RequestId } from '../../core/ids.ts';
import type { Card } from '../../core/ports/chat.ts';
import type { PlannedRun, RequestPlan } from '../../core/requests/request-plan.ts';
import { count, timeRange } from '../wording/numbers.ts';
import { runLabel } from './run-label.ts';
import { action, facts, paragraph } from './text.ts';

/** Rows that are worth reading before a yes; a dry run has all. */
const SHOWN_ROWS = 12;

/** What many runs would be, before they are queued; with `confirm` somebody has to say yes first. */
export function planCard(plan: RequestPlan, { confirm }: { readonly confirm?: RequestId }): Card {
  const { runs, varied } = plan;
  const most = confirm === undefined ? runs.length : SHOWN_ROWS;
  const amount = count(runs.length, runs[0].draft === undefined ? 'run' : 'draft');
  const more = runs.length - most;
  return {
    mark: 'none',
    title: facts(confirm === undefined ? `${amount} would be queued` : `${amount}: queue them?`, time(plan)),
    blocks: [
      {
        type: 'rows',
        rows: runs
          .slice(0, most)
          .map((run, index) => [
            [String(index + 1)],
            [labelOf(varied, run)],
            [run.model.profile.id],
            timeOf(run),
          ]),
      },
      ...(more > 0 ? [paragraph(`… and ${more} more`)] : []),
      ...(confirm === undefined
        ? []
        : [
            paragraph(
              'Nothing is queued yet. Say yes with the button, with ',
              { code: `confirm ${confirm}` },
              ', or ask again with ',
              { code: '--yes' },
              '.',
            ),
          ]),
    ],
    actions:
      confirm === undefined ? [] : [action('confirm', confirm, `Queue ${amount}`, { style: 'primary' })],
  };
}

function labelOf(varied: readonly string[], { prompt, parameters }: PlannedRun): string {
  return runLabel(varied, { promptName: prompt.name, parameters });
}

function time({ runs, expected }: RequestPlan): string {
  const needsGpu = runs.some(({ model }) => model.profile.requires.min_gpus > 0);
  const what = needsGpu ? 'GPU time' : 'time';
  return expected === undefined ? `${what} not known yet` : `${timeRange(expected)} of ${what}`;
}

function timeOf({ expected }: PlannedRun): string[] {
  return expected === undefined ? [] : [timeRange(expected)];
}

import type { Card, CardAction, CardBlock, Text } from '../../core/ports/chat.ts';
import type { QueueView } from '../../core/queue/queue-view.ts';
import { isFinished, type Run } from '../../core/runs/run.ts';
import { count } from '../wording/numbers.ts';
import { hostsBlocks, nextBlocks } from './gpu-status-card.ts';
import { runRow } from './list-card.ts';
import { pausedBlocks } from './queue-card.ts';
import { action, line, paragraph, sentence } from './text.ts';

/** Buttons for as many runs that have not ended: the others are found by `cancel`. */
const CANCELLED_HERE = 3;

export interface HomeView {
  readonly name: string;
  /** Own ones that wait or run. */
  readonly open: readonly Run[];
  /** Own ones that ended last, newest first. */
  readonly ended: readonly Run[];
  readonly queue: QueueView;
  /** Own places in the queue, from 1. */
  readonly places: readonly number[];
  /** What this person may do here, as the help has it. */
  readonly allowed: readonly { readonly verb: string; readonly summary: string }[];
}

/** A page of one's own: own runs, the queue, the hosts, and what one may do. */
export function homeCard(view: HomeView): Card {
  return {
    mark: 'none',
    title: line('What is yours, ', { strong: view.name }),
    blocks: [
      ...runBlocks('Your runs', view.open, 'None of your runs waits or runs.'),
      ...(view.ended.length === 0 ? [] : runBlocks('Ended last', view.ended, '')),
      paragraph({ strong: 'Queue' }),
      ...pausedBlocks(view.queue),
      paragraph(...queueText(view)),
      ...nextBlocks(view.queue),
      paragraph({ strong: 'Hosts' }),
      ...hostsBlocks(view.queue),
      paragraph({ strong: 'What you can do here' }),
      {
        type: 'rows',
        rows: view.allowed.map(({ verb, summary }): readonly Text[] => [[{ code: verb }], sentence(summary)]),
      },
    ],
    actions: homeActions(view),
  };
}

function runBlocks(title: string, runs: readonly Run[], none: string): readonly CardBlock[] {
  return [
    paragraph({ strong: title }),
    runs.length === 0 ? paragraph(none) : { type: 'rows', rows: runs.map(runRow) },
  ];
}

/** `5 runs wait; yours have the places 2 and 5.` */
function queueText({ queue, places }: HomeView): Text {
  const { waitingTotal: total } = queue;
  if (total === 0) return ['Nothing waits.'];
  const waiting = `${count(total, 'run')} ${total === 1 ? 'waits' : 'wait'}`;
  const [only, ...others] = places;
  if (only === undefined) return [`${waiting}; none of them is yours.`];
  if (others.length === 0) return [`${waiting}; yours has place ${only}.`];
  return [`${waiting}; yours have the places ${places.slice(0, -1).join(', ')} and ${places.at(-1)}.`];
}

/** Buttons without a target open a form. */
function homeActions({ open, ended, allowed }: HomeView): readonly CardAction[] {
  const may = new Set(allowed.map(({ verb }) => verb));
  const [last] = ended;
  const offered = [
    action('inference', '', 'Run a prompt', { style: 'primary' }),
    ...open
      .filter((run) => !isFinished(run.state) && run.cancel === undefined)
      .slice(0, CANCELLED_HERE)
      .map((run) => action('cancel', run.id, `Cancel ${run.id}`, { style: 'danger' })),
    ...(last === undefined ? [] : [action('tune', last.id, `Tune ${last.id}`)]),
    action('queue', 'list', 'Queue'),
    action('search', '', 'Search'),
    action('help', '', 'Help'),
  ];
  return offered.filter(({ verb }) => may.has(verb));
}

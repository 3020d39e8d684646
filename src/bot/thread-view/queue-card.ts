import type { Card, CardAction, CardBlock, Text } from '../../core/ports/chat.ts';
import type { LaneStatusView, QueueEntry, QueueView } from '../../core/queue/queue-view.ts';
import { count, percent, timeRange } from '../wording/numbers.ts';
import { transferWords } from '../wording/transfer-words.ts';
import { action, line, paragraph, person } from './text.ts';

/** The waiting runs in the order in which they start. */
export function queueCard(view: QueueView): Card {
  const lanes = view.hosts.flatMap((host) => host.lanes);
  const rows = [...lanes.flatMap((lane) => nowRow(lane)), ...view.waiting.map(entryRow)];
  const running = lanes.filter((lane) => lane.now !== undefined).length;
  const title = `Queue: ${view.waitingTotal === 0 ? 'nothing waits' : `${count(view.waitingTotal, 'run')} waiting`}${running === 0 ? '' : `, ${running} running`}`;
  return {
    mark: view.paused === undefined ? 'none' : 'warning',
    title: [title],
    blocks: [
      ...pausedBlocks(view),
      ...(rows.length === 0 ? [] : [rowsBlock(rows)]),
      ...moreBlocks(view, view.waiting.length),
    ],
    actions: [queueAction(view)],
  };
}

/**
 * `now  rs_3fq8w1zz  rainy_neon_street  @ana  46 %, 4–6 min left`, or how far its files are on their way; nothing on an
 * idle lane.
 */
export function nowRow(lane: LaneStatusView, label = 'now'): readonly (readonly Text[])[] {
  if (lane.now === undefined) return [];
  const { run, promptName, ownerName, transfer } = lane.now;
  if (transfer !== undefined) {
    const words = transferWords(transfer.stage, transfer);
    return [cells(label, run, promptName, person(ownerName), words.join(', '))];
  }
  const known = lane.now.percent === undefined ? [] : [percent(lane.now.percent)];
  const left = lane.now.remainingMs === undefined ? [] : [`${timeRange(lane.now.remainingMs)} left`];
  const { others } = lane.now;
  const more = others === undefined ? [] : [`${others} more at the same load`];
  return [cells(label, run, promptName, person(ownerName), [...known, ...left, ...more].join(', '))];
}

/** `1  rs_9d0x2m4k  harbour_dawn  @ben  starts in …, takes …`. */
export function entryRow(entry: QueueEntry): readonly Text[] {
  const starts = entry.startsIn === undefined ? [] : [`starts in ${timeRange(entry.startsIn)}`];
  const takes = entry.duration === undefined ? [] : [`takes ${timeRange(entry.duration)}`];
  return cells(
    String(entry.place),
    entry.run,
    entry.promptName,
    person(entry.ownerName),
    [...starts, ...takes].join(', '),
  );
}

/** Aligned rows. */
export function rowsBlock(rows: readonly (readonly Text[])[]): CardBlock {
  return { type: 'rows', rows };
}

/** Who paused the queue, and when; nothing while it is not. */
export function pausedBlocks(view: QueueView): readonly CardBlock[] {
  if (view.paused === undefined) return [];
  return [
    paragraph(
      'Paused by ',
      person(view.paused.byName),
      ' ',
      { time: view.paused.at, style: 'ago' },
      ': nothing new starts; what runs goes on.',
    ),
  ];
}

/** `3 more, all done by about 15:40`. */
export function moreBlocks(view: QueueView, shown: number): readonly CardBlock[] {
  const more = view.waitingTotal - shown;
  const by: Text =
    view.allDoneBy === undefined ? [] : ['ll done by about ', { time: view.allDoneBy, style: 'clock' }];
  if (more > 0) return [paragraph(`${more} more`, by.length > 0 && line(', a', by))];
  return view.waitingTotal === 0 || by.length === 0 ? [] : [paragraph('A', by)];
}

/** The button that changes whether the queue is paused. */
export function queueAction(view: QueueView): CardAction {
  return view.paused === undefined
    ? action('queue', 'pause', 'Pause')
    : action('queue', 'resume', 'Resume', { style: 'primary' });
}

function cells(...texts: readonly string[]): readonly Text[] {
  return texts.map((text, index) => (index === 1 ? [{ code: text }] : text === '' ? [] : [text]));
}

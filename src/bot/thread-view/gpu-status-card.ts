import type { Card, CardBlock, Text } from '../../core/ports/chat.ts';
import type {
  GpuStatusView,
  HostStatusView,
  LaneStatusView,
  QueueView,
} from '../../core/queue/queue-view.ts';
import { explain } from '../wording/explain.ts';
import { percent } from '../wording/numbers.ts';
import { whyInBrackets } from '../wording/reasons.ts';
import { Parameters } from '../wording/wording.ts';
import { entryRow, moreBlocks, nowRow, pausedBlocks, queueAction, rowsBlock } from './queue-card.ts';
import { facts, line, paragraph, sentence } from './text.ts';

/** Waiting runs under the hosts; the queue's own card has them all. */
const SHOWN_WAITING = 3;

/** Hosts with their GPUs, what runs on them now, and what comes next. */
export function gpuStatusCard(view: QueueView): Card {
  const broken = view.hosts.some(
    (host) => host.state === 'unreachable' || host.lanes.some((lane) => lane.state === 'blocked'),
  );
  const next = view.waiting.slice(0, SHOWN_WAITING);
  return {
    mark: broken || view.paused !== undefined ? 'warning' : 'none',
    title: ['Status'],
    blocks: [
      ...pausedBlocks(view),
      ...view.hosts.flatMap(hostBlocks),
      ...(next.length === 0
        ? [paragraph('Nothing waits.')]
        : [paragraph('Next:'), rowsBlock(next.map(entryRow))]),
      ...moreBlocks(view, next.length),
    ],
    actions: [queueAction(view)],
  };
}

function hostBlocks(host: HostStatusView): readonly CardBlock[] {
  const running = host.lanes.flatMap(nowRow);
  return [
    paragraph(hostLine(host)),
    ...hostNotice(host),
    ...host.gpus.map((gpu) => paragraph(gpuLine(gpu))),
    ...host.lanes.flatMap(laneNotice),
    ...(running.length === 0 ? [] : [rowsBlock(running)]),
  ];
}

function hostLine(host: HostStatusView): Text {
  const name = { strong: host.host };
  if (host.state === 'reachable')
    return line(name, ' ● reachable', host.lanes.every((lane) => lane.state === 'idle') && ', idle');
  if (host.state === 'unknown') return line(name, ' ○ not asked yet');
  const since = host.since === undefined ? undefined : line(' since ', { time: host.since, style: 'clock' });
  const silent = host.problem?.code === 'engine.host_unreachable' ? host.problem : undefined;
  return line(
    name,
    ' ○ unreachable',
    since,
    silent !== undefined && whyInBrackets(new Parameters(silent.parameters)),
  );
}

/** What to do about a host that cannot be used. */
function hostNotice(host: HostStatusView): readonly CardBlock[] {
  if (host.problem === undefined) return [];
  const { sentence: wrong, nextStep } = explain(host.problem);
  return [
    host.problem.code === 'engine.host_unreachable'
      ? paragraph(sentence(nextStep))
      : paragraph(sentence(wrong), ' ', sentence(nextStep)),
  ];
}

/** `GPU 0  H100 80 GB · 63 of 80 GB in use · 97 % · 71 °C`. */
function gpuLine(gpu: GpuStatusView): Text {
  return facts(
    `GPU ${gpu.index} ${gpu.name}`,
    `${gigabytes(gpu.memoryUsedBytes)} of ${gigabytes(gpu.memoryTotalBytes)} GB in use`,
    gpu.utilisationPercent !== undefined && percent(gpu.utilisationPercent),
    gpu.temperatureCelsius !== undefined && `${Math.round(gpu.temperatureCelsius)} °C`,
  );
}

function laneNotice(lane: LaneStatusView): readonly CardBlock[] {
  if (lane.state === 'undriven') {
    return [
      paragraph(
        `${lane.lane}: no bot is running that would work its queue. Start one with `,
        { code: 'npx cosmos start' },
        '.',
      ),
    ];
  }
  if (lane.state !== 'blocked') return driverNotice(lane);
  const { sentence: wrong, nextStep } = explain(
    lane.problem ?? { code: 'queue.lane_blocked', parameters: { lane: lane.lane } },
  );
  return [paragraph(sentence(wrong), ' ', sentence(nextStep))];
}

/** A command that waits for its run stops working the queue after it. */
function driverNotice({ lane, driver }: LaneStatusView): readonly CardBlock[] {
  if (driver?.kind !== 'command') return [];
  return [
    paragraph(
      `${lane}: worked by a command that waits for its run (process ${driver.process}), then no longer.`,
    ),
  ];
}

/** Memory of a GPU is sold and printed in GiB that everybody calls GB: 80 GB is 80 × 2^30 bytes. */
function gigabytes(bytes: number): string {
  const value = bytes / 2 ** 30;
  return value < 10 ? String(Number(value.toFixed(1))) : String(Math.round(value));
}

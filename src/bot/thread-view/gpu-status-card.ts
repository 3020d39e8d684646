import type { Card, CardBlock, Text } from '../../core/ports/chat.ts';
import type {
  HostStatusFacts,
  HostStatusView,
  LaneStatusView,
  QueueView,
} from '../../core/queue/queue-view.ts';
import { explain } from '../wording/explain.ts';
import { gpuValues } from '../wording/gpu-words.ts';
import { mendOfSilence } from '../wording/host-check-words.ts';
import { hostFactWords, hostFlaws } from '../wording/host-status-words.ts';
import { whyInBrackets } from '../wording/reasons.ts';
import { Parameters } from '../wording/wording.ts';
import { chatBlocks, isChatBroken } from './chat-status-rows.ts';
import { entryRow, moreBlocks, nowRow, pausedBlocks, queueAction, rowsBlock } from './queue-card.ts';
import { facts, line, paragraph, sentence } from './text.ts';

/** Waiting runs under the hosts; the queue's own card has them all. */
const SHOWN_WAITING = 3;

/** Hosts with their GPUs, what runs on them now, and what comes next. */
export function gpuStatusCard(view: QueueView): Card {
  return {
    mark:
      view.hosts.some(isBroken) || view.chats.some(isChatBroken) || view.paused !== undefined
        ? 'warning'
        : 'none',
    title: ['Status'],
    blocks: [
      ...pausedBlocks(view),
      ...hostsBlocks(view),
      ...chatBlocks(view.chats),
      ...(view.waiting.length === 0 ? [paragraph('Nothing waits.')] : []),
      ...nextBlocks(view),
    ],
    actions: [queueAction(view)],
  };
}

/** Hosts with their GPUs, and what runs on them now. */
export function hostsBlocks(view: QueueView): readonly CardBlock[] {
  return view.hosts.flatMap(hostBlocks);
}

/** What comes next; nothing where nothing waits. */
export function nextBlocks(view: QueueView): readonly CardBlock[] {
  const next = view.waiting.slice(0, SHOWN_WAITING);
  return [
    ...(next.length === 0 ? [] : [paragraph('Next:'), rowsBlock(next.map(entryRow))]),
    ...moreBlocks(view, next.length),
  ];
}

function isBroken(host: HostStatusView): boolean {
  return (
    host.state === 'unreachable' ||
    host.problem !== undefined ||
    host.lanes.some((lane) => lane.state === 'blocked') ||
    flaws(host).length > 0
  );
}

function hostBlocks(host: HostStatusView): readonly CardBlock[] {
  const lanes = laneRows(host);
  return [
    paragraph(hostLine(host)),
    ...hostNotice(host),
    ...answerBlocks(host),
    ...driverNotices(host),
    ...host.lanes.flatMap(blockedNotice),
    ...(lanes.length === 0 ? [] : [rowsBlock(lanes)]),
  ];
}

/** `gpu1 ● reachable, idle · asked 12 s ago · 1.2 TB free`. */
function hostLine(host: HostStatusView): Text {
  const answer = lastAnswer(host);
  const told = answer === undefined ? [] : hostFactWords(answer);
  return facts(line({ strong: host.host }, ' ', condition(host)), askedWhen(host), ...told);
}

function condition(host: HostStatusView): Text {
  const since = host.since === undefined ? undefined : line(' since ', { time: host.since, style: 'clock' });
  if (host.state === 'unknown') return ['○ not asked yet'];
  if (host.state === 'unreachable') {
    const silent = host.problem?.code === 'engine.host_unreachable' ? host.problem : undefined;
    return line(
      '○ unreachable',
      since,
      silent !== undefined && whyInBrackets(new Parameters(silent.parameters)),
    );
  }
  if (host.problem !== undefined) return line('○ answers, but cannot be used', since);
  if (!host.isCurrent) return ['○ was reachable'];
  return line('● reachable', host.lanes.every((lane) => lane.state === 'idle') && ', idle');
}

function askedWhen({ askedAt }: HostStatusView): Text | undefined {
  return askedAt === undefined ? undefined : ['asked ', { time: askedAt, style: 'ago' }];
}

/** What to do about a host that cannot be used. */
function hostNotice(host: HostStatusView): readonly CardBlock[] {
  if (host.problem === undefined) return [];
  const { sentence: wrong, nextStep } = explain(host.problem);
  const isAsked = host.lanes.some(({ state }) => state !== 'undriven');
  return [
    host.problem.code === 'engine.host_unreachable'
      ? paragraph(sentence((isAsked ? undefined : mendOfSilence(host.problem)) ?? nextStep))
      : paragraph(sentence(wrong), ' ', sentence(nextStep)),
  ];
}

/** What the last look has found; of a host where that failed, an older answer would say how it is no longer. */
function lastAnswer({ state, problem, facts: answer }: HostStatusView): HostStatusFacts | undefined {
  return state === 'reachable' && problem === undefined ? answer : undefined;
}

function answerBlocks(host: HostStatusView): readonly CardBlock[] {
  const answer = lastAnswer(host);
  if (answer === undefined) return [];
  const { gpus } = answer;
  const rows =
    gpus.state !== 'listed'
      ? []
      : gpus.gpus.map((gpu): readonly Text[] =>
          [`GPU ${gpu.index}`, gpu.name, ...gpuValues(gpu)].map((cell) => (cell === '' ? [] : [cell])),
        );
  return [
    ...(rows.length === 0 ? [] : [rowsBlock(rows)]),
    ...flaws(host).map(({ text, advice }) => paragraph(sentence(text), ' ', sentence(advice ?? ''))),
  ];
}

function flaws(host: HostStatusView): ReturnType<typeof hostFlaws> {
  const answer = lastAnswer(host);
  const wanted = host.lanes.flatMap(({ gpus }) => gpus);
  return answer === undefined ? [] : hostFlaws(answer, wanted);
}

/** A row for each lane that runs something; of several, for those too that are free, where the host can be used. */
function laneRows({ lanes, state, problem }: HostStatusView): readonly (readonly Text[])[] {
  if (lanes.length === 1) return lanes.flatMap((lane) => nowRow(lane));
  const tellsFree =
    state === 'reachable' && problem === undefined && lanes.some((lane) => lane.state !== 'idle');
  return lanes.flatMap((lane) => {
    const label = lane.lane.slice(lane.lane.indexOf('/') + 1);
    if (lane.state === 'idle') return tellsFree ? [[[label], ['free']]] : [];
    return nowRow(lane, label);
  });
}

/** Lanes that nobody drives, or only as long as a run takes. */
function driverNotices({ host, lanes, isLocal }: HostStatusView): readonly CardBlock[] {
  const ending = lanes.flatMap(({ lane, driver }) =>
    driver?.kind === 'command'
      ? [
          paragraph(
            `${lane}: worked by a command that waits for its run (process ${driver.process}), then no longer.`,
          ),
        ]
      : [],
  );
  const left = lanes.filter(({ state }) => state === 'undriven').map(({ lane }) => lane);
  if (left.length === 0) return ending;
  const areAll = left.length === lanes.length;
  const whose = areAll ? 'No bot is running' : `${left.join(', ')}: no bot is running`;
  return [
    ...ending,
    paragraph(
      `${whose} that would work its queue. Start one with `,
      { code: 'npx cosmos start' },
      ...(isLocal || !areAll
        ? ['.']
        : [', or ask the host now with ', { code: `npx cosmos host check ${host}` }, '.']),
    ),
  ];
}

function blockedNotice(lane: LaneStatusView): readonly CardBlock[] {
  if (lane.state !== 'blocked') return [];
  const { sentence: wrong, nextStep } = explain(
    lane.problem ?? { code: 'queue.lane_blocked', parameters: { lane: lane.lane } },
  );
  return [paragraph(sentence(wrong), ' ', sentence(nextStep))];
}

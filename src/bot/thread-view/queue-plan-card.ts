import type { Card, CardBlock, Text } from '../../core/ports/chat.ts';
import type { PlannedGroup, PlannedRun, QueuePlan } from '../../core/queue/queue-plan.ts';
import { apartWords } from '../wording/batch-words.ts';
import { smallLaneWords } from '../wording/gpu-memory-words.ts';
import { count, duration, timeRange } from '../wording/numbers.ts';
import { rowsBlock } from './queue-card.ts';
import { facts, line, paragraph, person } from './text.ts';

/** Which waiting runs would share a load of their model, and why others would not. */
export function queuePlanCard(plan: QueuePlan): Card {
  const together = plan.groups.filter(({ runs }) => runs.length > 1).length;
  const title =
    plan.waitingTotal === 0
      ? 'Plan: nothing waits'
      : `Plan: ${count(plan.waitingTotal, 'run')} waiting, ${together === 0 ? 'each at a load of its own' : `${count(together, 'batch', 'batches')} at one load each`}`;
  return {
    mark: plan.paused ? 'warning' : 'none',
    title: [title],
    blocks: [
      ...(plan.paused ? [paragraph('The queue is paused; nothing starts until it is resumed.')] : []),
      ...plan.groups.flatMap(groupBlocks),
      ...(plan.more > 0 ? [paragraph(`${plan.more} more runs after these.`)] : []),
      paragraph(limitWords(plan)),
    ],
    actions: [],
  };
}

function groupBlocks(group: PlannedGroup): readonly CardBlock[] {
  const { runs, profileId, lane, startsIn, takes, smallLanes, apart } = group;
  const what = runs.length === 1 ? 'alone' : `${runs.length} together`;
  return [
    paragraph(
      facts(
        line(`${profileId}, ${what}`),
        lane !== undefined && `on ${lane}`,
        startsIn !== undefined && (startsIn.high === 0 ? 'starts next' : `starts in ${timeRange(startsIn)}`),
        takes !== undefined && `takes ${timeRange(takes)}`,
      ),
    ),
    rowsBlock(runs.map((run) => cells(run))),
    ...smallLaneWords(smallLanes, profileId).map((words) => paragraph(words)),
    ...apart.map(({ run, because }) =>
      paragraph('Not with them: ', { code: run.run }, `: ${apartWords(because, profileId)}.`),
    ),
  ];
}

function cells({ place, run, promptName, ownerName }: PlannedRun): readonly Text[] {
  return [[String(place)], [{ code: run }], [promptName], [person(ownerName)]];
}

function limitWords({ limits }: QueuePlan): string {
  if (limits === undefined || limits.maxItems < 2)
    return 'Each run loads its model for itself, as configured.';
  const { maxItems, maxOvertaken, maxMs } = limits;
  return `It happens by itself, within limits: ${maxItems} runs, ${duration(maxMs)}, and nobody is passed by more than ${count(maxOvertaken, 'later run')}.`;
}

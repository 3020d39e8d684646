import { describe, expect, test } from 'vitest';
import { queueCard } from '../../../src/bot/thread-view/queue-card.ts';
import { queuePlanCard } from '../../../src/bot/thread-view/queue-plan-card.ts';
import { apartWords, batchWords, returnedWords } from '../../../src/bot/wording/batch-words.ts';
import type { LaneName, ProfileId, RunId } from '../../../src/core/ids.ts';
import type { SmallLane } from '../../../src/core/models/gpu-memory.ts';
import type { LeftOut } from '../../../src/core/queue/compose-batch.ts';
import type { PlannedRun, QueuePlan } from '../../../src/core/queue/queue-plan.ts';
import { MINUTE } from '../samples.ts';
import { rendered } from '../terminal/rendered.ts';
import { QUEUE } from './sample-views.ts';

const LIMITS = { maxItems: 8, maxOvertaken: 4, maxMs: 60 * MINUTE };

function planned(place: number, run: string, promptName: string, ownerName = 'ana'): PlannedRun {
  return { place, run: run as RunId, promptName, ownerName };
}

const PLAN: QueuePlan = {
  groups: [
    {
      profileId: 'transfer1' as ProfileId,
      lane: 'gpu1/gpu0' as LaneName,
      runs: [planned(1, 'rs_3fq8w1zz', 'street'), planned(3, 'rs_5d8r2k1m', 'harbour')],
      startsIn: { low: 0, high: 0 },
      takes: { low: 7 * MINUTE, high: 9 * MINUTE },
      smallLanes: [],
      apart: [
        {
          run: planned(2, 'rs_9d0x2m4k', 'night', 'ben'),
          because: { why: 'differs', names: ['seed', 'fps'] },
        },
      ],
    },
    {
      profileId: 'transfer1' as ProfileId,
      lane: 'gpu1/gpu0' as LaneName,
      runs: [planned(2, 'rs_9d0x2m4k', 'night', 'ben')],
      startsIn: { low: 7 * MINUTE, high: 9 * MINUTE },
      takes: { low: 4 * MINUTE, high: 6 * MINUTE },
      smallLanes: [],
      apart: [],
    },
  ],
  waitingTotal: 5,
  more: 2,
  paused: false,
  limits: LIMITS,
};

const SMALL: SmallLane = { lane: 'gpu2/gpu0' as LaneName, bytes: 24 * 2 ** 30, wantedGb: 28 };

describe('lanes that are too small', () => {
  test('are said to be free sooner, two by their names', () => {
    const [first] = PLAN.groups;
    if (first === undefined) throw new Error('the plan has no group');
    const plan = (...smallLanes: readonly SmallLane[]) =>
      rendered(queuePlanCard({ ...PLAN, groups: [{ ...first, smallLanes }] })).replaceAll(/\s+/g, ' ');
    expect(plan(SMALL)).toContain(
      'Not on gpu2/gpu0, which is free sooner: its GPUs have 24 GB, and transfer1 wants 28 GB.',
    );
    expect(plan(SMALL)).not.toContain('too small, too');
    const others = plan(SMALL, { ...SMALL, gpus: 2 }, SMALL, SMALL);
    expect(others).toContain(
      'transfer1 wants 28 GB on each of 2 GPUs. 2 other lanes that are free sooner are too small, too.',
    );
    expect(plan(SMALL, SMALL, SMALL)).toContain('1 other lane that is free sooner is too small, too.');
  });
});

describe('the plan of the queue', () => {
  test('shows what would start together, what stays apart and why, and how long it takes', () => {
    expect(rendered(queuePlanCard(PLAN))).toMatchInlineSnapshot(`
      "
      Plan: 5 runs waiting, 1 batch at one load each
        transfer1, 2 together · on gpu1/gpu0 · starts next · takes 7–9 min
        1  rs_3fq8w1zz  street   @ana
        3  rs_5d8r2k1m  harbour  @ana
        Not with them: rs_9d0x2m4k: seed and fps differ, which transfer1 takes once for each
        load.
        transfer1, alone · on gpu1/gpu0 · starts in 7–9 min · takes 4–6 min
        2  rs_9d0x2m4k  night  @ben
        2 more runs after these.
        It happens by itself, within limits: 8 runs, 1 h, and nobody is passed by more than 4
        later runs.
      "
    `);
  });

  test('says that nothing waits, and that each run has its own load where that is so', () => {
    const empty = { groups: [], waitingTotal: 0, more: 0, paused: false };
    expect(rendered(queuePlanCard(empty))).toMatchInlineSnapshot(`
      "
      Plan: nothing waits
        Each run loads its model for itself, as configured.
      "
    `);
  });

  test('of a paused queue says that nothing starts', () => {
    expect(rendered(queuePlanCard({ ...PLAN, paused: true }))).toContain('is paused');
  });
});

test('the queue says how many more the model has been loaded for', () => {
  const [gpu1] = QUEUE.hosts;
  const [lane] = gpu1?.lanes ?? [];
  if (gpu1 === undefined || lane?.now === undefined) throw new Error('nothing runs');
  const hosts = [{ ...gpu1, lanes: [{ ...lane, now: { ...lane.now, others: 3 } }] }];
  expect(rendered(queueCard({ ...QUEUE, hosts }))).toContain('4–6 min left, 3 more at the same load');
});

test.each<[LeftOut, string]>([
  [{ why: 'alone' }, 'runs alone'],
  [{ why: 'model' }, 'another model'],
  [{ why: 'differs', names: ['seed'] }, 'seed differs, which transfer1 takes once for each load'],
  [
    { why: 'differs', names: ['negative_text', 'controls'] },
    'the negative text and which controls it has differ, which transfer1 takes once for each load',
  ],
  [
    { why: 'differs', names: ['a', 'b', 'c', 'd', 'e'] },
    'a, b, c, d and 1 other setting differ, which transfer1 takes once for each load',
  ],
  [{ why: 'differs', names: ['profile'] }, 'the configuration of the model differs'],
  [{ why: 'memory', limit: 1 }, 'is tried alone, after a batch that failed'],
  [{ why: 'memory', limit: 4 }, 'at most 4 together, after memory ran out'],
  [{ why: 'full', limit: 8 }, '8 together are the most'],
  [{ why: 'too_long' }, 'together they would take too long'],
  [
    { why: 'overtakes', run: 'rs_9d0x2m4k' as RunId },
    'would pass rs_9d0x2m4k, which has been passed often enough',
  ],
])('why a run stays apart is told: %j', (because, words) => {
  expect(apartWords(because, 'transfer1')).toBe(words);
});

test('where a run is in its batch is told', () => {
  expect(batchWords({ place: 2, of: 3, state: 'works' })).toBe('2 of 3 at one load of the model');
  expect(batchWords({ place: 3, of: 3, state: 'waits' })).toContain('waits for those before it');
  expect(batchWords({ place: 1, of: 3, state: 'ready' })).toContain('its part is done');
});

test('a run that came back says why, and how often it has', () => {
  const problem = { code: 'queue.batch_left', parameters: { outcome: 'blocked' } } as const;
  expect(returnedWords({})).toBeUndefined();
  expect(returnedWords({ returned: { times: 1, problem } })).toMatch(
    /^Back in the queue: A run .* was blocked/,
  );
  expect(returnedWords({ returned: { times: 2, problem } })).toMatch(/^Back in the queue \(2 times so far\)/);
});

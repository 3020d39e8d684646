import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BatchLimits } from '../../../src/core/config/config.ts';
import type { LaneName, RunId } from '../../../src/core/ids.ts';
import { checkParameters } from '../../../src/core/models/parameters.ts';
import type { Profile } from '../../../src/core/models/profile.ts';
import { StoredProfiles } from '../../../src/core/models/stored-profiles.ts';
import { batchRules } from '../../../src/core/queue/batch-rules.ts';
import { type BatchRules, composeBatch } from '../../../src/core/queue/compose-batch.ts';
import type { Run } from '../../../src/core/runs/run.ts';
import type { NewRun } from '../../../src/core/store/runs.ts';
import { addPrompt, addRun, somebody } from '../../support/queued-runs.ts';
import { minimal, shipped } from '../models/profiles.ts';
import { BATCHED } from '../runner/batch-bench.ts';
import { openStore } from '../store/open-store.ts';

const LANE = 'here/gpu' as LaneName;
const FREE: BatchLimits = { maxItems: 8, maxOvertaken: 100, maxMs: Number.POSITIVE_INFINITY };
const LONE = minimal();
/** A minute, half of it for loading; estimates from seeds are not exact. */
const TIMED: Profile = {
  ...BATCHED,
  timing: {
    ...BATCHED.timing,
    load_seconds: 30,
    samples: [{ frames: 24, width: 64, height: 64, steps: 1, seconds: 60 }],
  },
};

async function openQueue() {
  const { store } = await openStore();
  const prompt = addPrompt(store, somebody(store), 'street');
  let at = 0;
  const queue = (seed: number, more: Partial<NewRun> = {}, profile = BATCHED): RunId => {
    at += 1;
    return addRun(store, prompt, profile, { parameters: { seed }, queuedAt: at, text: `t${at}`, ...more });
  };
  const rules = (limits: BatchLimits = FREE): BatchRules =>
    batchRules({ store, profiles: new StoredProfiles(store.runs), limits, ownProfiles: new Map() });
  const compose = (limits?: BatchLimits) => {
    const waiting = store.runs.queued();
    const [head] = waiting;
    if (head === undefined) throw new Error('nothing waits');
    return composeBatch(head, waiting, rules(limits));
  };
  /** Takes what the lane would take. */
  const take = (limits?: BatchLimits): RunId[] => {
    const attempt = store.attempts.claim(LANE, ['batched', 'minimal'], store.instance, undefined, () => {
      const { runs, overtaken } = compose(limits);
      return { runs: runs.map(({ id }) => id), overtaken };
    });
    if (attempt === undefined) return [];
    store.attempts.end(attempt, { outcome: 'done', outputs: [] });
    return attempt.items.map(({ run }) => run);
  };
  return { store, queue, rules, compose, take };
}

function ids(runs: readonly Pick<Run, 'id'>[]): RunId[] {
  return runs.map(({ id }) => id);
}

describe('what shares a load with the head of the queue', () => {
  it('is what fits to it, in the order of the queue', async () => {
    const { queue, compose } = await openQueue();
    const [head, , third, , fifth] = [queue(1), queue(2), queue(1), queue(2), queue(1)];
    expect(ids(compose().runs)).toEqual([head, third, fifth]);
  });

  it.each([
    ['transfer1', 8, { why: 'differs', names: ['seed'] }],
    ['transfer2.5', 1, undefined],
    ['cosmos3', 1, undefined],
  ])('of eight seeds of %s makes %i loads', async (model, loads, because) => {
    const { store, queue, compose } = await openQueue();
    const profile = shipped(model);
    const parametersOf = (seed: number): NewRun['parameters'] => {
      const checked = checkParameters(profile, { seed }, new Set(['color'] as const));
      if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
      return checked.value;
    };
    for (let seed = 1; seed <= 8; seed++) queue(seed, { parameters: parametersOf(seed) }, profile);
    const sizes: number[] = [];
    while (store.runs.queued().length > 0) {
      const { runs, leftOut } = compose();
      expect(leftOut.map((each) => each.because)).toEqual(leftOut.map(() => because));
      sizes.push(runs.length);
      const attempt = store.attempts.claim(LANE, [model], store.instance, undefined, () => ({
        runs: ids(runs),
        overtaken: [],
      }));
      if (attempt !== undefined) store.attempts.end(attempt, { outcome: 'done', outputs: [] });
    }
    expect(sizes).toEqual(Array.from({ length: loads }, () => 8 / loads));
  });

  it('is nothing where its model has no batch, or only one is allowed', async () => {
    const { queue, compose } = await openQueue();
    const head = queue(1, { parameters: {} }, LONE);
    queue(1, { parameters: {} }, LONE);
    expect(ids(compose().runs)).toEqual([head]);
    const other = await openQueue();
    const lead = other.queue(1);
    other.queue(1);
    expect(ids(other.compose({ ...FREE, maxItems: 1 }).runs)).toEqual([lead]);
  });

  it('says of each other run why it is not with them', async () => {
    const { store, queue, compose } = await openQueue();
    queue(1);
    const other = queue(2);
    const lone = queue(1, { parameters: {} }, LONE);
    const changed = queue(1, {}, { ...BATCHED, version: '2' });
    for (let more = 0; more < 3; more++) queue(1);
    const late = queue(1);
    expect(store.runs.queued()).toHaveLength(8);
    expect(compose({ ...FREE, maxItems: 4 }).leftOut).toEqual([
      { run: lone, because: { why: 'model' } },
      { run: other, because: { why: 'differs', names: ['seed'] } },
      { run: changed, because: { why: 'differs', names: ['profile'] } },
      { run: late, because: { why: 'full', limit: 4 } },
    ]);
  });

  it('is nothing where it is a reproduction, which is to be as its run was', async () => {
    const { queue, take } = await openQueue();
    const first = queue(1);
    expect(take()).toEqual([first]);
    const again = queue(1, { parent: { run: first, relation: 'reproduce' } });
    const other = queue(1);
    expect([take(), take()]).toEqual([[again], [other]]);
  });

  it('is no more than is expected to end in time', async () => {
    const { queue, compose } = await openQueue();
    for (let more = 0; more < 4; more++) queue(1, {}, TIMED);
    // The estimate of one alone is in the middle between 37.5 and 96 s, and 30 s less for each further one.
    expect(compose({ ...FREE, maxMs: 120_000 }).runs).toHaveLength(2);
    expect(compose({ ...FREE, maxMs: 120_000 }).leftOut[0]?.because).toEqual({ why: 'too_long' });
  });

  it('keeps to how many memory was enough for, whichever of them has seen it run out', async () => {
    const { store, queue, take, compose } = await openQueue();
    const runs = [queue(1), queue(1), queue(1), queue(1)];
    const attempt = store.attempts.claim(LANE, ['batched'], store.instance, undefined, () => ({
      runs: runs.slice(2),
      overtaken: [],
    }));
    if (attempt === undefined) throw new Error('nothing was taken');
    const problem = { code: 'queue.batch_memory', parameters: {} } as const;
    const items = new Map(
      runs.slice(2).map((run) => [run, { outcome: 'returned', problem, batchLimit: 2 } as const]),
    );
    store.attempts.end(attempt, { outcome: 'failed', outputs: [], items });
    expect(compose().leftOut.map(({ because }) => because)).toEqual([
      { why: 'memory', limit: 2 },
      { why: 'memory', limit: 2 },
    ]);
    expect([take(), take()]).toEqual([runs.slice(0, 2), runs.slice(2)]);
  });
});

describe('a host with a profile of its own', () => {
  it('has it read once, however many runs wait', async () => {
    const { store, queue } = await openQueue();
    for (let count = 0; count < 20; count += 1) queue(1);
    let readings = 0;
    const own = {
      ...BATCHED,
      get title() {
        readings += 1;
        return 'Elsewhere';
      },
    };
    const waiting = store.runs.queued();
    const profiles = new StoredProfiles(store.runs);
    const rules = batchRules({ store, profiles, limits: FREE, ownProfiles: new Map([[BATCHED.id, own]]) });

    expect(composeBatch(waiting[0] as Run, waiting, rules).runs).toHaveLength(8);
    expect(readings).toBe(1);
  });
});

describe('what other lanes could begin at once', () => {
  it('is left to them, as much as each gets', async () => {
    const { store, queue, rules } = await openQueue();
    for (let more = 0; more < 7; more++) queue(1);
    const waiting = store.runs.queued();
    const [head] = waiting;
    if (head === undefined) throw new Error('nothing waits');
    const sizes = [0, 1, 2, 9].map((idle) => composeBatch(head, waiting, rules(), idle).runs.length);
    expect(sizes).toEqual([7, 4, 3, 1]);
    // What is too many for one lane counts too.
    const few = { ...FREE, maxItems: 3 };
    expect(composeBatch(head, waiting, rules(few), 1).runs).toHaveLength(3);
  });
});

describe('a run that does not fit to the one before it', () => {
  it('is passed by no more than so many, however often it is passed', async () => {
    const { queue, take } = await openQueue();
    const limits = { ...FREE, maxOvertaken: 2 };
    const [a, x, b, c, d] = [queue(1), queue(2), queue(1), queue(1), queue(1)];
    expect(take(limits)).toEqual([a, b, c]);
    expect(take(limits)).toEqual([x]);
    expect(take(limits)).toEqual([d]);
  });

  it('is never passed where nobody may', async () => {
    const { queue, take } = await openQueue();
    const limits = { ...FREE, maxOvertaken: 0 };
    const [a, b, x, c] = [queue(1), queue(1), queue(2), queue(1)];
    expect([take(limits), take(limits), take(limits)]).toEqual([[a, b], [x], [c]]);
  });

  it('waits for no more runs behind it than the limit, whoever queues what and when', async () => {
    const person = fc.constantFrom('ana', 'ben', 'eve');
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.record({ who: person, seed: fc.integer({ min: 1, max: 3 }) }) },
      { weight: 1, arbitrary: fc.constant('work' as const) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.nat({ max: 4 }), async (steps, maxOvertaken) => {
        const { store, queue, take } = await openQueue();
        const limits = { ...FREE, maxItems: 4, maxOvertaken };
        const passed = new Map<RunId, number>();
        const seen: RunId[] = [];
        const work = (): boolean => {
          const before = ids(store.runs.queued());
          const taken = take(limits);
          expect(taken[0]).toBe(before[0]);
          for (const [place, run] of before.entries()) {
            if (taken.includes(run)) continue;
            const by = before.slice(place).filter((other) => taken.includes(other)).length;
            passed.set(run, (passed.get(run) ?? 0) + by);
            expect(passed.get(run)).toBeLessThanOrEqual(maxOvertaken);
          }
          seen.push(...taken);
          return taken.length > 0;
        };
        let queued = 0;
        for (const each of steps) {
          if (each === 'work') work();
          else {
            queue(each.seed, { owner: somebody(store, each.who).id });
            queued += 1;
          }
        }
        while (work());
        expect(new Set(seen).size).toBe(queued);
        expect(seen).toHaveLength(queued);
        store.close();
      }),
      { numRuns: 60 },
    );
  });
});

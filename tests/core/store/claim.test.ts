import SqliteDatabase from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LaneName, RunId } from '../../../src/core/ids.ts';
import { CLAIM_NEXT } from '../../../src/core/store/claims.ts';
import type { Store } from '../../../src/core/store/store.ts';
import { addPrompt, addRun, somebody } from '../../support/queued-runs.ts';
import { minimal } from '../models/profiles.ts';
import { openStore } from './open-store.ts';

const LANE = 'here/cpu' as LaneName;
const OTHER = 'here/gpu' as LaneName;
const PROFILE = minimal();

/** Takes the next run and ends it at once. */
function work(store: Store, lane = LANE, profiles = ['minimal']): RunId | undefined {
  const attempt = store.attempts.claim(lane, profiles, store.instance);
  if (attempt !== undefined) store.attempts.end(attempt, { outcome: 'done', outputs: [] });
  return attempt?.run;
}

function workOff(store: Store): (RunId | undefined)[] {
  const order: RunId[] = [];
  for (let run = work(store); run !== undefined; run = work(store)) order.push(run);
  return order;
}

async function queueOf() {
  const opened = await openStore();
  const { store } = opened;
  let at = 0;
  const prompt = addPrompt(store, somebody(store), 'street');
  const queue = (who = 'ana', more: Parameters<typeof addRun>[3] = {}): RunId => {
    at += 1;
    return addRun(store, prompt, PROFILE, { owner: somebody(store, who).id, queuedAt: at, ...more });
  };
  return { ...opened, queue };
}

describe('claiming', () => {
  it('takes the runs of one person in the order in which they were queued', async () => {
    const { store, queue } = await queueOf();
    const runs = Array.from({ length: 5 }, () => queue());
    expect(store.runs.queued().map(({ id }) => id)).toEqual(runs);
    expect(workOff(store)).toEqual(runs);
    expect(work(store)).toBeUndefined();
  });

  it('takes a higher priority first', async () => {
    const { store, queue } = await queueOf();
    const usual = queue();
    const high = queue('ana', { priority: 5 });
    const moved = queue('ben');
    store.runs.setPriority(moved, 9);
    expect(workOff(store)).toEqual([moved, high, usual]);
  });

  it('takes turns between people', async () => {
    const { store, queue } = await queueOf();
    const ana = [queue('ana'), queue('ana'), queue('ana')];
    const ben = [queue('ben'), queue('ben')];
    const eve = queue('eve');
    expect(workOff(store)).toEqual([ana[0], ben[0], eve, ana[1], ben[1], ana[2]]);
  });

  it('lets nobody wait behind what somebody else has moved to the front', async () => {
    const { store, queue } = await queueOf();
    const ana = Array.from({ length: 10 }, () => queue('ana'));
    const last = ana[9];
    if (last === undefined) throw new Error('nothing was queued');
    store.runs.setPriority(last, 1);
    expect(work(store)).toBe(last);
    const ben = queue('ben');
    expect([work(store), work(store)]).toEqual([ana[0], ben]);
  });

  it('lets nobody wait for more than one run of each other person in each turn', async () => {
    const people = ['ana', 'ben', 'eve'] as const;
    const step = fc.oneof(fc.constantFrom(...people), fc.constant('work' as const));
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const { store, queue } = await queueOf();
        /** Of each waiting run: its owner, their runs before it, and whose runs have started since. */
        const waiting = new Map<RunId, { owner: string; ownBefore: number; since: string[] }>();
        const start = (): boolean => {
          const run = work(store);
          if (run === undefined) return false;
          const started = waiting.get(run);
          waiting.delete(run);
          if (started === undefined) throw new Error(`${run} was not waiting`);
          for (const other of people.filter((name) => name !== started.owner)) {
            const turns = started.since.filter((name) => name === other).length;
            // One in each turn up to its own: those of the own runs before, its own, and the present one if it was had.
            expect(turns).toBeLessThanOrEqual(started.ownBefore + 2);
          }
          for (const { since } of waiting.values()) since.push(started.owner);
          return true;
        };
        for (const step of steps) {
          if (step === 'work') start();
          else {
            const ownBefore = [...waiting.values()].filter(({ owner }) => owner === step).length;
            waiting.set(queue(step), { owner: step, ownBefore, since: [] });
          }
        }
        while (start());
        expect(waiting.size).toBe(0);
        store.close();
      }),
      { numRuns: 100 },
    );
  });

  it('lets two who queue again and again hold up nobody', async () => {
    const { store, queue } = await queueOf();
    queue('ben');
    const second = queue('ben');
    queue('ana');
    queue('eve');
    const started: (RunId | undefined)[] = [work(store)];
    for (const who of ['ana', 'eve', 'ana', 'eve', 'ana', 'eve']) {
      started.push(work(store));
      queue(who);
    }
    expect(started.indexOf(second)).toBeGreaterThan(-1);
  });

  it('lets nobody overtake on one lane because another lane is slow', async () => {
    const { store, queue } = await queueOf();
    const prompt = addPrompt(store, somebody(store), 'harbour');
    const other = minimal({ id: 'other' });
    let at = 1_000;
    const queueOther = (who: string): RunId => {
      at += 1;
      return addRun(store, prompt, other, { owner: somebody(store, who).id, queuedAt: at });
    };
    for (let count = 0; count < 20; count++) queue('ana');
    const ana = [queueOther('ana'), queueOther('ana')];
    const ben = [queueOther('ben'), queueOther('ben')];
    const order = Array.from({ length: 4 }, () => work(store, OTHER, ['other']));
    expect(order).toEqual([ana[0], ben[0], ana[1], ben[1]]);
  });

  it('takes only runs of models that the lane executes', async () => {
    const { store, queue } = await queueOf();
    queue();
    expect(work(store, LANE, ['other'])).toBeUndefined();
    expect(work(store, LANE, [])).toBeUndefined();
    expect(work(store, LANE, ['other', 'minimal'])).toBeDefined();
  });

  it('gives a run the profile that the host has of its own', async () => {
    const { store, queue } = await queueOf();
    const run = queue();
    const own = { hash: 'own', content: '{"title":"own"}' };
    const attempt = store.attempts.claim(LANE, ['minimal'], store.instance, (id) =>
      id === 'minimal' ? own : undefined,
    );
    expect(attempt?.run).toBe(run);
    expect(store.runs.get(run)?.profileHash).toBe('own');
    expect(store.runs.profileContent('own')).toBe(own.content);
  });

  it('takes nothing while the queue is paused', async () => {
    const { store, queue } = await queueOf();
    queue();
    store.settings.set('queue.paused', '{}');
    expect(work(store)).toBeUndefined();
    store.settings.remove('queue.paused');
    expect(work(store)).toBeDefined();
  });

  it('takes nothing onto a lane that is blocked or busy, and other lanes go on', async () => {
    const { store, queue } = await queueOf();
    queue();
    queue();
    queue();
    store.lanes.ensure(LANE);
    store.lanes.setBlocked(LANE, { code: 'engine.not_stopped', parameters: {} });
    expect(store.attempts.claim(LANE, ['minimal'], store.instance)).toBeUndefined();
    store.lanes.setBlocked(LANE, undefined);
    expect(store.attempts.claim(LANE, ['minimal'], store.instance)).toBeDefined();
    expect(store.attempts.claim(LANE, ['minimal'], store.instance)).toBeUndefined();
    expect(store.attempts.claim(OTHER, ['minimal'], store.instance)).toBeDefined();
  });

  it('never takes a cancelled run', async () => {
    const { store, queue } = await queueOf();
    const run = queue();
    expect(store.cancellation.request(run, somebody(store).id)).toBe('cancelled');
    expect(store.cancellation.request(run, somebody(store).id)).toBe('finished');
    expect(work(store)).toBeUndefined();
    expect(store.events.ofRun(run).map(({ type }) => type)).toEqual(['run.cancel_requested', 'run.finished']);
  });

  it('looks through the queue in the order of its index, whatever has finished', async () => {
    const { store, path, queue } = await queueOf();
    queue();
    workOff(store);
    const database = new SqliteDatabase(path, { readonly: true });
    const plan = database
      .prepare<[string], { detail: string }>(`EXPLAIN QUERY PLAN ${CLAIM_NEXT}`)
      .all('["minimal"]')
      .map(({ detail }) => detail);
    database.close();
    expect(plan[0]).toMatch(/^SCAN runs USING INDEX runs_claim$/);
    expect(plan.join('\n')).not.toContain('TEMP B-TREE');
  });
});

describe('the end of an attempt', () => {
  it('is stored once, whoever says it again', async () => {
    const { store, queue } = await queueOf();
    const run = queue();
    const attempt = store.attempts.claim(LANE, ['minimal'], store.instance);
    if (attempt === undefined) throw new Error('nothing was taken');
    const output = {
      kind: 'video',
      purpose: 'primary',
      label: 'video',
      path: '/o.mp4',
      bytes: 1,
      sha256: 'ab',
    } as const;
    const times = { hostStartedAt: 1_000, hostEndedAt: 4_000, gpuSeconds: 6, exitCode: 0 };
    store.attempts.end(attempt, { outcome: 'done', outputs: [output], ...times });
    store.attempts.end(attempt, { outcome: 'lost', outputs: [] });
    expect(store.runs.get(run)).toMatchObject({ state: 'done', outputs: [output], gpuSeconds: 6 });
    expect(store.runs.learned('minimal')).toMatchObject([{ modelMs: 3_000, shape: { frames: 24 } }]);
    expect(store.events.ofRun(run).filter(({ type }) => type === 'run.finished')).toHaveLength(1);
    expect(store.attempts.stateOf(attempt.id)).toBe('ended');
    expect(store.attempts.stateOf('jb_unknown0-a1' as typeof attempt.id)).toBe('unknown');
  });

  it('happens in one piece: a refused part leaves everything as it was', async () => {
    const { store, queue } = await queueOf();
    const run = queue();
    const attempt = store.attempts.claim(LANE, ['minimal'], store.instance);
    if (attempt === undefined) throw new Error('nothing was taken');
    const output = {
      kind: 'video',
      purpose: 'primary',
      label: 'video',
      path: null as never,
      bytes: 1,
      sha256: 'ab',
    } as const;
    expect(() => store.attempts.end(attempt, { outcome: 'done', outputs: [output] })).toThrow(
      expect.objectContaining({ code: 'store.failed' }),
    );
    expect(store.runs.get(run)).toMatchObject({ state: 'active', outputs: [] });
    expect(store.attempts.open(LANE)?.id).toBe(attempt.id);
    expect(store.events.ofRun(run).map(({ type }) => type)).toEqual(['run.claimed']);
  });
});

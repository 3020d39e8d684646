import SqliteDatabase from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { CosmosError } from '../../../src/core/errors.ts';
import type { AttemptId, HostName } from '../../../src/core/ids.ts';
import type { GpuAnswer, HostFacts } from '../../../src/core/ports/host.ts';
import { fenceHost } from '../../../src/core/runner/fence-host.ts';
import { LaneOpening } from '../../../src/core/runner/lane-opening.ts';
import { somebody } from '../../support/queued-runs.ts';
import { LANE, TestLane } from './lane.ts';

const HERE = 'here' as HostName;
const never = new AbortController().signal;

function gpus(memoryUsedBytes: number): GpuAnswer {
  const memory = { memoryUsedBytes, memoryTotalBytes: 24 * 2 ** 30 };
  return { state: 'listed', gpus: [{ index: '0', uuid: 'GPU-00f3', name: 'H100', ...memory }] };
}

/** The opening of a lane with one GPU, whose memory is used as said. */
async function openGpuLane(answer: GpuAnswer = gpus(0)) {
  const lane = await TestLane.open();
  lane.context = { ...lane.context, gpus: ['0'] };
  lane.host.hostFacts = { gpus: answer };
  let asked = 0;
  const facts = lane.host.facts.bind(lane.host);
  lane.host.facts = async (...args): Promise<HostFacts> => {
    asked += 1;
    return await facts(...args);
  };
  const opening = new LaneOpening(lane.context);
  await opening.begin(never);
  const look = async () => await opening.look(never);
  /** Lets the time pass that the opening has asked for, again and again, until it opens or so much has passed. */
  const lookFor = async (ms: number) => {
    const end = lane.clock.now() + ms;
    for (;;) {
      const next = await look();
      if (next === 'open' || lane.clock.now() + next > end) return next;
      lane.clock.advance(next);
    }
  };
  const blocked = () => lane.store.lanes.get(LANE).blocked;
  const told = () => laneEvents(lane);
  return { lane, look, lookFor, blocked, told, asked: () => asked };
}

/** Types of the events that are about no run. */
function laneEvents(lane: TestLane): unknown[] {
  const database = new SqliteDatabase(lane.data.database, { readonly: true });
  try {
    return database
      .prepare("SELECT type FROM events WHERE run_id IS NULL AND type NOT LIKE 'prompt.%'")
      .pluck()
      .all();
  } finally {
    database.close();
  }
}

/** An attempt that the database knows as ended and whose job still runs on the host. */
async function leaveRunning(lane: TestLane): Promise<AttemptId> {
  const { attempt } = await lane.begin();
  const open = lane.store.attempts.open(LANE);
  if (open === undefined) throw new Error('nothing is open');
  lane.store.attempts.end(open, { outcome: 'lost', outputs: [] });
  return attempt;
}

function fence(lane: TestLane): void {
  const by = somebody(lane.store, 'ben');
  fenceHost({ store: lane.store, clock: lane.clock }, { host: HERE, configured: [LANE], by });
}

describe('a lane with GPUs', () => {
  it('opens at once where their memory is free', async () => {
    const { lane, look, blocked, told } = await openGpuLane();
    lane.queue();
    expect(await look()).toBe('open');
    expect(blocked()).toBeUndefined();
    expect(told()).toEqual([]);
  });

  it('stores what its host has said of them: the claim that follows judges by it', async () => {
    const { lane, look } = await openGpuLane();
    lane.queue();
    await look();
    expect(lane.store.hostReadings.get(HERE)?.answer?.facts.gpus).toEqual(gpus(0));
  });

  it('asks nothing while nothing waits, or the queue is paused', async () => {
    const { lane, look, asked } = await openGpuLane(gpus(20 * 2 ** 30));
    expect(await look()).toBe(Number.POSITIVE_INFINITY);
    lane.queue();
    lane.store.settings.set('queue.paused', '{}');
    expect(await look()).toBe(Number.POSITIVE_INFINITY);
    expect(asked()).toBe(0);
  });

  it('asks again before each claim', async () => {
    const { lane, look, asked } = await openGpuLane();
    lane.queue();
    expect(await look()).toBe('open');
    lane.host.hostFacts = { gpus: gpus(20 * 2 ** 30) };
    expect(await look()).not.toBe('open');
    expect(asked()).toBe(2);
  });

  it('waits a moment for memory that is about to go, without a word', async () => {
    const { lane, look, lookFor, blocked, told } = await openGpuLane(gpus(20 * 2 ** 30));
    lane.queue();
    expect(await lookFor(3_000)).not.toBe('open');
    lane.host.hostFacts = { gpus: gpus(2 ** 20) };
    lane.clock.advance(2_000);
    expect(await look()).toBe('open');
    expect(blocked()).toBeUndefined();
    expect(told()).toEqual([]);
  });

  it('says after a few seconds which GPU is in use, and opens by itself', async () => {
    const { lane, lookFor, blocked, told } = await openGpuLane(gpus(20 * 2 ** 30));
    lane.queue();
    await lookFor(60_000);
    expect(blocked()).toEqual({
      code: 'engine.gpu_busy',
      parameters: {
        ...{ host: 'here', lane: LANE, gpu: '0' },
        ...{ usedBytes: 20 * 2 ** 30, totalBytes: 24 * 2 ** 30, idleBytes: 1e9 },
      },
    });
    expect(told()).toEqual(['lane.blocked']);
    lane.host.hostFacts = { gpus: gpus(0) };
    expect(await lookFor(60_000)).toBe('open');
    expect(blocked()).toBeUndefined();
    expect(told()).toEqual(['lane.blocked', 'lane.reopened']);
  });

  it('shows how much is in use now, and tells it as one and the same', async () => {
    const { lane, lookFor, blocked, told } = await openGpuLane(gpus(20 * 2 ** 30));
    lane.queue();
    await lookFor(60_000);
    lane.host.hostFacts = { gpus: gpus(10 * 2 ** 30) };
    await lookFor(60_000);
    expect(blocked()?.parameters['usedBytes']).toBe(10 * 2 ** 30);
    expect(told()).toEqual(['lane.blocked']);
  });

  it('looks at a used GPU less and less often, however often something wakes it', async () => {
    const { lane, look, lookFor, asked } = await openGpuLane(gpus(20 * 2 ** 30));
    lane.queue();
    await lookFor(10 * 60_000);
    const before = asked();
    for (let wakes = 0; wakes < 20; wakes++) expect(await look()).toBeGreaterThan(0);
    expect(asked()).toBe(before);
    expect(before).toBeLessThan(60);
  });

  it('is blocked no more when what waited for it was cancelled', async () => {
    const { lane, look, lookFor, blocked } = await openGpuLane(gpus(20 * 2 ** 30));
    const run = lane.queue();
    await lookFor(60_000);
    expect(lane.cancel(run)).toBe('cancelled');
    expect(await look()).toBe(Number.POSITIVE_INFINITY);
    expect(blocked()).toBeUndefined();
  });

  it('is looked at anew after a restart, also where it was blocked before', async () => {
    const { lane, lookFor, blocked } = await openGpuLane(gpus(20 * 2 ** 30));
    lane.queue();
    await lookFor(60_000);
    await lane.restart();
    lane.context = { ...lane.context, gpus: ['0'] };
    expect(blocked()?.code).toBe('engine.gpu_busy');
    lane.host.hostFacts = { gpus: gpus(0) };
    const opening = new LaneOpening(lane.context);
    await opening.begin(never);
    expect(await opening.look(never)).toBe('open');
    expect(blocked()).toBeUndefined();
  });

  it.each([
    ['whose tool fails', { state: 'failed', detail: 'driver mismatch' } as const, 'driver mismatch'],
    ['of which the host lists none', { state: 'listed', gpus: [] } as const, 'gpu_not_listed'],
  ])('is blocked for a GPU %s', async (_, answer, reason) => {
    const { lane, lookFor, blocked } = await openGpuLane(answer);
    lane.queue();
    await lookFor(60_000);
    expect(blocked()).toMatchObject({ code: 'engine.gpu_unproved', parameters: { gpus: ['0'], reason } });
  });

  it('opens where the host has no tool that could tell', async () => {
    const { lane, look, asked } = await openGpuLane({ state: 'no_tool' });
    lane.queue();
    expect(await look()).toBe('open');
    expect(await look()).toBe('open');
    expect(asked()).toBe(2);
  });

  it('is blocked while its host does not answer, and opens when it does', async () => {
    const { lane, lookFor, blocked } = await openGpuLane();
    lane.queue();
    lane.host.unreachable(true);
    await lookFor(60_000);
    expect(blocked()).toMatchObject({ code: 'engine.host_unreachable', parameters: { host: 'here' } });
    lane.host.unreachable(false);
    expect(await lookFor(120_000)).toBe('open');
  });

  it('looks through its host again when that has not told of its GPUs', async () => {
    const { lane, look, lookFor } = await openGpuLane();
    lane.queue();
    const leftovers = lane.host.leftovers.bind(lane.host);
    let sweeps = 0;
    lane.host.leftovers = async (...args) => {
      sweeps += 1;
      return await leftovers(...args);
    };
    expect(await look()).toBe('open');
    expect(sweeps).toBe(0);
    lane.host.failNext('facts', new CosmosError('engine.command_failed', {}));
    expect(await look()).not.toBe('open');
    expect(await lookFor(3_000)).toBe('open');
    expect(sweeps).toBe(1);
  });

  it('opens on a host that was replaced meanwhile', async () => {
    const { lane, lookFor, look } = await openGpuLane();
    lane.queue();
    lane.host.failNext('facts', new CosmosError('engine.host_replaced', {}));
    expect(await look()).not.toBe('open');
    expect(await lookFor(3_000)).toBe('open');
  });
});

describe('a lane without GPUs', () => {
  it('asks its host nothing', async () => {
    const lane = await TestLane.open();
    const opening = new LaneOpening(lane.context);
    await opening.begin(never);
    lane.queue();
    lane.host.unreachable(true);
    expect(await opening.look(never)).toBe('open');
  });

  it('waits until what was left on a host that did not answer is gone', async () => {
    const lane = await TestLane.open();
    const left = await leaveRunning(lane);
    lane.host.unreachable(true);
    const opening = new LaneOpening(lane.context);
    await opening.begin(never);
    expect(await opening.look(never)).toBe(Number.POSITIVE_INFINITY);
    lane.queue();
    expect(await opening.look(never)).toBeGreaterThan(0);
    expect(lane.store.lanes.get(LANE).blocked).toBeUndefined();
    lane.clock.advance(10_000);
    await opening.look(never);
    expect(lane.store.lanes.get(LANE).blocked?.code).toBe('engine.host_unreachable');
    lane.host.unreachable(false);
    lane.clock.advance(60_000);
    expect(await opening.look(never)).toBe('open');
    expect(lane.host.attempts).not.toContain(left);
    expect(lane.store.lanes.get(LANE).blocked).toBeUndefined();
  });

  it('waits while what was left does not end', async () => {
    const lane = await TestLane.open();
    const left = await leaveRunning(lane);
    const stop = lane.host.stop.bind(lane.host);
    lane.host.stop = async () => undefined;
    const opening = new LaneOpening(lane.context);
    await opening.begin(never);
    lane.queue();
    expect(await opening.look(never)).toBeGreaterThan(0);
    lane.clock.advance(10_000);
    expect(await opening.look(never)).toBeGreaterThan(0);
    expect(lane.store.lanes.get(LANE).blocked).toEqual({
      code: 'engine.not_stopped',
      parameters: { host: 'here', attempt: left },
    });
    lane.host.stop = stop;
    lane.clock.advance(60_000);
    expect(await opening.look(never)).toBe('open');
  });

  it('opens although the files of what was left cannot be removed', async () => {
    const lane = await TestLane.open();
    const left = await leaveRunning(lane);
    lane.host.finish(left, {});
    lane.host.failNext('discard', new CosmosError('engine.work_dir_unusable', { reason: 'denied' }));
    const opening = new LaneOpening(lane.context);
    await opening.begin(never);
    lane.queue();
    expect(await opening.look(never)).toBe('open');
  });
});

describe('a lane whose host was given up', () => {
  async function openFenced() {
    const lane = await TestLane.open();
    const opening = new LaneOpening(lane.context);
    await opening.begin(never);
    const { attempt, run } = await lane.begin();
    lane.host.unreachable(true);
    fence(lane);
    return { lane, opening, attempt, run, blocked: () => lane.store.lanes.get(LANE).blocked };
  }

  it('asks its host although nothing waits, ends what runs there, and opens', async () => {
    const { lane, opening, attempt, run, blocked } = await openFenced();
    expect(lane.run(run)).toMatchObject({ state: 'lost', problem: { code: 'engine.host_fenced' } });
    for (let looks = 0; looks < 5; looks++) {
      const next = await opening.look(never);
      expect(next).toBeGreaterThan(0);
      expect(next).toBeLessThanOrEqual(60_000);
      lane.clock.advance(60_000);
      expect(blocked()?.code).toBe('queue.lane_fenced');
    }
    lane.host.unreachable(false);
    expect(await opening.look(never)).toBe(0);
    expect(lane.host.attempts).not.toContain(attempt);
    expect(blocked()).toBeUndefined();
    expect(await opening.look(never)).toBe(Number.POSITIVE_INFINITY);
    expect(laneEvents(lane)).toEqual(['lane.blocked', 'host.fenced', 'lane.reopened']);
  });

  it('takes nothing before, also after a restart', async () => {
    const { lane, attempt, blocked } = await openFenced();
    lane.queue();
    await lane.restart();
    const opening = new LaneOpening(lane.context);
    await opening.begin(never);
    expect(await opening.look(never)).toBeGreaterThan(0);
    expect(lane.store.attempts.claim(LANE, ['minimal'], lane.store.instance)).toBeUndefined();
    expect(blocked()?.code).toBe('queue.lane_fenced');
    lane.host.unreachable(false);
    lane.clock.advance(60_000);
    expect(await opening.look(never)).toBe(0);
    expect(lane.host.attempts).not.toContain(attempt);
    expect(await opening.look(never)).toBe('open');
  });

  it('says which attempt keeps it closed once the host answers', async () => {
    const { lane, opening, attempt, blocked } = await openFenced();
    await opening.look(never);
    lane.host.unreachable(false);
    lane.host.stop = async () => undefined;
    lane.clock.advance(60_000);
    await opening.look(never);
    expect(blocked()).toMatchObject({ code: 'queue.lane_fenced', parameters: { by: 'ben', attempt } });
    lane.host.finish(attempt, {});
    lane.clock.advance(60_000);
    expect(await opening.look(never)).toBe(0);
    expect(blocked()).toBeUndefined();
  });

  it('stays closed where it is given up again while its host is looked through', async () => {
    const { lane, opening, blocked } = await openFenced();
    lane.host.unreachable(false);
    const leftovers = lane.host.leftovers.bind(lane.host);
    lane.host.leftovers = async (...args) => {
      const found = await leftovers(...args);
      lane.clock.advance(1);
      fence(lane);
      lane.host.leftovers = leftovers;
      return found;
    };
    expect(await opening.look(never)).toBe(0);
    expect(blocked()?.code).toBe('queue.lane_fenced');
    expect(await opening.look(never)).toBe(0);
    expect(blocked()).toBeUndefined();
  });
});

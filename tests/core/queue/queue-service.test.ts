import { describe, expect, it } from 'vitest';
import type { BatchLimits, HostConfig } from '../../../src/core/config/config.ts';
import type { HostName, LaneName, ProfileId, RunId } from '../../../src/core/ids.ts';
import { GpuRoom } from '../../../src/core/models/gpu-room.ts';
import type { Profile } from '../../../src/core/models/profile.ts';
import { StoredProfiles } from '../../../src/core/models/stored-profiles.ts';
import { QueueService } from '../../../src/core/queue/queue-service.ts';
import type { RunProgress } from '../../../src/core/runs/run.ts';
import { addPrompt, addRun, somebody } from '../../support/queued-runs.ts';
import { minimal } from '../models/profiles.ts';
import { BATCHED } from '../runner/batch-bench.ts';
import { openStore } from '../store/open-store.ts';

const ONE = 'gpu1/one' as LaneName;
const TWO = 'gpu1/two' as LaneName;
const MINUTE = 60_000;
/** A minute for the one video that the tests have; estimates from seeds are widened by 1.6 each way. */
const PROFILE = minimal({ timing: { samples: [{ frames: 24, width: 64, height: 64, seconds: 60 }] } });
const FREE = { low: 0, high: 0 };
const TAKES = { low: MINUTE / 1.6, high: MINUTE * 1.6 };

async function openQueue(
  lanes: readonly LaneName[] = [ONE],
  profile = PROFILE,
  limits?: BatchLimits,
  batch = true,
) {
  const { store, clock, again } = await openStore();
  const host: HostConfig = {
    name: 'gpu1' as HostName,
    transport: 'local',
    engine: 'process',
    workDirectory: '/work',
    lanes: lanes.map((name) => ({ name, gpus: [], batch })),
    assetQuotaBytes: 100e9,
    gpuIdleBytes: 1e9,
    models: ['minimal' as ProfileId],
    modelOverrides: {},
  };
  const killed = new Set<LaneName>();
  let isServed = true;
  const service = new QueueService({
    store,
    profiles: new StoredProfiles(store.runs),
    hosts: [host],
    room: () =>
      new GpuRoom({
        hosts: [host],
        wishOf: () => undefined,
        gpusOf: () => undefined,
        isGivenUp: () => false,
      }),
    chats: ['chat.slack', 'chat.discord'],
    isServed: () => isServed,
    clock,
    isDriven: (lane) => store.lanes.get(lane).driver !== undefined && !killed.has(lane),
    ...(limits && { batch: limits }),
  });
  const ana = somebody(store);
  const prompt = addPrompt(store, ana, 'street');
  let at = 0;
  const queue = (who = 'ana'): RunId => {
    at += 1;
    return addRun(store, prompt, profile, { owner: somebody(store, who).id, queuedAt: at });
  };
  const drive = (lane: LaneName): void => {
    store.lanes.ensure(lane);
    store.lanes.setDriver(lane, { process: 1, kind: 'daemon', since: clock.now() });
  };
  const claim = (lane: LaneName, together?: readonly RunId[]) => {
    const attempt = store.attempts.claim(lane, ['minimal'], store.instance, undefined, (head) => ({
      runs: together ?? [head],
      overtaken: [],
    }));
    if (attempt === undefined) throw new Error('nothing was taken');
    return attempt;
  };
  const place = (run: RunId) => {
    const stored = store.runs.get(run);
    return stored && service.place(stored);
  };
  const progress = (run: RunId, more: Partial<RunProgress>): void =>
    store.runs.setProgress(run, { logTail: [], updatedAt: clock.now(), ...more });
  /** Its driver dies without taking its row away: that is seen a moment later. */
  const kill = (lane: LaneName): void => {
    killed.add(lane);
    clock.advance(250);
  };
  const stopServing = (): void => {
    isServed = false;
  };
  return {
    store,
    clock,
    again,
    service,
    stopServing,
    ana,
    prompt,
    queue,
    drive,
    kill,
    claim,
    place,
    progress,
  };
}

describe('the place of a run', () => {
  it('counts who comes before, and adds up when it starts', async () => {
    const { queue, drive, claim, place } = await openQueue();
    drive(ONE);
    const active = queue('ben');
    claim(ONE);
    const first = queue('ana');
    const second = queue('ben');
    const last = queue('ana');
    expect(place(first)).toMatchObject({
      place: 1,
      of: 3,
      before: [],
      running: [{ ownerName: 'ben', count: 1 }],
      paused: false,
    });
    expect(place(first)?.startsIn).toEqual(TAKES);
    expect(place(last)).toMatchObject({
      place: 3,
      before: [
        { ownerName: 'ana', count: 1 },
        { ownerName: 'ben', count: 1 },
      ],
      running: [{ ownerName: 'ben', count: 1 }],
      startsIn: { low: 3 * TAKES.low, high: 3 * TAKES.high },
    });
    expect(place(second)?.place).toBe(2);
    expect(place(active)).toBeUndefined();
  });

  it('follows the clock and the progress of what runs', async () => {
    const { queue, drive, claim, place, progress, clock } = await openQueue();
    drive(ONE);
    const active = queue();
    claim(ONE);
    const run = queue();
    clock.advance(10_000);
    expect(place(run)?.startsIn).toEqual({ low: TAKES.low - 10_000, high: TAKES.high - 10_000 });
    progress(active, { remainingMs: { low: 20_000, high: 30_000 } });
    clock.advance(25_000);
    expect(place(run)?.startsIn).toEqual({ low: 0, high: 5_000 });
  });

  it('has no start while the queue is paused', async () => {
    const { queue, drive, place, service, ana } = await openQueue();
    drive(ONE);
    const run = queue();
    expect(place(run)?.startsIn).toEqual({ low: 0, high: 0 });
    expect(service.pause(ana)).toBe(true);
    expect(service.pause(ana)).toBe(false);
    expect(place(run)).toEqual({ place: 1, of: 1, before: [], running: [], paused: true });
    expect(service.resume(ana)).toBe(true);
    expect(service.resume(ana)).toBe(false);
    expect(place(run)?.startsIn).toBeDefined();
  });

  it('has no start where nobody drives the lane, it is blocked, its run is held up or its host is silent', async () => {
    const { queue, drive, claim, place, store } = await openQueue();
    const active = queue();
    const run = queue();
    expect(place(run)?.startsIn).toBeUndefined();
    drive(ONE);
    claim(ONE);
    expect(place(run)?.startsIn).toBeDefined();
    store.runs.setUnreachable(active, 1);
    expect(place(run)?.startsIn).toBeUndefined();
    store.runs.setUnreachable(active, undefined);
    store.runs.setHoldUp(active, { code: 'transfer.disk_full', parameters: {} });
    expect(place(run)?.startsIn).toBeUndefined();
    store.runs.setHoldUp(active, undefined);
    store.lanes.setBlocked(ONE, { code: 'engine.not_stopped', parameters: {} });
    expect(place(run)?.startsIn).toBeUndefined();
  });

  it('has no start after the driver of its lane was killed, and neither has the queue an end', async () => {
    const { queue, drive, kill, claim, place, progress, service, store } = await openQueue();
    drive(ONE);
    const active = queue();
    claim(ONE);
    const run = queue();
    progress(active, { percent: 40, remainingMs: { low: 20_000, high: 30_000 } });
    expect(service.view().allDoneBy).toBeDefined();
    expect(service.view().hosts[0]?.lanes[0]?.now?.remainingMs).toBeDefined();
    const transfer = { doneBytes: 1, totalBytes: 2, bytesPerSecond: 1 };
    store.runs.setStage(active, 'uploading');
    progress(active, { percent: 40, transfer });
    expect(service.view().hosts[0]?.lanes[0]?.now?.transfer).toEqual({ ...transfer, stage: 'uploading' });
    kill(ONE);
    expect(place(run)?.startsIn).toBeUndefined();
    const view = service.view();
    expect(view.allDoneBy).toBeUndefined();
    expect(view.hosts[0]?.lanes[0]?.now).not.toHaveProperty('transfer');
    expect(view.waiting[0]?.startsIn).toBeUndefined();
    expect(view.hosts[0]?.lanes[0]).toMatchObject({ state: 'undriven', now: { percent: 40 } });
    expect(view.hosts[0]?.lanes[0]?.now).not.toHaveProperty('remainingMs');
    for (const each of [active, run]) {
      const stored = store.runs.get(each);
      expect(stored && service.isAttended(stored)).toBe(false);
    }
  });

  it('counts on the other lane while the driver of one is dead', async () => {
    const { queue, drive, kill, place, store, service } = await openQueue([ONE, TWO]);
    drive(ONE);
    drive(TWO);
    kill(ONE);
    const first = queue();
    const second = queue();
    expect(place(first)?.startsIn).toEqual({ low: 0, high: 0 });
    expect(place(second)?.startsIn).toEqual(TAKES);
    const stored = store.runs.get(second);
    expect(stored && service.isAttended(stored)).toBe(true);
  });

  it('has no start after a run of unknown length', async () => {
    const { queue, drive, place } = await openQueue([ONE], minimal());
    drive(ONE);
    const first = queue();
    const second = queue();
    expect(place(first)?.startsIn).toEqual({ low: 0, high: 0 });
    expect(place(second)?.startsIn).toBeUndefined();
  });

  it('learns from finished runs', async () => {
    const { queue, drive, claim, place, store } = await openQueue();
    drive(ONE);
    queue();
    store.attempts.end(claim(ONE), { outcome: 'done', outputs: [], hostStartedAt: 0, hostEndedAt: 10_000 });
    queue();
    const second = queue();
    expect(place(second)?.startsIn).toEqual({ low: 8_333, high: 12_000 });
  });
});

describe('all who ask where their runs stand', () => {
  it('are answered by one look at the queue, until something changes', async () => {
    const { store, again, queue, drive, place } = await openQueue();
    drive(ONE);
    const runs = Array.from({ length: 5 }, () => queue());
    let looks = 0;
    const queued = store.runs.queued.bind(store.runs);
    store.runs.queued = () => {
      looks += 1;
      return queued();
    };
    expect(runs.map((run) => place(run)?.place)).toEqual([1, 2, 3, 4, 5]);
    expect(looks).toBe(1);

    queue();
    expect(runs.map((run) => place(run)?.of)).toEqual([6, 6, 6, 6, 6]);
    again().runs.setPriority(runs[4] as RunId, 1);
    expect(runs.map((run) => place(run)?.place)).toEqual([2, 3, 4, 5, 1]);
    expect(looks).toBe(3);
  });

  it('never hear of what was undone', async () => {
    const { store, queue, drive, place } = await openQueue();
    drive(ONE);
    const run = queue();
    const undone = (): void =>
      store.write(() => {
        queue();
        expect(place(run)?.of).toBe(2);
        throw new Error('undone');
      });
    expect(undone).toThrow('undone');
    expect(place(run)?.of).toBe(1);
  });
});

describe('the view of the queue', () => {
  it('shows lanes, what runs, what waits and when all is done', async () => {
    const { queue, drive, claim, service, progress, clock } = await openQueue([ONE, TWO]);
    expect(service.view()).toMatchObject({
      waiting: [],
      waitingTotal: 0,
      hosts: [{ state: 'reachable', isLocal: true }],
    });
    expect(service.view().allDoneBy).toBeUndefined();
    drive(ONE);
    const active = queue('ben');
    claim(ONE);
    progress(active, { percent: 40, remainingMs: { low: 1_000, high: 2_000 } });
    const waiting = queue();
    const view = service.view();
    expect(view.hosts[0]).toMatchObject({
      host: 'gpu1',
      state: 'reachable',
      lanes: [
        { lane: ONE, state: 'running', now: { run: active, ownerName: 'ben', percent: 40 } },
        { lane: TWO, state: 'undriven' },
      ],
    });
    expect(view.waiting).toEqual([
      expect.objectContaining({
        place: 1,
        run: waiting,
        promptName: 'street',
        duration: TAKES,
        startsIn: { low: 1_000, high: 2_000 },
      }),
    ]);
    expect(view.allDoneBy).toBe(clock.now() + 2_000 + TAKES.high);
  });

  it('lists the first ten and counts the others', async () => {
    const { queue, drive, service } = await openQueue();
    drive(ONE);
    for (let count = 0; count < 14; count++) queue();
    const view = service.view();
    expect(view.waiting).toHaveLength(10);
    expect(view.waitingTotal).toBe(14);
  });

  it('says who paused it, and then neither starts nor an end', async () => {
    const { queue, drive, service, ana, clock } = await openQueue();
    drive(ONE);
    queue();
    service.pause(ana);
    const view = service.view();
    expect(view.paused).toEqual({ byName: 'ana', at: clock.now() });
    expect(view.waiting[0]?.startsIn).toBeUndefined();
    expect(view.waiting[0]?.duration).toEqual(TAKES);
    expect(view.allDoneBy).toBeUndefined();
  });

  it('says what a lane waits for, and since when its host is silent', async () => {
    const { queue, drive, claim, service, store } = await openQueue([ONE, TWO]);
    drive(ONE);
    drive(TWO);
    const held = queue();
    const waiting = queue();
    claim(ONE);
    store.runs.setHoldUp(held, { code: 'transfer.disk_full', parameters: {} });
    expect(service.view().hosts[0]?.lanes[0]).toMatchObject({
      state: 'blocked',
      problem: { code: 'transfer.disk_full' },
      now: { run: held },
    });
    expect(service.view().waiting.map(({ run, startsIn }) => [run, startsIn])).toEqual([
      [waiting, undefined],
    ]);
    expect(service.view().allDoneBy).toBeUndefined();
    store.runs.setUnreachable(held, 42);
    expect(service.view().hosts[0]).toMatchObject({ state: 'unreachable', since: 42 });
  });

  it('sends what waits to the other lanes while one is blocked', async () => {
    const { queue, drive, service, store } = await openQueue([ONE, TWO]);
    drive(ONE);
    drive(TWO);
    store.lanes.setBlocked(ONE, { code: 'engine.not_stopped', parameters: {} });
    queue();
    queue();
    expect(service.view().hosts[0]?.lanes.map(({ state }) => state)).toEqual(['blocked', 'idle']);
    expect(service.view().waiting.map(({ startsIn }) => startsIn)).toEqual([{ low: 0, high: 0 }, TAKES]);
  });

  it('tells what a run with the usual parameters takes', async () => {
    const { service, store } = await openQueue();
    const [prompt] = store.prompts.newest(1);
    expect(service.expected(PROFILE, prompt?.inputs ?? [])).toEqual(TAKES);
    expect(service.expected(minimal(), prompt?.inputs ?? [])).toBeUndefined();
  });
});

describe('runs that share a load', () => {
  const TIMED: Profile = {
    ...BATCHED,
    id: 'minimal' as ProfileId,
    timing: {
      ...BATCHED.timing,
      load_seconds: 30,
      samples: [{ frames: 24, width: 64, height: 64, steps: 1, seconds: 60 }],
    },
  };
  const LIMITS = { maxItems: 8, maxOvertaken: 4, maxMs: 60 * MINUTE };
  /** Of a run that finds the model loaded. */
  const LOADED = { low: TAKES.low - 30_000, high: TAKES.high - 30_000 };

  it('are forecast as they will start: together, and each with the time until its own result', async () => {
    const { queue, drive, place, service } = await openQueue([ONE], TIMED, LIMITS);
    drive(ONE);
    const [first, second, third] = [queue(), queue(), queue()];
    expect([first, second, third].map((run) => place(run)?.startsIn)).toEqual([FREE, FREE, FREE]);
    const durations = service.view().waiting.map(({ duration }) => duration);
    expect(durations).toEqual([
      TAKES,
      { low: TAKES.low + LOADED.low, high: TAKES.high + LOADED.high },
      { low: TAKES.low + 2 * LOADED.low, high: TAKES.high + 2 * LOADED.high },
    ]);
  });

  it('are planned with what keeps others apart, also while nobody drives the lane', async () => {
    const { queue, service, store, prompt } = await openQueue([ONE], TIMED, LIMITS);
    const first = queue();
    const other = addRun(store, prompt, TIMED, { parameters: { seed: 9 }, queuedAt: 2 });
    const third = queue();
    const plan = service.plan();
    expect(plan).toMatchObject({ waitingTotal: 3, more: 0, paused: false, limits: LIMITS });
    expect(plan.groups.map(({ runs, lane }) => [lane, runs.map(({ run, place }) => [place, run])])).toEqual([
      [
        ONE,
        [
          [1, first],
          [3, third],
        ],
      ],
      [ONE, [[2, other]]],
    ]);
    expect(plan.groups[0]?.apart).toMatchObject([
      { run: { run: other, place: 2 }, because: { why: 'differs', names: ['seed'] } },
    ]);
  });

  it('are spread over the lanes that are free', async () => {
    const { queue, service } = await openQueue([ONE, TWO], TIMED, LIMITS);
    for (let more = 0; more < 6; more++) queue();
    expect(service.plan().groups.map(({ runs, lane }) => [lane, runs.length])).toEqual([
      [ONE, 3],
      [TWO, 3],
    ]);
  });

  it('are none on a lane that puts none together', async () => {
    const { queue, service } = await openQueue([ONE], TIMED, LIMITS, false);
    for (let more = 0; more < 3; more++) queue();
    expect(service.plan().groups.map(({ runs }) => runs.length)).toEqual([1, 1, 1]);
  });

  it('keep their lane until the last of them is expected to end', async () => {
    const { queue, drive, claim, place, progress } = await openQueue([ONE], TIMED, LIMITS);
    drive(ONE);
    const [first, second] = [queue(), queue()];
    const waiting = queue('ben');
    claim(ONE, [first, second]);
    progress(first, { remainingMs: { low: MINUTE, high: MINUTE } });
    progress(second, { remainingMs: { low: 3 * MINUTE, high: 4 * MINUTE } });
    expect(place(waiting)?.startsIn).toEqual({ low: 3 * MINUTE, high: 4 * MINUTE });
  });
});

describe('chats on servers', () => {
  it('stand as they were told last, since the first time of it', async () => {
    const { service, store } = await openQueue();
    store.chatConnections.set('chat.slack', { state: 'connected' }, 1_000);
    store.chatConnections.set('chat.slack', { state: 'lost', detail: 'ECONNRESET' }, 2_000);
    store.chatConnections.set('chat.slack', { state: 'lost', detail: 'HTTP 500' }, 3_000);
    store.chatConnections.set('chat.discord', { state: 'lost', detail: 'ECONNRESET' }, 1_000);
    store.chatConnections.set('chat.discord', { state: 'connected' }, 4_000);
    expect(service.view().chats).toEqual([
      { chat: 'chat.slack', state: 'lost', since: 2_000, detail: 'HTTP 500' },
      { chat: 'chat.discord', state: 'connected', since: 4_000 },
    ]);
  });

  it('are shown only while they are configured', async () => {
    const { service, store } = await openQueue();
    store.chatConnections.set('chat.slack.old', { state: 'connected' }, 1_000);
    store.chatConnections.set('chat.slack', { state: 'connected' }, 1_000);
    expect(service.view().chats.map(({ chat, state }) => `${chat} ${state}`)).toEqual([
      'chat.slack connected',
      'chat.discord unserved',
    ]);
  });

  it('stand as nothing while nobody serves them, whatever was told before', async () => {
    const { service, store, stopServing } = await openQueue();
    store.chatConnections.set('chat.slack', { state: 'connected' }, 1_000);
    stopServing();
    expect(service.view().chats[0]).toEqual({ chat: 'chat.slack', state: 'unserved' });
  });
});

import { readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../src/bot/system-clock.ts';
import type { AttemptId, HostName, LaneName } from '../../../src/core/ids.ts';
import { fenceHost, heldOn, holdingHosts } from '../../../src/core/runner/fence-host.ts';
import { LaneRunner } from '../../../src/core/runner/lane-runner.ts';
import { isFinished } from '../../../src/core/runs/run.ts';
import { Store } from '../../../src/core/store/store.ts';
import { StoreWatcher } from '../../../src/core/store-watcher.ts';
import { Waiter } from '../../../src/core/wakeup.ts';
import { FakeHost } from '../../fakes/fake-host.ts';
import { fakeVideo } from '../../fakes/fake-media.ts';
import { FakeRandom } from '../../fakes/fake-random.ts';
import { somebody } from '../../support/queued-runs.ts';
import { LANE, TestLane } from './lane.ts';

const HERE = 'here' as HostName;
const DONE = { outputs: { 'street.mp4': fakeVideo(24) } };
const never = new AbortController().signal;

function fence(store: Store): ReturnType<typeof fenceHost> {
  return fenceHost(
    { store, clock: systemClock },
    { host: HERE, configured: [LANE], by: somebody(store, 'ben') },
  );
}

describe('giving a host up', () => {
  it('loses what was there, cancels what was to be cancelled, and closes its lanes', async () => {
    const lane = await TestLane.open();
    const { run, attempt } = await lane.begin();
    const at = lane.clock.now();
    lane.clock.advance(5_000);
    lane.store.runs.setProgress(run, { percent: 46, logTail: [], updatedAt: lane.clock.now() });
    lane.queue();
    const other = 'here/other' as LaneName;
    const second = lane.store.attempts.claim(other, ['minimal'], lane.store.instance);
    if (second === undefined) throw new Error('nothing was taken');
    lane.cancel(second.run);
    lane.queue();
    const elsewhere = lane.store.attempts.claim('away/cpu' as LaneName, ['minimal'], lane.store.instance);

    expect(holdingHosts(lane.store).toSorted()).toEqual(['away', 'here']);
    const held = heldOn(lane.store, HERE);
    expect(held).toMatchObject([
      {
        ...{ attempt, run, lane: LANE, ownerName: 'ana', stage: 'running', percent: 46, isCancelled: false },
        ...{ since: at, lastContactAt: at + 5_000 },
      },
      { attempt: second.id, lane: other, isCancelled: true },
    ]);
    expect(fence(lane.store)).toEqual(held);

    const problem = { code: 'engine.host_fenced', parameters: { host: 'here', by: 'ben' } };
    expect(lane.run(run)).toMatchObject({ state: 'lost', problem });
    expect(lane.run(second.run)).toMatchObject({ state: 'cancelled', problem });
    expect(lane.store.events.ofRun(run).at(-1)).toMatchObject({
      ...{
        type: 'run.finished',
        actor: somebody(lane.store, 'ben').id,
        payload: { outcome: 'lost', problem },
      },
    });
    for (const name of [LANE, other]) {
      expect(lane.store.lanes.get(name).blocked).toMatchObject({
        code: 'queue.lane_fenced',
        parameters: { lane: name, host: 'here', by: 'ben' },
      });
    }
    expect(lane.store.attempts.allOpen()).toEqual([elsewhere]);
    expect(fence(lane.store)).toEqual([]);
  });

  it('leaves waiting runs to other hosts', async () => {
    const lane = await TestLane.open();
    const run = lane.queue();
    fence(lane.store);
    expect(lane.store.attempts.claim(LANE, ['minimal'], lane.store.instance)).toBeUndefined();
    const taken = lane.store.attempts.claim('away/cpu' as LaneName, ['minimal'], lane.store.instance);
    expect(taken?.run).toBe(run);
  });

  it('lets nothing that is still under way change a run that has ended', async () => {
    const lane = await TestLane.open();
    const { run } = await lane.begin();
    const attempt = lane.store.attempts.open(LANE);
    if (attempt === undefined) throw new Error('nothing is open');
    fence(lane.store);
    const { attempts, runs } = lane.store;
    const before = { run: lane.run(run), events: lane.eventsOf(run) };

    expect(attempts.markStarting(attempt)).toBe(false);
    expect(attempts.end(attempt, { outcome: 'done', outputs: [] })).toBe(false);
    attempts.recordFailedTry(attempt, { code: 'engine.start_failed', parameters: {} }, 1);
    attempts.recordStop(attempt, 'cancel', []);
    attempts.recordKill(attempt, 'cancel');
    attempts.markStartingAgain(attempt);
    expect(runs.setUnreachable(run, 1)).toBe(false);
    expect(runs.setHoldUp(run, { code: 'engine.start_failed', parameters: {} })).toBe(false);
    runs.setStage(run, 'collecting');
    runs.setProgress(run, { percent: 99, logTail: [], updatedAt: 1 });

    expect({ run: lane.run(run), events: lane.eventsOf(run) }).toEqual(before);
  });
});

/** A driven lane on the real clock whose host `hook` may change; `giveUp` is another process that gives the host up. */
async function openDriven(hook: (host: FakeHost, giveUp: () => void) => void = () => undefined) {
  const lane = await TestLane.open();
  const state = { left: undefined as AttemptId | undefined, alive: [] as string[] };
  const host = new FakeHost({
    instance: lane.store.instance,
    onStart: (attempt, _plan, started) => {
      if (state.left === undefined) {
        state.left = attempt;
        return;
      }
      // Two live jobs of ours at once: what must never be.
      if (started.attempts.includes(state.left)) state.alive.push(attempt);
      queueMicrotask(() => started.finish(attempt, DONE));
    },
  });
  // The store has a clock of its own, which stands.
  const timeouts = () => ({ runMs: 1e12, silenceMs: 1e12, cancelGraceMs: 1e12 });
  lane.context = { ...lane.context, host, clock: systemClock, timeouts };
  const elsewhere = new Store(lane.data.database, { clock: systemClock, random: new FakeRandom(7) });
  const watcher = new StoreWatcher(lane.store, lane.context.wakeup, lane.context.logger);
  hook(host, () => fence(elsewhere));
  const runner = new LaneRunner(lane.context, 'daemon');
  onTestFinished(async () => {
    await runner.stop();
    watcher[Symbol.dispose]();
    elsewhere.close();
  });
  const until = async (isTrue: () => boolean): Promise<void> => {
    const waiter = new Waiter();
    const unsubscribe = lane.context.wakeup.subscribe(waiter.wake);
    while (!isTrue()) await waiter.wait(20, never);
    unsubscribe();
  };
  return { lane, host, runner, until, state, giveUp: () => fence(elsewhere) };
}

describe('a driver whose host is given up by another process', () => {
  it('takes nothing while the host is silent, and ends what runs there before anything new starts', async () => {
    const { lane, host, runner, until, state, giveUp } = await openDriven();
    const first = lane.queue();
    runner.start();
    await until(() => lane.run(first).stage === 'running');
    host.unreachable(true);
    lane.context.wakeup.notify();
    await until(() => lane.run(first).unreachableSince !== undefined);
    const second = lane.queue();
    giveUp();
    await until(() => lane.run(first).state === 'lost');
    expect(lane.run(second).state).toBe('queued');
    expect(lane.store.lanes.get(LANE).blocked?.code).toBe('queue.lane_fenced');

    host.unreachable(false);
    await until(() => isFinished(lane.run(second).state));
    expect(lane.run(second).state).toBe('done');
    expect(lane.run(first)).toMatchObject({ state: 'lost', problem: { code: 'engine.host_fenced' } });
    expect(lane.run(first)).not.toHaveProperty('unreachableSince');
    expect(state.alive).toEqual([]);
    expect(lane.store.lanes.get(LANE).blocked).toBeUndefined();
  });

  it('leaves off an upload that does not end', async () => {
    let begun = 0;
    const { lane, host, runner, until, giveUp } = await openDriven((host) => {
      host.putAsset = async (_asset, _progress, signal) => {
        begun += 1;
        const { promise, reject } = Promise.withResolvers<void>();
        signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
        await promise;
      };
    });
    const run = lane.queue();
    runner.start();
    await until(() => begun === 1);
    host.unreachable(true);
    giveUp();
    await until(() => lane.run(run).state === 'lost');
    host.unreachable(false);
    await until(() => lane.store.lanes.get(LANE).blocked === undefined);
    expect(host.attempts).toEqual([]);
    expect(begun).toBe(1);
  });

  it('does not start what was given up while it was prepared', async () => {
    const { lane, host, runner, until, state } = await openDriven((host, giveUp) => {
      const prepare = host.prepare.bind(host);
      host.prepare = async (...args) => {
        await prepare(...args);
        giveUp();
      };
    });
    const run = lane.queue();
    runner.start();
    await until(() => lane.store.lanes.get(LANE).blocked === undefined && isFinished(lane.run(run).state));
    expect(lane.run(run).state).toBe('lost');
    expect(state.left).toBeUndefined();
    expect(host.attempts).toEqual([]);
  });

  it('ends a job that began while its host was given up', async () => {
    const { lane, host, runner, until, state } = await openDriven((host, giveUp) => {
      const start = host.start.bind(host);
      host.start = async (...args) => {
        host.start = start;
        giveUp();
        await start(...args);
      };
    });
    const first = lane.queue();
    const second = lane.queue();
    runner.start();
    await until(() => isFinished(lane.run(second).state));
    expect(lane.run(first).state).toBe('lost');
    expect(lane.run(second).state).toBe('done');
    expect(state.alive).toEqual([]);
    expect(host.starts(state.left ?? ('' as AttemptId))).toBe(0);
  });

  it('keeps a run lost whose result was on its way', async () => {
    const { lane, host, runner, until, state } = await openDriven((host, giveUp) => {
      const fetch = host.fetchOutput.bind(host);
      host.fetchOutput = async (...args) => {
        giveUp();
        return await fetch(...args);
      };
    });
    const run = lane.queue();
    runner.start();
    await until(() => lane.run(run).stage === 'running');
    host.finish(state.left ?? ('' as AttemptId), DONE);
    await until(() => lane.store.lanes.get(LANE).blocked === undefined && isFinished(lane.run(run).state));
    expect(lane.run(run)).toMatchObject({ state: 'lost', outputs: [] });
    expect(lane.eventsOf(run).filter((type) => type === 'run.finished')).toHaveLength(1);
  });

  it('keeps nothing of a download that was left off', async () => {
    const { lane, host, runner, until, state } = await openDriven((host, giveUp) => {
      host.fetchOutput = async (_attempt, _path, to, _progress, signal) => {
        await writeFile(join(dirname(to), '.0-street.mp4.0123456789ab'), 'half');
        const { promise, reject } = Promise.withResolvers<never>();
        signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
        giveUp();
        return await promise;
      };
    });
    const run = lane.queue();
    runner.start();
    await until(() => lane.run(run).stage === 'running');
    host.finish(state.left ?? ('' as AttemptId), DONE);
    await until(() => lane.store.lanes.get(LANE).blocked === undefined && isFinished(lane.run(run).state));
    expect(lane.run(run).state).toBe('lost');
    expect(await readdir(lane.data.outputs(run))).toEqual([]);
  });

  it('is stopped and started in between as if nothing were', async () => {
    const { lane, host, runner, until, state, giveUp } = await openDriven();
    const first = lane.queue();
    runner.start();
    await until(() => lane.run(first).stage === 'running');
    host.unreachable(true);
    await runner.stop();
    giveUp();
    const second = lane.queue();
    const next = new LaneRunner(lane.context, 'daemon');
    onTestFinished(async () => await next.stop());
    next.start();
    await until(() => lane.store.lanes.get(LANE).driver !== undefined);
    expect(lane.run(second).state).toBe('queued');
    host.unreachable(false);
    await until(() => isFinished(lane.run(second).state));
    expect(lane.run(second).state).toBe('done');
    expect(state.alive).toEqual([]);
  });
});

import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../src/bot/system-clock.ts';
import { CosmosError } from '../../../src/core/errors.ts';
import type { LaneName, RunId } from '../../../src/core/ids.ts';
import { LaneRunner } from '../../../src/core/runner/lane-runner.ts';
import { Reconciler } from '../../../src/core/runner/reconcile.ts';
import { isFinished } from '../../../src/core/runs/run.ts';
import { ExclusiveLock } from '../../../src/core/store/exclusive-lock.ts';
import { Waiter } from '../../../src/core/wakeup.ts';
import { FakeHost } from '../../fakes/fake-host.ts';
import { fakeVideo } from '../../fakes/fake-media.ts';
import { BATCHED } from './batch-bench.ts';
import { LANE, TestLane } from './lane.ts';

const DONE = { outputs: { 'street.mp4': fakeVideo(24) } };
const never = new AbortController().signal;

/** A runner on the real clock; its jobs end well as soon as they begin. */
async function openRunner(mayClaim?: () => boolean) {
  const lane = await TestLane.open();
  const host = new FakeHost({
    instance: lane.store.instance,
    onStart: (attempt, _plan, started) => queueMicrotask(() => started.finish(attempt, DONE)),
  });
  lane.context = { ...lane.context, host, clock: systemClock };
  const runner = new LaneRunner(lane.context, 'daemon', mayClaim);
  onTestFinished(async () => await runner.stop());
  return { lane, host, runner };
}

async function until(lane: TestLane, isTrue: () => boolean): Promise<void> {
  const waiter = new Waiter();
  const unsubscribe = lane.context.wakeup.subscribe(waiter.wake);
  while (!isTrue()) await waiter.wait(20, never);
  unsubscribe();
}

function ended(lane: TestLane, ...runs: RunId[]): () => boolean {
  return () => runs.every((run) => isFinished(lane.run(run).state));
}

describe('a driven lane', () => {
  it('works off the queue one run after the other, and sleeps until it is woken', async () => {
    const { lane, runner } = await openRunner();
    const first = lane.queue();
    const second = lane.queue();
    runner.start();
    await until(lane, ended(lane, first, second));
    const third = lane.queue();
    lane.context.wakeup.notify();
    await until(lane, ended(lane, third));
    for (const run of [first, second, third]) expect(lane.run(run).state).toBe('done');
    const order = [first, second, third].map((run) => lane.run(run).startedAt ?? 0);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
  });

  it('takes together what fits together, unless it has no limits for that', async () => {
    for (const batch of [{ maxItems: 8, maxOvertaken: 0, maxMs: 1e9 }, undefined]) {
      const lane = await TestLane.open();
      const sizes: number[] = [];
      const host = new FakeHost({
        instance: lane.store.instance,
        onStart: (attempt, _plan, started) => {
          const items = lane.store.attempts.open(LANE)?.items ?? [];
          sizes.push(items.length);
          queueMicrotask(() => {
            for (const [item, { run }] of items.entries()) {
              const folder = items.length === 1 ? '' : `run_${item}/`;
              started.writeOutput(attempt, `${folder}output.mp4`, fakeVideo(24));
              started.writeOutput(attempt, `${folder}text.txt`, lane.run(run).text);
              started.appendLog(attempt, `begin\nsaved ${item}\n`);
            }
            started.finish(attempt);
          });
        },
      });
      lane.context = {
        ...lane.context,
        ...{ host, clock: systemClock, models: () => [BATCHED.id] },
        ...(batch && { batch }),
      };
      const runs = ['snow', 'rain', 'fog'].map((text) =>
        lane.queue(BATCHED, { text, parameters: { seed: 1 } }),
      );
      const runner = new LaneRunner(lane.context, 'daemon');
      onTestFinished(async () => await runner.stop());
      runner.start();
      await until(lane, ended(lane, ...runs));
      expect(runs.map((run) => lane.run(run).state)).toEqual(['done', 'done', 'done']);
      expect(sizes).toEqual(batch === undefined ? [1, 1, 1] : [3]);
    }
  });

  it('says who drives it while it is driven', async () => {
    const { lane, runner } = await openRunner();
    const run = lane.queue();
    runner.start();
    await until(lane, ended(lane, run));
    expect(lane.store.lanes.get(LANE).driver).toMatchObject({ process: process.pid, kind: 'daemon' });
    await runner.stop();
    expect(lane.store.lanes.get(LANE).driver).toBeUndefined();
  });

  it('takes nothing more than it may', async () => {
    const lane = await openRunner(() => false);
    const run = lane.lane.queue();
    lane.runner.start();
    await until(lane.lane, () => lane.lane.store.lanes.get(LANE).driver !== undefined);
    await lane.runner.stop();
    expect(lane.lane.run(run).state).toBe('queued');
  });

  it('is left alone while another one drives it, and taken over when that ends', async () => {
    const { lane, runner } = await openRunner();
    const run = lane.queue();
    const held = ExclusiveLock.tryAcquire(lane.data.laneLock(LANE));
    runner.start();
    lane.context.wakeup.notify();
    expect(lane.run(run).state).toBe('queued');
    held?.release();
    await until(lane, ended(lane, run));
    expect(lane.run(run).state).toBe('done');
  });

  it('stops while it waits for the right to drive', async () => {
    const { lane, runner } = await openRunner();
    using _held = ExclusiveLock.tryAcquire(lane.data.laneLock(LANE));
    runner.start();
    await runner.stop();
    expect(lane.store.lanes.get(LANE).driver).toBeUndefined();
  });

  it('survives a store that fails, and goes on', async () => {
    const { lane, runner } = await openRunner();
    const run = lane.queue();
    const { attempts, lanes } = lane.store;
    const ensure = lanes.ensure.bind(lanes);
    const open = attempts.open.bind(attempts);
    let failures = 0;
    const fail = (): never => {
      failures += 1;
      throw new CosmosError('store.disk_full', {});
    };
    lanes.ensure = (name) => (failures === 0 ? fail() : ensure(name));
    attempts.open = (name) => (failures === 1 ? fail() : open(name));
    runner.start();
    await until(lane, ended(lane, run));
    expect(failures).toBe(2);
    expect(lane.run(run).state).toBe('done');
  });

  it('leaves off the upload of a run that is cancelled, and takes the next one', async () => {
    const { lane, host, runner } = await openRunner();
    const put = host.putAsset.bind(host);
    let uploads = 0;
    host.putAsset = async (...args) => {
      uploads += 1;
      if (uploads > 1) return await put(...args);
      const [, , signal] = args;
      const { promise, reject } = Promise.withResolvers<void>();
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
      await promise;
    };
    const first = lane.queue();
    const second = lane.queue();
    runner.start();
    await until(lane, () => uploads === 1);
    lane.cancel(first);
    lane.context.wakeup.notify();
    await until(lane, ended(lane, first, second));
    expect(lane.run(first)).toMatchObject({ state: 'cancelled', outputs: [] });
    expect(lane.run(second).state).toBe('done');
    expect(uploads).toBe(2);
  });

  it('does not leave off a start because of a cancel that comes meanwhile', async () => {
    const { lane, host, runner } = await openRunner();
    const start = host.start.bind(host);
    let signal: AbortSignal | undefined;
    host.start = async (attempt, given) => {
      signal = given;
      lane.cancel(run);
      lane.context.wakeup.notify();
      await start(attempt, given);
    };
    const run = lane.queue();
    runner.start();
    await until(lane, ended(lane, run));
    expect(signal?.aborted).toBe(false);
    expect(lane.run(run).state).toBe('done');
  });

  it('ends although the end cannot be stored', async () => {
    const { lane, runner } = await openRunner();
    const run = lane.queue();
    runner.start();
    await until(lane, ended(lane, run));
    lane.store.lanes.setDriver = () => {
      throw new CosmosError('store.disk_full', {});
    };
    await runner.stop();
    lane.host.unreachable(true);
    expect(ExclusiveLock.tryAcquire(lane.data.laneLock(LANE))?.release()).toBeUndefined();
  });
});

describe('what is left on the host', () => {
  /** An attempt that the database knows as ended and the host still has. */
  async function leaveOne(lane: TestLane, host: FakeHost, state: 'exited' | 'running') {
    lane.context = { ...lane.context, host };
    const { attempt, run } = lane.claim();
    const open = lane.store.attempts.open(LANE);
    if (open === undefined) throw new Error('nothing is open');
    await host.prepare({
      attempt,
      instance: host.instance,
      files: [],
      inputs: [],
      argv: ['true'],
      environment: {},
      workingDirectory: '.',
      gpus: [],
      stopGraceMs: 0,
    });
    await host.start(attempt);
    if (state === 'exited') host.finish(attempt, {});
    lane.store.attempts.end(open, { outcome: 'lost', outputs: [] });
    return { attempt, run };
  }

  it('of an ended attempt is removed when the lane begins, processes included', async () => {
    const lane = await TestLane.open();
    const host = new FakeHost({ instance: lane.store.instance });
    await leaveOne(lane, host, 'exited');
    const { attempt } = await leaveOne(lane, host, 'running');
    const stops: string[] = [];
    const discard = host.discard.bind(host);
    host.discard = async (id) => {
      if (id === attempt) stops.push(...host.stops(id));
      await discard(id);
    };
    const runner = new LaneRunner({ ...lane.context, clock: systemClock }, 'daemon');
    runner.start();
    await until(lane, () => host.attempts.length === 0);
    await runner.stop();
    expect(stops).toEqual(['kill']);
  });

  it('is looked for again before the first claim where a host did not answer when the lane began', async () => {
    const { lane, host, runner } = await openRunner();
    const left = new FakeHost({ instance: lane.store.instance });
    const { attempt } = await leaveOne(lane, left, 'exited');
    const leftovers = [{ attempt, status: await left.inspect(attempt) }];
    lane.context = { ...lane.context, host };
    let asked = 0;
    const discarded: string[] = [];
    host.leftovers = async () => {
      asked += 1;
      if (asked === 1) throw new CosmosError('engine.host_unreachable', {});
      return leftovers;
    };
    let claimedBefore: boolean | undefined;
    const run = lane.queue();
    host.discard = async (id) => {
      if (id === attempt) claimedBefore = lane.run(run).state !== 'queued';
      discarded.push(id);
    };
    runner.start();
    await until(lane, ended(lane, run));
    expect(discarded).toContain(attempt);
    expect(claimedBefore).toBe(false);
    expect(lane.run(run).state).toBe('done');
  });

  it('because its host did not answer when the run ended is removed although nothing else waits', async () => {
    const { lane, host, runner } = await openRunner();
    host.failNext('discard', new CosmosError('engine.host_unreachable', {}));
    const run = lane.queue();
    runner.start();
    await until(lane, ended(lane, run));
    await until(lane, () => host.attempts.length === 0);
    expect(lane.run(run).state).toBe('done');
  });

  it('of attempts that are under way is left running, whichever lane is busy with them', async () => {
    const lane = await TestLane.open();
    const { attempt: left } = await leaveOne(lane, lane.host, 'running');
    const own = await lane.begin();
    lane.queue();
    const other = lane.store.attempts.claim('here/other' as LaneName, ['minimal'], lane.store.instance);
    if (other === undefined) throw new Error('nothing was taken');
    await new Reconciler({ ...lane.context, lane: other.lane }, () => undefined).step(other, never);
    const gone = Promise.withResolvers<void>();
    const discard = lane.host.discard.bind(lane.host);
    lane.host.discard = async (...args) => {
      await discard(...args);
      if (args[0] === left) gone.resolve();
    };
    const runner = new LaneRunner(lane.context, 'daemon');
    runner.start();
    await gone.promise;
    await runner.stop();
    for (const attempt of [own.attempt, other.id]) {
      expect(lane.host.stops(attempt)).toEqual([]);
      expect(await lane.host.inspect(attempt)).toMatchObject({ state: 'running' });
    }
  });

  it('of an attempt that the database does not know is left alone', async () => {
    const lane = await TestLane.open();
    const host = new FakeHost({ instance: lane.store.instance });
    const { attempt } = await leaveOne(lane, host, 'exited');
    lane.store.attempts.stateOf = () => 'unknown';
    const runner = new LaneRunner({ ...lane.context, clock: systemClock }, 'daemon');
    const run = lane.queue();
    runner.start();
    await until(lane, () => lane.run(run).state === 'active');
    await runner.stop();
    expect(host.attempts).toContain(attempt);
  });
});

import { describe, expect, it } from 'vitest';
import { CosmosError } from '../../../src/core/errors.ts';
import { KILL_PATIENCE_MS } from '../../../src/core/runner/stop-policy.ts';
import { fakeVideo } from '../../fakes/fake-media.ts';
import { minimal } from '../models/profiles.ts';
import { GRACE_MS, LANE, RUN_LIMIT_MS, SILENCE_LIMIT_MS, TestLane } from './lane.ts';

const DONE = { outputs: { 'street.mp4': fakeVideo(24) } };

describe('a cancel that comes while the result is taken over', () => {
  it('is said to be too late, and the run is done', async () => {
    const lane = await TestLane.open();
    const { run, attempt } = await lane.begin();
    const owner = lane.run(run).owner;
    const said: string[] = [];
    const fetchOutput = lane.host.fetchOutput.bind(lane.host);
    lane.host.fetchOutput = async (...given) => {
      said.push(lane.store.cancellation.request(run, owner), lane.store.cancellation.request(run, owner));
      return await fetchOutput(...given);
    };
    lane.host.finish(attempt, DONE);
    await lane.settle();

    expect(said).toEqual(['too_late', 'too_late']);
    expect(lane.run(run)).toMatchObject({ state: 'done', cancel: { by: owner } });
    expect(lane.eventsOf(run).filter((type) => type === 'run.cancel_requested')).toHaveLength(1);
    expect(lane.store.cancellation.request(run, owner)).toBe('finished');
  });
});

describe('an attempt that goes well', () => {
  it('is prepared, started once, followed, collected, proved and removed from its host', async () => {
    const lane = await TestLane.open();
    const { run, attempt } = await lane.begin();
    expect(lane.run(run)).toMatchObject({ state: 'active', stage: 'running', lane: LANE });
    lane.clock.advance(8_000);
    lane.host.finish(attempt, { ...DONE, log: 'all is well\n' });
    expect(await lane.settle()).toBe('idle');
    expect(lane.run(run)).toMatchObject({
      state: 'done',
      outputs: [{ kind: 'video', purpose: 'primary', bytes: 8, facts: { frames: 24 } }],
      gpuSeconds: 0,
    });
    expect(lane.host.attempts).toEqual([]);
    expect(lane.eventsOf(run)).toEqual(['run.claimed', 'run.starting', 'run.finished']);
  });

  it('is removed from its host even where the bot is closed as soon as it has ended', async () => {
    const lane = await TestLane.open();
    const { attempt } = await lane.begin();
    lane.host.finish(attempt, DONE);
    const discard = lane.host.discard.bind(lane.host);
    lane.host.discard = async (id, signal) => {
      lane.signal.abort();
      await discard(id, signal);
    };
    await lane.settle();
    expect(lane.host.attempts).toEqual([]);
  });

  it('shows the last lines of the log, however short the job was', async () => {
    const lane = await TestLane.open();
    const { run, attempt } = await lane.begin();
    lane.host.finish(attempt, { ...DONE, log: 'the last line\n' });
    await lane.settle();
    expect(lane.run(run).progress?.logTail).toEqual(['the last line']);
  });

  it('is the same after a restart before every step', async () => {
    const lane = await TestLane.open();
    const { run, attempt } = lane.claim();
    for (let steps = 0; steps < 3; steps++) {
      await lane.restart();
      await lane.step();
    }
    expect(lane.host.starts(attempt)).toBe(1);
    lane.host.finish(attempt, DONE);
    await lane.restart();
    await lane.settle();
    expect(lane.run(run).state).toBe('done');
  });
});

describe('progress', () => {
  it('tells the remaining time from the pace of the run itself', async () => {
    const lane = await TestLane.open();
    const profile = minimal({
      progress: {
        stages: [{ key: 'denoising', title: 'denoising', begins: '^go' }],
        bars: [{ pattern: '^step (?<current>\\d+)/(?<total>\\d+)', stage: 'denoising' }],
      },
    });
    const { run, attempt } = await lane.begin(profile);
    lane.host.appendLog(attempt, 'go\nstep 1/4\n');
    await lane.after(10_000);
    expect(lane.run(run).progress).toMatchObject({
      percent: 25,
      step: { current: 1, total: 4 },
      remainingMs: { low: 30_000 * 0.85, high: 30_000 * 1.15 },
    });
  });

  it('that was only half a second old is not stored again', async () => {
    const lane = await TestLane.open();
    const { run, attempt } = await lane.begin();
    lane.host.appendLog(attempt, 'one\n');
    await lane.after(1_000);
    lane.host.appendLog(attempt, 'two\n');
    await lane.after(100);
    expect(lane.run(run).progress?.logTail).toEqual(['one']);
    await lane.after(400);
    expect(lane.run(run).progress?.logTail).toEqual(['one', 'two']);
  });
});

describe('an attempt that is claimed', () => {
  it('is cancelled without asking its host', async () => {
    const lane = await TestLane.open();
    const { run, attempt } = lane.claim();
    expect(lane.cancel(run)).toBe('requested');
    lane.host.unreachable(true);
    await lane.settle();
    expect(lane.run(run)).toMatchObject({ state: 'cancelled', cancel: { byName: 'ben' } });
    expect(lane.host.starts(attempt)).toBe(0);
  });

  it('never starts when the cancel comes while it is prepared', async () => {
    const lane = await TestLane.open();
    const { run, attempt } = lane.claim();
    const prepare = lane.host.prepare.bind(lane.host);
    lane.host.prepare = async (plan, signal) => {
      await prepare(plan, signal);
      lane.cancel(run);
    };
    await lane.settle();
    expect(lane.run(run).state).toBe('cancelled');
    expect(lane.host.starts(attempt)).toBe(0);
    expect(lane.host.attempts).toEqual([]);
  });

  it('waits for a host that does not answer, says so, and goes on when it does', async () => {
    const lane = await TestLane.open();
    const { run, attempt } = lane.claim();
    lane.host.unreachable(true);
    for (let tries = 0; tries < 12; tries++) {
      const wait = await lane.settle();
      expect(wait).toBeTypeOf('number');
      lane.clock.advance(Number(wait));
    }
    expect(lane.run(run)).toMatchObject({ state: 'active', unreachableSince: expect.any(Number) });
    lane.host.unreachable(false);
    await lane.settle();
    expect(lane.run(run).unreachableSince).toBeUndefined();
    expect(lane.host.starts(attempt)).toBe(1);
    expect(lane.eventsOf(run).filter((type) => type.startsWith('run.host_'))).toEqual([
      'run.host_unreachable',
      'run.host_reachable',
    ]);
  });

  it('is tried again when a transfer fails, later and later, and fails after six tries', async () => {
    const lane = await TestLane.open();
    const { run, attempt } = lane.claim();
    const waits: (number | 'idle')[] = [];
    for (let tries = 0; tries < 6; tries++) {
      lane.host.failNext('putAsset', new CosmosError('transfer.failed', { file: 'asset' }));
      waits.push(await lane.settle());
      expect(await lane.settle()).toBe(waits.at(-1));
      lane.clock.advance(Number(waits.at(-1)));
    }
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 'idle']);
    expect(lane.run(run)).toMatchObject({ state: 'failed', problem: { code: 'transfer.failed' } });
    expect(lane.host.starts(attempt)).toBe(0);
  });

  it('is tried again after a failed transfer and a restart, no sooner than without one', async () => {
    const lane = await TestLane.open();
    const { run, attempt } = lane.claim();
    lane.host.failNext('putAsset', new CosmosError('transfer.corrupt', {}));
    expect(await lane.settle()).toBe(1_000);
    await lane.restart();
    expect(await lane.after(400)).toBe(600);
    await lane.after(600);
    expect(lane.host.starts(attempt)).toBe(1);
    expect(lane.run(run).state).toBe('active');
  });

  it.each([
    ['gets everything anew where its host was wiped before anything began', 'engine.host_replaced'],
    ['is tried again after an answer of its host that nobody understands', 'engine.command_failed'],
  ] as const)('%s', async (_title, code) => {
    const lane = await TestLane.open();
    const { run, attempt } = lane.claim();
    lane.host.failNext('putAsset', new CosmosError(code, {}));
    expect(await lane.settle()).toBe(1_000);
    await lane.after(1_000);
    expect(lane.host.starts(attempt)).toBe(1);
    expect(lane.run(run).state).toBe('active');
  });

  it('fails at once where trying again cannot help', async () => {
    const lane = await TestLane.open();
    const { run } = lane.claim();
    lane.host.failNext('prepare', new CosmosError('engine.work_dir_unusable', { reason: 'denied' }));
    expect(await lane.settle()).toBe('idle');
    expect(lane.run(run)).toMatchObject({ state: 'failed', problem: { code: 'engine.work_dir_unusable' } });
  });

  it('does not fail because our own store does', async () => {
    const lane = await TestLane.open();
    const { run, attempt } = lane.claim();
    lane.host.failNext('prepare', new CosmosError('store.disk_full', {}));
    expect(await lane.settle()).toBe(1_000);
    expect(lane.run(run)).toMatchObject({ state: 'active', problem: { code: 'store.disk_full' } });
    await lane.after(1_000);
    expect(lane.run(run).problem).toBeUndefined();
    expect(lane.host.starts(attempt)).toBe(1);
  });
});

describe('an attempt that is starting', () => {
  it('is started again when the host says that it never was', async () => {
    const lane = await TestLane.open();
    const { attempt } = lane.claim();
    lane.host.failNext('start', new CosmosError('engine.host_unreachable', { reason: 'broken pipe' }));
    expect(await lane.settle()).toBe(1_000);
    await lane.after(1_000);
    expect(lane.host.starts(attempt)).toBe(1);
  });

  it('is not started again when the answer to its start was lost', async () => {
    const lane = await TestLane.open();
    const { run, attempt } = lane.claim();
    const start = lane.host.start.bind(lane.host);
    lane.host.start = async (id, signal) => {
      await start(id, signal);
      throw new CosmosError('engine.host_unreachable', { reason: 'broken pipe' });
    };
    await lane.settle();
    await lane.restart();
    await lane.after(60_000);
    expect(lane.host.starts(attempt)).toBe(1);
    lane.host.finish(attempt, DONE);
    await lane.settle();
    expect(lane.run(run).state).toBe('done');
  });

  it('has its whole run time from its last start', async () => {
    const lane = await TestLane.open();
    const { run, attempt } = lane.claim();
    lane.host.failNext('start', new CosmosError('engine.host_unreachable', {}));
    await lane.settle();
    lane.host.unreachable(true);
    await lane.after(1_000);
    lane.clock.advance(2 * RUN_LIMIT_MS);
    lane.host.unreachable(false);
    await lane.settle();
    expect(lane.host.starts(attempt)).toBe(1);
    expect(lane.run(run)).toMatchObject({ state: 'active', stage: 'running' });
  });

  it('is cancelled by winning the start guard', async () => {
    const lane = await TestLane.open();
    const { run, attempt } = lane.claim();
    lane.host.failNext('start', new CosmosError('engine.host_unreachable', {}));
    await lane.settle();
    lane.cancel(run);
    await lane.settle();
    expect(lane.run(run).state).toBe('cancelled');
    expect(lane.host.starts(attempt)).toBe(0);
  });

  it('is stopped when the cancel loses the start guard', async () => {
    const lane = await TestLane.open();
    const { run } = lane.claim();
    lane.host.failNext('start', new CosmosError('engine.host_unreachable', {}));
    await lane.settle();
    lane.cancel(run);
    let stops: readonly string[] = [];
    const abandon = lane.host.abandon.bind(lane.host);
    lane.host.abandon = async (id, signal) => {
      await lane.host.start(id);
      return await abandon(id, signal);
    };
    const discard = lane.host.discard.bind(lane.host);
    lane.host.discard = async (id) => {
      stops = lane.host.stops(id);
      await discard(id);
    };
    await lane.settle();
    expect(lane.run(run).state).toBe('cancelled');
    expect(stops).toEqual(['terminate']);
    expect(lane.host.attempts).toEqual([]);
  });

  it('fails with the reason of the host that refuses to start it, also when the bot dies in between', async () => {
    const lane = await TestLane.open();
    const { run, attempt } = lane.claim();
    lane.host.failNext('start', new CosmosError('engine.start_failed', { reason: 'not_begun' }));
    const abandon = lane.host.abandon.bind(lane.host);
    lane.host.abandon = async (id, signal) => {
      await abandon(id, signal);
      throw new CosmosError('engine.host_unreachable', {});
    };
    await lane.settle();
    lane.host.abandon = abandon;
    await lane.restart();
    await lane.after(60_000);
    expect(lane.run(run)).toMatchObject({
      state: 'failed',
      problem: { code: 'engine.start_failed', parameters: { reason: 'not_begun' } },
    });
    expect(lane.host.starts(attempt)).toBe(0);
  });

  it('goes on when the host refused the start of what had begun', async () => {
    const lane = await TestLane.open();
    const { run, attempt } = lane.claim();
    const start = lane.host.start.bind(lane.host);
    lane.host.start = async (id) => {
      await start(id);
      throw new CosmosError('engine.start_failed', { reason: 'not_begun' });
    };
    await lane.settle();
    expect(lane.run(run)).toMatchObject({ state: 'active', stage: 'running' });
    expect(lane.host.starts(attempt)).toBe(1);
  });
});

describe('an attempt whose job has ended', () => {
  it.each([
    { name: 'no output', end: {}, outcome: 'failed', code: 'model.output_missing' },
    {
      name: 'an empty output',
      end: { outputs: { 'a.mp4': '' } },
      outcome: 'failed',
      code: 'model.output_missing',
    },
    {
      name: 'an output that is no video',
      end: { outputs: { 'a.mp4': 'text' } },
      outcome: 'failed',
      code: 'model.output_invalid',
    },
    {
      name: 'a picture for a video',
      end: { outputs: { 'a.mp4': 'image' } },
      outcome: 'failed',
      code: 'model.output_invalid',
    },
    {
      name: 'too few frames',
      end: { outputs: { 'a.mp4': fakeVideo(1) } },
      outcome: 'failed',
      code: 'model.output_invalid',
    },
    { name: 'a bad exit code', end: { ...DONE, exitCode: 1 }, outcome: 'failed', code: 'model.exit_code' },
    { name: 'a kill from outside', end: { exitCode: 137 }, outcome: 'failed', code: 'model.killed' },
    {
      name: 'a failure signature',
      end: { exitCode: 1, log: 'CUDA out of memory\n' },
      outcome: 'failed',
      code: 'model.failure_signature',
    },
    {
      name: 'a guardrail and exit 0',
      end: { ...DONE, log: 'BLOCKED: a word' },
      outcome: 'blocked',
      code: 'model.guardrail',
    },
  ])('is $outcome with $code after $name', async ({ end, outcome, code }) => {
    const lane = await TestLane.open();
    const { run, attempt } = await lane.begin();
    lane.host.finish(attempt, end);
    expect(await lane.settle()).toBe('idle');
    expect(lane.run(run)).toMatchObject({ state: outcome, problem: { code }, outputs: [] });
    expect(lane.host.attempts).toEqual([]);
  });

  it.each([
    { name: 'a bad exit code', end: { exitCode: 1 } },
    { name: 'no output', end: { exitCode: 0 } },
    { name: 'a broken output', end: { outputs: { 'a.mp4': 'half a video' } } },
  ])('says that the disk of its host is full where that explains $name', async ({ end }) => {
    const lane = await TestLane.open();
    lane.host.hostFacts = { diskFreeBytes: 4096 };
    const { run, attempt } = await lane.begin();
    lane.host.finish(attempt, end);
    expect(await lane.settle()).toBe('idle');
    expect(lane.run(run)).toMatchObject({ state: 'failed', problem: { code: 'transfer.disk_full' } });
  });

  it('says what is known where nobody can tell whether the disk is full', async () => {
    const lane = await TestLane.open();
    const { run, attempt } = await lane.begin();
    lane.host.failNext('facts', new CosmosError('engine.command_failed', {}));
    lane.host.finish(attempt, { exitCode: 1 });
    expect(await lane.settle()).toBe('idle');
    expect(lane.run(run)).toMatchObject({ state: 'failed', problem: { code: 'model.exit_code' } });
  });

  it('stays done when the cancel comes after the success', async () => {
    const lane = await TestLane.open();
    const { run, attempt } = await lane.begin();
    lane.host.finish(attempt, DONE);
    lane.cancel(run);
    await lane.settle();
    expect(lane.run(run).state).toBe('done');
    expect(lane.cancel(run)).toBe('finished');
  });

  it('is lost when it vanished, and cancelled when we were stopping it', async () => {
    const lane = await TestLane.open();
    const lost = await lane.begin();
    lane.host.vanish(lost.attempt);
    await lane.settle();
    expect(lane.run(lost.run)).toMatchObject({ state: 'lost', problem: { code: 'engine.vanished' } });

    const cancelled = await lane.begin();
    lane.host.ignoreTerm(cancelled.attempt);
    lane.cancel(cancelled.run);
    await lane.settle();
    lane.host.vanish(cancelled.attempt);
    await lane.settle();
    expect(lane.run(cancelled.run).state).toBe('cancelled');
  });

  it('has timed out when what we killed for it vanished', async () => {
    const lane = await TestLane.open();
    const { run, attempt } = await lane.begin();
    lane.host.ignoreTerm(attempt);
    await lane.after(SILENCE_LIMIT_MS);
    lane.host.vanish(attempt);
    await lane.settle();
    expect(lane.run(run)).toMatchObject({ state: 'timed_out', problem: { code: 'model.silent' } });
  });

  it('is lost when its directory was removed while it ran', async () => {
    const lane = await TestLane.open();
    const { run, attempt } = await lane.begin();
    lane.host.vanish(attempt);
    await lane.host.discard(attempt);
    await lane.settle();
    expect(lane.run(run)).toMatchObject({ state: 'lost', problem: { code: 'engine.vanished' } });
    expect(lane.host.starts(attempt)).toBe(0);
  });
});

describe('a host that does not answer', () => {
  it('is never read as free, gone or failed, and the run goes on when it is back', async () => {
    const lane = await TestLane.open();
    const { run, attempt } = await lane.begin();
    lane.host.unreachable(true);
    const since = lane.clock.now();
    for (let looks = 0; looks < 20; looks++) lane.clock.advance(Number(await lane.settle()));
    expect(lane.run(run)).toMatchObject({ state: 'active', unreachableSince: since });
    lane.host.unreachable(false);
    lane.host.finish(attempt, DONE);
    await lane.settle();
    expect(lane.run(run)).toMatchObject({ state: 'done' });
    expect(lane.run(run).unreachableSince).toBeUndefined();
  });

  it('is asked less and less often, however often something wakes the lane', async () => {
    const lane = await TestLane.open();
    await lane.begin();
    lane.host.unreachable(true);
    let asked = 0;
    lane.host.inspect = async () => {
      asked += 1;
      return { state: 'unreachable', detail: 'no route' };
    };
    for (let wakes = 0; wakes < 600; wakes++) await lane.after(100);
    expect(asked).toBeLessThanOrEqual(6);
  });

  it('stops what was cancelled meanwhile as soon as it answers', async () => {
    const lane = await TestLane.open();
    const { run, attempt } = await lane.begin();
    lane.host.unreachable(true);
    await lane.settle();
    lane.cancel(run);
    await lane.after(60_000);
    expect(lane.run(run)).toMatchObject({ state: 'active', cancel: { byName: 'ben' } });
    lane.host.unreachable(false);
    await lane.after(60_000);
    expect(lane.run(run).state).toBe('cancelled');
    expect(lane.host.starts(attempt)).toBe(0);
    expect(lane.host.attempts).toEqual([]);
  });

  it('may leave in the middle of anything that is asked of it', async () => {
    for (const method of ['readLog', 'listOutputs', 'fetchOutput', 'identify'] as const) {
      const lane = await TestLane.open();
      const { run, attempt } = await lane.begin();
      lane.host.finish(attempt, DONE);
      lane.host.failNext(method, new CosmosError('engine.host_unreachable', { reason: method }));
      expect(await lane.settle()).toBe(1_000);
      expect(lane.run(run)).toMatchObject({ state: 'active', unreachableSince: expect.any(Number) });
      await lane.after(1_000);
      expect(lane.run(run).state).toBe('done');
    }
  });

  it('that was replaced has lost the run', async () => {
    const lane = await TestLane.open();
    const { run } = await lane.begin();
    lane.host.replace('ho_other000');
    expect(await lane.settle()).toBe('idle');
    expect(lane.run(run)).toMatchObject({ state: 'lost', problem: { code: 'engine.host_replaced' } });
  });

  it('whose directory was wiped keeps the lane until the processes are gone', async () => {
    const lane = await TestLane.open();
    const { run, attempt } = await lane.begin();
    lane.host.identify = async () => 'ho_other000' as never;
    expect(await lane.step()).toBe(lane.host.pollMs);
    expect(lane.host.stops(attempt)).toEqual(['kill']);
    expect(lane.run(run).state).toBe('active');
    expect(await lane.settle()).toBe('idle');
    expect(lane.run(run).state).toBe('lost');
  });
});

describe('collecting', () => {
  it('keeps the result on its host and the run waiting while our own disk is full', async () => {
    const lane = await TestLane.open();
    const { run, attempt } = await lane.begin();
    lane.host.finish(attempt, DONE);
    const full = new CosmosError('transfer.disk_full', { role: 'destination' });
    let waited = 0;
    for (let tries = 0; tries < 12; tries++) {
      lane.host.failNext('fetchOutput', full);
      const wait = Number(await lane.settle());
      waited += wait;
      lane.clock.advance(wait);
    }
    expect(waited).toBeGreaterThan(5 * 60_000);
    expect(lane.run(run)).toMatchObject({ state: 'active', problem: { code: 'transfer.disk_full' } });
    expect(await lane.settle()).toBe('idle');
    expect(lane.run(run)).toMatchObject({ state: 'done' });
    expect(lane.run(run).problem).toBeUndefined();
    expect(lane.eventsOf(run).slice(-2)).toEqual(['run.held_up', 'run.finished']);
  });

  it('is tried again while the network fails, and says so when that lasts', async () => {
    const lane = await TestLane.open();
    const { run, attempt } = await lane.begin();
    lane.host.finish(attempt, DONE);
    const problems: (string | undefined)[] = [];
    for (let tries = 0; tries < 9; tries++) {
      lane.host.failNext('fetchOutput', new CosmosError('transfer.failed', {}));
      const wait = Number(await lane.settle());
      problems.push(lane.run(run).problem?.code);
      lane.clock.advance(wait);
    }
    expect(problems.slice(0, 4)).toEqual([undefined, undefined, 'transfer.failed', 'transfer.failed']);
    await lane.settle();
    expect(lane.run(run).state).toBe('done');
  });

  it('fails after five tries with what cannot be looked at', async () => {
    const lane = await TestLane.open();
    const { run, attempt } = await lane.begin();
    lane.host.finish(attempt, DONE);
    lane.media.failNext(...Array.from({ length: 5 }, () => new CosmosError('media.worker_timed_out', {})));
    for (let tries = 0; tries < 5; tries++) await lane.after(60_000);
    expect(lane.run(run)).toMatchObject({ state: 'failed', problem: { code: 'media.worker_timed_out' } });
    expect(lane.media.calls).toBe(5);
  });

  it('does not blame the model when our own copy cannot be read', async () => {
    const lane = await TestLane.open();
    const { run, attempt } = await lane.begin();
    lane.host.finish(attempt, DONE);
    lane.media.failNext(new CosmosError('input.file_unreadable', { detail: 'EMFILE' }));
    await lane.settle();
    expect(lane.run(run).state).toBe('active');
    await lane.after(1_000);
    expect(lane.run(run).state).toBe('done');
  });

  it('begins again after a stop in the middle, and after a restart', async () => {
    const lane = await TestLane.open();
    const { run, attempt } = await lane.begin();
    lane.host.finish(attempt, DONE);
    const fetch = lane.host.fetchOutput.bind(lane.host);
    lane.host.fetchOutput = async (id, path, to, progress, signal) => {
      lane.signal.abort();
      return await fetch(id, path, to, progress, signal);
    };
    await expect(lane.settle()).rejects.toThrow();
    expect(lane.run(run)).toMatchObject({ state: 'active', stage: 'collecting', outputs: [] });
    lane.host.fetchOutput = fetch;
    await lane.restart();
    const attempts = lane.store.attempts.open(LANE);
    if (attempts === undefined) throw new Error('the attempt is gone');
    const next = await lane.reconciler.step(attempts, new AbortController().signal);
    expect(next).toBe('now');
    expect(lane.run(run).state).toBe('done');
  });
});

describe('a stop of the bot', () => {
  it('in the middle of an upload leaves the attempt to be prepared again', async () => {
    const lane = await TestLane.open();
    const { run, attempt } = lane.claim();
    const put = lane.host.putAsset.bind(lane.host);
    lane.host.putAsset = async (asset, progress, signal) => {
      progress(0, asset.bytes);
      lane.signal.abort();
      return await put(asset, progress, signal);
    };
    await expect(lane.settle()).rejects.toThrow();
    expect(lane.run(run)).toMatchObject({ state: 'active', stage: 'uploading' });
    expect(lane.store.attempts.open(LANE)).toMatchObject({ id: attempt, state: 'claimed', tries: 0 });
  });

  it('in the middle of a start neither fails nor repeats it', async () => {
    const lane = await TestLane.open();
    const { run, attempt } = lane.claim();
    const start = lane.host.start.bind(lane.host);
    lane.host.start = async (id, signal) => {
      await start(id, signal);
      lane.signal.abort();
      throw new DOMException('stopped', 'AbortError');
    };
    await expect(lane.settle()).rejects.toThrow();
    expect(lane.run(run).state).toBe('active');
    expect(lane.store.attempts.open(LANE)).toMatchObject({ id: attempt, state: 'starting' });
    expect(lane.host.starts(attempt)).toBe(1);
  });
});

describe('stopping', () => {
  it('terminates first, kills after the grace, and reports the cancel', async () => {
    const lane = await TestLane.open();
    const { run, attempt } = await lane.begin();
    lane.host.ignoreTerm(attempt);
    lane.cancel(run);
    expect(await lane.settle()).toBe(GRACE_MS);
    expect(lane.host.stops(attempt)).toEqual(['terminate']);
    expect(lane.run(run)).toMatchObject({ state: 'active', stage: 'stopping' });
    await lane.after(GRACE_MS);
    expect(lane.run(run).state).toBe('cancelled');
  });

  it('sends a recorded signal again after a restart, for it may never have left', async () => {
    const lane = await TestLane.open();
    const { run, attempt } = await lane.begin();
    lane.host.ignoreTerm(attempt);
    lane.cancel(run);
    lane.host.failNext('stop', new Error('killed here'));
    await lane.settle();
    expect(lane.host.stops(attempt)).toEqual([]);
    await lane.restart();
    await lane.settle();
    expect(lane.host.stops(attempt)).toEqual(['terminate']);
    await lane.settle();
    expect(lane.host.stops(attempt)).toEqual(['terminate']);
  });

  it('blocks the lane when neither signal ends the job, and reopens it when it is gone', async () => {
    const lane = await TestLane.open();
    const { run, attempt } = await lane.begin();
    lane.host.stop = async () => undefined;
    lane.cancel(run);
    await lane.settle();
    await lane.after(GRACE_MS);
    await lane.after(KILL_PATIENCE_MS);
    expect(lane.store.lanes.get(LANE).blocked).toEqual({
      code: 'engine.not_stopped',
      parameters: { host: 'here', attempt },
    });
    expect(lane.run(run).state).toBe('active');
    lane.queue();
    expect(lane.store.attempts.claim(LANE, ['minimal'], lane.store.instance)).toBeUndefined();
    await lane.restart();
    lane.host.finish(attempt, { exitCode: 137 });
    await lane.settle();
    expect(lane.run(run).state).toBe('cancelled');
    expect(lane.store.lanes.get(LANE).blocked).toBeUndefined();
    expect(lane.store.attempts.claim(LANE, ['minimal'], lane.store.instance)).toBeDefined();
  });

  it('happens after the run limit', async () => {
    const lane = await TestLane.open();
    const { run, attempt } = await lane.begin();
    for (let passed = 0; passed < RUN_LIMIT_MS; passed += 10_000) {
      expect(lane.run(run).state).toBe('active');
      lane.host.appendLog(attempt, 'still here\n');
      await lane.after(10_000);
    }
    expect(lane.run(run)).toMatchObject({
      state: 'timed_out',
      problem: { code: 'model.timed_out', parameters: { limitMs: RUN_LIMIT_MS } },
    });
  });

  it('happens after the silence limit, and not while the log grows', async () => {
    const lane = await TestLane.open();
    const { run, attempt } = await lane.begin();
    await lane.after(SILENCE_LIMIT_MS - 1);
    lane.host.appendLog(attempt, '.');
    await lane.settle();
    await lane.after(SILENCE_LIMIT_MS - 1);
    expect(lane.run(run).state).toBe('active');
    await lane.after(1);
    expect(lane.run(run)).toMatchObject({
      state: 'timed_out',
      problem: { code: 'model.silent', parameters: { limitMs: SILENCE_LIMIT_MS } },
    });
  });

  it('is not done because we cannot read the log', async () => {
    const lane = await TestLane.open();
    const { run, attempt } = await lane.begin();
    lane.host.readLog = async () => {
      throw new CosmosError('engine.log_unreadable', { detail: 'denied' });
    };
    for (let looks = 0; looks < 10; looks++) await lane.after(SILENCE_LIMIT_MS / 4);
    expect(lane.run(run)).toMatchObject({ state: 'active', problem: { code: 'engine.log_unreadable' } });
    lane.cancel(run);
    await lane.settle();
    expect(lane.host.stops(attempt)).toEqual(['terminate']);
  });

  it('leaves done what was complete before the signal, and cancels what came after it', async () => {
    const lane = await TestLane.open();
    const complete = await lane.begin();
    lane.host.ignoreTerm(complete.attempt);
    lane.host.writeOutput(complete.attempt, 'street.mp4', fakeVideo(24));
    lane.cancel(complete.run);
    await lane.settle();
    lane.host.finish(complete.attempt, {});
    await lane.settle();
    expect(lane.run(complete.run).state).toBe('done');

    const late = await lane.begin();
    lane.host.ignoreTerm(late.attempt);
    lane.cancel(late.run);
    await lane.settle();
    lane.host.finish(late.attempt, DONE);
    await lane.settle();
    expect(lane.run(late.run)).toMatchObject({ state: 'cancelled', outputs: [] });
  });

  it('is a cancel, not a failure, where what was there before the signal is no result', async () => {
    for (const outputs of [{ 'notes.txt': 'x' }, { 'street.mp4': 'half a video' }]) {
      const lane = await TestLane.open();
      const { run, attempt } = await lane.begin();
      lane.host.ignoreTerm(attempt);
      for (const [path, content] of Object.entries(outputs)) lane.host.writeOutput(attempt, path, content);
      lane.cancel(run);
      await lane.settle();
      lane.host.finish(attempt, {});
      await lane.settle();
      expect(lane.run(run).state).toBe('cancelled');
    }
  });
});

import { describe, expect, it } from 'vitest';
import type { AttemptId, RunId } from '../../../src/core/ids.ts';
import type { Profile } from '../../../src/core/models/profile.ts';
import { fakeVideo } from '../../fakes/fake-media.ts';
import { minimal } from '../models/profiles.ts';
import { BATCHED, works } from './batch-bench.ts';
import { GRACE_MS, LANE, TestLane } from './lane.ts';

const DONE = { outputs: { 'street.mp4': fakeVideo(24) } };
const WAIT_MS = 3_000;

const FAILURES = [
  { key: 'memory', pattern: 'out of memory' },
  { key: 'blocked', pattern: '^BLOCKED', outcome: 'blocked', hangs: { min_gpus: 2, after_seconds: 3 } },
  { key: 'deadlock', pattern: '^DEADLOCK', hangs: { after_seconds: 3 } },
];
const HANGS = minimal({
  failures: FAILURES,
  success: { marker: '^saved', outputs: [{ kind: 'video', path: '*.mp4', label: 'video', min_frames: 2 }] },
});
const BATCH_HANGS = minimal({ ...BATCHED, failures: FAILURES });

/** A running job on a lane with that many GPUs. */
async function begin(gpus: number): Promise<{ lane: TestLane; run: RunId; attempt: AttemptId }> {
  const lane = await laneWith(gpus);
  return { lane, ...(await lane.begin(HANGS)) };
}

async function laneWith(gpus: number): Promise<TestLane> {
  const lane = await TestLane.open();
  lane.gpus = Array.from({ length: gpus }, (_, index) => String(index));
  await lane.restart();
  return lane;
}

/** The signals that are sent from now on, also those to attempts that are removed then. */
function signalsOf(lane: TestLane): string[] {
  const sent: string[] = [];
  const stop = lane.host.stop.bind(lane.host);
  lane.host.stop = async (id, strength, signal) => {
    sent.push(strength);
    await stop(id, strength, signal);
  };
  return sent;
}

describe('a job whose log says that it hangs', () => {
  it('is stopped after its time, ends as that failure, and leaves its lane', async () => {
    const { lane, run, attempt } = await begin(2);
    const sent = signalsOf(lane);
    lane.host.appendLog(attempt, 'BLOCKED\n');
    expect(await lane.settle()).toBe(WAIT_MS);
    await lane.after(WAIT_MS - 1);
    expect(sent).toEqual([]);
    expect(await lane.after(1)).toBe('idle');
    expect(sent).toEqual(['terminate']);
    expect(lane.run(run)).toMatchObject({
      state: 'blocked',
      problem: { code: 'model.guardrail', parameters: { signature: 'blocked', exitCode: 143 } },
    });
    expect(lane.store.attempts.open(LANE)).toBeUndefined();
    const events = ['run.claimed', 'run.starting', 'run.stop_sent', 'run.finished'];
    expect(lane.eventsOf(run)).toEqual(events);
  });

  it('is left alone on fewer GPUs than it takes', async () => {
    const { lane, run, attempt } = await begin(1);
    lane.host.appendLog(attempt, 'BLOCKED\n');
    await lane.after(WAIT_MS);
    expect(lane.host.stops(attempt)).toEqual([]);
    lane.host.finish(attempt);
    await lane.settle();
    expect(lane.run(run).state).toBe('blocked');
  });

  it('is killed where it does not listen, and what it prints meanwhile explains nothing', async () => {
    const { lane, run, attempt } = await begin(0);
    const sent = signalsOf(lane);
    lane.host.ignoreTerm(attempt);
    lane.host.appendLog(attempt, 'DEADLOCK\n');
    await lane.settle();
    await lane.after(WAIT_MS);
    lane.host.appendLog(attempt, 'out of memory\n');
    await lane.after(GRACE_MS);
    await lane.settle();
    expect(sent).toEqual(['terminate', 'kill']);
    expect(lane.run(run)).toMatchObject({
      state: 'failed',
      problem: { code: 'model.failure_signature', parameters: { signature: 'deadlock', exitCode: 137 } },
    });
  });

  it('is no job that somebody else has stopped', async () => {
    const { lane, run, attempt } = await begin(1);
    const inspect = lane.host.inspect.bind(lane.host);
    lane.host.inspect = async (id, signal) => {
      const status = await inspect(id, signal);
      return status.state === 'exited' ? { ...status, wasStopped: true } : status;
    };
    lane.host.appendLog(attempt, 'DEADLOCK\n');
    await lane.settle();
    await lane.after(WAIT_MS);
    expect(lane.run(run)).toMatchObject({ problem: { parameters: { signature: 'deadlock' } } });
  });

  it('ends as that failure, too, where nothing is left of it after the stop', async () => {
    const { lane, run, attempt } = await begin(2);
    lane.host.ignoreTerm(attempt);
    lane.host.appendLog(attempt, 'BLOCKED\n');
    await lane.settle();
    await lane.after(WAIT_MS);
    lane.host.vanish(attempt);
    await lane.settle();
    expect(lane.run(run)).toMatchObject({
      state: 'blocked',
      problem: { parameters: { signature: 'blocked' } },
    });
  });

  it('is stopped by the next bot where this one has ended before', async () => {
    const { lane, run, attempt } = await begin(2);
    lane.host.appendLog(attempt, 'BLOCKED\n');
    await lane.settle();
    await lane.restart();
    const sent = signalsOf(lane);
    expect(await lane.settle()).toBe(WAIT_MS);
    await lane.after(WAIT_MS);
    expect(sent).toEqual(['terminate']);
    expect(lane.run(run).state).toBe('blocked');
  });

  it('is stopped by the next bot where this one has ended between the record and the signal', async () => {
    const { lane, run, attempt } = await begin(2);
    lane.host.appendLog(attempt, 'BLOCKED\n');
    await lane.settle();
    lane.clock.advance(WAIT_MS);
    expect(await lane.step()).toBe('now');
    expect(lane.host.stops(attempt)).toEqual([]);
    // The lane has another GPU less by then: the job had both.
    lane.gpus = ['0'];
    await lane.restart();
    const sent = signalsOf(lane);
    await lane.settle();
    expect(sent).toEqual(['terminate']);
    expect(lane.run(run).state).toBe('blocked');
  });

  it('gets no signal where it has ended by itself meanwhile', async () => {
    const { lane, run, attempt } = await begin(2);
    lane.host.appendLog(attempt, 'BLOCKED\n');
    await lane.settle();
    lane.clock.advance(WAIT_MS);
    expect(await lane.step()).toBe('now');
    lane.host.finish(attempt);
    const sent = signalsOf(lane);
    await lane.settle();
    expect(sent).toEqual([]);
    expect(lane.run(run)).toMatchObject({ state: 'blocked', problem: { parameters: { exitCode: 0 } } });
  });

  it.each(['before', 'after'])(
    'is not stopped where its result is there, said %s that line',
    async (when) => {
      const { lane, run, attempt } = await begin(1);
      lane.host.appendLog(attempt, when === 'before' ? 'saved\nDEADLOCK\n' : 'DEADLOCK\nsaved\n');
      await lane.settle();
      await lane.after(WAIT_MS);
      expect(lane.host.stops(attempt)).toEqual([]);
      lane.host.finish(attempt, DONE);
      await lane.settle();
      expect(lane.run(run).state).toBe('done');
    },
  );

  it('has its result where that was whole as the signal came, and it ends well', async () => {
    const { lane, run, attempt } = await begin(1);
    lane.host.ignoreTerm(attempt);
    lane.host.appendLog(attempt, 'DEADLOCK\n');
    await lane.settle();
    await lane.after(WAIT_MS);
    lane.host.finish(attempt, { ...DONE, log: 'saved\n' });
    await lane.settle();
    expect(lane.run(run).state).toBe('done');
  });

  it('is not stopped for the half of a line, nor before all that there is of its log was read', async () => {
    const { lane, attempt } = await begin(2);
    lane.host.appendLog(attempt, 'BLOCKED');
    await lane.after(WAIT_MS);
    expect(lane.host.stops(attempt)).toEqual([]);
    lane.host.appendLog(attempt, `${' not at all'.repeat(5_000)}\n`.repeat(320));
    lane.clock.advance(WAIT_MS);
    expect(await lane.step()).toBe(0);
    lane.clock.advance(WAIT_MS);
    expect(lane.host.stops(attempt)).toEqual([]);
  });

  it('is cancelled where somebody has asked for that before', async () => {
    const { lane, run, attempt } = await begin(2);
    lane.host.appendLog(attempt, 'BLOCKED\n');
    await lane.settle();
    lane.cancel(run);
    await lane.settle();
    expect(lane.run(run).state).toBe('cancelled');
  });
});

describe('a batch that hangs', () => {
  const TEXTS = ['snow', 'rain', 'fog', 'mist'];

  async function begun(gpus: number, profile: Profile = BATCH_HANGS) {
    const lane = await laneWith(gpus);
    const runs = TEXTS.map((text, index) =>
      lane.queue(profile, { text, queuedAt: index, parameters: { seed: 1 } }),
    );
    const { id: attempt } = lane.take([profile.id]);
    await lane.settle();
    return { lane, runs, attempt };
  }

  const states = (lane: TestLane, runs: readonly RunId[]) => runs.map((run) => lane.run(run).state);

  it('keeps what was made before, blames the run at work, and takes back the others with all that came after', async () => {
    const { lane, runs, attempt } = await begun(2);
    works(lane, attempt, 0, 'snow');
    lane.host.appendLog(attempt, 'begin\nBLOCKED\n');
    works(lane, attempt, 2, 'fog');
    await lane.settle();
    expect(states(lane, runs)).toEqual(['done', 'active', 'active', 'active']);
    await lane.restart();
    await lane.settle();
    await lane.after(WAIT_MS);
    expect(states(lane, runs)).toEqual(['done', 'blocked', 'queued', 'queued']);
    const [, , third, fourth] = runs.map((run) => lane.run(run));
    expect([third, fourth]).toMatchObject([
      {
        outputs: [],
        returned: { times: 1, problem: { code: 'queue.batch_left', parameters: { outcome: 'blocked' } } },
      },
      { returned: { times: 1 } },
    ]);
    expect(lane.store.attempts.open(LANE)).toBeUndefined();
    const next = lane.take([BATCH_HANGS.id]);
    expect(next.items.map(({ run }) => run)).toEqual(runs.slice(2));
  });

  it('ends by the failure that has hung it, not by one that hangs on more GPUs, also with the next bot', async () => {
    const { lane, runs, attempt } = await begun(1);
    lane.host.appendLog(attempt, 'load\nbegin\nBLOCKED\nbegin\nDEADLOCK\n');
    await lane.settle();
    lane.clock.advance(WAIT_MS);
    expect(await lane.step()).toBe('now');
    await lane.restart();
    await lane.settle();
    expect(states(lane, runs)).toEqual(['blocked', 'failed', 'queued', 'queued']);
  });

  it('is judged so, too, where it has ended by itself or vanished', async () => {
    for (const end of ['finish', 'vanish'] as const) {
      const { lane, runs, attempt } = await begun(2);
      lane.host.ignoreTerm(attempt);
      lane.host.appendLog(attempt, 'load\nbegin\nBLOCKED\n');
      works(lane, attempt, 1, 'rain');
      await lane.settle();
      if (end === 'vanish') await lane.after(WAIT_MS);
      lane.host[end](attempt);
      await lane.settle();
      expect(states(lane, runs)).toEqual(['blocked', 'queued', 'queued', 'queued']);
    }
  });

  it('goes on on one GPU', async () => {
    const { lane, runs, attempt } = await begun(1);
    lane.host.appendLog(attempt, 'load\nbegin\nBLOCKED\n');
    for (const item of [1, 2, 3]) works(lane, attempt, item, TEXTS[item] ?? '');
    lane.host.finish(attempt);
    await lane.settle();
    expect(states(lane, runs)).toEqual(['blocked', 'done', 'done', 'done']);
  });

  it('before its first run sends each of them back to be tried alone', async () => {
    const { lane, runs, attempt } = await begun(1);
    lane.host.appendLog(attempt, 'load\nDEADLOCK\n');
    await lane.settle();
    await lane.after(WAIT_MS);
    expect(states(lane, runs)).toEqual(['queued', 'queued', 'queued', 'queued']);
    expect(lane.run(runs[0] as RunId)).toMatchObject({ batchLimit: 1 });
  });
});

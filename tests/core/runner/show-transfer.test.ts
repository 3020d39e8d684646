import { describe, expect, it } from 'vitest';
import { CosmosError } from '../../../src/core/errors.ts';
import type { RunId, Sha256 } from '../../../src/core/ids.ts';
import type { TransferProgress } from '../../../src/core/ports/host.ts';
import { prepareAttempt } from '../../../src/core/runner/prepare-attempt.ts';
import { readAttempt } from '../../../src/core/runner/ready-run.ts';
import type { RunTransfer } from '../../../src/core/runs/run.ts';
import { minimal } from '../models/profiles.ts';
import { LANE, TestLane } from './lane.ts';

/** The input of a run of `TestLane` has 8 bytes. */
const SIZE = 8;
const DONE = { outputs: { 'street.mp4': 'video 24' } };

interface Transfers {
  readonly lane: TestLane;
  readonly run: RunId;
  readonly shown: () => RunTransfer | undefined;
  /** Lets so much time pass, and whoever has slept long enough do what they slept for. */
  readonly pass: (ms: number) => Promise<void>;
  readonly writes: () => number;
}

async function open(): Promise<Transfers> {
  const lane = await TestLane.open();
  const { run } = lane.claim();
  let count = 0;
  const { runs } = lane.store;
  const setProgress = runs.setProgress.bind(runs);
  runs.setProgress = (id, progress) => {
    count += 1;
    setProgress(id, progress);
  };
  return {
    lane,
    run,
    shown: () => lane.run(run).progress?.transfer,
    pass: async (ms) => {
      lane.clock.advance(ms);
      await new Promise(setImmediate);
    },
    writes: () => count,
  };
}

describe('an upload', () => {
  it('shows bytes, then rate and remaining time, and nothing more when it is over', async () => {
    const { lane, run, shown, pass } = await open();
    const put = lane.host.putAsset.bind(lane.host);
    const seen: unknown[] = [];
    lane.host.putAsset = async (asset, report, signal) => {
      expect(lane.run(run).stage).toBe('preparing');
      report(0, SIZE);
      expect(lane.run(run).stage).toBe('uploading');
      seen.push(shown());
      for (const done of [1, 2, 3, 4, 5]) {
        report(done, SIZE);
        await pass(1_000);
        seen.push(shown());
      }
      await put(asset, () => undefined, signal);
    };
    await lane.settle();
    expect(seen).toEqual([
      { doneBytes: 0, totalBytes: SIZE },
      { doneBytes: 1, totalBytes: SIZE },
      { doneBytes: 2, totalBytes: SIZE, bytesPerSecond: 1 },
      { doneBytes: 3, totalBytes: SIZE, bytesPerSecond: 1 },
      { doneBytes: 4, totalBytes: SIZE, bytesPerSecond: 1 },
      { doneBytes: 5, totalBytes: SIZE, bytesPerSecond: 1, remainingMs: 3_000 },
    ]);
    expect(shown()).toBeUndefined();
    expect(lane.run(run).stage).toBe('running');
  });

  it('is stored once a second, however many blocks it has', async () => {
    const { lane, pass, writes } = await open();
    const put = lane.host.putAsset.bind(lane.host);
    let during = 0;
    lane.host.putAsset = async (asset, report, signal) => {
      const before = writes();
      report(0, SIZE);
      for (let block = 0; block < 1_000; block += 1) {
        report((block / 1_000) * SIZE, SIZE);
        await pass(5);
      }
      during = writes() - before;
      await put(asset, () => undefined, signal);
    };
    await lane.settle();
    expect(during).toBe(1 + 5);
  });

  it('that gets no further says neither rate nor remaining time, and is not stored again and again', async () => {
    const { lane, shown, pass, writes } = await open();
    lane.host.putAsset = async (_, report) => {
      report(0, SIZE);
      report(4, SIZE);
      for (let second = 0; second < 15; second += 1) await pass(1_000);
      expect(shown()).toEqual({ doneBytes: 4, totalBytes: SIZE });
      const before = writes();
      for (let second = 0; second < 60; second += 1) await pass(1_000);
      expect(writes()).toBe(before);
      throw new CosmosError('transfer.failed', {});
    };
    await lane.settle();
    expect(shown()).toEqual({ doneBytes: 4, totalBytes: SIZE });
  });

  it('that broke says how far it came while it waits, and goes on from there', async () => {
    const { lane, run, shown, pass } = await open();
    const put = lane.host.putAsset.bind(lane.host);
    lane.host.putAsset = async (_, report) => {
      report(0, SIZE);
      for (const done of [1, 2, 3, 4, 5, 6]) {
        report(done, SIZE);
        await pass(1_000);
      }
      expect(shown()).toHaveProperty('remainingMs');
      throw new CosmosError('transfer.failed', {});
    };
    await lane.settle();
    expect(lane.run(run).stage).toBe('uploading');
    expect(shown()).toEqual({ doneBytes: 6, totalBytes: SIZE });
    lane.host.putAsset = async (asset, report, signal) => {
      report(6, SIZE);
      expect(shown()).toEqual({ doneBytes: 6, totalBytes: SIZE });
      await put(asset, () => undefined, signal);
    };
    await lane.after(1_000);
    expect(lane.run(run)).toMatchObject({ state: 'active', stage: 'running' });
    expect(shown()).toBeUndefined();
  });

  it('that finds everything there shows nothing, and forgets what an earlier try has shown', async () => {
    const { lane, run, shown, pass, writes } = await open();
    lane.host.putAsset = async (_, report) => {
      report(SIZE, SIZE);
      await pass(5_000);
      expect(lane.run(run).stage).toBe('preparing');
      throw new CosmosError('transfer.failed', {});
    };
    await lane.settle();
    expect(shown()).toBeUndefined();
    expect(writes()).toBe(0);
  });

  it('goes on although its progress cannot be stored', async () => {
    const { lane, run } = await open();
    const { runs } = lane.store;
    const setProgress = runs.setProgress.bind(runs);
    runs.setProgress = () => {
      runs.setProgress = setProgress;
      throw new CosmosError('store.busy', {});
    };
    await lane.settle();
    expect(runs.setProgress).toBe(setProgress);
    expect(lane.run(run)).toMatchObject({ state: 'active', stage: 'running' });
    expect(lane.eventsOf(run)).not.toContain('run.try_failed');
  });

  it('begins with the largest file, so that one too large for the host is refused before anything is sent', async () => {
    const profile = minimal({
      inputs: { depth: { required: true } },
      command: { argv: ['run', '{input.color}', '{input.depth}'] },
    });
    const lane = await TestLane.open();
    lane.claim(profile);
    const attempt = lane.store.attempts.open(LANE);
    if (attempt === undefined) throw new Error('nothing is claimed');
    const ready = readAttempt(lane.store, lane.context.profiles, attempt);
    const [only] = ready.items;
    const [color] = only.run.inputs;
    if (color === undefined) throw new Error('it has no input');
    const asset = { ...color.asset, sha256: 'ab'.repeat(32) as Sha256, bytes: 20 };
    const run = { ...only.run, inputs: [color, { ...color, role: 'depth' as const, asset }] };
    const asked: number[] = [];
    lane.host.putAsset = async ({ bytes }) => {
      asked.push(bytes);
      throw new CosmosError('transfer.over_quota', { bytes, quotaBytes: 10 });
    };
    const prepared = prepareAttempt(
      lane.context,
      attempt,
      { ...ready, items: [{ ...only, run }] },
      lane.signal.signal,
    );
    await expect(prepared).rejects.toMatchObject({ code: 'transfer.over_quota' });
    expect(asked).toEqual([20]);
  });
});

describe('a download', () => {
  it('is one of all outputs, and leaves what the run has shown before', async () => {
    const profile = minimal({
      success: {
        outputs: [
          { kind: 'video', path: '*.mp4', label: 'video' },
          { kind: 'text', path: '*.txt', label: 'note', purpose: 'control' },
        ],
      },
    });
    const lane = await TestLane.open();
    const { run, attempt } = await lane.begin(profile);
    lane.host.appendLog(attempt, 'the last line\n');
    await lane.after(2_000);
    const fetch = lane.host.fetchOutput.bind(lane.host);
    const seen: unknown[] = [];
    lane.host.fetchOutput = async (id, path, to, report, signal) => {
      const inSteps: TransferProgress = (done, total) => {
        report(done, total);
        seen.push([lane.run(run).stage, lane.run(run).progress?.transfer, lane.run(run).progress?.logTail]);
      };
      const stored = await fetch(id, path, to, inSteps, signal);
      lane.clock.advance(1_000);
      await new Promise(setImmediate);
      return stored;
    };
    lane.host.finish(attempt, { outputs: { 'a.mp4': 'video 24', 'b.txt': 'twelve bytes' } });
    await lane.settle();
    expect(seen).toEqual([
      ['collecting', { doneBytes: 0, totalBytes: 20 }, ['the last line']],
      ['collecting', { doneBytes: 0, totalBytes: 20 }, ['the last line']],
      ['collecting', { doneBytes: 8, totalBytes: 20 }, ['the last line']],
      ['collecting', { doneBytes: 8, totalBytes: 20 }, ['the last line']],
    ]);
    expect(lane.run(run)).toMatchObject({ state: 'done', progress: { logTail: ['the last line'] } });
    expect(lane.run(run).progress).not.toHaveProperty('transfer');
  });

  it('that broke says how far it came', async () => {
    const lane = await TestLane.open();
    const { run, attempt } = await lane.begin();
    lane.host.fetchOutput = async (_id, _path, _to, report) => {
      report(0, SIZE);
      report(6, SIZE);
      throw new CosmosError('transfer.failed', {});
    };
    lane.host.finish(attempt, DONE);
    await lane.settle();
    expect(lane.run(run)).toMatchObject({
      stage: 'collecting',
      progress: { transfer: { doneBytes: 6, totalBytes: SIZE } },
    });
  });
});

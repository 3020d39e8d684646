import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CosmosError } from '../../../src/core/errors.ts';
import type { LaneName, RunId } from '../../../src/core/ids.ts';
import { somebody } from '../../support/queued-runs.ts';
import { BATCHED, begun, queued, works } from './batch-bench.ts';
import { GRACE_MS, LANE, RUN_LIMIT_MS, type TestLane } from './lane.ts';

const TEXTS = ['snow', 'rain', 'fog'];

function states(lane: TestLane, runs: readonly RunId[]): string[] {
  return runs.map((run) => lane.run(run).state);
}

describe('runs that share a load of the model', () => {
  it('are one job, prepared once, with the inputs of each under names of their own', async () => {
    const { lane, runs, attempt } = await begun(TEXTS);
    const plan = lane.host.plan(attempt);
    expect(plan?.files.map(({ path }) => path)).toEqual(['spec.json', 'list.jsonl']);
    expect(plan?.inputs.map(({ path }) => path)).toEqual(TEXTS.map((_, item) => `in/${item}-color.mp4`));
    const lines =
      plan?.files[1]?.content
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)) ?? [];
    expect(lines.map(({ prompt }) => prompt)).toEqual(TEXTS);
    expect(plan?.argv).toEqual([
      'run',
      expect.stringMatching(/spec\.json$/),
      '--list',
      expect.stringMatching(/list\.jsonl$/),
    ]);
    expect(states(lane, runs)).toEqual(['active', 'active', 'active']);
  });

  it('are fewer where another lane that is driven and free can begin with the others', async () => {
    const { lane } = await queued([...TEXTS, 'haze']);
    const other = 'here/other' as LaneName;
    lane.context = { ...lane.context, otherLanes: [{ lane: other, models: () => [BATCHED.id] }] };
    lane.store.lanes.ensure(other);
    lane.store.lanes.setDriver(other, { process: 1, kind: 'daemon', since: 0 });
    expect(lane.take([BATCHED.id]).items).toHaveLength(2);
  });

  it('each end with their own outputs and their part of the GPU time, and read their part of the log', async () => {
    const { lane, runs, attempt } = await begun(TEXTS);
    lane.gpus = ['0', '1'];
    await lane.restart();
    for (const [item, text] of TEXTS.entries()) works(lane, attempt, item, text);
    lane.clock.advance(30_000);
    lane.host.finish(attempt);
    expect(await lane.settle()).toBe('idle');
    expect(states(lane, runs)).toEqual(['done', 'done', 'done']);
    for (const run of runs) {
      const { outputs, attempt: own } = lane.run(run);
      expect(outputs.map(({ label, path }) => [label, path.startsWith(lane.data.outputs(run))])).toEqual([
        ['video', true],
        ['text', true],
      ]);
      expect(own).toBe(attempt);
      expect(lane.eventsOf(run)).toEqual(['run.claimed', 'run.starting', 'run.finished']);
    }
    expect(runs.map((run) => lane.run(run).gpuSeconds)).toEqual([20, 20, 20]);
    expect(lane.store.runs.learned(BATCHED.id).map(({ modelMs }) => modelMs)).toEqual([
      10_000, 10_000, 10_000,
    ]);
    expect(runs.map((run) => readFileSync(lane.data.log(run, attempt), 'utf8'))).toEqual([
      'load\nbegin\nsaved 0\n',
      'load\nbegin\nsaved 1\n',
      'load\nbegin\nsaved 2\n',
    ]);
    expect(lane.host.attempts).toEqual([]);
  });

  it('share out the GPU time among those that the model has worked on', async () => {
    const { lane, runs, attempt } = await begun(TEXTS);
    lane.gpus = ['0'];
    await lane.restart();
    works(lane, attempt, 0, 'snow');
    lane.clock.advance(30_000);
    lane.host.finish(attempt, { exitCode: 1, log: 'begin\nBLOCKED\n' });
    await lane.settle();
    const [first, second, third] = runs.map((run) => lane.run(run));
    expect([first?.gpuSeconds, second?.gpuSeconds]).toEqual([15, 15]);
    expect(third).not.toHaveProperty('gpuSeconds');
  });

  it('hand over each result as soon as it is there, while the others go on', async () => {
    const { lane, runs, attempt } = await begun(TEXTS);
    works(lane, attempt, 0, 'snow');
    await lane.settle();
    expect(states(lane, runs)).toEqual(['done', 'active', 'active']);
    works(lane, attempt, 1, 'rain');
    await lane.restart();
    await lane.settle();
    expect(states(lane, runs)).toEqual(['done', 'done', 'active']);
    works(lane, attempt, 2, 'fog');
    lane.host.finish(attempt);
    await lane.settle();
    expect(states(lane, runs)).toEqual(['done', 'done', 'done']);
    expect(lane.store.attempts.open(LANE)).toBeUndefined();
  });

  it('show where each of them is', async () => {
    const { lane, runs, attempt } = await begun(TEXTS);
    works(lane, attempt, 0, 'snow');
    lane.host.appendLog(attempt, 'begin\nstep 1/4\n');
    await lane.after(1_000);
    expect(runs.slice(1).map((run) => lane.run(run).progress)).toMatchObject([
      { batch: { place: 2, of: 3, state: 'works' }, percent: 62, step: { current: 1, total: 4 } },
      { batch: { place: 3, of: 3, state: 'waits' } },
    ]);
  });
});

describe('a run that is blocked, or fails, among others', () => {
  it.each([
    ['BLOCKED\n', 'blocked', 'model.guardrail'],
    ['Error: of its own\n', 'failed', 'model.failure_signature'],
    ['', 'failed', 'model.exit_code'],
  ])(
    '(%j) ends alone: what was made before it stays, what comes after it waits again',
    async (log, state, code) => {
      const { lane, runs, attempt } = await begun(TEXTS);
      works(lane, attempt, 0, 'snow');
      lane.host.finish(attempt, { exitCode: 1, log: `begin\n${log}` });
      await lane.settle();
      expect(states(lane, runs)).toEqual(['done', state, 'queued']);
      const [, second, third] = runs.map((run) => lane.run(run));
      expect(second?.problem?.code).toBe(code);
      expect(third).toMatchObject({
        returned: { times: 1, problem: { code: 'queue.batch_left', parameters: { outcome: state } } },
      });
      expect(third).not.toHaveProperty('batchLimit');
      expect(third).not.toHaveProperty('attempt');
      expect(lane.eventsOf(third?.id as RunId).at(-1)).toBe('run.returned');
      const next = lane.take([BATCHED.id]);
      expect(next.items.map(({ run }) => run)).toEqual([third?.id]);
    },
  );

  it('ends with the exit code of the job, which was its own', async () => {
    const { lane, runs, attempt } = await begun(TEXTS);
    works(lane, attempt, 0, 'snow');
    lane.host.finish(attempt, { exitCode: 7, log: 'begin\n' });
    await lane.settle();
    expect(lane.run(runs[1] as RunId).problem).toMatchObject({
      code: 'model.exit_code',
      parameters: { exitCode: 7 },
    });
  });

  it.each([
    [
      { outOfMemory: true },
      'queued',
      { batchLimit: 1, returned: { problem: { code: 'queue.batch_memory' } } },
    ],
    [
      { wasStopped: true },
      'failed',
      { problem: { code: 'model.killed', parameters: { reason: 'stopped_from_outside' } } },
    ],
  ] as const)('ends as its host says of the job: %j', async (more, state, expected) => {
    const { lane, runs, attempt } = await begun(TEXTS);
    const inspect = lane.host.inspect.bind(lane.host);
    lane.host.inspect = async (id, signal) => {
      const status = await inspect(id, signal);
      return status.state === 'exited' ? { ...status, ...more } : status;
    };
    works(lane, attempt, 0, 'snow');
    lane.host.finish(attempt, { exitCode: 143, log: 'begin\n' });
    await lane.settle();
    expect(states(lane, runs)).toEqual(['done', state, 'queued']);
    expect(lane.run(runs[1] as RunId)).toMatchObject(expected);
  });

  it('ends with its full disk, which explains a bad exit code', async () => {
    const { lane, runs, attempt } = await begun(TEXTS);
    lane.host.hostFacts = { diskFreeBytes: 4096 };
    works(lane, attempt, 0, 'snow');
    lane.host.finish(attempt, { exitCode: 1, log: 'begin\n' });
    await lane.settle();
    expect(lane.run(runs[1] as RunId)).toMatchObject({
      state: 'failed',
      problem: { code: 'transfer.disk_full' },
    });
  });

  it('does not end where the model goes on without it', async () => {
    const { lane, runs, attempt } = await begun(TEXTS);
    works(lane, attempt, 0, 'snow');
    lane.host.appendLog(attempt, 'begin\nBLOCKED\n');
    works(lane, attempt, 2, 'fog');
    lane.host.finish(attempt);
    await lane.settle();
    expect(states(lane, runs)).toEqual(['done', 'blocked', 'done']);
  });

  it('goes back to its old place in the queue', async () => {
    const { lane, runs } = await queued(TEXTS);
    const ben = somebody(lane.store, 'ben').id;
    const other = lane.queue(BATCHED, { owner: ben, queuedAt: 9, parameters: { seed: 2 } });
    const order = lane.store.runs.queued().map(({ id }) => id);
    expect(order).toEqual([runs[0], other, runs[1], runs[2]]);
    const { id } = lane.take([BATCHED.id]);
    await lane.settle();
    lane.host.finish(id, { exitCode: 1, log: 'load\nbegin\nBLOCKED\n' });
    await lane.settle();
    expect(lane.store.runs.queued().map(({ id: run }) => run)).toEqual(order.slice(1));
    expect(lane.run(other)).toMatchObject({ state: 'queued', overtaken: 2 });
  });

  it('keeps the others from their turn three times at most: then they are tried alone', async () => {
    const { lane, runs } = await queued(['b', 'b', 'b', 'b', 'snow', 'rain']);
    for (let tries = 0; tries < 3; tries++) {
      const { id } = lane.take([BATCHED.id]);
      await lane.settle();
      lane.host.finish(id, { exitCode: 1, log: 'load\nbegin\nBLOCKED\n' });
      await lane.settle();
    }
    expect(lane.run(runs[5] as RunId)).toMatchObject({
      state: 'queued',
      batchLimit: 1,
      returned: { times: 3 },
    });
    expect(lane.take([BATCHED.id]).items).toHaveLength(1);
  });
});

describe('a job that ends with nobody to blame', () => {
  it('before its first run sends each of them back to be tried alone', async () => {
    const { lane, runs, attempt } = await begun(TEXTS);
    lane.host.finish(attempt, { exitCode: 1, log: 'load\nError: no checkpoint\n' });
    await lane.settle();
    expect(states(lane, runs)).toEqual(['queued', 'queued', 'queued']);
    expect(lane.run(runs[0] as RunId)).toMatchObject({
      batchLimit: 1,
      returned: { problem: { code: 'queue.batch_failed', parameters: { cause: 'model.failure_signature' } } },
    });
    for (const run of runs) {
      const { id, items } = lane.take([BATCHED.id]);
      expect(items).toEqual([{ run, hasEnded: false }]);
      await lane.settle();
      lane.host.finish(id, { exitCode: 1, log: 'load\nError: no checkpoint\n' });
      await lane.settle();
    }
    expect(states(lane, runs)).toEqual(['failed', 'failed', 'failed']);
  });

  it('because its host refuses it sends each of them back, and none is lost', async () => {
    const { lane, runs } = await queued(TEXTS);
    lane.take([BATCHED.id]);
    lane.host.failNext('prepare', new CosmosError('engine.work_dir_unusable', { role: 'attempt' }));
    await lane.settle();
    expect(states(lane, runs)).toEqual(['queued', 'queued', 'queued']);
    expect(lane.run(runs[2] as RunId)).toMatchObject({ batchLimit: 1 });
  });

  it('because its host refuses to start it does so too where the bot ends right after', async () => {
    const { lane, runs } = await queued(TEXTS);
    lane.take([BATCHED.id]);
    lane.host.failNext('start', new CosmosError('engine.start_failed', { reason: 'not_begun' }));
    const abandon = lane.host.abandon.bind(lane.host);
    lane.host.abandon = async (id, signal) => {
      await abandon(id, signal);
      throw new CosmosError('engine.host_unreachable', { reason: 'gone' });
    };
    const wait = await lane.settle();
    expect(states(lane, runs)).toEqual(['active', 'active', 'active']);
    await lane.restart();
    await lane.after(Number(wait));
    expect(states(lane, runs)).toEqual(['queued', 'queued', 'queued']);
    expect(lane.run(runs[0] as RunId)).toMatchObject({ batchLimit: 1 });
  });

  it('because it vanished keeps what was made, loses what was at work and takes back the rest', async () => {
    const { lane, runs, attempt } = await begun(TEXTS);
    works(lane, attempt, 0, 'snow');
    lane.host.appendLog(attempt, 'begin\n');
    lane.host.vanish(attempt);
    await lane.settle();
    expect(states(lane, runs)).toEqual(['done', 'lost', 'queued']);
  });
});

describe('a batch that vanished', () => {
  async function vanished() {
    const { lane, runs, attempt } = await begun(TEXTS);
    lane.host.appendLog(attempt, 'load\nbegin\n');
    lane.host.vanish(attempt);
    return { lane, runs };
  }

  it('has no outputs where its directory is gone, too', async () => {
    const { lane, runs } = await vanished();
    lane.host.failNext('listOutputs', new CosmosError('engine.work_dir_unusable', { role: 'attempt' }));
    await lane.settle();
    expect(states(lane, runs)).toEqual(['lost', 'queued', 'queued']);
    expect(lane.run(runs[0] as RunId).problem?.code).toBe('engine.vanished');
  });

  it('waits for its host where that cannot say what is left', async () => {
    const { lane, runs } = await vanished();
    lane.host.failNext('listOutputs', new CosmosError('engine.host_unreachable', { reason: 'gone' }));
    const wait = await lane.settle();
    expect(states(lane, runs)).toEqual(['active', 'active', 'active']);
    await lane.after(Number(wait));
    expect(states(lane, runs)).toEqual(['lost', 'queued', 'queued']);
  });
});

describe('memory that runs out with several runs together', () => {
  it('halves the batch, down to one, and only then is the end of a run', async () => {
    const texts = ['a', 'b', 'c', 'd', 'e'];
    const { lane, runs } = await queued(texts);
    const sizes: number[] = [];
    for (;;) {
      const { id, items } = lane.take([BATCHED.id]);
      sizes.push(items.length);
      await lane.settle();
      lane.host.finish(id, { exitCode: 1, log: 'load\nbegin\nCUDA out of memory\n' });
      await lane.settle();
      if (lane.run(runs[0] as RunId).state !== 'queued') break;
    }
    expect(sizes).toEqual([5, 2, 1]);
    expect(states(lane, runs)).toEqual(['failed', 'queued', 'queued', 'queued', 'queued']);
    expect(lane.run(runs[1] as RunId)).toMatchObject({
      batchLimit: 1,
      returned: { problem: { code: 'queue.batch_memory' } },
    });
    expect(lane.run(runs[4] as RunId)).toMatchObject({ batchLimit: 2 });
  });

  it('keeps what was made before', async () => {
    const { lane, runs, attempt } = await begun(TEXTS);
    works(lane, attempt, 0, 'snow');
    lane.host.finish(attempt, { exitCode: 1, log: 'begin\nCUDA out of memory\n' });
    await lane.settle();
    expect(states(lane, runs)).toEqual(['done', 'queued', 'queued']);
    expect(lane.take([BATCHED.id]).items).toHaveLength(1);
  });
});

describe('a cancel among others', () => {
  it('before the start takes the run out of what is sent', async () => {
    const { lane, runs } = await queued(TEXTS);
    const { id } = lane.take([BATCHED.id]);
    lane.cancel(runs[1] as RunId);
    await lane.settle();
    expect(states(lane, runs)).toEqual(['active', 'cancelled', 'active']);
    expect(lane.host.plan(id)?.files[1]?.content).not.toContain('rain');
    expect(lane.host.starts(id)).toBe(1);
  });

  it('while it is prepared takes the run out of what was sent', async () => {
    const { lane, runs } = await queued(TEXTS);
    const { id } = lane.take([BATCHED.id]);
    const prepare = lane.host.prepare.bind(lane.host);
    lane.host.prepare = async (plan, signal) => {
      await prepare(plan, signal);
      lane.cancel(runs[2] as RunId);
    };
    await lane.settle();
    expect(states(lane, runs)).toEqual(['active', 'active', 'cancelled']);
    expect(lane.host.plan(id)?.files[1]?.content).not.toContain('fog');
    expect(lane.host.starts(id)).toBe(1);
  });

  it('leaves one that is left alone the job that it has without others', async () => {
    const { lane, runs } = await queued(TEXTS);
    const { id } = lane.take([BATCHED.id]);
    for (const run of runs.slice(0, 2)) lane.cancel(run);
    await lane.settle();
    expect(lane.host.plan(id)?.files.map(({ path }) => path)).toEqual(['spec.json']);
    expect(states(lane, runs)).toEqual(['cancelled', 'cancelled', 'active']);
  });

  it('of a running one ends it at once, drops its result and disturbs nobody', async () => {
    const { lane, runs, attempt } = await begun(TEXTS);
    lane.cancel(runs[1] as RunId);
    await lane.settle();
    expect(states(lane, runs)).toEqual(['active', 'cancelled', 'active']);
    for (const [item, text] of TEXTS.entries()) works(lane, attempt, item, text);
    lane.host.finish(attempt);
    await lane.settle();
    expect(states(lane, runs)).toEqual(['done', 'cancelled', 'done']);
    expect(lane.run(runs[1] as RunId).outputs).toEqual([]);
    expect(lane.host.stops(attempt)).toEqual([]);
  });

  it('of all that are left stops the job, and what was made by then is kept', async () => {
    const { lane, runs, attempt } = await begun(TEXTS);
    works(lane, attempt, 0, 'snow');
    await lane.settle();
    const sent: string[] = [];
    const stop = lane.host.stop.bind(lane.host);
    lane.host.stop = async (id, strength, signal) => {
      sent.push(strength);
      await stop(id, strength, signal);
    };
    lane.cancel(runs[1] as RunId);
    await lane.settle();
    expect(sent).toEqual([]);
    lane.cancel(runs[2] as RunId);
    await lane.settle();
    expect(sent).toEqual(['terminate']);
    expect(states(lane, runs)).toEqual(['done', 'cancelled', 'cancelled']);
    expect(lane.store.attempts.open(LANE)).toBeUndefined();
  });

  it('does not wait for a result of another that is on its way', async () => {
    const { lane, runs, attempt } = await begun(TEXTS);
    works(lane, attempt, 0, 'snow');
    const fetch = lane.host.fetchOutput.bind(lane.host);
    let isFirst = true;
    lane.host.fetchOutput = async (id, path, to, onProgress, signal) => {
      if (isFirst) {
        isFirst = false;
        lane.cancel(runs[2] as RunId);
        lane.context.wakeup.notify();
        expect(signal?.aborted).toBe(true);
        signal?.throwIfAborted();
      }
      return await fetch(id, path, to, onProgress, signal);
    };
    await lane.settle();
    expect(states(lane, runs)).toEqual(['done', 'active', 'cancelled']);
  });

  it('of one that would go back ends it', async () => {
    const { lane, runs, attempt } = await begun(TEXTS);
    lane.host.finish(attempt, { exitCode: 1, log: 'load\nbegin\nBLOCKED\n' });
    const list = lane.host.listOutputs.bind(lane.host);
    lane.host.listOutputs = async (id, signal) => {
      lane.cancel(runs[2] as RunId);
      return await list(id, signal);
    };
    await lane.settle();
    expect(states(lane, runs)).toEqual(['blocked', 'queued', 'cancelled']);
  });
});

describe('the limits of a batch', () => {
  it('grow with its runs, and only the run at work has timed out', async () => {
    const { lane, runs, attempt } = await begun(TEXTS);
    works(lane, attempt, 0, 'snow');
    lane.host.appendLog(attempt, 'begin\n');
    await lane.settle();
    for (let passed = 0; passed < 3 * RUN_LIMIT_MS - 20_000; passed += 10_000) {
      lane.host.appendLog(attempt, 'still here\n');
      await lane.after(10_000);
    }
    expect(lane.host.stops(attempt)).toEqual([]);
    lane.host.ignoreTerm(attempt);
    lane.host.appendLog(attempt, 'still here\n');
    await lane.after(15_000);
    lane.host.appendLog(attempt, 'still here\n');
    await lane.after(15_000);
    expect(lane.host.stops(attempt)).toEqual(['terminate']);
    await lane.after(GRACE_MS);
    await lane.settle();
    expect(states(lane, runs)).toEqual(['done', 'timed_out', 'queued']);
    expect(lane.run(runs[1] as RunId).problem).toEqual({
      code: 'model.timed_out',
      parameters: { limitMs: 3 * RUN_LIMIT_MS },
    });
  });
});

describe('a result that is not certainly of its own run', () => {
  it('is dropped, and the run is tried alone', async () => {
    const { lane, runs, attempt } = await begun(TEXTS);
    works(lane, attempt, 0, 'snow');
    works(lane, attempt, 1, 'fog');
    works(lane, attempt, 2, 'fog');
    lane.host.finish(attempt);
    await lane.settle();
    expect(states(lane, runs)).toEqual(['done', 'queued', 'done']);
    expect(lane.run(runs[1] as RunId)).toMatchObject({
      batchLimit: 1,
      outputs: [],
      returned: { problem: { code: 'queue.batch_mixed' } },
    });
  });

  it('is not read where it is too long to be the text of its run', async () => {
    const { lane, runs, attempt } = await begun(TEXTS);
    works(lane, attempt, 0, `snow${' '.repeat(100_000)}`);
    works(lane, attempt, 1, 'rain\n');
    works(lane, attempt, 2, 'fog');
    lane.host.finish(attempt);
    await lane.settle();
    expect(states(lane, runs)).toEqual(['queued', 'done', 'done']);
  });

  it('that is no video fails its run alone', async () => {
    const { lane, runs, attempt } = await begun(TEXTS);
    for (const [item, text] of TEXTS.entries()) works(lane, attempt, item, text);
    lane.host.writeOutput(attempt, 'run_1/output.mp4', 'no video');
    lane.host.finish(attempt);
    await lane.settle();
    expect(states(lane, runs)).toEqual(['done', 'failed', 'done']);
    expect(lane.run(runs[1] as RunId).problem?.code).toBe('model.output_invalid');
  });
});

describe('a batch and a bot that ends at any moment', () => {
  it('is the same after a restart before every step', async () => {
    const { lane, runs } = await queued(TEXTS);
    const { id } = lane.take([BATCHED.id]);
    for (let steps = 0; steps < 3; steps++) {
      await lane.restart();
      await lane.step();
    }
    expect(lane.host.starts(id)).toBe(1);
    for (const [item, text] of TEXTS.entries()) works(lane, id, item, text);
    lane.host.finish(id);
    for (let steps = 0; steps < 10; steps++) {
      await lane.restart();
      await lane.step();
    }
    expect(states(lane, runs)).toEqual(['done', 'done', 'done']);
    for (const run of runs)
      expect(lane.eventsOf(run).filter((type) => type === 'run.finished')).toHaveLength(1);
  });

  it('gives each result as many tries as if it were alone', async () => {
    const { lane, runs, attempt } = await begun(TEXTS);
    for (const [item, text] of TEXTS.entries()) works(lane, attempt, item, text);
    lane.host.finish(attempt);
    const fetch = lane.host.fetchOutput.bind(lane.host);
    let isOdd = true;
    lane.host.fetchOutput = async (id, path, ...rest) => {
      const isBroken = path.startsWith('run_0/') || (path.startsWith('run_1/') && isOdd);
      if (path.startsWith('run_1/')) isOdd = false;
      if (isBroken) throw new CosmosError('internal.unexpected', { detail: 'no decoder survives it' });
      return await fetch(id, path, ...rest);
    };
    for (let tries = 0; tries < 8; tries += 1) await lane.after(60_000);
    expect(states(lane, runs)).toEqual(['failed', 'done', 'done']);
  });

  it('collects nothing twice where a download breaks in between', async () => {
    const { lane, runs, attempt } = await begun(TEXTS);
    for (const [item, text] of TEXTS.entries()) works(lane, attempt, item, text);
    lane.host.finish(attempt);
    const fetch = lane.host.fetchOutput.bind(lane.host);
    const fetched: string[] = [];
    let isBroken = true;
    lane.host.fetchOutput = async (id, path, ...rest) => {
      if (isBroken && path === 'run_1/output.mp4') {
        isBroken = false;
        throw new CosmosError('engine.host_unreachable', { reason: 'gone' });
      }
      fetched.push(path);
      return await fetch(id, path, ...rest);
    };
    const wait = await lane.settle();
    expect(states(lane, runs)).toEqual(['done', 'active', 'active']);
    await lane.restart();
    lane.clock.advance(Number(wait));
    await lane.settle();
    expect(states(lane, runs)).toEqual(['done', 'done', 'done']);
    expect(new Set(fetched).size).toBe(fetched.length);
  });
});

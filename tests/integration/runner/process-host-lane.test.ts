import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { RunId } from '../../../src/core/ids.ts';
import type { Host } from '../../../src/core/ports/host.ts';
import { isFinished } from '../../../src/core/runs/run.ts';
import { minimal } from '../../core/models/profiles.ts';
import { GRACE_MS, LANE, TestLane } from '../../core/runner/lane.ts';
import { processesOf } from '../../faults/workplace.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { makeHost } from '../remote/process-host.ts';

/** A lane on a real process host; its model is a shell script with the output folder as `$1`. */
async function openLane(script: string) {
  const workDir = join(await temporaryDirectory(), 'work');
  let host: Host | undefined;
  const lane = await TestLane.open((fake) => {
    host = makeHost({ workDir, instance: fake.instance });
    return host;
  });
  if (host === undefined) throw new Error('there is no host');
  const real = host;
  const profile = minimal({
    command: { argv: ['/bin/sh', '-c', script, 'sh', '{output}', '{input.color}'] },
  });
  const { run, attempt } = lane.claim(profile);
  const marker = `${lane.store.instance}/${attempt}`;
  onTestFinished(async () => {
    for (const id of await processesOf([marker])) endProcess(id);
    await real.close();
  });
  return { lane, host: real, run, attempt, workDir, alive: async () => await processesOf([marker]) };
}

/** Steps until the run has come to that stage, or to its end. */
async function until(lane: TestLane, run: RunId, isThere: () => boolean): Promise<void> {
  while (!isThere() && !isFinished(lane.run(run).state)) {
    lane.clock.advance(1_000);
    if (typeof (await lane.step()) === 'number') await after(10);
  }
}

const isOver = (): boolean => false;
const ENDLESS = 'while :; do sleep 0.05; done';

describe('a lane on a process host', () => {
  it('brings a run to its end', async () => {
    const { lane, run, alive } = await openLane('echo hello; printf "video 24" >"$1/street.mp4"');
    await until(lane, run, isOver);
    expect(lane.run(run)).toMatchObject({ state: 'done', progress: { logTail: ['hello'] } });
    expect(await alive()).toEqual([]);
  });

  it('ends the processes of a host that was wiped under them before the lane is free', async () => {
    const { lane, run, workDir, alive } = await openLane(ENDLESS);
    await until(lane, run, () => lane.run(run).stage === 'running');
    expect(await alive()).not.toEqual([]);
    await rm(workDir, { recursive: true, force: true });
    await until(lane, run, isOver);
    expect(lane.run(run)).toMatchObject({ state: 'lost', problem: { code: 'engine.host_replaced' } });
    expect(await alive()).toEqual([]);
  });

  it('loses nothing while the work directory cannot be used, and collects the result once it is back', async () => {
    const { lane, run, workDir, alive } = await openLane(
      'printf "video 24" >"$1/street.mp4"; while [ ! -e go ]; do sleep 0.01; done',
    );
    await until(lane, run, () => lane.run(run).stage === 'running');
    await rename(workDir, `${workDir}.away`);
    await writeFile(workDir, '');
    await until(lane, run, () => lane.run(run).problem !== undefined);
    expect(lane.run(run)).toMatchObject({
      state: 'active',
      problem: { code: 'engine.work_dir_unusable' },
    });
    await rm(workDir);
    await rename(`${workDir}.away`, workDir);
    await writeFile(join(workDir, 'attempts', lane.store.attempts.open(LANE)?.id ?? '', 'go'), '');
    await until(lane, run, isOver);
    expect(lane.run(run).state).toBe('done');
    expect(await alive()).toEqual([]);
  });

  it('follows a job whose directory was removed to its end, and has lost it then', async () => {
    const { lane, run, attempt, workDir, alive } = await openLane(ENDLESS);
    await until(lane, run, () => lane.run(run).stage === 'running');
    await rm(join(workDir, 'attempts', attempt), { recursive: true, force: true });
    for (let looks = 0; looks < 3; looks++) await lane.step();
    expect(lane.run(run).state).toBe('active');
    for (const id of await alive()) endProcess(id);
    await until(lane, run, isOver);
    expect(lane.run(run)).toMatchObject({ state: 'lost', problem: { code: 'engine.vanished' } });
  });

  it('brings its inputs again when they are lost between their upload and the start', async () => {
    const { lane, run, host, workDir } = await openLane('cat "$2"; printf "video 24" >"$1/street.mp4"');
    const prepare = host.prepare.bind(host);
    let losses = 2;
    host.prepare = async (plan, signal) => {
      losses -= 1;
      if (losses >= 0) await rm(join(workDir, 'assets'), { recursive: true });
      await mkdir(join(workDir, 'assets'), { recursive: true });
      await prepare(plan, signal);
    };
    await until(lane, run, isOver);
    expect(losses).toBeLessThan(0);
    expect(lane.run(run)).toMatchObject({ state: 'done' });
    expect(lane.eventsOf(run).filter((type) => type === 'run.starting')).toHaveLength(1);
  });

  it('cancels a job that ignores the stop signal', async () => {
    const { lane, run, alive } = await openLane(`trap "" TERM; ${ENDLESS}`);
    await until(lane, run, () => lane.run(run).stage === 'running');
    lane.cancel(run);
    await lane.step();
    expect(lane.run(run).stage).toBe('stopping');
    lane.clock.advance(GRACE_MS);
    await until(lane, run, isOver);
    expect(lane.run(run).state).toBe('cancelled');
    expect(await alive()).toEqual([]);
    expect(lane.store.attempts.open(LANE)).toBeUndefined();
  });
});

/** A short one of the job's own may have ended since it was seen. */
function endProcess(id: number): void {
  try {
    process.kill(id, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

import { mkdir, readFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { AttemptId } from '../../../src/core/ids.ts';
import { untilState } from '../../contracts/host.contract.ts';
import { ProcessHost, scriptPlan, WAIT } from './process-host.ts';
import { isAlive, jobProcess, recorded, untilFile, untilGone } from './processes.ts';

let local: ProcessHost;
beforeEach(async () => {
  local = await ProcessHost.create();
});
afterEach(() => local[Symbol.asyncDispose]());

const ATTEMPT = 'jb_stop0000-a1' as AttemptId;
const exitFile = async (): Promise<unknown> =>
  JSON.parse(await readFile(local.path(ATTEMPT, 'exit.json'), 'utf8'));

it('lets the job tidy up and tells its own exit code', async () => {
  await local.startScript(ATTEMPT, `trap 'echo tidy; exit 9' TERM; echo $$ >job; ${WAIT}`);
  await jobProcess(local.path(ATTEMPT, 'job'));
  await local.host.stop(ATTEMPT, 'terminate');
  expect(await untilState(local.host, ATTEMPT, 'exited')).toMatchObject({ exitCode: 9 });
  expect(await local.log(ATTEMPT)).toContain('tidy\n');
  expect(await exitFile()).toMatchObject({ format: 1, exit_code: 9, stopped: true });
});

it('tells a job once, however often it is asked to stop', async () => {
  const job = `trap 'echo told >&2; echo told >told' TERM; echo $$ >job; ${WAIT}; exit 0`;
  await local.startScript(ATTEMPT, job, { stopGraceMs: 60_000 });
  await jobProcess(local.path(ATTEMPT, 'job'));
  for (let n = 0; n < 4; n += 1) await local.host.stop(ATTEMPT, 'terminate');
  await untilFile(local.path(ATTEMPT, 'told'));
  await local.release(ATTEMPT);
  expect(await untilState(local.host, ATTEMPT, 'exited')).toMatchObject({ exitCode: 0 });
  expect(await local.log(ATTEMPT)).toMatch(/^(Terminated\n)?told\n$/);
});

it('kills a job that ignores the stop once the grace is over', async () => {
  await local.startScript(ATTEMPT, `trap '' TERM; echo $$ >job; ${WAIT}`, { stopGraceMs: 100 });
  const job = await jobProcess(local.path(ATTEMPT, 'job'));
  await local.host.stop(ATTEMPT, 'terminate');
  expect(await untilState(local.host, ATTEMPT, 'exited')).toMatchObject({ exitCode: 137 });
  expect(await isAlive(job)).toBe(false);
});

it('kills at once, and the wrapper still writes the end', async () => {
  await local.startScript(ATTEMPT, `trap '' TERM; echo $$ >job; ${WAIT}`, { stopGraceMs: 60_000 });
  await jobProcess(local.path(ATTEMPT, 'job'));
  await local.host.stop(ATTEMPT, 'kill');
  expect(await untilState(local.host, ATTEMPT, 'exited')).toMatchObject({ exitCode: 137 });
  expect(await local.log(ATTEMPT)).toBe('');
  expect(await exitFile()).toMatchObject({ exit_code: 137, stopped: true });
});

const CHILDREN = `trap '' TERM
setsid sh -c "trap '' TERM; echo \\$\\$ >own-session; sleep 60 & wait; sleep 60" >/dev/null 2>&1 &
sh -c "trap '' TERM; echo \\$\\$ >same-session; sleep 60 & wait; sleep 60" &
until [ -s own-session ] && [ -s same-session ]; do sleep 0.01; done
echo $$ >job
wait
${WAIT}`;

it.each(['terminate', 'kill'] as const)('leaves no process behind after %s', async (strength) => {
  await local.startScript(ATTEMPT, CHILDREN, { stopGraceMs: 50 });
  const processes = await Promise.all(
    ['job', 'own-session', 'same-session'].map((name) => jobProcess(local.path(ATTEMPT, name))),
  );
  await local.host.stop(ATTEMPT, strength);
  await untilState(local.host, ATTEMPT, 'exited');
  expect(await Promise.all(processes.map(isAlive))).toEqual([false, false, false]);
});

it('tells a process in a session of its own to stop as well', async () => {
  // The job goes on until its child has ended, so that nothing is killed meanwhile.
  const child = `trap : TERM
setsid sh -c 'trap "echo child; exit" TERM; echo $$ >child; ${WAIT}' &
while kill -0 $! 2>/dev/null; do wait $!; done`;
  await local.startScript(ATTEMPT, child, { stopGraceMs: 60_000 });
  const process = await jobProcess(local.path(ATTEMPT, 'child'));
  await local.host.stop(ATTEMPT, 'terminate');
  await untilState(local.host, ATTEMPT, 'exited');
  expect(await isAlive(process)).toBe(false);
  expect(await local.log(ATTEMPT)).toContain('child\n');
});

it('asks what is left to stop where the wrapper was killed', async () => {
  await local.startScript(ATTEMPT, `trap 'echo tidy; exit 9' TERM; echo $$ >job; ${WAIT}`);
  await jobProcess(local.path(ATTEMPT, 'job'));
  const wrapper = (await recorded(local.path(ATTEMPT))).pid;
  process.kill(wrapper, 'SIGKILL');
  await untilGone(wrapper);
  await local.host.stop(ATTEMPT, 'terminate');
  await untilState(local.host, ATTEMPT, 'vanished');
  expect(await local.log(ATTEMPT)).toContain('tidy\n');
});

it('kills an attempt whose processes were all suspended', async () => {
  await local.startScript(ATTEMPT, `echo $$ >job; ${WAIT}`);
  const job = await jobProcess(local.path(ATTEMPT, 'job'));
  process.kill(-(await recorded(local.path(ATTEMPT))).pid, 'SIGSTOP');
  await local.host.stop(ATTEMPT, 'kill');
  await untilGone(job);
  await untilState(local.host, ATTEMPT, 'exited');
});

it('ends a job that was stopped as soon as it began, in each of 40 tries', async () => {
  for (let n = 1; n <= 40; n += 1) {
    const attempt = `jb_stop0000-a${n}` as AttemptId;
    await local.startScript(attempt, WAIT, { stopGraceMs: 60_000 });
    await local.host.stop(attempt, 'terminate');
    expect(await untilState(local.host, attempt, 'exited')).toMatchObject({ exitCode: 143 });
  }
});

it('ends a job whose wrapper was told to stop before the job was there, in each of 60 tries', async () => {
  for (let n = 1; n <= 60; n += 1) {
    const attempt = `jb_stop0000-a${n}` as AttemptId;
    await local.host.prepare(scriptPlan(attempt, WAIT, { stopGraceMs: 2000 }));
    const started = local.host.start(attempt);
    await untilFile(local.path(attempt, 'started/process'));
    process.kill((await recorded(local.path(attempt))).pid, 'SIGTERM');
    await started;
    expect(await untilState(local.host, attempt, 'exited')).toMatchObject({ exitCode: 143 });
  }
});

it('stops a job also where the stop cannot be noted', async () => {
  await local.startScript(ATTEMPT, `echo $$ >job; ${WAIT}`, { stopGraceMs: 60_000 });
  const job = await jobProcess(local.path(ATTEMPT, 'job'));
  await mkdir(local.path(ATTEMPT, 'started/stop'));
  await local.host.stop(ATTEMPT, 'terminate');
  await untilGone(job);
  expect(await untilState(local.host, ATTEMPT, 'exited')).toMatchObject({ exitCode: 143 });
  expect(await local.log(ATTEMPT)).not.toContain('stop');
});

it('writes the end also where a stop arrives while the job ends by itself, in each of 40 tries', async () => {
  for (let n = 1; n <= 40; n += 1) {
    const attempt = `jb_stop0000-a${n}` as AttemptId;
    await local.startScript(attempt, 'exit 6');
    await local.host.stop(attempt, 'terminate');
    const { exitCode } = await untilState(local.host, attempt, 'exited');
    expect([6, 143]).toContain(exitCode);
  }
});

it('starts no second log while a straggler still writes to the first', async () => {
  await local.startScript(
    ATTEMPT,
    `setsid sh -c 'echo $$ >child; ${WAIT}; echo late' & until [ -s child ]; do sleep 0.01; done; echo early`,
  );
  await untilFile(local.path(ATTEMPT, 'exit.json'));
  await local.release(ATTEMPT);
  await untilState(local.host, ATTEMPT, 'exited');
  expect(await local.log(ATTEMPT)).toBe('early\nlate\n');
});

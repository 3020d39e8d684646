import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { AttemptId, InstanceId } from '../../../src/core/ids.ts';
import { untilState } from '../../contracts/host.contract.ts';
import { makeHost, ProcessHost, scriptPlan, WAIT } from './process-host.ts';
import { isAlive, jobProcess, recorded, untilFile, untilGone } from './processes.ts';

let local: ProcessHost;
beforeEach(async () => {
  local = await ProcessHost.create();
});
afterEach(() => local[Symbol.asyncDispose]());

const ATTEMPT = 'jb_alive000-a1' as AttemptId;
/** Leaves the session, and closes what it inherited: only its environment tells whose it is. */
const STRAGGLER = `setsid sh -c 'echo $$ >straggler; ${WAIT}' >/dev/null 2>&1 & until [ -s straggler ]; do sleep 0.01; done`;

it('says running while only the job is left after its wrapper was killed, then vanished', async () => {
  await local.startScript(ATTEMPT, `echo $$ >job; ${WAIT}`);
  const job = await jobProcess(local.path(ATTEMPT, 'job'));
  process.kill((await recorded(local.path(ATTEMPT))).pid, 'SIGKILL');
  await untilGone((await recorded(local.path(ATTEMPT))).pid);
  expect(await local.host.inspect(ATTEMPT)).toMatchObject({ state: 'running' });
  await local.release(ATTEMPT);
  await untilGone(job);
  expect(await local.host.inspect(ATTEMPT)).toEqual({ state: 'vanished', detail: 'no_exit_file' });
});

it('says vanished after everything was killed, and does not start it again', async () => {
  await local.startScript(ATTEMPT, `printf x >>runs; echo $$ >job; ${WAIT}`);
  const job = await jobProcess(local.path(ATTEMPT, 'job'));
  process.kill((await recorded(local.path(ATTEMPT))).pid, 'SIGKILL');
  process.kill(job, 'SIGKILL');
  await untilState(local.host, ATTEMPT, 'vanished');
  await local.host.start(ATTEMPT);
  expect(await local.host.abandon(ATTEMPT)).toBe('already_started');
  expect(await readFile(local.path(ATTEMPT, 'runs'), 'utf8')).toBe('x');
});

it('says running while a process in a session of its own outlives the job, and exited after it', async () => {
  await local.startScript(ATTEMPT, `${STRAGGLER}; exit 5`);
  const straggler = await jobProcess(local.path(ATTEMPT, 'straggler'));
  await untilFile(local.path(ATTEMPT, 'exit.json'));
  await untilGone((await recorded(local.path(ATTEMPT))).pid);
  expect(await local.host.inspect(ATTEMPT)).toMatchObject({ state: 'running' });
  await local.release(ATTEMPT);
  await untilGone(straggler);
  expect(await local.host.inspect(ATTEMPT)).toMatchObject({ state: 'exited', exitCode: 5 });
});

it('finds a job that emptied its environment after its wrapper was killed', async () => {
  await local.startScript(
    ATTEMPT,
    `exec env -i /bin/sh -c 'echo $$ >job; ${WAIT.replace('sleep', '/bin/sleep')}'`,
  );
  const job = await jobProcess(local.path(ATTEMPT, 'job'));
  const wrapper = (await recorded(local.path(ATTEMPT))).pid;
  process.kill(wrapper, 'SIGKILL');
  await untilGone(wrapper);
  expect(await local.host.inspect(ATTEMPT)).toMatchObject({ state: 'running' });
  await local.host.stop(ATTEMPT, 'kill');
  await untilGone(job);
  expect(await local.host.inspect(ATTEMPT)).toMatchObject({ state: 'vanished' });
});

it('neither takes a stranger with the recorded process id for the job, nor signals it', async () => {
  await local.startScript(ATTEMPT, 'true');
  await untilState(local.host, ATTEMPT, 'exited');
  await rm(local.path(ATTEMPT, 'exit.json'));
  const stranger = spawn('sleep', ['60'], { detached: true });
  await once(stranger, 'spawn');
  const { boot, start } = await recorded(local.path(ATTEMPT));
  const forged = `${stranger.pid} ${start} ${boot} ${stranger.pid} end\n`;
  await writeFile(local.path(ATTEMPT, 'started/process'), forged);
  expect(await local.host.inspect(ATTEMPT)).toMatchObject({ state: 'vanished' });
  await local.host.stop(ATTEMPT, 'terminate');
  await local.host.stop(ATTEMPT, 'kill');
  expect(await isAlive(stranger.pid ?? 0)).toBe(true);
  stranger.kill('SIGKILL');
  await once(stranger, 'exit');
});

it('takes an attempt of an earlier boot for vanished, unless its end was written', async () => {
  await local.startScript(ATTEMPT, `echo $$ >job; ${WAIT}`);
  const { pid, start, session } = await recorded(local.path(ATTEMPT));
  const process = local.path(ATTEMPT, 'started/process');
  const present = await readFile(process, 'utf8');
  await writeFile(process, `${pid} ${start} 00000000-0000-0000-0000-000000000000 ${session} end\n`);
  expect(await local.host.inspect(ATTEMPT)).toEqual({ state: 'vanished', detail: 'rebooted' });
  await local.host.stop(ATTEMPT, 'kill');
  expect(await isAlive(pid)).toBe(true);
  const exit = { format: 1, exit_code: 3, started_at: 10, ended_at: 20, stopped: false };
  await writeFile(local.path(ATTEMPT, 'exit.json'), JSON.stringify(exit));
  expect(await local.host.inspect(ATTEMPT)).toEqual({
    state: 'exited',
    exitCode: 3,
    hostStartedAt: 10,
    hostEndedAt: 20,
  });
  await rm(local.path(ATTEMPT, 'exit.json'));
  await writeFile(process, present);
});

it.each([
  '',
  '{',
  '{"format":1}',
  '{"format":2,"exit_code":0,"started_at":1,"ended_at":2,"stopped":false}',
  'x\nguard none',
])('takes the exit file %j for missing', async (content) => {
  await local.startScript(ATTEMPT, 'true');
  await untilState(local.host, ATTEMPT, 'exited');
  await writeFile(local.path(ATTEMPT, 'exit.json'), content);
  expect(await local.host.inspect(ATTEMPT)).toEqual({ state: 'vanished', detail: 'invalid_exit_file' });
});

it('takes a guard without a record and without a process for vanished', async () => {
  await local.host.prepare(scriptPlan(ATTEMPT, 'printf x >>runs'));
  await mkdir(local.path(ATTEMPT, 'started'));
  expect(await local.host.inspect(ATTEMPT)).toEqual({ state: 'vanished', detail: 'ended_before_the_job' });
  await local.host.start(ATTEMPT);
  await expect(readFile(local.path(ATTEMPT, 'runs'))).rejects.toMatchObject({ code: 'ENOENT' });
});

it('takes a guard without a record for running while a process of the attempt lives', async () => {
  await local.startScript(ATTEMPT, `echo $$ >job; ${WAIT}`);
  await rm(local.path(ATTEMPT, 'started/process'));
  expect(await local.host.inspect(ATTEMPT)).toMatchObject({ state: 'running' });
});

it('sees and kills a job whose directory was removed', async () => {
  await local.startScript(ATTEMPT, 'echo $$ >job; exec sleep 60');
  const job = await jobProcess(local.path(ATTEMPT, 'job'));
  await rm(local.path(ATTEMPT), { recursive: true });
  expect(await local.host.inspect(ATTEMPT)).toMatchObject({ state: 'running' });
  await expect(local.host.discard(ATTEMPT)).rejects.toMatchObject({ code: 'engine.not_stopped' });
  await local.host.stop(ATTEMPT, 'kill');
  await untilGone(job);
  expect(await local.host.inspect(ATTEMPT)).toEqual({ state: 'never_started' });
});

it('tells attempt 1 from attempt 10', async () => {
  const tenth = 'jb_alive000-a10' as AttemptId;
  await local.startScript(ATTEMPT, 'true');
  await local.startScript(tenth, WAIT);
  expect(await untilState(local.host, ATTEMPT, 'exited')).toMatchObject({ exitCode: 0 });
  await local.host.stop(ATTEMPT, 'kill');
  expect(await local.host.inspect(tenth)).toMatchObject({ state: 'running' });
});

it("leaves another bot's attempt alone", async () => {
  const other = makeHost({ workDir: local.workDir, instance: 'in_other000' as InstanceId });
  await local.startScript(ATTEMPT, WAIT);
  const code = 'engine.work_dir_unusable';
  await other.identify();
  await other.stop(ATTEMPT, 'kill');
  await expect(other.inspect(ATTEMPT)).rejects.toMatchObject({ code });
  await expect(other.start(ATTEMPT)).rejects.toMatchObject({ code });
  await expect(other.abandon(ATTEMPT)).rejects.toMatchObject({ code });
  await expect(other.discard(ATTEMPT)).rejects.toMatchObject({ code });
  expect(await other.leftovers('in_other000' as InstanceId)).toEqual([]);
  await other.close();
  expect(await local.host.inspect(ATTEMPT)).toMatchObject({ state: 'running' });
});

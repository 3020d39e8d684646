import { readFile, rm } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AttemptId } from '../../../src/core/ids.ts';
import { untilState } from '../../contracts/host.contract.ts';
import { DockerDaemon, missingForDocker, SHELL_IMAGES, TEST_IMAGE } from '../../support/docker-daemon.ts';
import { INSTANCE, WAIT } from '../remote/process-host.ts';
import { containerPlan, DockerHost } from './docker-host.ts';

const missing = await missingForDocker();
const attempt = 'jb_ends0000-a1' as AttemptId;

/** Says in the log that it is ready, so that a test can wait for it. */
const READY = 'echo ready';

describe.skipIf(missing !== undefined)(`how jobs in containers end${missing ? ` (${missing})` : ''}`, () => {
  let daemon: DockerDaemon;
  let docker: DockerHost;
  beforeAll(async () => {
    daemon = await DockerDaemon.create();
  }, 60_000);
  afterAll(() => daemon[Symbol.asyncDispose](), 60_000);
  beforeEach(async () => {
    docker = await DockerHost.create(daemon);
  });
  afterEach(() => docker[Symbol.asyncDispose]());

  const isReady = async (): Promise<void> => {
    for (;;) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const stop = docker.host.watch(attempt, resolve);
      const log = await docker.log(attempt).catch(() => '');
      if (log.includes('ready')) return stop?.();
      await promise;
      stop?.();
    }
  };
  const containers = (): Promise<string> => daemon.docker('ps', '--all', '--quiet');

  const shells = Object.entries({ busybox: TEST_IMAGE, ...SHELL_IMAGES });
  it.each(shells)(
    'passes a stop of the engine on to the model and writes how it ended (%s)',
    async (_, image) => {
      const script = `trap 'echo saved; exit 9' TERM\n${READY}\n${WAIT}`;
      await docker.host.prepare(containerPlan(attempt, script, { stopGraceMs: 5000 }, { image }));
      await docker.host.start(attempt);
      await isReady();
      await daemon.docker('stop', attempt);
      expect(await untilState(docker.host, attempt, 'exited', 'vanished')).toMatchObject({
        state: 'exited',
        exitCode: 9,
      });
      expect(await docker.log(attempt)).toMatch(/^ready\n(Terminated\n)?saved\n$/);
      expect(JSON.parse(await readFile(docker.path(attempt, 'exit.json'), 'utf8'))).toMatchObject({
        stopped: true,
      });
    },
  );

  it.each(shells)('kills what ignores the stop when its grace is over (%s)', async (_, image) => {
    const script = `trap '' TERM\n(trap '' TERM; sleep 1000) &\n${READY}\n${WAIT}`;
    await docker.host.prepare(containerPlan(attempt, script, { stopGraceMs: 200 }, { image }));
    await docker.host.start(attempt);
    await isReady();
    await docker.host.stop(attempt, 'terminate');
    expect(await untilState(docker.host, attempt, 'exited', 'vanished')).toMatchObject({
      state: 'exited',
      exitCode: 137,
    });
    expect(await daemon.docker('ps', '--quiet')).toBe('');
  });

  it('leaves nothing of a cancelled attempt: no process, no container, no directory', async () => {
    await docker.startScript(attempt, `sleep 1000 & ${READY}; ${WAIT}`);
    await isReady();
    await docker.host.stop(attempt, 'terminate');
    await untilState(docker.host, attempt, 'exited');
    await docker.host.discard(attempt);
    expect(await containers()).toBe('');
    expect(await docker.host.leftovers(INSTANCE)).toEqual([]);
    expect(await docker.host.inspect(attempt)).toEqual({ state: 'never_started' });
  });

  it('kills a paused container', async () => {
    await docker.startScript(attempt, `${READY}; ${WAIT}`);
    await isReady();
    await daemon.docker('pause', attempt);
    expect(await docker.host.inspect(attempt)).toMatchObject({ state: 'running' });
    await docker.host.stop(attempt, 'kill');
    expect(await untilState(docker.host, attempt, 'exited', 'vanished')).toMatchObject({ exitCode: 137 });
  });

  it('says of a container that was killed from outside that nobody knows why', async () => {
    await docker.startScript(attempt, `${READY}; ${WAIT}`);
    await isReady();
    await daemon.docker('kill', attempt);
    expect(await untilState(docker.host, attempt, 'exited', 'vanished')).toEqual({
      state: 'vanished',
      detail: 'killed_from_outside',
    });
    await docker.host.start(attempt);
    expect(await docker.host.inspect(attempt)).toMatchObject({ state: 'vanished' });
    expect(await docker.log(attempt)).toBe('ready\n');
  });

  it('says of a container that somebody removed that it has vanished', async () => {
    await docker.startScript(attempt, `${READY}; ${WAIT}`);
    await isReady();
    await daemon.docker('rm', '--force', attempt);
    const vanished = { state: 'vanished', detail: 'container_removed' };
    expect(await docker.host.inspect(attempt)).toEqual(vanished);
    await docker.host.start(attempt);
    await docker.host.stop(attempt, 'kill');
    expect(await docker.host.inspect(attempt)).toEqual(vanished);
    expect(await containers()).toBe('');
  });

  it('tells a job that ran out of memory from one that was killed', async () => {
    const flags = ['--memory', '24m', '--memory-swap', '24m'];
    await docker.host.prepare(containerPlan(attempt, 'tail /dev/zero', {}, { flags }));
    await docker.host.start(attempt);
    expect(await untilState(docker.host, attempt, 'exited')).toMatchObject({
      exitCode: 137,
      outOfMemory: true,
    });
    const other = 'jb_ends0000-a2' as AttemptId;
    await docker.startScript(other, 'kill -KILL $$');
    const end = await untilState(docker.host, other, 'exited');
    expect(end.exitCode).toBe(137);
    expect(end).not.toHaveProperty('outOfMemory');
  });

  it('keeps what was written before the end of a job that leaves processes behind', async () => {
    await docker.startScript(attempt, 'sleep 1000 & echo done >out/a.txt');
    expect(await untilState(docker.host, attempt, 'exited')).toMatchObject({ exitCode: 0 });
    expect(await docker.host.listOutputs(attempt)).toEqual([{ path: 'a.txt', bytes: 5 }]);
  });

  it('finds and ends a container whose directory was wiped', async () => {
    await docker.startScript(attempt, `${READY}; ${WAIT}`);
    await isReady();
    await rm(docker.path(attempt), { recursive: true });
    expect(await docker.host.leftovers(INSTANCE)).toMatchObject([{ attempt, status: { state: 'running' } }]);
    await expect(docker.host.discard(attempt)).rejects.toMatchObject({ code: 'engine.not_stopped' });
    await docker.host.stop(attempt, 'kill');
    await untilState(docker.host, attempt, 'never_started');
    await docker.host.discard(attempt);
    expect(await containers()).toBe('');
  });
});

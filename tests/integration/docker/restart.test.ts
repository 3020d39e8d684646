import { afterEach, describe, expect, it } from 'vitest';
import type { AttemptId } from '../../../src/core/ids.ts';
import { untilState } from '../../contracts/host.contract.ts';
import { DockerDaemon, missingForDocker } from '../../support/docker-daemon.ts';
import { WAIT } from '../remote/process-host.ts';
import { DockerHost } from './docker-host.ts';

const missing = await missingForDocker();
const attempt = 'jb_restart0-a1' as AttemptId;
const SAVED = `trap 'echo saved; exit 9' TERM\n${WAIT}`;

describe.skipIf(missing !== undefined)(
  `a Docker engine that restarts${missing ? ` (${missing})` : ''}`,
  () => {
    let daemon: DockerDaemon | undefined;
    let docker: DockerHost | undefined;
    const begin = async (
      ...flags: readonly string[]
    ): Promise<{ daemon: DockerDaemon; docker: DockerHost }> => {
      daemon = await DockerDaemon.create(...flags);
      docker = await DockerHost.create(daemon);
      await docker.startScript(attempt, SAVED, { stopGraceMs: 3000 });
      return { daemon, docker };
    };
    afterEach(async () => {
      await docker?.[Symbol.asyncDispose]();
      await daemon?.[Symbol.asyncDispose]();
      daemon = undefined;
      docker = undefined;
    }, 60_000);

    const unreachable = { state: 'unreachable', detail: 'docker_not_running' };

    it('ends its jobs with the stop that they can answer, and says unreachable meanwhile', async () => {
      const { daemon, docker } = await begin();
      await daemon.stop();
      expect(await docker.host.inspect(attempt)).toEqual(unreachable);
      await expect(docker.host.start(attempt)).rejects.toMatchObject({ code: 'engine.host_unreachable' });
      await expect(docker.host.stop(attempt, 'kill')).rejects.toMatchObject({
        code: 'engine.host_unreachable',
      });
      await expect(docker.host.discard(attempt)).rejects.toMatchObject({ code: 'engine.host_unreachable' });
      await daemon.start();
      expect(await docker.host.inspect(attempt)).toMatchObject({ state: 'exited', exitCode: 9 });
      expect(await docker.log(attempt)).toMatch(/saved\n$/);
    }, 90_000);

    it('loses its jobs when it crashes, and says so', async () => {
      const { daemon, docker } = await begin();
      await daemon.stop('SIGKILL');
      expect(await docker.host.inspect(attempt)).toEqual(unreachable);
      await daemon.start();
      const end = await untilState(docker.host, attempt, 'exited', 'vanished');
      expect([
        { state: 'vanished', detail: 'killed_from_outside' },
        { state: 'exited', exitCode: 9 },
      ]).toContainEqual(end.state === 'exited' ? { state: end.state, exitCode: end.exitCode } : end);
      await docker.host.start(attempt);
      expect(await docker.host.inspect(attempt)).toEqual(end);
    }, 90_000);

    it('keeps its jobs where it may live on, through a stop and through a crash', async () => {
      const { daemon, docker } = await begin('--live-restore');
      for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
        await daemon.stop(signal);
        expect(await docker.host.inspect(attempt)).toEqual(unreachable);
        await daemon.start();
        expect(await docker.host.inspect(attempt)).toMatchObject({ state: 'running' });
      }
      await docker.release(attempt);
      expect(await untilState(docker.host, attempt, 'exited')).toMatchObject({ exitCode: 0 });
    }, 90_000);
  },
);

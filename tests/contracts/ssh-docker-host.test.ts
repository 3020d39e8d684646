import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AttemptId } from '../../src/core/ids.ts';
import type { Host } from '../../src/core/ports/host.ts';
import { containerPlan } from '../integration/docker/docker-host.ts';
import { INSTANCE, makeHost, WAIT } from '../integration/remote/process-host.ts';
import { DockerDaemon, missingForDocker } from '../support/docker-daemon.ts';
import { missingSshd, OpenSshServer } from '../support/openssh-server.ts';
import { contractScript } from './contract-script.ts';
import { CONTRACT_GRACE_MS, type HostUnderTest, hostContract, untilState } from './host.contract.ts';

const missing = (await missingForDocker()) ?? missingSshd();
const title = `containers of a host over SSH, for a user without rights${missing ? ` (${missing})` : ''}`;

describe.skipIf(missing !== undefined)(title, () => {
  let daemon: DockerDaemon;
  let server: OpenSshServer;
  beforeAll(async () => {
    daemon = await DockerDaemon.create();
    await daemon.openToAll();
    server = await OpenSshServer.start();
  }, 60_000);
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await daemon[Symbol.asyncDispose]();
  }, 60_000);

  const underTest = async (): Promise<HostUnderTest & { path(attempt: AttemptId, name: string): string }> => {
    const directory = await mkdtemp(join(tmpdir(), 'cosmos-bot-'));
    const base = await server.makeDirectory(randomBytes(4).toString('hex'));
    const workDir = join(base, "work dir's");
    const host = makeHost({
      ...{ workDir, transport: 'ssh', ssh: server.options },
      ...{ engine: 'docker', dockerCommand: daemon.command },
    });
    const path = (attempt: AttemptId, name: string): string => join(workDir, 'attempts', attempt, name);
    return {
      ...{ host, instance: INSTANCE, directory, path },
      plan: (attempt, job) => containerPlan(attempt, contractScript(job), { stopGraceMs: CONTRACT_GRACE_MS }),
      release: (attempt) => writeFile(path(attempt, 'release'), ''),
      runs: async (attempt) => (await readFile(path(attempt, 'runs'), 'utf8').catch(() => '')).length,
      [Symbol.asyncDispose]: async () => {
        await removeLeftovers(host);
        await host.close();
        await rm(directory, { recursive: true, force: true });
        await rm(base, { recursive: true, force: true });
      },
    };
  };

  hostContract('ssh transport, docker engine', underTest);

  describe('files', () => {
    let under: Awaited<ReturnType<typeof underTest>>;
    beforeEach(async () => {
      under = await underTest();
    });
    afterEach(() => under[Symbol.asyncDispose]());
    const attempt = 'jb_files000-a1' as AttemptId;
    const owners = async (...names: readonly string[]): Promise<readonly number[]> =>
      Promise.all(names.map(async (name) => (await stat(under.path(attempt, name))).uid));
    const start = async (script: string, user: 'host' | 'image'): Promise<void> => {
      await under.host.prepare(containerPlan(attempt, script, {}, { user }));
      await under.host.start(attempt);
    };

    it("belong to the host's user where the container runs as that user", async () => {
      await start('id -u; echo x >out/a.txt', 'host');
      await untilState(under.host, attempt, 'exited');
      const [ours] = await owners('run.sh');
      expect(ours).not.toBe(0);
      expect(await owners('out/a.txt', 'run.log', 'started')).toEqual([ours, ours, ours]);
      expect(await readFile(under.path(attempt, 'run.log'), 'utf8')).toBe(`${ours}\n`);
    });

    it('are given back to that user where the container has run as root', async () => {
      await start('id -u; umask 077; mkdir out/deep; echo x >out/deep/a.txt', 'image');
      await untilState(under.host, attempt, 'exited');
      const [ours] = await owners('run.sh');
      expect(await owners('out/deep/a.txt', 'run.log', 'started')).toEqual([ours, ours, ours]);
      expect(await readFile(under.path(attempt, 'run.log'), 'utf8')).toBe('0\n');
      const to = join(under.directory, 'fetched');
      await under.host.fetchOutput(attempt, 'deep/a.txt', to, () => undefined);
      expect(await readFile(to, 'utf8')).toBe('x\n');
    });

    it('of root are removed with an attempt that was killed before it could give them back', async () => {
      await start(`umask 077; mkdir out/deep; echo x >out/deep/a.txt; echo ready >ready; ${WAIT}`, 'image');
      while ((await stat(under.path(attempt, 'ready')).catch(() => undefined)) === undefined) {
        await under.host.inspect(attempt);
      }
      await daemon.docker('kill', attempt);
      await untilState(under.host, attempt, 'vanished');
      expect(await owners('out/deep')).toEqual([0]);
      await under.host.discard(attempt);
      expect(await under.host.leftovers(INSTANCE)).toEqual([]);
      await expect(stat(under.path(attempt, ''))).rejects.toMatchObject({ code: 'ENOENT' });
      expect(await daemon.docker('ps', '--all', '--quiet')).toBe('');
    });
  });
});

async function removeLeftovers(host: Host): Promise<void> {
  for (const { attempt, status } of await host.leftovers(INSTANCE)) {
    if (status.state === 'running') {
      await host.stop(attempt, 'kill');
      await untilState(host, attempt, 'exited', 'vanished', 'never_started');
    }
    await host.discard(attempt);
  }
}

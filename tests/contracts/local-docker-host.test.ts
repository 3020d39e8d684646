import { afterAll, beforeAll, describe } from 'vitest';
import { containerPlan, DockerHost } from '../integration/docker/docker-host.ts';
import { INSTANCE } from '../integration/remote/process-host.ts';
import { DockerDaemon, missingForDocker } from '../support/docker-daemon.ts';
import { contractScript } from './contract-script.ts';
import { CONTRACT_GRACE_MS, hostContract } from './host.contract.ts';

const missing = await missingForDocker();

describe.skipIf(missing !== undefined)(`a real Docker engine${missing ? ` (${missing})` : ''}`, () => {
  let daemon: DockerDaemon;
  beforeAll(async () => {
    daemon = await DockerDaemon.create();
  }, 60_000);
  afterAll(() => daemon[Symbol.asyncDispose](), 60_000);

  hostContract('local transport, docker engine', async () => {
    const docker = await DockerHost.create(daemon);
    return {
      host: docker.host,
      instance: INSTANCE,
      directory: docker.directory,
      plan: (attempt, job) => containerPlan(attempt, contractScript(job), { stopGraceMs: CONTRACT_GRACE_MS }),
      release: (attempt) => docker.release(attempt),
      runs: (attempt) => docker.runs(attempt),
      [Symbol.asyncDispose]: () => docker[Symbol.asyncDispose](),
    };
  });
});

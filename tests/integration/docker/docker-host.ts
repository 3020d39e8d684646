import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AttemptId } from '../../../src/core/ids.ts';
import type { AttemptPlan, Host, JobContainer } from '../../../src/core/ports/host.ts';
import type { HostOptions } from '../../../src/remote/create-hosts.ts';
import { untilState } from '../../contracts/host.contract.ts';
import { type DockerDaemon, TEST_IMAGE } from '../../support/docker-daemon.ts';
import { INSTANCE, makeHost, scriptPlan } from '../remote/process-host.ts';

/** A host of containers in a directory of its own; removes what tests have left. */
export class DockerHost implements AsyncDisposable {
  readonly directory: string;
  readonly workDir: string;
  readonly host: Host;

  private constructor(directory: string, daemon: DockerDaemon, options: Partial<HostOptions>) {
    this.directory = directory;
    this.workDir = join(directory, 'work, dir\'s "one"');
    this.host = makeDockerHost(this.workDir, daemon, options);
  }

  static async create(daemon: DockerDaemon, options: Partial<HostOptions> = {}): Promise<DockerHost> {
    return new DockerHost(await mkdtemp(join(tmpdir(), 'cosmos-bot-')), daemon, options);
  }

  path(attempt: AttemptId, name = ''): string {
    return join(this.workDir, 'attempts', attempt, name);
  }

  async startScript(attempt: AttemptId, script: string, plan: Partial<AttemptPlan> = {}): Promise<void> {
    await this.host.prepare(containerPlan(attempt, script, plan));
    await this.host.start(attempt);
  }

  log(attempt: AttemptId): Promise<string> {
    return readFile(this.path(attempt, 'run.log'), 'utf8');
  }

  release(attempt: AttemptId): Promise<void> {
    return writeFile(this.path(attempt, 'release'), '');
  }

  async runs(attempt: AttemptId): Promise<number> {
    return (await readFile(this.path(attempt, 'runs'), 'utf8').catch(() => '')).length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { attempt, status } of await this.host.leftovers(INSTANCE)) {
      if (status.state === 'running') {
        await this.host.stop(attempt, 'kill');
        await untilState(this.host, attempt, 'exited', 'vanished', 'never_started');
      }
      await this.host.discard(attempt);
    }
    await this.host.close();
    await rm(this.directory, { recursive: true, force: true });
  }
}

export function makeDockerHost(
  workDir: string,
  daemon: DockerDaemon,
  options: Partial<HostOptions> = {},
): Host {
  return makeHost({ workDir, engine: 'docker', dockerCommand: daemon.command, ...options });
}

export function containerPlan(
  attempt: AttemptId,
  script: string,
  plan: Partial<AttemptPlan> = {},
  container: Partial<JobContainer> = {},
): AttemptPlan {
  return scriptPlan(attempt, script, {
    container: { image: TEST_IMAGE, gpuFlags: [], mounts: [], user: 'host', flags: [], ...container },
    ...plan,
  });
}

import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AttemptId, HostName, InstanceId } from '../../../src/core/ids.ts';
import type { AttemptPlan, Host } from '../../../src/core/ports/host.ts';
import { createHost, type HostOptions } from '../../../src/remote/create-hosts.ts';

export const INSTANCE = 'in_test0000' as InstanceId;
export const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** A real process host in a directory of its own; kills what tests have left running. */
export class ProcessHost implements AsyncDisposable {
  readonly directory: string;
  readonly workDir: string;
  readonly host: Host;

  private constructor(directory: string, options: Partial<HostOptions>) {
    this.directory = directory;
    this.workDir = options.workDir ?? join(directory, "work dir's");
    this.host = makeHost({ workDir: this.workDir, ...options });
  }

  static async create(options: Partial<HostOptions> = {}): Promise<ProcessHost> {
    return new ProcessHost(await mkdtemp(join(tmpdir(), 'cosmos-bot-')), options);
  }

  /** A file of an attempt. */
  path(attempt: AttemptId, name = ''): string {
    return join(this.workDir, 'attempts', attempt, name);
  }

  /** Prepares and starts a shell script as the job. */
  async startScript(attempt: AttemptId, script: string, plan: Partial<AttemptPlan> = {}): Promise<void> {
    await this.host.prepare(scriptPlan(attempt, script, plan));
    await this.host.start(attempt);
  }

  log(attempt: AttemptId): Promise<string> {
    return readFile(this.path(attempt, 'run.log'), 'utf8');
  }

  release(attempt: AttemptId): Promise<void> {
    return writeFile(this.path(attempt, 'release'), '');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { attempt } of await this.host.leftovers(INSTANCE)) await this.host.stop(attempt, 'kill');
    await this.host.close();
    await rm(this.directory, { recursive: true, force: true });
  }
}

export function makeHost(options: Pick<HostOptions, 'workDir'> & Partial<HostOptions>): Host {
  return createHost({
    name: 'here' as HostName,
    transport: 'local',
    engine: 'process',
    instance: INSTANCE,
    searchPath: PATH,
    home: tmpdir(),
    random: { bytes: (count) => randomBytes(count) },
    ...options,
  });
}

export function scriptPlan(attempt: AttemptId, script: string, plan: Partial<AttemptPlan> = {}): AttemptPlan {
  return {
    attempt,
    instance: INSTANCE,
    files: [],
    inputs: [],
    argv: ['/bin/sh', '-c', script],
    environment: {},
    workingDirectory: '.',
    gpus: [],
    stopGraceMs: 300,
    ...plan,
  };
}

/** Part of a script that waits until the test releases the job. */
export const WAIT = 'while [ ! -e release ]; do sleep 0.01; done; true';

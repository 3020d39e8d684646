import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, cp, mkdir, mkdtemp, open, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Words } from '../../src/remote/docker-command.ts';

const run = promisify(execFile);

/** The image of the tests: a static busybox and its shell, nothing else. */
export const TEST_IMAGE = 'cosmos-bot-test:1';

const PROGRAMS = [
  'cat',
  'chmod',
  'chown',
  'date',
  'dd',
  'dirname',
  'echo',
  'env',
  'head',
  'id',
  'kill',
  'ls',
];
const MORE_PROGRAMS = ['mkdir', 'mv', 'ps', 'rm', 'sh', 'sleep', 'tail', 'test', 'touch', 'wc'];
const BUSYBOX = '/bin/busybox';

/** What is missing for a Docker engine of the tests' own, with the way to get it; undefined where nothing is. */
export async function missingForDocker(): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'needs Linux and root';
  for (const program of ['dockerd', 'docker', 'containerd', 'tar']) {
    const found = await run('/bin/sh', ['-c', `command -v ${program}`]).then(
      () => true,
      () => false,
    );
    if (!found) return `needs ${program}: apt-get install docker.io`;
  }
  const shell = await access(BUSYBOX).then(
    () => true,
    () => false,
  );
  return shell ? undefined : 'needs a static busybox: apt-get install busybox-static';
}

/** A Docker engine of its own in a temporary directory: no network, no containers but those of the test. */
export class DockerDaemon implements AsyncDisposable {
  readonly command: Words;
  readonly #directory: string;
  readonly #flags: readonly string[];
  #process: ReturnType<typeof spawn> | undefined;

  private constructor(directory: string, flags: readonly string[]) {
    this.#directory = directory;
    this.#flags = flags;
    this.command = ['docker', '--host', `unix://${directory}/docker.sock`];
  }

  /** Starts it and imports the image. */
  static async create(...flags: readonly string[]): Promise<DockerDaemon> {
    const daemon = new DockerDaemon(await mkdtemp(join(tmpdir(), 'cosmos-dockerd-')), flags);
    try {
      await daemon.start();
      await daemon.#importImage();
    } catch (error) {
      const log = await readFile(join(daemon.#directory, 'log'), 'utf8').catch(() => '');
      await daemon[Symbol.asyncDispose]();
      throw new Error(`dockerd did not start:\n${log.slice(-2000)}`, { cause: error });
    }
    return daemon;
  }

  async start(): Promise<void> {
    const at = (name: string): string => join(this.#directory, name);
    const log = await open(at('log'), 'a');
    this.#process = spawn(
      'dockerd',
      [
        ...['--data-root', at('data'), '--exec-root', at('exec'), '--pidfile', at('pid')],
        ...['--host', `unix://${at('docker.sock')}`, '--iptables=false', '--bridge=none', ...this.#flags],
      ],
      { stdio: ['ignore', log.fd, log.fd], detached: true },
    );
    await log.close();
    const started = this.#process;
    for (let tries = 0; tries < 600; tries += 1) {
      if (started.exitCode !== null) throw new Error(`dockerd ended with ${started.exitCode}`);
      if (await this.#answers()) return;
      await after(50);
    }
    throw new Error('dockerd does not answer');
  }

  /** Ends the engine, as a restart of its service does, or as a crash. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const running = this.#process;
    this.#process = undefined;
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
    const ended = once(running, 'exit');
    running.kill(signal);
    await ended;
  }

  /** Runs `docker` with the words; resolves with what it printed. */
  async docker(...words: readonly string[]): Promise<string> {
    const [program, ...parameters] = this.command;
    const { stdout } = await run(program, [...parameters, ...words]);
    return stdout.trim();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process === undefined) await this.start().catch(() => undefined);
    const containers = await this.docker('ps', '--all', '--quiet').catch(() => '');
    if (containers !== '') await this.docker('rm', '--force', '--volumes', ...containers.split('\n'));
    await this.stop();
    await this.#endContainerd();
    await rm(this.#directory, { recursive: true, force: true, maxRetries: 5 });
  }

  async #answers(): Promise<boolean> {
    return this.docker('version', '--format', '{{.Server.Version}}').then(
      () => true,
      () => false,
    );
  }

  /** A dockerd that was killed leaves its containerd to the next one. */
  async #endContainerd(): Promise<void> {
    const id = await readFile(join(this.#directory, 'exec/containerd/containerd.pid'), 'utf8').catch(
      () => '',
    );
    if (!/^\d+$/.test(id)) return;
    const command = await readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '');
    if (command.includes(this.#directory)) process.kill(Number(id), 'SIGTERM');
  }

  async #importImage(): Promise<void> {
    const root = join(this.#directory, 'root');
    await mkdir(join(root, 'bin'), { recursive: true });
    for (const name of ['tmp', 'workspace']) await mkdir(join(root, name), { mode: 0o777 });
    await cp(BUSYBOX, join(root, 'bin/busybox'));
    for (const name of [...PROGRAMS, ...MORE_PROGRAMS]) await symlink('busybox', join(root, 'bin', name));
    const tar = join(this.#directory, 'root.tar');
    await run('tar', ['-C', root, '-cf', tar, '.']);
    await this.docker('import', tar, TEST_IMAGE);
  }
}

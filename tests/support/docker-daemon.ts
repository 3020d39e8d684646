import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  access,
  chmod,
  chown,
  cp,
  mkdir,
  mkdtemp,
  open,
  readFile,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Words } from '../../src/remote/docker-command.ts';

const run = promisify(execFile);

/** The image of the tests: a static busybox and its shell, nothing else. */
export const TEST_IMAGE = 'cosmos-bot-test:1';

/** Images whose `/bin/sh` is the shell of another system. */
export const SHELL_IMAGES = { dash: 'cosmos-bot-test:dash', bash: 'cosmos-bot-test:bash' } as const;

const PROGRAMS = [
  'awk',
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

/**
 * A Docker engine of its own in a temporary directory: no network, no containers but those of the test. Its containerd
 * is a process of its own, as on every installed host, and outlives it.
 */
export class DockerDaemon implements AsyncDisposable {
  readonly command: Words;
  readonly #directory: string;
  readonly #flags: readonly string[];
  #engine: ChildProcess | undefined;
  #containerd: ChildProcess | undefined;

  private constructor(directory: string, flags: readonly string[]) {
    this.#directory = directory;
    this.#flags = flags;
    this.command = ['docker', '--host', `unix://${directory}/docker.sock`];
  }

  /** Starts it and imports the images of the tests. */
  static create(...flags: readonly string[]): Promise<DockerDaemon> {
    return DockerDaemon.#begin(flags, (daemon) => daemon.#importImage());
  }

  /** Starts it without any image. */
  static createEmpty(...flags: readonly string[]): Promise<DockerDaemon> {
    return DockerDaemon.#begin(flags, async () => undefined);
  }

  static async #begin(
    flags: readonly string[],
    fill: (daemon: DockerDaemon) => Promise<void>,
  ): Promise<DockerDaemon> {
    const daemon = new DockerDaemon(await mkdtemp(join(tmpdir(), 'cosmos-dockerd-')), flags);
    try {
      await daemon.start();
      await fill(daemon);
    } catch (error) {
      const log = await readFile(join(daemon.#directory, 'log'), 'utf8').catch(() => '');
      await daemon[Symbol.asyncDispose]();
      throw new Error(`dockerd did not start:\n${log.slice(-2000)}`, { cause: error });
    }
    return daemon;
  }

  /** `flags`: further ones, for this life alone. */
  async start(...flags: readonly string[]): Promise<void> {
    this.#containerd ??= await this.#spawn('containerd', await this.#containerdFlags());
    const started = await this.#spawn('dockerd', [
      ...['--data-root', this.#at('data'), '--exec-root', this.#at('exec'), '--pidfile', this.#at('pid')],
      ...['--host', `unix://${this.#at('docker.sock')}`, '--containerd', this.#at('containerd.sock')],
      ...['--iptables=false', '--bridge=none', ...this.#flags, ...flags],
    ]);
    this.#engine = started;
    for (let tries = 0; tries < 600; tries += 1) {
      if (started.exitCode !== null) throw new Error(`dockerd ended with ${started.exitCode}`);
      if (await this.#answers()) return;
      await after(50);
    }
    throw new Error('dockerd does not answer');
  }

  /** Lets everybody reach its socket, whose group may use it. */
  async openDirectory(): Promise<void> {
    await chmod(this.#directory, 0o711);
  }

  /** Lets every user of this machine use it, until it is started again. */
  async openToAll(): Promise<void> {
    await chmod(this.#directory, 0o755);
    await chmod(this.#at('docker.sock'), 0o666);
  }

  /** Lets one user of this machine use it, until it is started again. */
  async openTo({ uid, gid }: { readonly uid: number; readonly gid: number }): Promise<void> {
    await chmod(this.#directory, 0o711);
    await chown(this.#at('docker.sock'), uid, gid);
  }

  /** Ends the engine, as a restart of its service does, or as a crash. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    await end(this.#engine, signal);
    this.#engine = undefined;
  }

  /** Ends everything of it at once, containers included, as a machine that loses its power. */
  async crash(): Promise<void> {
    const shims = (await commandLines())
      .filter(({ line }) => line.includes('containerd-shim') && line.includes(`${this.#directory}/`))
      .map(({ pid }) => pid);
    const inside = await descendants(shims);
    await end(this.#engine, 'SIGKILL');
    await end(this.#containerd, 'SIGKILL');
    for (const pid of [...shims, ...inside]) kill(pid);
    this.#engine = undefined;
    this.#containerd = undefined;
  }

  /** Runs `docker` with the words; resolves with what it printed. */
  async docker(...words: readonly string[]): Promise<string> {
    const [program, ...parameters] = this.command;
    const { stdout } = await run(program, [...parameters, ...words]);
    return stdout.trim();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#engine === undefined) await this.start().catch(() => undefined);
    const containers = await this.docker('ps', '--all', '--quiet').catch(() => '');
    if (containers !== '') await this.docker('rm', '--force', '--volumes', ...containers.split('\n'));
    await this.stop();
    await end(this.#containerd, 'SIGTERM');
    await this.#unmount();
    await rm(this.#directory, { recursive: true, force: true, maxRetries: 5 });
  }

  async #answers(): Promise<boolean> {
    return this.docker('version', '--format', '{{.Server.Version}}').then(
      () => true,
      () => false,
    );
  }

  /** An engine that was killed leaves its data directory mounted on itself. */
  async #unmount(): Promise<void> {
    const mounts = (await readFile('/proc/mounts', 'utf8'))
      .split('\n')
      .map((line) => line.split(' ')[1] ?? '');
    for (const path of mounts.reverse()) {
      if (path.startsWith(`${this.#directory}/`)) await run('umount', [path]);
    }
  }

  async #containerdFlags(): Promise<readonly string[]> {
    const config = this.#at('containerd.toml');
    await writeFile(config, 'version = 2\ndisabled_plugins = ["io.containerd.grpc.v1.cri"]\n');
    return [
      ...['--config', config, '--address', this.#at('containerd.sock')],
      ...['--root', this.#at('containerd'), '--state', this.#at('containerd-state')],
    ];
  }

  async #spawn(program: string, flags: readonly string[]): Promise<ChildProcess> {
    const log = await open(this.#at('log'), 'a');
    const child = spawn(program, flags, { stdio: ['ignore', log.fd, log.fd], detached: true });
    await log.close();
    return child;
  }

  #at(name: string): string {
    return join(this.#directory, name);
  }

  async #importImage(): Promise<void> {
    const root = join(this.#directory, 'root');
    await mkdir(join(root, 'bin'), { recursive: true });
    for (const name of ['tmp', 'workspace']) await mkdir(join(root, name), { mode: 0o777 });
    await cp(BUSYBOX, join(root, 'bin/busybox'));
    for (const name of [...PROGRAMS, ...MORE_PROGRAMS]) await symlink('busybox', join(root, 'bin', name));
    await this.#import(root, TEST_IMAGE);
    for (const [shell, image] of Object.entries(SHELL_IMAGES)) {
      const program = `/bin/${shell}`;
      const { stdout } = await run('ldd', [program]);
      const libraries = [...stdout.matchAll(/(\/\S+) \(0x/g)].flatMap(([, path]) => path ?? []);
      for (const path of libraries) await cp(path, join(root, path), { dereference: true });
      await rm(join(root, 'bin/sh'));
      await cp(program, join(root, 'bin/sh'), { dereference: true });
      await this.#import(root, image);
    }
  }

  async #import(root: string, image: string): Promise<void> {
    const tar = this.#at('root.tar');
    await run('tar', ['-C', root, '-cf', tar, '.']);
    await this.docker('import', tar, image);
  }
}

interface CommandLine {
  readonly pid: number;
  readonly parent: number;
  readonly line: string;
}

async function commandLines(): Promise<readonly CommandLine[]> {
  const { stdout } = await run('ps', ['-eo', 'pid=,ppid=,args='], { maxBuffer: 16 * 1024 * 1024 });
  return [...stdout.matchAll(/^ *(\d+) +(\d+) +(.*)$/gm)].map(([, pid, parent, line]) => ({
    ...{ pid: Number(pid), parent: Number(parent), line: line ?? '' },
  }));
}

async function descendants(pids: readonly number[]): Promise<readonly number[]> {
  const all = await commandLines();
  const found: number[] = [];
  for (let parents = pids; parents.length > 0; ) {
    parents = all.filter(({ parent }) => parents.includes(parent)).map(({ pid }) => pid);
    found.push(...parents);
  }
  return found;
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'ESRCH')) throw thrown;
  }
}

async function end(child: ChildProcess | undefined, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}

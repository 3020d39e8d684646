import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DockerDaemon, missingForDocker, TEST_IMAGE } from '../../support/docker-daemon.ts';
import { missingSshd, OpenSshServer } from '../../support/openssh-server.ts';
import { makeClip } from '../../support/sample-clips.ts';
import { BoxNetwork, missingForNetwork } from './box-network.ts';
import { PHASE_NAMES, type PhaseName } from './phases.ts';
import { FOREIGN, Place } from './place.ts';

const run = promisify(execFile);

/** What is missing for a box, with the way to get it; undefined where nothing is. */
export async function missingForBox(): Promise<string | undefined> {
  return missingSshd() ?? (await missingForDocker()) ?? (await missingForNetwork());
}

/**
 * A GPU host in a box: a network of its own, Docker, and an SSH server for each phase, so that connections of one bot
 * can be told from another's. Its SSH user has no rights but Docker's.
 */
export class GpuBox implements AsyncDisposable {
  readonly directory: string;
  readonly network: BoxNetwork;
  readonly docker: DockerDaemon;
  readonly #clip: string;
  readonly #servers: ReadonlyMap<PhaseName, OpenSshServer>;
  readonly #stack: AsyncDisposableStack;

  private constructor(parts: {
    directory: string;
    network: BoxNetwork;
    docker: DockerDaemon;
    clip: string;
    servers: ReadonlyMap<PhaseName, OpenSshServer>;
    stack: AsyncDisposableStack;
  }) {
    this.directory = parts.directory;
    this.network = parts.network;
    this.docker = parts.docker;
    this.#clip = parts.clip;
    this.#servers = parts.servers;
    this.#stack = parts.stack;
  }

  static async create(): Promise<GpuBox> {
    await using stack = new AsyncDisposableStack();
    const directory = await mkdtemp(join(tmpdir(), 'cosmos-box-'));
    stack.defer(() => rm(directory, { recursive: true, force: true }));
    await chmod(directory, 0o755);
    // Else file systems that are mounted in it later would be seen by nobody in the network namespace.
    await run('mount', ['--bind', directory, directory]);
    stack.defer(async () => {
      await run('umount', ['--lazy', directory]);
    });
    await run('mount', ['--make-shared', directory]);
    const clip = await makeClip(join(directory, 'clip.mp4'), { frames: 5 });
    const network = stack.use(await BoxNetwork.create());
    const servers = new Map<PhaseName, OpenSshServer>();
    for (const phase of PHASE_NAMES) {
      const server = await OpenSshServer.start([`ListenAddress ${network.address}`], network.enter);
      stack.use(server);
      const line = (await server.hostKeyLine()).replace('127.0.0.1', network.address);
      await writeFile(server.path('known_hosts_of_box'), `${line}\n`);
      servers.set(phase, server);
    }
    const [first] = servers.values();
    const docker = stack.use(await DockerDaemon.create('--group', String(first?.ids.gid)));
    await docker.openDirectory();
    await docker.docker(
      ...['run', '--detach', '--init', '--name', FOREIGN, '--label', 'cosmos-bot.instance=in_foreign0'],
      ...['--label', `cosmos-bot.attempt=${FOREIGN}`, '--network', 'none', TEST_IMAGE, 'sleep', '1000000'],
    );
    return new GpuBox({ directory, network, docker, clip, servers, stack: stack.move() });
  }

  /** A bot's place that is held at a phase. */
  makePlace(name: string, phase: PhaseName, other?: Place): Promise<Place> {
    const server = this.server(phase);
    return Place.make(
      {
        ...{ phase, server, clip: this.#clip, address: this.network.address },
        directory: join(this.directory, name, phase),
        dockerCommand: this.docker.command,
        isHeld: other === undefined,
      },
      other?.workDir,
    );
  }

  server(phase: PhaseName): OpenSshServer {
    const server = this.#servers.get(phase);
    if (server === undefined) throw new Error(`the box has no server for ${phase}`);
    return server;
  }

  get servers(): readonly OpenSshServer[] {
    return [...this.#servers.values()];
  }

  /** Lets connections that were stopped go on. */
  thaw(): void {
    for (const server of this.servers) signalAll(server.sessions(), 'SIGCONT');
  }

  /** A file system of its own for a place's work directory. */
  async limitRoom(place: Place, size: string): Promise<void> {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=0755`, 'cosmos-box', place.workDir]);
    this.#stack.defer(async () => {
      await run('umount', ['--lazy', place.workDir]);
    });
    await place.server.give(place.workDir);
    await place.makeWorkDir();
  }

  /** Ends everything on the host and starts it again, as another boot. */
  async reboot(bootId: string): Promise<void> {
    const file = join(this.directory, 'boot-id');
    await writeFile(file, `${bootId}\n`);
    await Promise.all(this.servers.map((server) => server.stop()));
    await this.docker.crash();
    await this.endUserProcesses();
    await this.docker.start();
    const script = 'mount --bind "$0" /proc/sys/kernel/random/boot_id && exec "$@"';
    const asBooted = ['unshare', '--mount', '--propagation', 'slave', '/bin/sh', '-c', script, file];
    await Promise.all(this.servers.map((server) => server.restart(asBooted)));
  }

  /** Processes of the SSH user that a bot's commands have left; those of all bots where no place is given. */
  async userProcesses(place?: Place): Promise<readonly number[]> {
    const directory = place?.directory ?? this.directory;
    const { stdout } = await run('ps', ['-eo', 'pid=,args='], { maxBuffer: 16 * 1024 * 1024 });
    return [...stdout.matchAll(/^ *(\d+) +(.*)$/gm)]
      .filter(([, , line]) => line?.startsWith('/bin/sh ') && line.includes(`${directory}/`))
      .map(([, pid]) => Number(pid));
  }

  async endUserProcesses(): Promise<void> {
    signalAll(await this.userProcesses(), 'SIGKILL');
  }

  /** All containers, with what tells whose they are: the paths of their mounts. */
  async containers(): Promise<readonly { readonly id: string; readonly mounts: string }[]> {
    const words = ['ps', '--all', '--no-trunc', '--format', '{{.ID}} {{.Mounts}}'];
    const lines = (await this.docker.docker(...words)).split('\n');
    return lines.map((line) => ({ id: line.slice(0, 12), mounts: line.slice(line.indexOf(' ')) }));
  }

  /** Ids of the containers of a place's bot, whatever their state. */
  async containersOf(place: Place): Promise<readonly string[]> {
    return (await this.containers()).filter(({ mounts }) => isOf(place, mounts)).map(({ id }) => id);
  }

  /** Removes what a place's bot should have removed, so that the next fault meets a clean host. */
  async clear(place: Place): Promise<void> {
    signalAll(await this.userProcesses(place), 'SIGKILL');
    const ids = await this.containersOf(place);
    if (ids.length > 0) await this.docker.docker('rm', '--force', ...ids);
  }

  /** Whether somebody else's container is there as it was made. */
  async isForeignThere(): Promise<boolean> {
    const names = await this.docker.docker('ps', '--all', '--format', '{{.Names}}');
    return names.split('\n').includes(FOREIGN);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack[Symbol.asyncDispose]();
  }
}

/** Whether a container with these mounts is that of a place's bot. */
export function isOf(place: Place, mounts: string): boolean {
  return mounts.includes(`${place.path('marks')}`);
}

function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch (thrown) {
      if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'ESRCH')) throw thrown;
    }
  }
}

import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { DockerDaemon, missingForDocker } from '../../support/docker-daemon.ts';
import { missingSshd, OpenSshServer } from '../../support/openssh-server.ts';

/** What is missing for a box, with the way to get it; undefined where nothing is. */
export async function missingForBox(): Promise<string | undefined> {
  return missingSshd() ?? (await missingForDocker());
}

/** A GPU host in a box: an SSH server whose user has no rights but Docker's. */
export class GpuBox implements AsyncDisposable {
  readonly server: OpenSshServer;
  readonly docker: DockerDaemon;

  private constructor(server: OpenSshServer, docker: DockerDaemon) {
    this.server = server;
    this.docker = docker;
  }

  static async create(): Promise<GpuBox> {
    await using stack = new AsyncDisposableStack();
    const server = stack.use(await OpenSshServer.start());
    const docker = stack.use(await DockerDaemon.create('--group', String(server.ids.gid)));
    await docker.openDirectory();
    stack.move();
    return new GpuBox(server, docker);
  }

  async makeWorkDir(): Promise<string> {
    return await this.server.makeDirectory(`host-${randomBytes(4).toString('hex')}`);
  }

  /** The way to it through a port that leads there, for a bot's configuration; pins its key in `knownHosts`. */
  async access(knownHosts: string, port: number): Promise<object> {
    const line = await this.server.hostKeyLine();
    await writeFile(knownHosts, `${line.replace(`:${this.server.port}`, `:${port}`)}\n`);
    return {
      transport: 'ssh',
      address: '127.0.0.1',
      port,
      user: this.server.user,
      key_file: this.server.path('user-key'),
      known_hosts: knownHosts,
    };
  }

  /** Ids of the containers with something of this directory in them, whatever their state. */
  async containersOf(directory: string): Promise<readonly string[]> {
    const words = ['ps', '--all', '--no-trunc', '--format', '{{.ID}} {{.Mounts}}'];
    const lines = (await this.docker.docker(...words)).split('\n');
    return lines.filter((line) => line.includes(`${directory}/`)).map((line) => line.slice(0, 12));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.docker[Symbol.asyncDispose]();
    await this.server[Symbol.asyncDispose]();
  }
}

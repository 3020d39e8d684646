import { readFile } from 'node:fs/promises';
import { DockerDaemon, missingForDocker } from '../../support/docker-daemon.ts';
import { missingSshd, OpenSshServer } from '../../support/openssh-server.ts';

const SFTP_SERVER = '/usr/lib/openssh/sftp-server';

/** What this machine lacks for a host behind OpenSSH and Docker, with the way to get it. */
export async function missingForGpuHost(): Promise<string | undefined> {
  return missingSshd() ?? (await missingForDocker());
}

/** A host behind OpenSSH and Docker on this machine, whose SFTP server writes down what it receives. */
export class BenchGpuHost implements AsyncDisposable {
  readonly server: OpenSshServer;
  readonly daemon: DockerDaemon;

  private constructor(server: OpenSshServer, daemon: DockerDaemon) {
    this.server = server;
    this.daemon = daemon;
  }

  /** `log`: where the SFTP server writes what it did; the host's user has to be able to. */
  static async start(log: string): Promise<BenchGpuHost> {
    const server = await OpenSshServer.start([
      // Started by the user's shell, which makes the log.
      `Subsystem sftp ${SFTP_SERVER} -l INFO -e 2>>${log}`,
    ]);
    try {
      const daemon = await DockerDaemon.create();
      await daemon.openTo(server.ids);
      return new BenchGpuHost(server, daemon);
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.daemon[Symbol.asyncDispose]();
    await this.server[Symbol.asyncDispose]();
  }
}

/** Bytes that the SFTP server has written to files of a path that fits, by its own count at each close. */
export async function bytesReceived(log: string, path: RegExp): Promise<number> {
  let sum = 0;
  for (const [, name, written] of (await readFile(log, 'utf8')).matchAll(
    /close "([^"]*)" bytes read \d+ written (\d+)/g,
  )) {
    if (path.test(name ?? '')) sum += Number(written);
  }
  return sum;
}

import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { Words } from '../../src/remote/docker-command.ts';
import { DockerDaemon, missingForDocker } from '../support/docker-daemon.ts';

const run = promisify(execFile);

/** A Docker engine for the demo. */
export interface DemoDocker extends AsyncDisposable {
  readonly command: Words;
  /** Whether it was started for the demo, and ends with it. */
  readonly isOwn: boolean;
  docker(...words: readonly string[]): Promise<string>;
  /** Lets the user of the box use it. */
  openTo(ids: { readonly uid: number; readonly gid: number }): Promise<void>;
}

/** What keeps this machine from having an engine for the demo, with the way to get it; undefined where nothing does. */
export async function missingDocker(): Promise<string | undefined> {
  const missing = await missingForDocker();
  if (missing === undefined || !(await isPresent())) return missing;
  if (process.platform !== 'linux')
    return 'needs Linux: a container here cannot see the folders of this machine';
  const shell = await access('/bin/busybox').then(
    () => true,
    () => false,
  );
  return shell ? undefined : 'needs a static busybox: apt-get install busybox-static';
}

/** An engine of its own where this user may start one, else the present one, where `image` is removed at the end. */
export async function openDocker(image: string): Promise<DemoDocker> {
  if ((await missingForDocker()) !== undefined) return new PresentDocker(image);
  const daemon = await DockerDaemon.createEmpty();
  return {
    command: daemon.command,
    isOwn: true,
    docker: (...words) => daemon.docker(...words),
    openTo: (ids) => daemon.openTo(ids),
    [Symbol.asyncDispose]: () => daemon[Symbol.asyncDispose](),
  };
}

class PresentDocker implements DemoDocker {
  readonly command: Words = ['docker'];
  readonly isOwn = false;
  readonly #image: string;

  constructor(image: string) {
    this.#image = image;
  }

  async docker(...words: readonly string[]): Promise<string> {
    const { stdout } = await run('docker', words);
    return stdout.trim();
  }

  async openTo(): Promise<void> {
    // The user of the box is the one who started the demo, and may use it already.
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const containers = await this.docker('ps', '--all', '--quiet', '--filter', `ancestor=${this.#image}`);
    if (containers !== '') await this.docker('rm', '--force', '--volumes', ...containers.split('\n'));
    const images = await this.docker('images', '--quiet', this.#image);
    if (images !== '') await this.docker('rmi', '--force', this.#image);
  }
}

async function isPresent(): Promise<boolean> {
  return run('docker', ['version', '--format', '{{.Server.Version}}']).then(
    () => true,
    () => false,
  );
}

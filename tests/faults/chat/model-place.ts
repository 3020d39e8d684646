import { copyFile, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { TEST_IMAGE } from '../../support/docker-daemon.ts';
import type { GpuBox } from './gpu-box.ts';
import { HeldLink } from './held-link.ts';

const STAND_IN = fileURLToPath(new URL('../../fixtures/transfer1/torchrun', import.meta.url));
const LOOK_AGAIN_MS = 20;
const SCRIPT = 'cosmos_transfer1/diffusion/inference/transfer.py';

/**
 * Stands before the stand-in of the model: notes each start, makes each video another one, by a box that players pass
 * over, and keeps a copy of it. `MARKS` and `STAND_IN` are where these are for the job.
 */
const MODEL = `#!/bin/sh
echo "$COSMOS_BOT_ATTEMPT" >>"$TRANSFER1_MARKS/starts"
for word in "$@"; do
  [ "$before" = --video_save_folder ] && folder=$word
  before=$word
done
/bin/sh "$TRANSFER1_STAND_IN" "$@" || exit
attempt=\${COSMOS_BOT_ATTEMPT##*/}
{
  printf '\\0\\0\\0'
  printf "\\\\$(printf %03o $((\${#attempt} + 8)))free$attempt"
} >>"$folder/output.mp4" || exit
cat "$folder/output.mp4" >"$TRANSFER1_MARKS/video.mp4"
`;

const ENVIRONMENT = {
  TRANSFER1_CLIP: '/clip.mp4',
  TRANSFER1_END: '[wait]',
  TRANSFER1_RELEASE: '/marks/release',
  TRANSFER1_MARKS: '/marks',
  TRANSFER1_STAND_IN: '/bin/stand-in',
};

interface Parts {
  readonly directory: string;
  readonly workDir: string;
  readonly box: GpuBox;
  readonly link: HeldLink;
}

/** A bot's directory, and a host in a box on which its model waits for `release`. */
export class ModelPlace implements AsyncDisposable {
  readonly directory: string;
  /** The way to the host. */
  readonly link: HeldLink;
  readonly #workDir: string;
  readonly #box: GpuBox;

  private constructor({ directory, workDir, box, link }: Parts) {
    this.directory = directory;
    this.link = link;
    this.#workDir = workDir;
    this.#box = box;
  }

  /** `clip` is what the model makes. */
  static async make(directory: string, clip: string, box: GpuBox): Promise<ModelPlace> {
    for (const name of ['marks', 'code/checkpoints', join('code', SCRIPT, '..'), 'bin']) {
      await mkdir(join(directory, name), { recursive: true });
    }
    await writeFile(join(directory, 'code', SCRIPT), '');
    await writeFile(join(directory, 'bin/torchrun'), MODEL, { mode: 0o755 });
    await copyFile(clip, join(directory, 'made.mp4'));
    await box.server.give(join(directory, 'marks'));
    const workDir = await box.makeWorkDir();
    return new ModelPlace({ directory, workDir, box, link: await HeldLink.to(box.server.port) });
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  /** The configuration of the host and its model. */
  async config(): Promise<object> {
    const lanes = [{ name: 'gpu0', gpus: [0] }];
    const host = { name: 'gpu1', models: ['transfer1'], lanes, work_dir: this.#workDir };
    const ssh = await this.#box.access(this.path('known_hosts'), this.link.port);
    const engine = { engine: 'docker', docker_command: [...this.#box.docker.command] };
    return {
      hosts: [{ ...host, ...ssh, ...engine }],
      models: { transfer1: this.#inContainers() },
    };
  }

  /** Lets the model go on. */
  async release(): Promise<void> {
    await writeFile(this.path('marks/release'), '');
  }

  /** Attempts whose model began, one for each start. */
  async starts(): Promise<readonly string[]> {
    const text = await readFile(this.path('marks/starts'), 'utf8').catch(() => '');
    return text.split('\n').filter((line) => line !== '');
  }

  /** The video as it was on the host. */
  async video(): Promise<Buffer> {
    return await readFile(this.path('marks/video.mp4'));
  }

  /** What is on the host beside whole assets. */
  async leftOnHost(): Promise<readonly string[]> {
    const attempts = await readdir(join(this.#workDir, 'attempts')).catch(() => []);
    const assets = await readdir(join(this.#workDir, 'assets')).catch(() => []);
    const containers = await this.#box.containersOf(this.directory);
    return [
      ...attempts.map((name) => `attempts/${name}`),
      ...assets.filter((name) => !/^[0-9a-f]{64}$/.test(name)).map((name) => `assets/${name}`),
      ...containers.map((id) => `container ${id}`),
    ];
  }

  /** Resolves once bytes of a download are here. */
  async untilIncoming(): Promise<void> {
    for (;;) {
      for (const name of await this.leftWithBot()) {
        const found = await stat(this.path(join('data', name))).catch(() => undefined);
        if (found?.isFile() && found.size > 0) return;
      }
      await after(LOOK_AGAIN_MS);
    }
  }

  /** Unfinished files on the bot's own side. */
  async leftWithBot(): Promise<readonly string[]> {
    const names = await readdir(this.path('data'), { recursive: true });
    return names.filter((name) => name.startsWith('incoming/') || /(^|\/)\.[^/]+$/.test(name));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.link[Symbol.asyncDispose]();
  }

  #inContainers(): object {
    const mounts = [
      { source: this.path('code'), target: '/workspace' },
      { source: STAND_IN, target: '/bin/stand-in' },
      { source: this.path('bin/torchrun'), target: '/bin/torchrun' },
      { source: this.path('made.mp4'), target: '/clip.mp4' },
      { source: this.path('marks'), target: '/marks', read_only: false },
    ];
    return {
      command: { environment: ENVIRONMENT },
      container: { image: TEST_IMAGE, gpu_flags: [], network: 'none', mounts },
    };
  }
}

import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { stringify } from 'smol-toml';
import { TEST_IMAGE } from '../../support/docker-daemon.ts';
import type { OpenSshServer } from '../../support/openssh-server.ts';
import { type Hold, holdOf, type PhaseName } from './phases.ts';

const STAND_IN = fileURLToPath(new URL('../../fixtures/transfer1/torchrun', import.meta.url));
const SCRIPT = 'cosmos_transfer1/diffusion/inference/transfer.py';
/** Half of it is more than what is copied again after a break: the last sixteen blocks of 1020 KiB. */
const LARGE_BYTES = 40 * 1024 * 1024;
/** Tells what was written from what was not yet. */
const FILLING = 0xa5;
/** Name of somebody else's attempt. */
export const FOREIGN = 'jb_foreign0-a1';

/**
 * Stands before the stand-in of the model: notes each start, and makes each video another one, by a box that players
 * pass over. What the video is then is noted on the host.
 */
const MODEL = `#!/bin/sh
busybox sha256sum </cosmos/job/in/color.mp4 >/marks/input
echo "$COSMOS_BOT_ATTEMPT" >>/marks/starts
/bin/stand-in "$@" || exit
{
  cat /padding
  attempt=\${COSMOS_BOT_ATTEMPT##*/}
  printf '\\0\\0\\0'
  printf "\\\\$(printf %03o $((\${#attempt} + 8)))free$attempt"
} >>/cosmos/job/out/output.mp4 || exit
busybox sha256sum </cosmos/job/out/output.mp4 >/marks/video
`;

/** Docker as the bot calls it on the host; \`hold-start\` keeps it from starting a container. */
const docker = (directory: string, command: readonly string[]): string => `#!/bin/sh
if [ "$1" = start ] && [ -e ${directory}/hold-start ]; then
  : >${directory}/at-start
  while [ -e ${directory}/hold-start ]; do sleep 0.05; done
fi
exec ${command.join(' ')} "$@"
`;

export interface PlaceOptions {
  readonly directory: string;
  readonly phase: PhaseName;
  readonly server: OpenSshServer;
  readonly address: string;
  readonly clip: string;
  readonly dockerCommand: readonly string[];
  /** False for one that nothing is to stop at its phase. */
  readonly isHeld: boolean;
}

/** One bot's own directory, and a work directory on the host. */
export class Place {
  readonly directory: string;
  readonly phase: PhaseName;
  readonly server: OpenSshServer;
  readonly workDir: string;

  private constructor({ directory, phase, server }: PlaceOptions, workDir: string) {
    this.directory = directory;
    this.phase = phase;
    this.server = server;
    this.workDir = workDir;
  }

  /** `workDir`: that of another bot; else one of its own is made, with files of somebody else in it. */
  static async make(options: PlaceOptions, workDir?: string): Promise<Place> {
    const place = new Place(options, workDir ?? join(options.directory, 'host'));
    await mkdir(options.directory, { recursive: true });
    for (const name of ['marks', 'code/checkpoints', join('code', SCRIPT, '..')]) {
      await mkdir(place.path(name), { recursive: true });
    }
    await options.server.give(place.path('marks'));
    await options.server.give(options.directory);
    await writeFile(place.path(join('code', SCRIPT)), '');
    await writeFile(place.path('model'), MODEL, { mode: 0o755 });
    await writeFile(place.path('docker'), docker(options.directory, options.dockerCommand), { mode: 0o755 });
    const hold: Hold | undefined = options.isHeld ? holdOf(options.phase) : undefined;
    const within = hold !== undefined && 'within' in hold ? hold.within : undefined;
    const on = hold !== undefined && 'on' in hold ? hold.on : undefined;
    for (const name of ['clip.mp4', 'made.mp4']) await copyFile(options.clip, place.path(name));
    if (within === 'putAsset') await writeFile(place.path('clip.mp4'), padding(), { flag: 'a' });
    await writeFile(place.path('padding'), within === 'fetchOutput' ? padding() : '');
    if (on === 'host') await writeFile(place.path('hold-start'), '');
    await writeFile(place.path('cosmos.toml'), stringify(place.#config(options, on === 'job')));
    if (workDir === undefined) await place.makeWorkDir();
    return place;
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  /** The work directory with an attempt and a file of somebody else. */
  async makeWorkDir(): Promise<void> {
    const attempts = join(this.workDir, 'attempts');
    for (const path of [this.workDir, attempts, join(attempts, FOREIGN)]) {
      await mkdir(path, { recursive: true });
      await this.server.give(path);
    }
    await writeFile(join(attempts, FOREIGN, 'instance'), 'in_foreign0\n');
    await writeFile(join(this.workDir, 'notes.txt'), "not the bot's");
  }

  /** Lets go what is held on the host. */
  async release(): Promise<void> {
    await rm(this.path('hold-start'), { force: true });
    await writeFile(this.path('marks/release'), '');
  }

  /** Resolves once Docker was told to start the container. */
  async untilStarting(deadlineMs: number): Promise<void> {
    const deadline = Date.now() + deadlineMs;
    while ((await readFile(this.path('at-start'), 'utf8').catch(() => undefined)) === undefined) {
      if (Date.now() > deadline) throw new Error('no container was started');
      await after(20);
    }
  }

  /** Attempts whose model began, one for each start. */
  async starts(): Promise<readonly string[]> {
    const text = await readFile(this.path('marks/starts'), 'utf8').catch(() => '');
    return text.split('\n').filter((line) => line !== '');
  }

  /** SHA-256 of the video as it was on the host, or of the input as the model saw it. */
  async onHost(what: 'video' | 'input'): Promise<string> {
    return (await readFile(this.path(join('marks', what)), 'utf8')).slice(0, 64);
  }

  /** What is in the work directory beside somebody else's things and whole assets. */
  async leftOnHost(): Promise<readonly string[]> {
    const attempts = await readdir(join(this.workDir, 'attempts')).catch(() => []);
    const assets = await readdir(join(this.workDir, 'assets')).catch(() => []);
    const others = await readdir(this.workDir);
    return [
      ...attempts.filter((name) => name !== FOREIGN).map((name) => `attempts/${name}`),
      ...assets.filter((name) => !/^[0-9a-f]{64}$/.test(name)).map((name) => `assets/${name}`),
      ...others.filter((name) => !['attempts', 'assets', 'host-id', 'notes.txt'].includes(name)),
    ];
  }

  /** Unfinished files on the bot's own side. */
  async leftWithBot(): Promise<readonly string[]> {
    const names = await readdir(this.path('data'), { recursive: true });
    const incoming = names.filter((name) => name.startsWith('incoming/'));
    return [...names.filter((name) => /(^|\/)\.[^/]+$/.test(name)), ...incoming];
  }

  /** Somebody else's things that are not as they were. */
  async isForeignWhole(): Promise<boolean> {
    const instance = await readFile(join(this.workDir, 'attempts', FOREIGN, 'instance'), 'utf8').catch(
      () => '',
    );
    const notes = await readFile(join(this.workDir, 'notes.txt'), 'utf8').catch(() => '');
    return instance === 'in_foreign0\n' && notes === "not the bot's";
  }

  #config({ server, address }: PlaceOptions, waits: boolean): object {
    const environment = {
      TRANSFER1_CLIP: '/clip.mp4',
      ...(waits && { TRANSFER1_END: '[wait]', TRANSFER1_RELEASE: '/marks/release' }),
    };
    const mounts = [
      { source: this.path('code'), target: '/workspace' },
      { source: STAND_IN, target: '/bin/stand-in' },
      { source: this.path('model'), target: '/bin/torchrun' },
      { source: this.path('made.mp4'), target: '/clip.mp4' },
      { source: this.path('padding'), target: '/padding' },
      { source: this.path('marks'), target: '/marks', read_only: false },
    ];
    return {
      data_dir: 'data',
      hosts: [
        {
          name: 'gpu1',
          transport: 'ssh',
          address,
          port: server.port,
          user: server.user,
          key_file: server.path('user-key'),
          known_hosts: server.path('known_hosts_of_box'),
          engine: 'docker',
          docker_command: [this.path('docker')],
          work_dir: this.workDir,
          lanes: [{ name: 'gpu0', gpus: [0] }],
          models: ['transfer1'],
        },
      ],
      models: {
        transfer1: {
          command: { environment },
          container: { image: TEST_IMAGE, gpu_flags: [], network: 'none', mounts },
        },
      },
    };
  }
}

/** A box that players pass over. */
function padding(): Buffer {
  const box = Buffer.alloc(LARGE_BYTES, FILLING);
  box.writeUInt32BE(LARGE_BYTES);
  box.write('free', 4);
  return box;
}

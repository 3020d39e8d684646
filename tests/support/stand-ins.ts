import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ChildMediaWorker } from '../../src/core/media/child-media-worker.ts';
import { TEST_IMAGE } from './docker-daemon.ts';
import { type ClipOptions, makeClip } from './sample-clips.ts';

/** Models that are started in the same way, with the programs that stand in for theirs. */
export interface StandIn {
  readonly models: readonly string[];
  /** Below tests/fixtures; each is found by its name. */
  readonly programs: readonly string[];
  /** What its variables begin with. */
  readonly prefix: string;
  /** Files of the model's code that have to be there. */
  readonly code: readonly string[];
  /** Where a container has the code. */
  readonly workspace: string;
}

const KIT = 'stand-in/model-kit';

export const TRANSFER1: StandIn = {
  models: ['transfer1', 'transfer1-upscale', 'transfer1-enhance'],
  programs: ['transfer1/torchrun'],
  prefix: 'TRANSFER1',
  code: [
    'cosmos_transfer1/diffusion/inference/transfer.py',
    'cosmos_transfer1/auxiliary/upsampler/inference/upsampler_pipeline.py',
    'checkpoints/readme',
  ],
  workspace: '/workspace',
};

export const TRANSFER25: StandIn = {
  models: ['transfer2.5', 'transfer2.5-distilled', 'transfer2.5-image'],
  programs: ['transfer2.5/torchrun', KIT],
  prefix: 'STAND_IN',
  code: ['examples/inference.py'],
  workspace: '/workspace',
};

export const COSMOS3: StandIn = {
  models: ['cosmos3', 'cosmos3-image', 'cosmos3-super'],
  programs: ['cosmos3/torchrun', KIT],
  prefix: 'STAND_IN',
  code: ['cosmos_framework/scripts/inference.py'],
  workspace: '/workspace',
};

export const HUMO: StandIn = {
  models: ['humo-17b', 'humo-1.7b'],
  programs: ['humo/torchrun', KIT],
  prefix: 'STAND_IN',
  code: [
    'main.py',
    'humo/configs/inference/generate.yaml',
    'humo/configs/inference/generate_1_7B.yaml',
    'weights/readme',
  ],
  workspace: '/opt/humo',
};

/** What a stand-in works with: code that is not looked into, and the media that it hands back. */
export interface StandInFiles {
  readonly code: string;
  readonly clip: string;
  readonly picture: string;
}

/** Writes them below `directory`. */
export async function makeStandInFiles(
  { code }: StandIn,
  directory: string,
  clip: ClipOptions = {},
): Promise<StandInFiles> {
  const root = join(directory, 'code');
  for (const file of code) {
    await mkdir(join(root, dirname(file)), { recursive: true });
    await writeFile(join(root, file), '');
  }
  const made = await makeClip(join(directory, 'made.mp4'), { frames: 5, ...clip });
  const picture = join(directory, 'made.jpg');
  await new ChildMediaWorker().poster(made, picture, 64);
  return { code: root, clip: made, picture };
}

/** Overrides of a profile whose program is a stand-in on this machine. */
export function asProcesses(
  standIn: StandIn,
  files: StandInFiles,
  more: Readonly<Record<string, string>> = {},
) {
  return {
    command: {
      working_directory: files.code,
      environment: { ...standInEnvironment(standIn, files), ...more },
    },
  };
}

/** Variables of a stand-in that is a program of this machine. */
export function standInEnvironment({ programs, prefix }: StandIn, { code, clip, picture }: StandInFiles) {
  const folders = programs.map((program) => dirname(fixture(program)));
  return {
    PYTHONPATH: code,
    PATH: [...folders, '/usr/local/bin', '/usr/bin', '/bin'].join(':'),
    [`${prefix}_CLIP`]: clip,
    [`${prefix}_PICTURE`]: picture,
  };
}

/** The same in containers of the tests' image. */
export function inContainers(
  { programs, prefix, workspace }: StandIn,
  { code, clip, picture }: StandInFiles,
  more: Readonly<Record<string, string>> = {},
) {
  const mounts = [
    { source: code, target: workspace },
    ...programs.map((program) => ({ source: fixture(program), target: `/bin/${basename(program)}` })),
    { source: clip, target: '/made.mp4' },
    { source: picture, target: '/made.jpg' },
  ];
  const media = { [`${prefix}_CLIP`]: '/made.mp4', [`${prefix}_PICTURE`]: '/made.jpg' };
  return {
    command: { environment: { ...media, ...more } },
    container: { image: TEST_IMAGE, gpu_flags: [], network: 'none', mounts },
  };
}

function fixture(program: string): string {
  return fileURLToPath(new URL(`../fixtures/${program}`, import.meta.url));
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ProgressTracker } from '../../../src/core/runs/progress-tracker.ts';
import { transfer1 } from '../../core/models/profiles.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const TORCHRUN = fileURLToPath(new URL('../../fixtures/transfer1/torchrun', import.meta.url));
const SCRIPT = 'cosmos_transfer1/diffusion/inference/transfer.py';
const EDGE = { control_weight: 0.5 };

/** Runs the stand-in on a spec; the video of the spec is there, as is the code. */
async function run(spec: object, flags: readonly string[] = [], processes = 1) {
  const directory = await temporaryDirectory();
  await mkdir(join(directory, SCRIPT, '..'), { recursive: true });
  for (const file of [SCRIPT, 'color.mp4']) await writeFile(join(directory, file), 'some bytes');
  await writeFile(join(directory, 'spec.json'), `${JSON.stringify(spec, null, 2)}\n`);
  const fixed = ['--controlnet_specs', 'spec.json', '--video_save_folder', 'out', '--num_gpus', '1'];
  const child = spawn(TORCHRUN, [`--nproc_per_node=${processes}`, SCRIPT, ...fixed, ...flags], {
    cwd: directory,
    env: { PATH: '/usr/bin:/bin', PYTHONPATH: directory, TRANSFER1_CLIP: join(directory, 'color.mp4') },
  });
  const [out, error, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  const log = new ProgressTracker(transfer1());
  log.feed(Buffer.from(out + error));
  const written = await readdir(join(directory, 'out')).catch(() => []);
  return { code, log, written, signature: log.failures[0]?.signature.key, said: out + error };
}

describe('the stand-in for transfer1', () => {
  it('takes a spec that the model takes', async () => {
    const { code, written, log } = await run({ prompt: 'Rain', input_video_path: 'color.mp4', edge: EDGE });

    expect({ code, failures: log.failures, hasMarker: log.hasMarker }).toEqual({
      ...{ code: 0, failures: [], hasMarker: true },
    });
    expect(written.toSorted()).toEqual(['edge_input_control_0.mp4', 'output.mp4', 'output.txt']);
  });

  it('computes no control for which there is a video', async () => {
    const edge = { ...EDGE, input_control: 'color.mp4' };
    const { written } = await run({ prompt: 'Rain', input_video_path: 'color.mp4', edge });

    expect(written.toSorted()).toEqual(['output.mp4', 'output.txt']);
  });

  it.each([
    ['an object that is no control', { blur: { control_weight: 1 } }, 'bad_spec'],
    ['no video', { input_video_path: '', edge: EDGE }, 'bad_spec'],
    ['a negative weight', { edge: { control_weight: -1 } }, 'bad_spec'],
    ['a weight that is a word', { edge: { control_weight: 'much' } }, 'bad_spec'],
    ['no control', {}, 'program_error'],
    ['an empty negative text', { negative_prompt: '', edge: EDGE }, 'program_error'],
    ['an empty text', { prompt: '', edge: EDGE }, 'blocked_prompt'],
    ['a video that is not there', { input_video_path: 'no.mp4', edge: EDGE }, 'unreadable_video'],
    ['a control that is not there', { edge: { ...EDGE, input_control: 'no.mp4' } }, 'unreadable_video'],
  ])('refuses %s', async (_what, over, signature) => {
    const refused = await run({ prompt: 'Rain', input_video_path: 'color.mp4', ...over });

    expect(refused).toMatchObject({ code: 1, signature });
    expect(refused.written).not.toContain('output.mp4');
  });

  it.each([
    ['a flag and its value in one word', ['--video_save_name=other'], 1, 'bad_spec'],
    ['a flag that the model does not know', ['--steps', '35'], 1, 'bad_spec'],
    ['more processes than GPUs', [], 2, 'program_error'],
  ])('refuses %s', async (_what, flags, processes, signature) => {
    const spec = { prompt: 'Rain', input_video_path: 'color.mp4', edge: EDGE };

    expect(await run(spec, flags, processes)).toMatchObject({ code: 1, signature });
  });

  it('refuses a second control with the distilled model', async () => {
    const spec = { prompt: 'Rain', input_video_path: 'color.mp4', edge: EDGE, depth: EDGE };

    expect(await run(spec, ['--use_distilled'])).toMatchObject({ code: 1, signature: 'not_distilled' });
  });
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { buildJob } from '../../../src/core/models/build-job.ts';
import { ProgressTracker } from '../../../src/core/runs/progress-tracker.ts';
import { parametersOf, requestFor, transfer1 } from '../../core/models/profiles.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const TORCHRUN = fileURLToPath(new URL('../../fixtures/transfer1/torchrun', import.meta.url));
const SCRIPT = 'cosmos_transfer1/diffusion/inference/transfer.py';
const EDGE = { control_weight: 0.5 };
/** Every parameter that can be set beside the others, with a value that is not its default. */
const ALL = {
  ...{ vis: 0.1, edge: 0.2, depth: 0.3, seg: 0.4, keypoint: 0.5 },
  ...{ seg_prompt: 'boat . crane', seg_weight_prompt: 'boat' },
  region: ['0,0,0.5,1: snow'],
  ...{ num_steps: 20, guidance: 7.5, sigma_max: 35, seed: 0, fps: 30 },
  ...{ blur_strength: 'low', canny_threshold: 'very_high' },
  ...{ offload_text_encoder_model: false, offload_diffusion_transformer: true },
};

/** Runs the stand-in on a spec; the video of the spec is there, as is the code. */
async function run(spec: object, flags: readonly string[] = [], processes = 1) {
  const directory = await temporaryDirectory();
  await mkdir(join(directory, SCRIPT, '..'), { recursive: true });
  for (const file of [SCRIPT, 'color.mp4']) await writeFile(join(directory, file), 'some bytes');
  await writeFile(join(directory, 'spec.json'), `${JSON.stringify(spec, null, 2)}\n`);
  const fixed = ['--controlnet_specs', 'spec.json', '--video_save_folder', 'out', '--num_gpus', '1'];
  return await execute(directory, [`--nproc_per_node=${processes}`, SCRIPT, ...fixed, ...flags]);
}

/** Runs the stand-in in a directory that has everything. */
async function execute(directory: string, words: readonly string[]) {
  const child = spawn(TORCHRUN, words, {
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

  it('reads every parameter out of the very job that the bot builds', async () => {
    const profile = transfer1();
    const directory = await temporaryDirectory();
    const parameters = parametersOf(profile, ALL);
    const paths = { attempt: directory, input: directory, output: join(directory, 'out') };
    const { files, argv, inputs } = buildJob(requestFor(profile, { parameters, paths, gpus: ['0', '1'] }));
    await mkdir(join(directory, SCRIPT, '..'), { recursive: true });
    await writeFile(join(directory, SCRIPT), '');
    for (const { path } of inputs) await writeFile(join(directory, path.slice('in/'.length)), 'some bytes');
    for (const { path, content } of files) await writeFile(join(directory, path), content);

    const { code, said, written } = await execute(directory, argv.slice(1));
    const lines = said.slice(said.indexOf('final args: {'), said.indexOf('Start creating base model'));
    const read = [...lines.matchAll(/^ +"(.+)": "(.*)",$/gm)].map(([, key, value]) => [key, value]);
    expect(code).toBe(0);
    expect(Object.fromEntries(read)).toEqual({
      ...{ offload_guardrail_models: 'true', offload_diffusion_transformer: 'true' },
      ...{ num_steps: '20', guidance: '7.5', sigma_max: '35', seed: '0', fps: '30' },
      ...{ blur_strength: 'low', canny_threshold: 'very_high' },
      ...{ 'vis.control_weight': '0.1', 'vis.input_control': join(directory, 'vis.mp4') },
      ...{ 'edge.control_weight': '0.2', 'edge.input_control': join(directory, 'edge.mp4') },
      ...{ 'depth.control_weight': '0.3', 'depth.input_control': join(directory, 'depth.mp4') },
      ...{ 'seg.control_weight': '0.4', 'seg.input_control': join(directory, 'seg.mp4') },
      ...{ 'seg.input_control_prompt': 'boat . crane', 'seg.control_weight_prompt': 'boat' },
      'keypoint.control_weight': '0.5',
      ...{ 'regional_prompts.prompt': 'snow', 'regional_prompts.region_definitions_path': '0, 0, 0.5, 1' },
    });
    // What the model computes is written once for each GPU.
    expect(written.toSorted()).toEqual([
      ...['keypoint_input_control_0.mp4', 'keypoint_input_control_1.mp4', 'output.mp4', 'output.txt'],
      'seg_control_weight_0.mp4',
    ]);
  });

  it('takes control videos alone where the noise is at its highest, and only there', async () => {
    const edge = { ...EDGE, input_control: 'color.mp4' };
    const alone = { prompt: 'Rain', edge };

    expect(await run({ ...alone, sigma_max: 80 })).toMatchObject({ code: 0, signature: undefined });
    expect(await run({ ...alone, sigma_max: 79 })).toMatchObject({ code: 1, signature: 'bad_spec' });
    expect(await run({ ...alone, sigma_max: 80, depth: EDGE })).toMatchObject({
      code: 1,
      signature: 'bad_spec',
    });
  });

  it('refuses a second control with the distilled model', async () => {
    const spec = { prompt: 'Rain', input_video_path: 'color.mp4', edge: EDGE, depth: EDGE };

    expect(await run(spec, ['--use_distilled'])).toMatchObject({ code: 1, signature: 'not_distilled' });
  });
});

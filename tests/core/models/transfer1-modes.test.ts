import { describe, expect, it } from 'vitest';
import { buildJob } from '../../../src/core/models/build-job.ts';
import { checkRun } from '../../../src/core/models/check-run.ts';
import { outputSize } from '../../../src/core/models/output-size.ts';
import { asPrepared } from '../../../src/core/models/prepare.ts';
import { parametersOf, requestFor, shipped, video } from './profiles.ts';

const upscale = shipped('transfer1-upscale');
const enhance = shipped('transfer1-enhance');
const JOB = '/workspace/jobs/job_01';

/** Where each parameter of the upscaler arrives: a key of the spec, or a flag with its value. */
const PLACES: readonly (readonly [name: string, value: string | number | boolean, place: string])[] = [
  ['upscale', 0.8, 'upscale.control_weight'],
  ['num_steps', 20, '--num_steps'],
  ['seed', 7, '--seed'],
  ['guidance', 7.5, 'guidance'],
  ['sigma_max', 35, 'sigma_max'],
  ['offload_text_encoder_model', false, '--offload_text_encoder_model'],
  ['offload_guardrail_models', false, '--offload_guardrail_models'],
  ['offload_diffusion_transformer', true, '--offload_diffusion_transformer'],
];

function spec(plan: ReturnType<typeof buildJob>) {
  expect(plan.files.map(({ path }) => path)).toEqual(['spec.json']);
  return JSON.parse(plan.files[0]?.content ?? '');
}

describe('the job of transfer1-upscale', () => {
  const without = { text: '', negativeText: '' };

  it('is the spec and the command of the example, with the frame rate of the video', () => {
    const plan = buildJob(requestFor(upscale, without));

    expect(spec(plan)).toEqual({
      input_video_path: `${JOB}/in/color.mp4`,
      upscale: { control_weight: 0.5 },
      // The model would write 24 frames per second, whatever the video has.
      fps: 24,
    });
    expect(plan.argv).toEqual([
      ...['torchrun', '--nproc_per_node=1', '--nnodes=1', '--node_rank=0'],
      'cosmos_transfer1/diffusion/inference/transfer.py',
      ...['--checkpoint_dir', 'checkpoints', '--controlnet_specs', `${JOB}/spec.json`],
      ...['--video_save_folder', `${JOB}/out`, '--video_save_name', 'output', '--num_gpus', '1'],
      ...['--num_steps', '10', '--offload_text_encoder_model', '--offload_guardrail_models'],
    ]);
    expect(plan.inputs).toEqual([{ path: 'in/color.mp4', asset: video('color').asset.sha256 }]);
  });

  it('is guided by a text where there is one', () => {
    const plan = buildJob(requestFor(upscale, { text: 'A sharp street', negativeText: '' }));

    expect(spec(plan)).toMatchObject({ prompt: 'A sharp street' });
  });

  it('keeps a frame rate that is no whole number', () => {
    const { asset, ...input } = video('color');
    const facts = { ...asset.facts, fps: 23.976 };
    const plan = buildJob(requestFor(upscale, { inputs: [{ ...input, asset: { ...asset, facts } }] }));

    expect(spec(plan).fps).toBe(23.976);
  });

  it.each(PLACES)('brings %s to its own place, and changes nothing else', (name, value, place) => {
    const before = buildJob(requestFor(upscale, without));
    const parameters = parametersOf(upscale, { [name]: value });
    const after = buildJob(requestFor(upscale, { ...without, parameters }));
    if (place.startsWith('--')) {
      const words = (plan: typeof before) => plan.argv.slice(plan.argv.indexOf('--num_gpus') + 2).join(' ');
      const shown = typeof value === 'boolean' ? place : `${place} ${value}`;
      expect(words(after).includes(shown)).toBe(value !== false);
      expect(words(before)).not.toBe(words(after));
      expect(spec(after)).toEqual(spec(before));
    } else {
      const [block = '', key] = place.split('.');
      const old = spec(before);
      expect(spec(after)).toEqual({ ...old, [block]: key ? { ...old[block], [key]: value } : value });
      expect(after.argv).toEqual(before.argv);
    }
  });

  it('has a place for every parameter', () => {
    expect(PLACES.map(([name]) => name).toSorted()).toEqual(Object.keys(upscale.parameters).toSorted());
  });

  it.each([
    [
      [1280, 704],
      [3840, 2112],
    ],
    [
      [1920, 1080],
      [3840, 2112],
    ],
    [
      [704, 1280],
      [2112, 3840],
    ],
    [
      [640, 480],
      [2880, 2112],
    ],
    [
      [500, 500],
      [2880, 2880],
    ],
  ] as const)('makes %j to %j', (from, [width, height]) => {
    expect(outputSize(upscale, [video('color', 121, from)])).toEqual({ width, height });
  });

  it('needs a video of two frames or more', () => {
    expect(checkRun(upscale, [], {})).toMatchObject({ problems: [{ code: 'input.role_missing' }] });
    expect(checkRun(upscale, [video('color', 1)], {})).toMatchObject({
      problems: [{ code: 'input.frames_out_of_range' }],
    });
  });
});

describe('the job of transfer1-enhance', () => {
  it('starts the upsampler of the model by itself, with the environment of torchrun', () => {
    const plan = buildJob(requestFor(enhance, { text: '-- a "street"', gpus: ['2', '3'] }));

    expect(plan.argv).toEqual([
      ...['torchrun', '--nproc_per_node=1', '--nnodes=1', '--node_rank=0'],
      'cosmos_transfer1/auxiliary/upsampler/inference/upsampler_pipeline.py',
      '--prompt=-- a "street"',
      ...['--input_video', `${JOB}/in/color.mp4`, '--checkpoint_dir', 'checkpoints'],
      '--offload_prompt_upsampler',
    ]);
    // The program deletes it, and fails where torchrun has not set it: with one process it does not.
    expect(plan.environment).toMatchObject({ OMP_NUM_THREADS: '1', VLLM_WORKER_MULTIPROC_METHOD: 'spawn' });
    expect(plan.files).toEqual([]);
  });

  it('leaves its flag out where it is not wanted', () => {
    const parameters = parametersOf(enhance, { offload_prompt_upsampler: false });

    expect(buildJob(requestFor(enhance, { parameters })).argv).not.toContain('--offload_prompt_upsampler');
  });

  it.each([
    [
      [1280, 704],
      [640, 352],
    ],
    [
      [1920, 1080],
      [640, 360],
    ],
    [
      [704, 1280],
      [352, 640],
    ],
    [
      [960, 960],
      [360, 360],
    ],
    [
      [2560, 1080],
      [640, 270],
    ],
    [
      [320, 240],
      [320, 240],
    ],
  ] as const)('sends two frames of a video of %j at %j', (from, [width, height]) => {
    const { facts, extension } = asPrepared(enhance, video('color', 240, from)).asset;

    expect(facts).toMatchObject({ kind: 'video', width, height, frames: 2, fps: 24 });
    expect(extension).toBe('mp4');
  });

  it('leaves room for every text that it takes, whatever the shape of the video', () => {
    const longest = enhance.text.max_bytes ?? Infinity;
    for (let wide = 16; wide <= 4096; wide += 16) {
      for (const size of [
        [wide, 720],
        [720, wide],
        [wide, wide],
      ] as const) {
        const { facts } = asPrepared(enhance, video('color', 240, size)).asset;
        const pictures = facts.kind === 'video' ? 2 * tokens(facts.width, facts.height) : Infinity;
        expect(pictures + longest + ANSWER + TEMPLATE).toBeLessThanOrEqual(ROOM);
      }
    }
  });

  it('refuses a longer text before it waits', () => {
    const request = requestFor(enhance, { text: 'ä'.repeat(901) });

    expect(() => buildJob(request)).toThrow(
      expect.objectContaining({
        code: 'input.text_too_long',
        parameters: expect.objectContaining({ bytes: 1802 }),
      }),
    );
    expect(() => buildJob(requestFor(enhance, { text: 'ä'.repeat(900) }))).not.toThrow();
  });
});

/** Tokens of the text model for prompt, pictures and answer. */
const ROOM = 4096;
const ANSWER = 300;
/** What stands around the words of a chat. */
const TEMPLATE = 16;

/** Of one picture. The rule gives the 4,148 that were seen for two of 960×540. */
function tokens(width: number, height: number): number {
  return (Math.ceil(width / 16) + 1) * Math.ceil(height / 16);
}

it('counts the tokens of two pictures as the model was seen to', () => {
  expect(2 * tokens(960, 540)).toBe(4148);
});

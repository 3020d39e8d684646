import { describe, expect, it } from 'vitest';
import { buildJob } from '../../../src/core/models/build-job.ts';
import { activeControls } from '../../../src/core/models/controls.ts';
import { parametersOf, requestFor, transfer1, video } from './profiles.ts';

const profile = transfer1();
const NO_CONTROLS = { vis: 0, edge: 0, depth: 0, seg: 0, keypoint: 0 };

/** The one spec file of a plan, as the model reads it. */
function spec(plan: ReturnType<typeof buildJob>) {
  expect(plan.files.map(({ path }) => path)).toEqual(['spec.json']);
  return JSON.parse(plan.files[0]?.content ?? '');
}

describe('a real GPU model as a profile', () => {
  it('writes a single control that the model computes itself', () => {
    const parameters = parametersOf(profile, { ...NO_CONTROLS, edge: 1, seed: 7 });
    const plan = buildJob(requestFor(profile, { parameters, inputs: [video('color')] }));

    expect(spec(plan)).toEqual({
      prompt: 'A rainy neon street, cinematic',
      negative_prompt: 'cartoon, low detail',
      input_video_path: 'jobs/job_01/in/color.mp4',
      num_steps: 35,
      guidance: 5.0,
      sigma_max: 70.0,
      seed: 7,
      fps: 24,
      edge: { control_weight: 1.0 },
    });
    expect(plan.inputs).toEqual([{ path: 'in/color.mp4', asset: video('color').asset.sha256 }]);
  });

  it('writes several controls, one of them from a given video', () => {
    const parameters = parametersOf(profile, { seed: 11, seg_prompt: 'boat . crane . water' });
    const job = '/workspace/jobs/job_02';
    const plan = buildJob(
      requestFor(profile, {
        text: 'Foggy harbour at dawn',
        negativeText: '',
        parameters,
        inputs: [video('color'), video('depth')],
        paths: { attempt: job, input: `${job}/in`, output: `${job}/out` },
      }),
    );

    expect(spec(plan)).toEqual({
      prompt: 'Foggy harbour at dawn',
      input_video_path: 'jobs/job_02/in/color.mp4',
      seed: 11,
      fps: 24,
      vis: { control_weight: 0.25 },
      edge: { control_weight: 0.25 },
      depth: { input_control: 'jobs/job_02/in/depth.mp4', control_weight: 0.25 },
      seg: { input_control_prompt: 'boat . crane . water', control_weight: 0.25 },
      // Not in the example, and equal to the model's own defaults.
      num_steps: 35,
      guidance: 5,
      sigma_max: 70,
    });
  });

  it('starts one process for each GPU, with flags as separate words', () => {
    const parameters = parametersOf(profile, { offload_guardrail_models: false });
    const plan = buildJob(requestFor(profile, { parameters, gpus: ['2', '3'] }));

    expect(plan.argv).toEqual([
      'torchrun',
      '--nproc_per_node=2',
      '--nnodes=1',
      '--node_rank=0',
      'cosmos_transfer1/diffusion/inference/transfer.py',
      '--checkpoint_dir',
      'checkpoints',
      '--controlnet_specs',
      '/workspace/jobs/job_01/spec.json',
      '--video_save_folder',
      '/workspace/jobs/job_01/out',
      '--num_gpus',
      '2',
      '--offload_text_encoder_model',
    ]);
    expect(plan.workingDirectory).toBe('/workspace');
    expect(plan.gpus).toEqual(['2', '3']);
  });

  it('names a control with weight 0 nowhere, so that its network is not loaded', () => {
    const parameters = parametersOf(profile, { vis: 0 });

    expect(activeControls(profile, parameters, new Set(['color', 'vis'])).map(({ hint }) => hint)).toEqual([
      'edge',
      'depth',
      'seg',
    ]);
    expect(spec(buildJob(requestFor(profile, { parameters })))).not.toHaveProperty('vis');
  });

  it('refuses a lane without GPUs', () => {
    expect(() => buildJob(requestFor(profile, { gpus: [] }))).toThrow(
      expect.objectContaining({ code: 'input.model_unavailable' }),
    );
  });
});

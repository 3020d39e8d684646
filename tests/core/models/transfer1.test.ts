import { describe, expect, it } from 'vitest';
import { buildJob } from '../../../src/core/models/build-job.ts';
import { checkRun } from '../../../src/core/models/check-run.ts';
import { activeControls } from '../../../src/core/models/controls.ts';
import { parametersOf, requestFor, transfer1, video } from './profiles.ts';

const profile = transfer1();
const NO_CONTROLS = { vis: 0, edge: 0, depth: 0, seg: 0, keypoint: 0 };

/** Every parameter that can be set beside the others, with a value that is not its default. */
const ALL = {
  ...{ vis: 0.1, edge: 0.2, depth: 0.3, seg: 0.4, keypoint: 0.5 },
  ...{ seg_prompt: 'boat . crane', seg_weight_prompt: 'boat' },
  region: '0,0,0.5,1: snow on the roof',
  ...{ num_steps: 20, guidance: 7.5, sigma_max: 35, seed: 0, fps: 30 },
  ...{ blur_strength: 'low', canny_threshold: 'very_high' },
  ...{ offload_text_encoder_model: false, offload_diffusion_transformer: true },
};

/** Where each parameter arrives: a key of the spec, or a flag that is there or not. */
const PLACES: readonly (readonly [name: string, value: string | number | boolean, place: string])[] = [
  ['vis', 0.1, 'vis.control_weight'],
  ['edge', 1, 'edge.control_weight'],
  ['depth', 0.3, 'depth.control_weight'],
  ['seg', 0.4, 'seg.control_weight'],
  ['keypoint', 0.5, 'keypoint.control_weight'],
  ['seg_prompt', 'boat . crane', 'seg.input_control_prompt'],
  ['seg_weight_prompt', 'boat', 'seg.control_weight_prompt'],
  ['region', '0,0,0.5,1: snow on the roof', 'regional_prompts'],
  ['num_steps', 20, 'num_steps'],
  ['guidance', 7.5, 'guidance'],
  ['sigma_max', 35, 'sigma_max'],
  ['seed', 0, 'seed'],
  ['fps', 30, 'fps'],
  ['blur_strength', 'low', 'blur_strength'],
  ['canny_threshold', 'very_high', 'canny_threshold'],
  ['offload_text_encoder_model', false, '--offload_text_encoder_model'],
  ['offload_guardrail_models', false, '--offload_guardrail_models'],
  ['offload_diffusion_transformer', true, '--offload_diffusion_transformer'],
];

/** What of `region` the model reads. */
const REGIONS = [{ prompt: 'snow on the roof', region_definitions_path: [0, 0, 0.5, 1] }];

/** The one spec file of a plan, as the model reads it. */
function spec(plan: ReturnType<typeof buildJob>) {
  expect(plan.files.map(({ path }) => path)).toEqual(['spec.json']);
  return JSON.parse(plan.files[0]?.content ?? '');
}

describe('the job of transfer1', () => {
  it('writes a single control that the model computes itself', () => {
    const parameters = parametersOf(profile, { ...NO_CONTROLS, edge: 1, seed: 7 });
    const plan = buildJob(requestFor(profile, { parameters, inputs: [video('color')] }));

    expect(spec(plan)).toEqual({
      prompt: 'A rainy neon street, cinematic',
      negative_prompt: 'cartoon, low detail',
      input_video_path: '/workspace/jobs/job_01/in/color.mp4',
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
      input_video_path: '/workspace/jobs/job_02/in/color.mp4',
      seed: 11,
      fps: 24,
      vis: { control_weight: 0.25 },
      edge: { control_weight: 0.25 },
      depth: { input_control: '/workspace/jobs/job_02/in/depth.mp4', control_weight: 0.25 },
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
      '--video_save_name',
      'output',
      '--num_gpus',
      '2',
      '--offload_text_encoder_model',
    ]);
    expect(plan.workingDirectory).toBe('/workspace');
    expect(plan.gpus).toEqual(['2', '3']);
  });

  it('writes everything at once where every file is given', () => {
    const plan = buildJob(requestFor(profile, { parameters: parametersOf(profile, ALL) }));
    const input = (role: string) => `/workspace/jobs/job_01/in/${role}.mp4`;

    expect(spec(plan)).toEqual({
      prompt: 'A rainy neon street, cinematic',
      negative_prompt: 'cartoon, low detail',
      input_video_path: input('color'),
      num_steps: 20,
      guidance: 7.5,
      sigma_max: 35,
      seed: 0,
      fps: 30,
      blur_strength: 'low',
      canny_threshold: 'very_high',
      regional_prompts: REGIONS,
      vis: { control_weight: 0.1, input_control: input('vis') },
      edge: { control_weight: 0.2, input_control: input('edge') },
      depth: { control_weight: 0.3, input_control: input('depth') },
      seg: {
        control_weight: 0.4,
        input_control: input('seg'),
        input_control_prompt: 'boat . crane',
        control_weight_prompt: 'boat',
      },
      keypoint: { control_weight: 0.5 },
    });
    expect(plan.argv.slice(-2)).toEqual(['--offload_guardrail_models', '--offload_diffusion_transformer']);
  });

  it.each(PLACES)('brings %s to its own place, and changes nothing else', (name, value, place) => {
    const before = buildJob(requestFor(profile, { parameters: parametersOf(profile, {}) }));
    const after = buildJob(requestFor(profile, { parameters: parametersOf(profile, { [name]: value }) }));
    const flags = (plan: typeof before) => new Set(plan.argv.slice(before.argv.indexOf('--num_gpus') + 2));

    if (place.startsWith('--')) {
      const all = [...new Set([...flags(before), ...flags(after)])];
      expect(all.filter((flag) => flags(before).has(flag) !== flags(after).has(flag))).toEqual([place]);
      expect(flags(after).has(place)).toBe(value);
      expect(spec(after)).toEqual(spec(before));
    } else {
      const [block = '', key] = place.split('.');
      const old = spec(before);
      const written = name === 'region' ? REGIONS : value;
      expect(spec(after)).toEqual({ ...old, [block]: key ? { ...old[block], [key]: value } : written });
      expect(old).not.toEqual(spec(after));
      expect(after.argv).toEqual(before.argv);
    }
  });

  it('has a place for every parameter but the one that changes the others', () => {
    expect(PLACES.map(([name]) => name).toSorted()).toEqual(
      Object.keys(profile.parameters)
        .filter((name) => name !== 'use_distilled')
        .toSorted(),
    );
  });

  it('asks the distilled model for edges in one step', () => {
    const plan = buildJob(
      requestFor(profile, { parameters: parametersOf(profile, { use_distilled: true }) }),
    );
    const { edge, num_steps, ...others } = spec(plan);

    expect(plan.argv.slice(-1)).toEqual(['--use_distilled']);
    expect({ edge, num_steps }).toEqual({
      edge: { control_weight: 0.25, input_control: '/workspace/jobs/job_01/in/edge.mp4' },
      num_steps: 1,
    });
    for (const hint of ['vis', 'depth', 'seg', 'keypoint']) expect(others).not.toHaveProperty(hint);
  });

  it('needs no video to follow where every control has a video of its own', () => {
    const inputs = [video('depth'), video('seg')];
    const checked = checkRun(profile, inputs, { seed: 3 });
    const parameters = checked.ok ? checked.value : {};
    const control = (role: string) => ({
      control_weight: 0.25,
      input_control: `/workspace/jobs/job_01/in/${role}.mp4`,
    });

    expect(spec(buildJob(requestFor(profile, { parameters, inputs })))).toEqual({
      prompt: 'A rainy neon street, cinematic',
      negative_prompt: 'cartoon, low detail',
      ...{ num_steps: 35, guidance: 5, sigma_max: 80, seed: 3, fps: 24 },
      depth: control('depth'),
      seg: control('seg'),
    });
  });

  it('writes texts for parts of the picture, by corners and by what the model finds', () => {
    const region = ['0, 0, .5, 1: snow on the roof: deep', 'old boat : rust'];
    const plan = buildJob(requestFor(profile, { parameters: parametersOf(profile, { region }) }));

    expect(spec(plan).regional_prompts).toEqual([
      { prompt: 'snow on the roof: deep', region_definitions_path: [0, 0, 0.5, 1] },
      { prompt: 'rust', mask_prompt: 'old boat' },
    ]);
  });

  it.each([
    [{ use_distilled: true }, ['color', 'edge'] as const],
    [{ sigma_max: 80 }, ['depth'] as const],
  ])(
    'refuses texts for parts of the picture that the model would leave out or fail on: %j',
    (given, roles) => {
      const checked = checkRun(
        profile,
        roles.map((role) => video(role)),
        { ...given, region: '0,0,1,1: snow' },
      );

      expect(checked).toMatchObject({ ok: false, problems: [{ code: 'input.rule_broken' }] });
    },
  );

  it('writes no flag of the model with "=": the spec would win over it', () => {
    const { argv } = buildJob(requestFor(profile));

    expect(argv.slice(argv.indexOf('--checkpoint_dir')).filter((word) => word.includes('='))).toEqual([]);
  });

  it('gets the GPUs of its lane, the shared memory of the host, its code, weights and caches', () => {
    const { container } = buildJob(requestFor(profile, { gpus: ['2', '3'] }));

    expect(container).toEqual({
      image: 'cosmos-transfer1:latest',
      gpuFlags: ['--gpus', '"device=2,3"'],
      ipc: 'host',
      sharedMemory: '8g',
      user: 'image',
      flags: [],
      mounts: [
        { source: '/opt/cosmos-transfer1', target: '/workspace', readOnly: true },
        { source: '/opt/cosmos-transfer1/checkpoints', target: '/workspace/checkpoints', readOnly: false },
        { source: '/var/cache/huggingface', target: '/root/.cache/huggingface', readOnly: false },
      ],
    });
  });

  it('runs where another place is configured for the code, without writing the command again', () => {
    const elsewhere = transfer1({
      command: { working_directory: '/srv/t1', environment: { PYTHONPATH: '/srv/t1' } },
      container: { image: 'registry.lan/t1:7' },
    });
    const plan = buildJob(requestFor(elsewhere));

    expect(plan).toMatchObject({
      workingDirectory: '/srv/t1',
      environment: { PYTHONPATH: '/srv/t1', PYTHONUNBUFFERED: '1' },
      container: { image: 'registry.lan/t1:7', ipc: 'host' },
      argv: buildJob(requestFor(profile)).argv,
    });
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

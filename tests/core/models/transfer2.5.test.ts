import { describe, expect, it } from 'vitest';
import { buildJob } from '../../../src/core/models/build-job.ts';
import { checkRun } from '../../../src/core/models/check-run.ts';
import type { AttemptPlan } from '../../../src/core/ports/host.ts';
import { input, parametersOf, requestFor, shipped, video } from './profiles.ts';
import { onlyFile, plan } from './sent-jobs.ts';

const profile = shipped('transfer2.5');
const distilled = shipped('transfer2.5-distilled');
const image = shipped('transfer2.5-image');
const still = input('image', { kind: 'image', width: 1280, height: 704, codec: 'png' }, 'png');

/** Where each parameter arrives: a key of the spec, or a flag that is there or not. */
const PLACES: readonly (readonly [name: string, value: string | number | boolean, place: string])[] = [
  ['edge', 0.5, 'edge.control_weight'],
  ['vis', 0.1, 'vis.control_weight'],
  ['depth', 0.3, 'depth.control_weight'],
  ['seg', 0.4, 'seg.control_weight'],
  ['edge_threshold', 'very_low', 'edge.preset_edge_threshold'],
  ['blur_strength', 'high', 'vis.preset_blur_strength'],
  ['seg_prompt', 'boat', 'seg.control_prompt'],
  ['num_steps', 20, 'num_steps'],
  ['guidance', 7, 'guidance'],
  ['seed', 0, 'seed'],
  ['resolution', '480', 'resolution'],
  ['keep_input_resolution', false, 'keep_input_resolution'],
  ['show_control_condition', true, 'show_control_condition'],
  ['show_input', true, 'show_input'],
  ['max_frames', 93, 'max_frames'],
  ['num_conditional_frames', 2, 'num_conditional_frames'],
  ['context_frame_index', 1, 'context_frame_index'],
  ['offload_guardrail_models', true, '--offload-guardrail-models'],
];

/** The one spec file of a plan, as the model reads it. */
const spec = (job: AttemptPlan) => onlyFile(job, 'spec.json');

describe('the job of transfer2.5', () => {
  it('writes one control with a video and a mask, with paths relative to the spec', () => {
    const given = { edge: 0, depth: 0.9 };
    const job = plan(profile, given, [video('color'), video('depth'), video('mask')], {
      text: 'Robot arm in a bright lab',
      negativeText: '',
    });

    expect(spec(job)).toEqual({
      name: 'output',
      prompt: 'Robot arm in a bright lab',
      video_path: 'in/color.mp4',
      seed: 2025,
      guidance: 3,
      num_steps: 35,
      resolution: '720',
      depth: { control_path: 'in/depth.mp4', control_weight: 0.9, mask_path: 'in/mask.mp4' },
      // Not in the example, and equal to the model's own defaults.
      keep_input_resolution: true,
      num_conditional_frames: 1,
      show_control_condition: false,
      show_input: false,
    });
    expect(job.inputs.map(({ path }) => path)).toEqual(['in/color.mp4', 'in/depth.mp4', 'in/mask.mp4']);
  });

  it('is a single edge where nobody says otherwise, so that no other branch is loaded', () => {
    const { edge, vis, depth, seg, negative_prompt } = spec(plan(profile, {}, [video('color')]));

    expect({ edge, vis, depth, seg }).toEqual({ edge: { control_weight: 1 } });
    expect(negative_prompt).toBe('cartoon, low detail');
  });

  it('starts one process for each GPU, and tells guardrails and parts on the console', () => {
    const job = plan(profile, { offload_guardrail_models: true }, [video('color')], { gpus: ['2', '3'] });

    expect(job.argv).toEqual([
      ...['torchrun', '--nproc_per_node=2', '--master_port=12341', 'examples/inference.py'],
      ...['--input-files', '/workspace/jobs/job_01/spec.json', '--output-dir', '/workspace/jobs/job_01/out'],
      '--offload-guardrail-models',
    ]);
    expect(job.environment).toMatchObject({ COSMOS_VERBOSE: '1', PYTHONUNBUFFERED: '1' });
    expect(job.environment).not.toHaveProperty('COSMOS_EXPERIMENTAL_CHECKPOINTS');
    expect(job.workingDirectory).toBe('/workspace');
  });

  it.each(PLACES)('brings %s to its own place, and changes nothing else', (name, value, place) => {
    const base = { edge: 1, vis: 0.9, depth: 0.9, seg: 0.9 };
    const inputs = [video('color')];
    const before = plan(profile, base, inputs);
    const after = plan(profile, { ...base, [name]: value }, inputs);

    if (place.startsWith('--')) {
      expect(after.argv).toEqual([...before.argv, place]);
      expect(spec(after)).toEqual(spec(before));
    } else {
      const [block = '', key] = place.split('.');
      const old = spec(before);
      expect(spec(after)).toEqual({ ...old, [block]: key ? { ...old[block], [key]: value } : value });
      expect(spec(after)).not.toEqual(old);
      expect(after.argv).toEqual(before.argv);
    }
  });

  it('brings a mask in words to every control that is on', () => {
    const job = spec(plan(profile, { depth: 0.5, mask_prompt: 'the robot' }, [video('color')]));

    expect(job).toMatchObject({
      edge: { control_weight: 1, mask_prompt: 'the robot' },
      depth: { control_weight: 0.5, mask_prompt: 'the robot' },
    });
  });

  it('brings a mask video to every control that is on', () => {
    const weights = { edge: 0.5, vis: 0.1, depth: 0.3, seg: 0.4 };
    const job = spec(plan(profile, weights, [video('color'), video('mask')]));

    for (const control of Object.keys(weights)) {
      expect(job).toHaveProperty([control, 'mask_path'], 'in/mask.mp4');
    }
  });

  it.each([
    [['depth'], { depth: { control_path: 'in/depth.mp4', control_weight: 1 } }],
    [['vis'], { vis: { control_path: 'in/vis.mp4', control_weight: 1 } }],
    [['edge'], { edge: { control_path: 'in/edge.mp4', control_weight: 1 } }],
    [
      ['seg', 'edge'],
      {
        seg: { control_path: 'in/seg.mp4', control_weight: 1 },
        edge: { control_path: 'in/edge.mp4', control_weight: 1 },
      },
    ],
  ] as const)(
    'follows the control videos that were brought, %j, and no computed edges beside them',
    (roles, controls) => {
      const job = spec(plan(profile, {}, [video('color'), ...roles.map((role) => video(role))]));
      const { edge, vis, depth, seg } = job;

      expect(JSON.parse(JSON.stringify({ edge, vis, depth, seg }))).toEqual(controls);
    },
  );

  it('keeps the weights that somebody has set for control videos', () => {
    const inputs = [video('color'), video('depth')];

    expect(spec(plan(profile, { edge: 1, depth: 0 }, inputs))).not.toHaveProperty('depth');
    expect(spec(plan(profile, { depth: 0.2 }, inputs))).toMatchObject({ depth: { control_weight: 0.2 } });
  });

  it('takes a picture for the look where a blurred video is there too, which then counts for nothing', () => {
    const job = spec(plan(profile, {}, [video('color'), video('vis'), still]));

    expect(job).toMatchObject({ image_context_path: 'in/image.png', edge: { control_weight: 1 } });
    expect(job).not.toHaveProperty('vis');
  });

  it('has a place for every parameter', () => {
    const named = [...PLACES.map(([name]) => name), 'mask_prompt'];
    expect(named.toSorted()).toEqual(Object.keys(profile.parameters).toSorted());
  });

  it('takes the look of a picture, but not together with blur', () => {
    const inputs = [video('color'), still];

    expect(spec(plan(profile, {}, inputs))).toMatchObject({ image_context_path: 'in/image.png' });
    expect(spec(plan(profile, {}, [video('color')]))).not.toHaveProperty('image_context_path');
    expect(checkRun(profile, inputs, { vis: 0.5 })).toMatchObject({
      problems: [{ code: 'input.rule_broken', parameters: { needs: ['vis=0'] } }],
    });
  });

  it.each([
    ['guidance', 2.5, 'input.parameter_range'],
    ['guidance', 8, 'input.parameter_range'],
    ['edge', 1.5, 'input.parameter_range'],
    ['context_frame_index', 0, 'input.parameter_range'],
    ['num_conditional_frames', 3, 'input.parameter_range'],
    ['resolution', '4k', 'input.parameter_choice'],
    ['sigma_max', '70', 'input.parameter_unknown'],
  ])('is refused before the queue with %s=%s', (name, value, code) => {
    expect(checkRun(profile, [video('color')], { [name]: value })).toMatchObject({ problems: [{ code }] });
  });

  it('is refused before the queue without a video, and with one that it has no reader for', () => {
    const { facts } = video('color').asset;

    expect(checkRun(profile, [video('depth')], { depth: 1 })).toMatchObject({
      problems: [{ code: 'input.role_missing', parameters: { role: 'color' } }],
    });
    expect(checkRun(profile, [input('color', facts, 'mkv')], {})).toMatchObject({
      problems: [{ code: 'input.extension_not_taken', parameters: { role: 'color', extension: 'mkv' } }],
    });
  });
});

describe('the job of transfer2.5-distilled', () => {
  it('takes four steps of at most 93 frames, with edges alone', () => {
    const job = plan(distilled, { seed: 1, edge_threshold: 'low' }, [video('color', 500)], {
      text: 'Night drive',
      negativeText: '',
    });

    expect(spec(job)).toEqual({
      name: 'output',
      prompt: 'Night drive',
      video_path: 'in/color.mp4',
      max_frames: 93,
      num_steps: 4,
      seed: 1,
      edge: { control_weight: 1, preset_edge_threshold: 'low' },
      ...{ guidance: 3, resolution: '720', keep_input_resolution: true },
      ...{ show_control_condition: false, show_input: false },
    });
    expect(job.argv.slice(-2)).toEqual(['--model', 'edge/distilled']);
    expect(job.environment).toMatchObject({ COSMOS_EXPERIMENTAL_CHECKPOINTS: '1', COSMOS_VERBOSE: '1' });
    expect(checkRun(distilled, [video('color')], { max_frames: 94 }).ok).toBe(false);
    expect(checkRun(distilled, [video('color')], { depth: 1 }).ok).toBe(false);
  });

  it('is no video of one frame', () => {
    expect(checkRun(distilled, [video('color', 2)], {}).ok).toBe(true);
    expect(checkRun(distilled, [video('color', 1)], {})).toMatchObject({
      problems: [{ code: 'input.frames_out_of_range', parameters: { frames: 1, minimum: 2 } }],
    });
  });
});

describe('the job of transfer2.5-image', () => {
  it('is a video of one frame', () => {
    const parameters = parametersOf(image, { seed: 1 });
    const job = buildJob(
      requestFor(image, {
        ...{ text: 'Coastal road at dusk', negativeText: '', parameters, inputs: [still] },
      }),
    );

    expect(spec(job)).toEqual({
      name: 'output',
      prompt: 'Coastal road at dusk',
      video_path: 'in/image.png',
      max_frames: 1,
      num_video_frames_per_chunk: 1,
      seed: 1,
      edge: { control_weight: 1 },
      ...{ guidance: 3, num_steps: 35, resolution: '720', keep_input_resolution: true },
      ...{ show_control_condition: false, show_input: false },
    });
    expect(checkRun(image, [video('color')], {}).ok).toBe(false);
    const { facts } = still.asset;
    expect(checkRun(image, [input('image', facts, 'webp')], {})).toMatchObject({
      problems: [{ code: 'input.extension_not_taken', parameters: { extension: 'webp' } }],
    });
  });
});

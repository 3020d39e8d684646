import { describe, expect, it } from 'vitest';
import { buildJob } from '../../../src/core/models/build-job.ts';
import { checkRun } from '../../../src/core/models/check-run.ts';
import { wantedGb } from '../../../src/core/models/gpu-memory.ts';
import { textProblems } from '../../../src/core/models/text-problems.ts';
import type { AttemptPlan } from '../../../src/core/ports/host.ts';
import { input, requestFor, shipped, video } from './profiles.ts';
import { onlyFile, plan } from './sent-jobs.ts';

const profile = shipped('cosmos3');
const image = shipped('cosmos3-image');
const large = shipped('cosmos3-super');
const still = input('image', { kind: 'image', width: 1080, height: 1920, codec: 'png' }, 'png');
const ALL_CONTROLS = ['color', 'edge', 'vis', 'depth', 'seg', 'wsm'] as const;

/** Where each parameter arrives: a key of the spec, or words of the command. */
const PLACES: readonly (readonly [name: string, value: string | number | boolean, place: string])[] = [
  ['edge', 0.5, 'edge.weight'],
  ['blur', 0.1, 'blur.weight'],
  ['depth', 0.3, 'depth.weight'],
  ['seg', 0.4, 'seg.weight'],
  ['wsm', 0.4, 'wsm.weight'],
  ['edge_threshold', 'very_low', 'edge.preset_edge_threshold'],
  ['blur_strength', 'none', 'blur.preset_blur_strength'],
  ['num_steps', 50, 'num_steps'],
  ['guidance', 7, 'guidance'],
  ['control_guidance', 0, 'control_guidance'],
  ['shift', 5, 'shift'],
  ['seed', 0, 'seed'],
  ['resolution', '256', 'resolution'],
  ['aspect_ratio', '9,16', 'aspect_ratio'],
  ['fps', 30, 'fps'],
  ['max_frames', 121, 'max_frames'],
  ['show_control_condition', true, 'show_control_condition'],
  ['show_input', true, 'show_input'],
  ['emphasize_control_in_prompt', false, 'emphasize_control_in_prompt'],
];

/** The one spec file of a plan, as the model reads it. */
const spec = (job: AttemptPlan) => onlyFile(job, 'spec.json');

/** What every spec has beside what a test is about. */
const DEFAULTS = {
  ...{
    name: 'output',
    model_mode: 'video2video',
    num_steps: 35,
    guidance: 3,
    control_guidance: 1.5,
    shift: 10,
  },
  ...{ show_control_condition: false, show_input: false, emphasize_control_in_prompt: true },
};

/** Parameters that are no part of the spec. */
const FLAGS = ['checkpoint', 'dp_shard_size', 'no_torch_compile', 'offload_guardrail_models'];

describe('the job of cosmos3', () => {
  it('takes one control video alone, and no edges beside it', () => {
    const job = plan(profile, { seed: 2026, fps: 30, max_frames: 121 }, [video('depth')], {
      text: 'A dancer rehearses in a bright studio',
      negativeText: '',
    });

    expect(spec(job)).toEqual({
      ...DEFAULTS,
      prompt: 'A dancer rehearses in a bright studio',
      resolution: '720',
      aspect_ratio: '16,9',
      fps: 30,
      seed: 2026,
      max_frames: 121,
      depth: { control_path: 'in/depth.mp4', weight: 1 },
    });
  });

  it('takes two controls of one source, with guidance of its own and the shape of the source', () => {
    const given = { seed: 5, edge: 0.5, blur: 0.5, edge_threshold: 'medium', resolution: '480' };
    const job = plan(profile, given, [video('color', 121, [1440, 1080])], {
      text: 'White robotic arm pours water',
      negativeText: 'blurry',
    });

    expect(spec(job)).toEqual({
      ...DEFAULTS,
      prompt: 'White robotic arm pours water',
      negative_prompt: 'blurry',
      vision_path: 'in/color.mp4',
      resolution: '480',
      aspect_ratio: '4,3',
      fps: 24,
      seed: 5,
      edge: { weight: 0.5, preset_edge_threshold: 'medium' },
      blur: { weight: 0.5 },
    });
  });

  it('starts one process for each GPU, in the way that does not deadlock, on a port of its own', () => {
    const job = plan(
      profile,
      { checkpoint: 'Cosmos3-Edge', offload_guardrail_models: true, no_torch_compile: true },
      [video('color')],
      {
        gpus: ['2', '3'],
      },
    );

    expect(job.argv).toEqual([
      ...[
        'torchrun',
        '--nproc-per-node=2',
        '--master-port=29611',
        '-m',
        'cosmos_framework.scripts.inference',
      ],
      ...['--parallelism-preset=latency', '-i', '/workspace/jobs/job_01/spec.json'],
      ...['-o', '/workspace/jobs/job_01/out', '--checkpoint-path', 'Cosmos3-Edge', '--dp-shard-size=1'],
      ...['--offload-guardrail-models', '--no-use-torch-compile'],
    ]);
  });

  it.each(PLACES)('brings %s to its own place, and changes nothing else', (name, value, place) => {
    const inputs = ALL_CONTROLS.map((role) => video(role));
    const base = { blur: 0.9, edge: 0.9 };
    const before = plan(profile, base, inputs);
    const after = plan(profile, { ...base, [name]: value }, inputs);
    const [block = '', key] = place.split('.');
    const old = spec(before);

    expect(spec(after)).toEqual({ ...old, [block]: key ? { ...old[block], [key]: value } : value });
    expect(spec(after)).not.toEqual(old);
    expect(after.argv).toEqual(before.argv);
  });

  it('has a place for every parameter', () => {
    const named = [...PLACES.map(([name]) => name), ...FLAGS];
    expect(named.toSorted()).toEqual(Object.keys(profile.parameters).toSorted());
  });

  it('is edges where there is no more than a video', () => {
    const { edge, blur, depth, seg, wsm } = spec(plan(profile, {}, [video('color')]));
    expect({ edge, blur, depth, seg, wsm }).toEqual({ edge: { weight: 1 } });
  });

  it.each(['depth', 'seg', 'wsm'])('is refused before the queue where %s has no video', (role) => {
    expect(checkRun(profile, [video('color')], { [role]: 0.5 })).toMatchObject({
      problems: [{ code: 'input.role_missing', parameters: { role, parameter: role } }],
    });
  });

  it.each([
    ['depth', { guidance: 3, control_guidance: 1.5 }],
    ['seg', { guidance: 3, control_guidance: 2 }],
    ['wsm', { guidance: 1, control_guidance: 3, fps: 10, max_frames: 101 }],
  ] as const)('has the model’s own defaults for %s alone, and not for several', (role, expected) => {
    expect(spec(plan(profile, {}, [video(role)]))).toMatchObject(expected);
    expect(spec(plan(profile, {}, [video(role), video('edge')]))).toMatchObject({
      ...{ guidance: 3, control_guidance: 1.5, fps: 24, edge: { weight: 1 } },
    });
  });

  it.each([
    ['no video at all', [], {}, 'input.rule_broken'],
    ['edges of nothing', [video('depth')], { edge: 0.5 }, 'input.rule_broken'],
    ['blur of nothing', [video('depth')], { blur: 0.5 }, 'input.rule_broken'],
    ['no control left', [video('color')], { edge: 0 }, 'input.weights_all_zero'],
    ['a fraction of a frame rate', [video('depth')], { fps: 23.976 }, 'input.parameter_range'],
    ['too much guidance', [video('color')], { guidance: 7.5 }, 'input.parameter_range'],
  ])('is refused before the queue with %s', (_what, inputs, given, code) => {
    expect(checkRun(profile, inputs, given)).toMatchObject({
      problems: expect.arrayContaining([expect.objectContaining({ code })]),
    });
  });

  it('reads only mp4 as the video to follow, and more as a control', () => {
    const { facts } = video('color').asset;

    expect(checkRun(profile, [input('color', facts, 'mov')], {})).toMatchObject({
      problems: [{ code: 'input.extension_not_taken', parameters: { extension: 'mov', allowed: ['mp4'] } }],
    });
    expect(checkRun(profile, [input('depth', facts, 'mkv')], {}).ok).toBe(true);
  });
});

describe('the job of cosmos3-image', () => {
  it('says that the result is a picture', () => {
    const job = plan(image, { seed: 3 }, [still], { text: 'Dusk', negativeText: '' });

    expect(spec(job)).toEqual({
      ...DEFAULTS,
      ...{ prompt: 'Dusk', vision_path: 'in/image.png', num_frames: 1, resolution: '720' },
      ...{ aspect_ratio: '9,16', seed: 3, edge: { weight: 1 } },
    });
    expect(checkRun(image, [video('color')], {}).ok).toBe(false);
  });
});

describe('the job of cosmos3-super', () => {
  it('is that of cosmos3 with another checkpoint, whose weights are spread over the GPUs', () => {
    const inputs = [video('color'), video('depth')];
    const over = { gpus: ['0', '1', '2', '3'] };
    const [job, other] = [plan(large, {}, inputs, over), plan(profile, {}, inputs, over)];
    const words = new Map([
      ['Cosmos3-Nano', 'Cosmos3-Super'],
      ['--dp-shard-size=1', '--dp-shard-size=0'],
    ]);

    expect(job.argv).toEqual(other.argv.map((word) => words.get(word) ?? word));
    expect(job.files).toEqual(other.files);
    expect(job.container).toEqual(other.container);
  });

  it('wants several GPUs, and memory for its weights on each', () => {
    expect(large.requires).toMatchObject({ min_gpus: 2, max_gpus: 8 });
    for (const gpus of [2, 3, 4, 8]) {
      expect(gpus * (wantedGb(large.requires, gpus) ?? 0), `${gpus} GPUs`).toBeGreaterThan(128);
    }
    expect([4, 8].map((gpus) => wantedGb(large.requires, gpus))).toEqual([48, 32]);
    expect([profile, image].map(({ requires }) => requires.min_vram_gb)).toEqual([40, 40]);
  });

  it.each([
    ['cosmos3', { checkpoint: 'Cosmos3-Super' }],
    ['cosmos3-image', { checkpoint: 'Cosmos3-Super' }],
    ['cosmos3-super', { checkpoint: 'Cosmos3-Nano' }],
    ['cosmos3-super', { dp_shard_size: '1' }],
  ])('is what no parameter of another model asks for: %s refuses %o', (id, given) => {
    expect(checkRun(shipped(id), [video('color'), still], given)).toMatchObject({
      problems: [{ code: 'input.parameter_choice', parameters: { parameter: Object.keys(given)[0] } }],
    });
  });
});

describe.each(['cosmos3', 'cosmos3-image', 'cosmos3-super'])('a text for %s', (id) => {
  const model = shipped(id);
  const problemsOf = (text: string, negativeText = '') => textProblems(model, { text, negativeText });

  it.each([
    '{}',
    ' {"subject": "a robot", "fps": 30}\n',
    '{"a": {"b": [NaN, -Infinity]}, "c": "NaN"}',
    '{\r\n"duration":\t"5s"}',
  ])('is refused where it is a JSON object: %j', (text) => {
    expect(problemsOf(text)).toEqual([{ code: 'input.text_json_object', parameters: { model: id } }]);
    expect(() => buildJob(requestFor(model, { text }))).toThrow(
      expect.objectContaining({ code: 'input.text_json_object' }),
    );
  });

  it.each(['Rain', '["Rain"]', '"Rain"', '7', 'null', '{Rain}', "{'a': 1}", '{"a": 1', 'Rain {"a": 1}'])(
    'is taken where the model reads it as a text: %j',
    (text) => {
      expect(problemsOf(text)).toEqual([]);
    },
  );

  it('is not refused for its negative text, which the model takes as it is', () => {
    expect(problemsOf('Rain', '{"quality": "bad"}')).toEqual([]);
  });
});

it('takes a JSON object for a text with a model that does', () => {
  expect(textProblems(shipped('transfer1'), { text: '{"a": 1}', negativeText: '' })).toEqual([]);
});

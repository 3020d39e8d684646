import { describe, expect, it } from 'vitest';
import { batchTraits, differences } from '../../../src/core/models/batch-traits.ts';
import { buildBatchJob } from '../../../src/core/models/build-batch-job.ts';
import { buildJob, type JobRequest } from '../../../src/core/models/build-job.ts';
import { checkRun } from '../../../src/core/models/check-run.ts';
import type { Profile } from '../../../src/core/models/profile.ts';
import type { AttemptPlan } from '../../../src/core/ports/host.ts';
import type { PromptInput } from '../../../src/core/prompts/prompt.ts';
import { BatchTracker } from '../../../src/core/runs/batch-tracker.ts';
import { bar } from './log-cases.ts';
import { input, requestFor, shipped, video } from './profiles.ts';

const STILL = input('image', { kind: 'image', width: 1280, height: 704, codec: 'png' }, 'png');
const SOUND = input('audio', { kind: 'audio', durationMs: 4000, codec: 'pcm_s16le' }, 'wav');
const JOB = '/workspace/jobs/job_01';
/** Models whose list holds a whole spec for each run. */
const SPECS = [
  {
    id: 'transfer2.5',
    inputs: [video('color')],
    weights: { edge: 0.5, vis: 0.5, depth: 0.5, seg: 0.5 },
    command: `--input-files ${JOB}/batch.jsonl --output-dir ${JOB}/out`,
  },
  {
    id: 'transfer2.5-distilled',
    inputs: [video('color')],
    weights: { edge: 0.5 },
    command: `--input-files ${JOB}/batch.jsonl --output-dir ${JOB}/out`,
  },
  {
    id: 'transfer2.5-image',
    inputs: [STILL],
    weights: { edge: 0.5, vis: 0.5, depth: 0.5, seg: 0.5 },
    command: `--input-files ${JOB}/batch.jsonl --output-dir ${JOB}/out`,
  },
  {
    id: 'cosmos3',
    inputs: [video('color'), video('depth'), video('seg'), video('wsm')],
    weights: { edge: 0.5, blur: 0.5, depth: 0.5, seg: 0.5, wsm: 0.5 },
    command: `-i ${JOB}/batch.jsonl -o ${JOB}/out`,
  },
  {
    id: 'cosmos3-super',
    inputs: [video('color'), video('depth'), video('seg'), video('wsm')],
    weights: { edge: 0.5, blur: 0.5, depth: 0.5, seg: 0.5, wsm: 0.5 },
    command: `-i ${JOB}/batch.jsonl -o ${JOB}/out`,
  },
  {
    id: 'cosmos3-image',
    inputs: [STILL],
    weights: { edge: 0.5, blur: 0.5 },
    command: `-i ${JOB}/batch.jsonl -o ${JOB}/out`,
  },
] as const;
const HUMO = ['humo-17b', 'humo-1.7b'];

function request(
  profile: Profile,
  over: object,
  inputs: readonly PromptInput[],
  given: object = {},
): JobRequest {
  const checked = checkRun(profile, inputs, { ...given });
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  return requestFor(profile, { parameters: checked.value, inputs, ...over });
}

function content(plan: AttemptPlan, name: string): string {
  return plan.files.find(({ path }) => path === name)?.content ?? '';
}

/** The names of what two runs have to have the same. */
function apart(profile: Profile, one: JobRequest, other: JobRequest): readonly string[] {
  const [a, b] = [batchTraits(profile, one), batchTraits(profile, other)];
  if (a === undefined || b === undefined) throw new Error('a run stays alone');
  return differences(a, b);
}

/** A text of a job alone, as it is for the run at a place of a list. */
function placed(text: string, index: number): string {
  return text.replaceAll('in/', `in/${index}-`).replace('"name":"output"', `"name":"run_${index}"`);
}

describe.each(SPECS)('a list of runs of $id', ({ id, inputs, weights, command }) => {
  const profile = shipped(id);
  const isFlag = (name: string): boolean => profile.parameters[name]?.write?.flag !== undefined;
  const isFixed = (name: string): boolean => {
    const parameter = profile.parameters[name];
    return parameter?.type === 'choice' && parameter.choices.length === 1;
  };

  /** Two more or less ordinary runs that differ in one parameter. */
  function pair(name: string): readonly [JobRequest, JobRequest] {
    const parameter = profile.parameters[name];
    const other = (() => {
      switch (parameter?.type) {
        case 'choice':
          return parameter.choices.find((choice) => choice !== parameter.default);
        case 'boolean':
          return parameter.default !== true;
        case 'string':
          return 'the robot';
        default:
          return name in weights ? 0.25 : 2;
      }
    })();
    return [
      request(profile, { text: 'Rain' }, inputs, weights),
      request(profile, { text: 'A "quoted"\nfog' }, inputs, { ...weights, [name]: other }),
    ];
  }

  it.each(Object.keys(profile.parameters).filter((name) => !isFlag(name)))(
    'brings a %s of its own to each of them',
    (name) => {
      const runs = pair(name);
      expect(apart(profile, ...runs)).toEqual([]);
      const plan = buildBatchJob(runs);
      const alone = runs.map((run) => JSON.parse(content(buildJob(run), 'spec.json')));
      expect(alone[0]).not.toEqual({ ...alone[1], prompt: alone[0].prompt });
      expect(content(plan, 'batch.jsonl')).toBe(
        alone.map((spec, index) => `${placed(JSON.stringify(spec), index)}\n`).join(''),
      );
    },
  );

  it.each(Object.keys(profile.parameters).filter((name) => isFlag(name) && !isFixed(name)))(
    'is not made where %s differs',
    (name) => {
      expect(apart(profile, ...pair(name))).toEqual([name]);
    },
  );

  it('is what the command names, and has its files beside it', () => {
    const plan = buildBatchJob(pair('seed'));
    const words = plan.argv.join(' ');

    expect(plan.files.map(({ path }) => path)).toEqual(['batch.jsonl']);
    expect(words).toContain(command);
    expect(words).not.toContain('spec.json');
    const names = inputs.map(({ role }) => `${role}.${role === 'image' ? 'png' : 'mp4'}`);
    expect(plan.inputs.map(({ path }) => path)).toEqual(
      [0, 1].flatMap((item) => names.map((name) => `in/${item}-${name}`)),
    );
  });

  it('has one line for each run, whatever its text holds', () => {
    const text = 'one\u2028two\u2029three\u0085four\u000bfive\nsix';
    const runs = [request(profile, { text }, inputs), request(profile, { text: 'Rain' }, inputs)] as const;
    const list = content(buildBatchJob(runs), 'batch.jsonl');

    // Python's `splitlines` ends a line at each of these.
    const lines = list.split(/[\n\r\v\f\u0085\u2028\u2029]/u);
    expect(lines).toHaveLength(3);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ name: 'run_0', prompt: text });
  });

  it('carries negative texts, and leaves them out where there are none', () => {
    const runs = ['noise', ''].map((negativeText) => request(profile, { negativeText }, inputs));
    const [one, other] = runs;
    if (one === undefined || other === undefined) throw new Error('no runs');
    const lines = content(buildBatchJob([one, other]), 'batch.jsonl')
      .trimEnd()
      .split('\n');

    expect(lines.map((line) => JSON.parse(line).negative_prompt)).toEqual(['noise', undefined]);
  });
});

describe('runs of transfer2.5', () => {
  const profile = shipped('transfer2.5');
  const inputs = [video('color')];

  it('with other controls stay apart: all branches would be loaded for every one of them', () => {
    const edge = request(profile, {}, inputs);
    const depth = request(profile, {}, inputs, { edge: 0, depth: 1 });

    expect(apart(profile, edge, depth)).toEqual(['controls']);
  });

  it('bring their own masks, looks and control videos', () => {
    const more = [video('color'), video('edge'), video('mask'), STILL];
    const runs = [request(profile, {}, inputs), request(profile, {}, more)] as const;
    expect(apart(profile, ...runs)).toEqual([]);
    const lines = content(buildBatchJob(runs), 'batch.jsonl').trimEnd().split('\n');

    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { video_path: 'in/0-color.mp4', edge: { control_weight: 1 } },
      {
        video_path: 'in/1-color.mp4',
        image_context_path: 'in/1-image.png',
        edge: { control_weight: 1, control_path: 'in/1-edge.mp4', mask_path: 'in/1-mask.mp4' },
      },
    ]);
    expect(JSON.parse(lines[0] ?? '')).not.toHaveProperty('image_context_path');
  });
});

describe('runs of cosmos3', () => {
  const profile = shipped('cosmos3');

  it('with other controls, files and seeds share a load: the model has all controls and takes a seed for each', () => {
    const edges = request(profile, {}, [video('color')], { seed: 1 });
    const depth = request(profile, {}, [video('depth')], { seed: 2, fps: 30 });
    expect(apart(profile, edges, depth)).toEqual([]);
    const lines = content(buildBatchJob([edges, depth]), 'batch.jsonl')
      .trimEnd()
      .split('\n');
    const [first, second] = lines.map((line) => JSON.parse(line));

    expect(first).toMatchObject({
      name: 'run_0',
      seed: 1,
      vision_path: 'in/0-color.mp4',
      edge: { weight: 1 },
    });
    expect(first).not.toHaveProperty('depth');
    expect(second).toMatchObject({ name: 'run_1', seed: 2, depth: { control_path: 'in/1-depth.mp4' } });
    expect(second).not.toHaveProperty('edge');
    expect(second).not.toHaveProperty('vision_path');
  });

  it('with another size of the model do not', () => {
    const [nano, edge] = ['Cosmos3-Nano', 'Cosmos3-Edge'].map((checkpoint) =>
      request(profile, {}, [video('color')], { checkpoint }),
    );
    if (nano === undefined || edge === undefined) throw new Error('no runs');

    expect(apart(profile, nano, edge)).toEqual(['checkpoint']);
  });

  it('of which each says where it begins and ends', () => {
    if (profile.batch === undefined) throw new Error('no batch');
    const log = new BatchTracker(profile, profile.batch, [{ frames: 93 }, { frames: 93 }, { frames: 93 }]);
    const say = (item: number, words: string): string =>
      `[11-20 10:00:00|job=run_${item}|INFO|cosmos_framework/inference/inference.py:1:run] ${words}\n`;
    const made = (item: number): string =>
      [
        say(item, `Saved sample args to 'out/run_${item}/sample_args.json'`),
        say(item, '[transfer] final user prompt: Saved transfer outputs. The video follows: edge.'),
        bar('Sampling: ', 35),
      ].join('');
    log.feed(Buffer.from(`${made(0)}${say(0, "Saved transfer outputs to 'out/run_0/sample_outputs.json'")}`));
    log.feed(Buffer.from(made(1)));

    expect([log.hasEnded(0), log.hasEnded(1), log.atWork]).toEqual([true, false, 1]);
    expect(log.snapshot(1)).toMatchObject({ modelStage: 'denoising', batch: { place: 2, state: 'works' } });
    expect(log.snapshot(2)).toMatchObject({ batch: { place: 3, state: 'waits' } });
  });
});

describe.each(HUMO)('a list of runs of %s', (id) => {
  const profile = shipped(id);

  it('has a case for each, with the text, the sound and the pictures of its own', () => {
    const given = { mode: 'TA' };
    const runs = [
      request(profile, { text: 'One' }, [SOUND], given),
      request(profile, { text: 'Two' }, [SOUND, STILL], given),
    ] as const;
    expect(apart(profile, ...runs)).toEqual([]);
    const plan = buildBatchJob(runs);

    expect(plan.files.map(({ path }) => path)).toEqual(['cases.json']);
    expect(JSON.parse(content(plan, 'cases.json'))).toEqual({
      run_0: { prompt: 'One', audio_path: `${JOB}/in/0-audio.wav`, img_paths: [] },
      run_1: {
        prompt: 'Two',
        audio_path: `${JOB}/in/1-audio.wav`,
        img_paths: [`${JOB}/in/1-image.png`],
      },
    });
    // Everything else is in the command, and the same for all.
    const [lead] = runs;
    expect(plan.argv).toEqual(buildJob(lead).argv);
    expect(plan.argv).toContain(`generation.positive_prompt=${JOB}/cases.json`);
  });

  it.each([
    ['frames', 49, ['frames']],
    ['height', '480', ['height', 'width']],
    ['num_steps', 30, ['num_steps']],
    ['shift', 4, ['shift']],
    ['scale_a', 3, ['scale_a']],
    ['scale_t', 3, ['scale_t']],
    ['seed', 7, ['seed']],
  ])('is not made where %s differs', (name, value, names) => {
    const base = { height: '720' };
    const one = request(profile, {}, [SOUND], base);
    const other = request(profile, {}, [SOUND], { ...base, [name]: value });

    expect(apart(profile, one, other)).toEqual(names);
  });

  it('is not made of runs with and without a picture that is looked at, or with other negative texts', () => {
    const spoken = request(profile, {}, [SOUND]);

    expect(apart(profile, spoken, request(profile, {}, [SOUND, STILL]))).toEqual(['mode']);
    expect(apart(profile, spoken, request(profile, { negativeText: 'noise' }, [SOUND]))).toEqual([
      'negative_text',
    ]);
  });
});

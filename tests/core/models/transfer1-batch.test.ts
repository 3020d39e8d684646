import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Sha256 } from '../../../src/core/ids.ts';
import { batchTraits, differences } from '../../../src/core/models/batch-traits.ts';
import { buildBatchJob } from '../../../src/core/models/build-batch-job.ts';
import { buildJob, type JobRequest } from '../../../src/core/models/build-job.ts';
import { checkRun } from '../../../src/core/models/check-run.ts';
import { isObject, leafPaths, type SpecObject, valueAt } from '../../../src/core/models/spec-object.ts';
import type { AttemptPlan } from '../../../src/core/ports/host.ts';
import type { PromptInput, Role } from '../../../src/core/prompts/prompt.ts';
import { parametersOf, requestFor, transfer1, video } from './profiles.ts';

const profile = transfer1();
const JOB = '/workspace/jobs/b1';
const PATHS = { attempt: JOB, input: `${JOB}/in`, output: `${JOB}/out` };
const HINTS = ['vis', 'edge', 'depth', 'seg', 'keypoint'];

function request(over: Partial<JobRequest>): JobRequest {
  return requestFor(profile, { paths: PATHS, inputs: [video('color')], ...over });
}

function filesOf(plan: AttemptPlan): Map<string, string> {
  return new Map(plan.files.map(({ path, content }) => [path, content]));
}

function parse(text: string | undefined): SpecObject {
  return JSON.parse(text ?? '');
}

describe('the job of several runs of transfer1', () => {
  it('writes a base spec, and a line for each run with its own controls', () => {
    const none = { vis: 0, seg: 0, keypoint: 0 };
    const plan = buildBatchJob([
      request({
        text: 'snow',
        parameters: parametersOf(profile, { ...none, edge: 0.5, depth: 0.5, seed: 3 }),
      }),
      request({
        text: 'desert',
        inputs: [video('color'), video('depth')],
        parameters: parametersOf(profile, { ...none, edge: 0.8, depth: 0.5, seed: 3 }),
      }),
    ]);
    const files = filesOf(plan);
    expect(parse(files.get('spec.json'))).toEqual({
      prompt: 'snow',
      negative_prompt: 'cartoon, low detail',
      input_video_path: `${JOB}/in/0-color.mp4`,
      ...{ num_steps: 35, guidance: 5, sigma_max: 70, seed: 3, fps: 24 },
      edge: { control_weight: 0.5 },
      depth: { control_weight: 0.5 },
    });
    const lines = files.get('batch.jsonl')?.split('\n') ?? [];
    expect(lines.map((line) => (line === '' ? '' : JSON.parse(line)))).toEqual([
      {
        visual_input: `${JOB}/in/0-color.mp4`,
        prompt: 'snow',
        control_overrides: { edge: { control_weight: 0.5 }, depth: { control_weight: 0.5 } },
      },
      {
        visual_input: `${JOB}/in/1-color.mp4`,
        prompt: 'desert',
        control_overrides: {
          edge: { control_weight: 0.8 },
          depth: { control_weight: 0.5, input_control: `${JOB}/in/1-depth.mp4` },
        },
      },
      '',
    ]);
    expect(plan.inputs.map(({ path }) => path)).toEqual([
      'in/0-color.mp4',
      'in/1-color.mp4',
      'in/1-depth.mp4',
    ]);
    const words = plan.argv.join(' ');
    expect(words).toContain(`--controlnet_specs ${JOB}/spec.json`);
    expect(words).toContain(`--batch_input_path ${JOB}/batch.jsonl --batch_size 1`);
  });

  it('of one run is the job that it has alone', () => {
    expect(buildBatchJob([request({})])).toEqual(buildJob(request({})));
  });

  it.each([
    ['another number of steps', { num_steps: 20 }, ['num_steps']],
    ['another seed', { seed: 9 }, ['seed']],
    ['a control less', { depth: 0 }, ['controls']],
    ['a blur strength', { blur_strength: 'low' }, ['blur_strength']],
    ['a flag', { offload_diffusion_transformer: true }, ['offload_diffusion_transformer']],
    ['the distilled model', { use_distilled: true, num_steps: 35 }, ['use_distilled']],
  ])('is not made of runs of which one has %s', (_what, given, names) => {
    const one = request({});
    const other = request({ parameters: { ...parametersOf(profile, {}), ...given } });
    const [a, b] = [batchTraits(profile, one), batchTraits(profile, other)];
    if (a === undefined || b === undefined) throw new Error('no traits');
    expect(differences(a, b)).toEqual(names);
    expect(() => buildBatchJob([one, other])).toThrow(
      expect.objectContaining({ code: 'internal.unexpected' }),
    );
  });

  it('is not made of runs with other negative texts, or without a video to follow', () => {
    const other = request({ negativeText: 'noise' });
    expect(() => buildBatchJob([request({}), other])).toThrow('negative_text');
    const inputs = [video('depth')];
    const controlsAlone = request({ inputs, parameters: parametersOf(profile, { sigma_max: 80 }) });
    expect(batchTraits(profile, controlsAlone)).toBeUndefined();
  });
});

/** What all runs of a batch share in transfer1. */
const shared = fc.record(
  {
    num_steps: fc.constantFrom(20, 35),
    guidance: fc.constantFrom(3, 5),
    sigma_max: fc.constantFrom(35, 70),
    seed: fc.constantFrom(1, 2),
    fps: fc.constantFrom(24, 30),
    blur_strength: fc.constantFrom('low', 'high'),
    canny_threshold: fc.constantFrom('low'),
    offload_guardrail_models: fc.boolean(),
  },
  { requiredKeys: [] },
);
const hints = fc.subarray(['vis', 'edge', 'depth', 'seg', 'keypoint'], { minLength: 1 });
/** A run that somebody could ask for; few are like the others in all that has to be the same. */
const own = fc.record({
  text: fc.constantFrom('snow', 'a "quoted" street\nwith {braces}', '雨'),
  roles: fc.subarray<Role>(['vis', 'edge', 'depth', 'seg']),
  weight: fc.constantFrom(0.1, 0.25, 1),
  words: fc.record(
    { seg_prompt: fc.constantFrom('boat', 'crane . water'), seg_weight_prompt: fc.constantFrom('boat') },
    { requiredKeys: [] },
  ),
  other: fc.oneof(
    { weight: 3, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.record({ shared, hints, negativeText: fc.constantFrom('', 'noise') }) },
  ),
});
const runs = fc.record({ shared, hints, runs: fc.array(own, { minLength: 2, maxLength: 6 }) }).map((common) =>
  common.runs.flatMap(({ text, roles, weight, words, other }, index): JobRequest[] => {
    const inputs = [video('color'), ...roles.map((role) => video(role))].map((each): PromptInput => {
      const sha256 = `${each.role}${index}`.padEnd(64, '0') as Sha256;
      return { ...each, asset: { ...each.asset, sha256 } };
    });
    const active = other?.hints ?? common.hints;
    const weights = HINTS.map((hint) => [hint, active.includes(hint) ? weight : 0]);
    const given = { ...(other?.shared ?? common.shared), ...words, ...Object.fromEntries(weights) };
    const checked = checkRun(profile, inputs, given);
    const negativeText = other?.negativeText ?? 'cartoon';
    return checked.ok ? [request({ text, negativeText, inputs, parameters: checked.value })] : [];
  }),
);

/** What the model works with for one line: the base spec, with the controls of the line laid over its own. */
function asTheModelReads(base: SpecObject, line: SpecObject): SpecObject {
  const controls = Object.fromEntries(
    Object.entries(base)
      .filter(([key]) => HINTS.includes(key))
      .map(([hint, block]) => {
        const own = valueAt(line, `control_overrides.${hint}`);
        return [hint, { ...(isObject(block) ? block : {}), ...(isObject(own) ? own : {}) }];
      }),
  );
  return {
    ...base,
    ...controls,
    prompt: valueAt(line, 'prompt') ?? '',
    input_video_path: valueAt(line, 'visual_input') ?? '',
  };
}

describe('whatever runs wait', () => {
  it('each of those that are put together has every one of its settings, and only its own', () => {
    let together = 0;
    fc.assert(
      fc.property(runs, ([lead, ...others]) => {
        const traits = lead && batchTraits(profile, lead);
        if (lead === undefined || traits === undefined) return;
        const fitting = others.filter((other) => {
          const theirs = batchTraits(profile, other);
          return theirs !== undefined && differences(traits, theirs).length === 0;
        });
        if (fitting.length === 0) return;
        together += 1;
        const batch = [lead, ...fitting] as const;
        const plan = buildBatchJob(batch);
        const files = filesOf(plan);
        const base = parse(files.get('spec.json'));
        const lines = (files.get('batch.jsonl') ?? '').trimEnd().split('\n').map(parse);
        expect(lines).toHaveLength(batch.length);
        for (const [index, each] of batch.entries()) {
          const alone = buildJob(each);
          const wanted = parse(filesOf(alone).get('spec.json'));
          const read = asTheModelReads(base, lines[index] ?? {});
          expect(leafPaths(read).toSorted()).toEqual(leafPaths(wanted).toSorted());
          for (const path of leafPaths(wanted)) {
            expect(renamed(valueAt(read, path), index)).toEqual(valueAt(wanted, path));
          }
          // All flags are the same, and so are the inputs but for their names.
          expect(plan.argv.slice(0, alone.argv.length)).toEqual(alone.argv);
          const inputs = plan.inputs.filter(({ path }) => path.startsWith(`in/${index}-`));
          expect(inputs.map(({ path, asset }) => [renamed(path, index), asset])).toEqual(
            alone.inputs.map(({ path, asset }) => [path, asset]),
          );
        }
      }),
      { numRuns: 500 },
    );
    expect(together).toBeGreaterThan(100);
  });
});

/** A path as it is where the run is alone. */
function renamed<T>(value: T, index: number): T | string {
  return typeof value === 'string' ? value.replace(`in/${index}-`, 'in/') : value;
}

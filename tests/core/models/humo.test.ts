import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildBatchJob } from '../../../src/core/models/build-batch-job.ts';
import { checkRun } from '../../../src/core/models/check-run.ts';
import { estimateRunMs } from '../../../src/core/models/eta.ts';
import { asPrepared, preparation } from '../../../src/core/models/prepare.ts';
import type { AttemptPlan } from '../../../src/core/ports/host.ts';
import { workOf } from '../../../src/core/queue/learned-runs.ts';
import { input, requestFor, shipped, video } from './profiles.ts';
import { onlyFile, plan } from './sent-jobs.ts';

const small = shipped('humo-1.7b');
const large = shipped('humo-17b');
const voice = input('audio', { kind: 'audio', durationMs: 4000, codec: 'pcm_s16le' }, 'wav');
const face = input('image', { kind: 'image', width: 800, height: 800, codec: 'png' }, 'png');

const further = (['image2', 'image3'] as const).map((role) => input(role, face.asset.facts, 'png'));

/** The word of the command that each parameter becomes. */
const PLACES: readonly (readonly [name: string, value: string | number, word: string])[] = [
  ['mode', 'TA', 'generation.mode=TA'],
  ['frames', 49, 'generation.frames=49'],
  ['num_steps', 30, 'diffusion.timesteps.sampling.steps=30'],
  ['shift', 8, 'diffusion.timesteps.sampling.shift=8'],
  ['scale_a', 3, 'generation.scale_a=3'],
  ['scale_t', 6.5, 'generation.scale_t=6.5'],
  ['scale_i', 2, 'generation.scale_i=2'],
  ['seed', 0, 'generation.seed=0'],
];

/** The cases of a plan, as the model reads them. */
const cases = (job: AttemptPlan) => onlyFile(job, 'cases.json');

describe('the job of HuMo', () => {
  it('calls the model’s own program with a case and every setting in its own word', () => {
    const given = { seed: 42, num_steps: 40 };
    const job = plan(small, given, [voice, face], {
      text: 'A man in a dark cloak speaks softly in a forest',
      negativeText: '',
    });

    expect(cases(job)).toEqual({
      output: {
        prompt: 'A man in a dark cloak speaks softly in a forest',
        audio_path: '/workspace/jobs/job_01/in/audio.wav',
        img_paths: ['/workspace/jobs/job_01/in/image.png'],
      },
    });
    expect(job.argv).toEqual([
      ...['torchrun', '--node_rank=0', '--nproc_per_node=1', '--nnodes=1', '--rdzv_endpoint=127.0.0.1:12345'],
      '--rdzv_conf=timeout=900,join_timeout=900,read_timeout=900',
      ...['main.py', 'humo/configs/inference/generate_1_7B.yaml', 'dit.sp_size=1'],
      'generation.positive_prompt=/workspace/jobs/job_01/cases.json',
      ...['generation.output.dir=/workspace/jobs/job_01/out', 'generation.sample_neg_prompt=""'],
      ...['generation.mode=TIA', 'generation.frames=97', 'generation.height=480', 'generation.width=832'],
      ...['diffusion.timesteps.sampling.steps=40', 'diffusion.timesteps.sampling.shift=5'],
      ...['generation.scale_a=7.5', 'generation.scale_t=7', 'generation.seed=42', 'generation.scale_i=4'],
    ]);
    expect(job.workingDirectory).toBe('/opt/humo');
  });

  it('is text and sound without a picture, whose key stays', () => {
    const job = plan(large, {}, [voice], { gpus: ['0', '1', '2', '3'] });

    expect(cases(job)['output']).toMatchObject({ img_paths: [] });
    expect(job.argv).toContain('generation.mode=TA');
    expect(job.argv).toContain('humo/configs/inference/generate.yaml');
    expect(job.argv).toContain('dit.sp_size=4');
    expect(job.argv).toContain('--nproc_per_node=4');
    expect(job.argv).toEqual(expect.arrayContaining(['generation.height=720', 'generation.width=1280']));
    expect(job.argv.some((word) => word.includes('scale_i'))).toBe(false);
  });

  it('has up to three pictures in their order, and their own files', () => {
    const pictures = [face, ...further];
    expect(cases(plan(small, {}, [voice, ...pictures.toReversed()]))['output']).toMatchObject({
      img_paths: ['image', 'image2', 'image3'].map((role) => `/workspace/jobs/job_01/in/${role}.png`),
    });
    expect(cases(plan(small, {}, [voice, ...pictures.slice(0, 2)]))['output']).toMatchObject({
      img_paths: ['image', 'image2'].map((role) => `/workspace/jobs/job_01/in/${role}.png`),
    });
  });

  it('keeps the pictures of each run that shares a load', () => {
    const runs = [[face, ...further], [face], [face, ...further.slice(0, 1)]].map((pictures) => {
      const inputs = [voice, ...pictures];
      const checked = checkRun(small, inputs, {});
      if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
      return requestFor(small, { parameters: checked.value, inputs });
    });
    const [first, second, third] = runs;
    if (first === undefined || second === undefined || third === undefined) throw new Error('no runs');
    const list = JSON.parse(
      buildBatchJob([first, second, third]).files.find(({ path }) => path === 'cases.json')?.content ?? '',
    );

    expect(Object.values<{ img_paths: string[] }>(list).map(({ img_paths }) => img_paths)).toEqual([
      ['image', 'image2', 'image3'].map((role) => `/workspace/jobs/job_01/in/0-${role}.png`),
      ['/workspace/jobs/job_01/in/1-image.png'],
      ['image', 'image2'].map((role) => `/workspace/jobs/job_01/in/2-${role}.png`),
    ]);
  });

  it.each(PLACES)('brings %s=%s as %s, and changes nothing else', (name, value, word) => {
    const inputs = [voice, face];
    const before = plan(small, {}, inputs);
    const after = plan(small, { [name]: value }, inputs);
    const [key] = word.split('=');

    expect(after.argv).toEqual(before.argv.map((other) => (other.startsWith(`${key}=`) ? word : other)));
    expect(after.argv).not.toEqual(before.argv);
    expect(after.files).toEqual(before.files);
  });

  it('has a place for every parameter', () => {
    const named = [...PLACES.map(([name]) => name), 'height', 'width'];
    expect(named.toSorted()).toEqual(Object.keys(small.parameters).toSorted());
    const ofLarge = [...named.filter((name) => name !== 'scale_i'), 'step_change'];
    expect(ofLarge.toSorted()).toEqual(Object.keys(large.parameters).toSorted());
  });

  it('tells the large model alone where its guidance changes', () => {
    const inputs = [voice, face];
    expect(plan(large, {}, inputs).argv).toContain('generation.step_change=980');
    for (const value of [0, 1000])
      expect(plan(large, { step_change: value }, inputs).argv).toContain(`generation.step_change=${value}`);
    expect(plan(small, {}, inputs).argv.join(' ')).not.toContain('step_change');
    for (const value of [-1, 1001, 12.5])
      expect(checkRun(large, inputs, { step_change: value })).toMatchObject({ ok: false });
  });

  it('is expected to take longer for more frames, a larger video and more steps', () => {
    const most = (given: object): number => {
      const checked = checkRun(small, [voice, face], { ...given });
      if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
      const work = workOf(small, { inputs: [voice, face], parameters: checked.value });
      return (work && estimateRunMs(small, work, [])?.high) ?? 0;
    };
    const usual = most({});

    expect(usual).toBe(480_000 * 1.6);
    expect(most({ num_steps: 25 }) / usual).toBeCloseTo(0.5, 3);
    expect(most({ height: '720' }) / usual).toBeCloseTo(4.15, 1);
    expect(most({ frames: 49 }) / usual).toBeCloseTo(0.31, 1);
  });

  it.each([small, large])('has every sound made into what the model makes of it itself', (profile) => {
    const song = input('audio', { kind: 'audio', durationMs: 4000, codec: 'mp3' }, 'mp3');
    const made = asPrepared(profile, song);

    expect(preparation(profile, song)).toEqual({ kind: 'sound', plan: { sampleRate: 16_000, channels: 1 } });
    expect(cases(plan(profile, {}, [made]))['output']).toMatchObject({
      audio_path: expect.stringMatching(/\/in\/audio\.wav$/),
    });
  });

  it.each([
    [{ height: '480' }, '480', '832'],
    [{ height: '720' }, '720', '1280'],
    [{ width: '832' }, '480', '832'],
    [{ width: '1280' }, '720', '1280'],
  ])('knows the other side of %j', (given, height, width) => {
    for (const profile of [small, large]) {
      const { argv } = plan(profile, given, [voice]);
      expect(argv).toEqual(
        expect.arrayContaining([`generation.height=${height}`, `generation.width=${width}`]),
      );
    }
  });

  it('brings any negative text as one value, which YAML reads as it was written', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (negativeText) => {
        fc.pre(!negativeText.includes('${') && !negativeText.includes('\0'));
        const { argv } = plan(small, {}, [voice], { negativeText });
        const word = argv.find((each) => each.startsWith('generation.sample_neg_prompt=')) ?? '';
        // A JSON text is a double-quoted YAML one.
        expect(JSON.parse(word.slice('generation.sample_neg_prompt='.length))).toBe(negativeText);
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    ['frames that are no 4n+1', [voice], { frames: 96 }, 'input.parameter_range'],
    ['more frames than hold together', [voice], { frames: 101 }, 'input.parameter_range'],
    ['a size that the model never makes', [voice], { height: '480', width: '1280' }, 'input.rule_broken'],
    ['another height', [voice], { height: '1024' }, 'input.parameter_choice'],
    ['TIA without a picture', [voice], { mode: 'TIA' }, 'input.rule_broken'],
    ['a second picture without a first', [voice, ...further.slice(0, 1)], {}, 'input.rule_broken'],
    ['a third picture without a second', [voice, face, ...further.slice(1)], {}, 'input.rule_broken'],
    ['no sound', [face], {}, 'input.role_missing'],
    ['a video for the sound', [video('color')], {}, 'input.role_missing'],
    ['a frame rate, which the sound fixes', [voice], { fps: 24 }, 'input.parameter_unknown'],
  ])('is refused before the queue with %s', (_what, inputs, given, code) => {
    expect(checkRun(small, inputs, given)).toMatchObject({
      problems: expect.arrayContaining([expect.objectContaining({ code })]),
    });
  });

  it.each([['text'], ['negativeText']])(
    'is refused with a placeholder of the model’s own in the %s',
    (key) => {
      expect(() => plan(small, {}, [voice], { [key]: 'costs $'.concat('{generation.seed}') })).toThrow(
        expect.objectContaining({
          code: 'input.text_forbidden',
          parameters: { text: '${', model: 'humo-1.7b' },
        }),
      );
    },
  );

  it('has the rules of its family in the large model, whose list stands for the whole', () => {
    expect(large.rules.slice(0, small.rules.length)).toEqual(small.rules);
  });

  it.each([
    ['480', 'TIA', 1, 125],
    ['480', 'TIA', 2, 121],
    ['480', 'TIA', 3, 117],
    ['720', 'TIA', 1, 157],
    ['720', 'TIA', 2, 153],
    ['720', 'TIA', 3, 149],
    ['480', 'TA', 0, 125],
    ['480', 'TA', 3, 125],
    ['720', 'TA', 0, 157],
  ])(
    'has room in the large model at %s with %s and %i pictures for %i frames',
    (height, mode, count, most) => {
      const over = { parameters: { frames: { maximum: 201 } } };
      const inputs = [voice, ...[face, ...further].slice(0, count)];
      const check = (id: string, frames: number) =>
        checkRun(shipped(id, over), inputs, { height, mode, frames });

      expect(check('humo-17b', most)).toMatchObject({ ok: true });
      const refused = check('humo-17b', most + 4);
      expect(refused.ok ? [] : refused.problems).toEqual([
        expect.objectContaining({
          code: 'input.rule_broken',
          parameters: expect.objectContaining({ needs: [`frames<=${most}`] }),
        }),
      ]);
      expect(check('humo-1.7b', most + 4)).toMatchObject({ ok: true });
    },
  );
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { valid } from '../../../src/core/errors.ts';
import { buildJob } from '../../../src/core/models/build-job.ts';
import { Secret } from '../../../src/core/ports/secret.ts';
import { minimal, parametersOf, preview, requestFor, transfer1, video } from './profiles.ts';

const HOSTILE = [
  '"quoted" \'single\' `ticks`',
  'line one\nline two\r\n\ttabbed',
  '$(rm -rf /) \x24{HOME} $PATH; && | > <',
  '{prompt} {{seed}} {tool} {no_such} }{',
  'emoji 🎬🏳️‍🌈 and right-to-left שלום مرحبا \u202Eabc',
  '\\n \\u0041 \\',
  '__proto__',
  '\uD800 alone',
];

const text = fc.oneof(
  fc.constantFrom(...HOSTILE),
  fc.string({ unit: 'binary', minLength: 1 }),
  fc.string({ unit: 'grapheme', minLength: 1 }),
);

/** Carries the text in a spec file, in argv and in the environment. */
const everywhere = minimal({
  command: {
    argv: ['run', '{prompt}', '--text={prompt}', '{input.color}'],
    environment: { TEXT: '{prompt}' },
  },
  files: {
    spec: {
      path: 'spec.json',
      content: { prompt: '{prompt}', list: ['{prompt}', { deep: 'say {prompt}' }] },
    },
  },
});

describe('buildJob', () => {
  it('brings any text unchanged into spec, argv and environment', () => {
    fc.assert(
      fc.property(text, (words) => {
        fc.pre(!words.includes('\0'));
        const plan = buildJob(requestFor(everywhere, { text: words }));

        expect(JSON.parse(plan.files[0]?.content ?? '')).toEqual({
          prompt: words,
          list: [words, { deep: `say ${words}` }],
        });
        expect(plan.argv).toEqual(['run', words, `--text=${words}`, '/workspace/jobs/job_01/in/color.mp4']);
        expect(plan.environment).toEqual({ TEXT: words });
      }),
    );
  });

  it('has the container of the profile, with the GPUs of the lane', () => {
    const container = {
      image: 'model:1',
      mounts: [{ source: '/data/weights', target: '/weights' }],
      shm_size: '8g',
      ipc: 'host',
      flags: ['--name-of', '{attempt_id}'],
    };
    const profile = minimal({ container });
    expect(buildJob(requestFor(profile, { gpus: ['0', '1'] })).container).toEqual({
      image: 'model:1',
      gpuFlags: ['--gpus', '"device=0,1"'],
      mounts: [{ source: '/data/weights', target: '/weights', readOnly: true }],
      user: 'host',
      sharedMemory: '8g',
      ipc: 'host',
      flags: ['--name-of', 'jb_00000001-a1'],
    });
    expect(buildJob(requestFor(profile)).container?.gpuFlags).toEqual([]);
    const other = { network: 'none', entrypoint: '', user: 'image', gpu_flags: ['--device', 'gpu={gpus}'] };
    const plan = buildJob(requestFor(minimal({ container: { ...container, ...other } }), { gpus: ['3'] }));
    expect(plan.container).toMatchObject({
      network: 'none',
      entrypoint: '',
      user: 'image',
      gpuFlags: ['--device', 'gpu=3'],
    });
    expect(buildJob(requestFor(minimal()))).not.toHaveProperty('container');
  });

  it('keeps any texts and text parameters apart in one spec', () => {
    const profile = transfer1();
    fc.assert(
      fc.property(text, text, text, (words, negative, segments) => {
        fc.pre(!segments.includes('\0') && [...segments].length <= 500);
        const parameters = { ...parametersOf(profile, {}), seg_prompt: segments };
        const [file] = buildJob(
          requestFor(profile, { text: words, negativeText: negative, parameters }),
        ).files;

        const spec = JSON.parse(file?.content ?? '');
        expect([spec.prompt, spec.negative_prompt, spec.seg.input_control_prompt]).toEqual([
          words,
          negative,
          segments,
        ]);
      }),
    );
  });

  it('is pure: the same request gives the same plan, and the request is not changed', () => {
    const request = requestFor(preview());
    const copy = { ...structuredClone({ ...request, secrets: undefined }), secrets: request.secrets };

    expect(buildJob(request)).toEqual(buildJob(request));
    expect(request).toEqual(copy);
  });

  it('takes along only the inputs that the job refers to', () => {
    const profile = preview();
    const parameters = parametersOf(profile, { depth: 0 });
    const inputs = [video('color'), video('depth'), video('seg'), video('mask')];

    const plan = buildJob(requestFor(profile, { parameters, inputs }));

    expect(plan.inputs.map(({ path }) => path)).toEqual(['in/color.mp4', 'in/seg.mp4']);
  });

  it.each([
    ['mov', 'in/color.mov'],
    ['', 'in/color'],
    ['../../x', 'in/color'],
    ["mp4'; rm", 'in/color'],
    ['a'.repeat(300), 'in/color'],
  ])('names an input with the extension "%s" %s', (extension, path) => {
    const given = video('color');
    const inputs = [{ ...given, asset: { ...given.asset, extension } }];

    const plan = buildJob(requestFor(minimal(), { inputs }));

    expect(plan.inputs.map((input) => input.path)).toEqual([path]);
    expect(plan.argv).toEqual(['run', `/workspace/jobs/job_01/${path}`]);
  });

  it.each([
    ['absolute', '.', '/workspace/jobs/job_01/in/color.mp4'],
    ['cwd', '.', 'in/color.mp4'],
    ['cwd', '/workspace', 'jobs/job_01/in/color.mp4'],
    ['cwd', '/elsewhere/code', '../../workspace/jobs/job_01/in/color.mp4'],
    ['spec_dir', '/workspace', '../in/color.mp4'],
  ])(
    'writes paths relative to %s with the working directory %s',
    (path_base, working_directory, expected) => {
      const profile = minimal({
        command: { argv: ['run', '{spec}'], working_directory },
        files: { spec: { path: 'specs/one.json', path_base, content: { video: '{input.color}' } } },
      });

      const plan = buildJob(requestFor(profile));

      expect(JSON.parse(plan.files[0]?.content ?? '')).toEqual({ video: expected });
      expect(plan.argv).toEqual(['run', '/workspace/jobs/job_01/specs/one.json']);
    },
  );

  it('writes parameters as spec keys, flags of each style and environment', () => {
    const flag = (name: string, style?: string) => ({ flag: name, ...(style && { style }) });
    const profile = minimal({
      parameters: {
        steps: { type: 'integer', title: 's', default: 5, write: flag('--steps') },
        scale: { type: 'number', title: 's', default: 1.5, write: flag('generation.scale', 'equals') },
        fast: { type: 'boolean', title: 's', default: true, write: flag('--fast', 'switch') },
        slow: { type: 'boolean', title: 's', default: false, write: flag('--slow', 'switch') },
        level: {
          type: 'choice',
          choices: ['1', '2'],
          title: 's',
          default: '2',
          write: { spec: 'deep.level', json_type: 'number' },
        },
        sigma: {
          type: 'number',
          title: 's',
          default: 70,
          write: { spec: 'deep.sigma', json_type: 'string' },
        },
        mode: { type: 'string', title: 's', default: 'a b', write: { environment: 'MODE' } },
        seed: { type: 'integer', title: 's', default: 3 },
      },
      command: { argv: ['run', '{flags}', '--seed', '{seed}', '{input.color}'] },
      files: {
        spec: {
          path: 'spec.jsonl',
          format: 'jsonl',
          content: { seed: '{seed}', name: 'run-{seed}', on: true },
        },
      },
    });

    const plan = buildJob(requestFor(profile));

    expect(plan.argv.slice(0, -1)).toEqual([
      'run',
      '--steps',
      '5',
      'generation.scale=1.5',
      '--fast',
      '--seed',
      '3',
    ]);
    expect(plan.environment).toEqual({ MODE: 'a b' });
    expect(plan.files[0]?.content).toBe(
      '{"seed":3,"name":"run-3","on":true,"deep":{"level":2,"sigma":"70"}}\n',
    );
  });

  it('takes away an optional key whose text is empty or whose input is absent, and keeps other empty texts', () => {
    const profile = minimal({
      inputs: { mask: {} },
      files: {
        spec: {
          path: 'spec.json',
          omit_when_empty: ['negative', 'control.mask'],
          content: {
            negative: '{negative_prompt}',
            kept: '{negative_prompt}',
            control: { mask: '{input.mask}', on: 1 },
          },
        },
      },
    });

    const plan = buildJob(requestFor(profile, { negativeText: '', inputs: [video('color')] }));

    expect(JSON.parse(plan.files[0]?.content ?? '')).toEqual({ kept: '', control: { on: 1 } });
  });

  it.each([
    ['a required input that is missing', { inputs: [] }, 'input.role_missing'],
    ['an empty text', { text: '' }, 'input.text_empty'],
    [
      'a parameter out of range',
      { parameters: { ...parametersOf(preview(), {}), edge: 2 } },
      'input.parameter_range',
    ],
    [
      'a parameter that the profile does not have',
      { parameters: { ...parametersOf(preview(), {}), x: 2 } },
      'input.parameter_unknown',
    ],
    ['parameters that are not complete', { parameters: { edge: 1 } }, 'internal.unexpected'],
    ['a lane with more GPUs than the model takes', { gpus: ['0'] }, 'input.model_unavailable'],
    [
      'a tool that is out of reach',
      { paths: { attempt: '/a', input: '/a/in', output: '/a/out' } },
      'input.model_unavailable',
    ],
    [
      'controls that all come to nothing',
      { parameters: { ...parametersOf(preview(), {}), edge: 0, vis: 0 }, inputs: [video('color')] },
      'input.weights_all_zero',
    ],
  ] as const)('refuses %s', (_what, over, code) => {
    expect(() => buildJob(requestFor(preview(), over))).toThrow(expect.objectContaining({ code }));
  });

  it.each([
    ['a word', { argv: ['run', '{prompt}'] }],
    ['a variable', { environment: { TEXT: '{prompt}' } }],
  ])('refuses NUL where the operating system would cut %s', (_where, command) => {
    expect(() => buildJob(requestFor(minimal({ command }), { text: 'a\0b' }))).toThrow(
      expect.objectContaining({ code: 'input.text_nul' }),
    );
  });

  it('writes doubled braces as single ones', () => {
    const profile = minimal({ command: { argv: ['run', '{{"file": "{input.color}"}}'] } });

    expect(buildJob(requestFor(profile)).argv).toEqual([
      'run',
      '{"file": "/workspace/jobs/job_01/in/color.mp4"}',
    ]);
  });

  it('brings secrets apart from everything that is shown', () => {
    const reference = { env: 'HUB_TOKEN' };
    const profile = minimal({ command: { secret_environment: { HF_TOKEN: reference } } });
    const asked: unknown[] = [];
    const secrets = (given: unknown) => {
      asked.push(given);
      return valid(new Secret('hunter2'));
    };
    const plan = buildJob(requestFor(profile, { secrets }));

    expect(asked).toEqual([reference]);
    expect(plan.secretEnvironment?.['HF_TOKEN']?.reveal()).toBe('hunter2');
    expect(plan.environment).toEqual({});
    expect(JSON.stringify(plan)).not.toContain('hunter2');
  });

  it('refuses a run whose secret is not there, without a word on where it was looked for', () => {
    const profile = minimal({ command: { secret_environment: { HF_TOKEN: { file: '/root/token' } } } });

    expect(() => buildJob(requestFor(profile))).toThrow(
      expect.objectContaining({
        code: 'input.secret_missing',
        parameters: { model: 'minimal', secret: 'HF_TOKEN' },
      }),
    );
    expect(buildJob(requestFor(minimal()))).not.toHaveProperty('secretEnvironment');
  });
});

describe('the preview', () => {
  it('runs the bot’s own tool on a spec with the controls that have a weight and a file', () => {
    const profile = preview();
    const parameters = parametersOf(profile, { edge: '0.8', canny_threshold: 'low', fps: 12 });

    const plan = buildJob(requestFor(profile, { parameters, inputs: [video('color'), video('depth')] }));

    expect(JSON.parse(plan.files[0]?.content ?? '')).toEqual({
      prompt: 'A rainy neon street, cinematic',
      video: '/workspace/jobs/job_01/in/color.mp4',
      max_width: 1280,
      fps: 12,
      controls: {
        edge: { weight: 0.8, threshold: 'low' },
        vis: { weight: 0.2, strength: 'medium' },
        depth: { weight: 0.5, video: '/workspace/jobs/job_01/in/depth.mp4' },
      },
    });
    expect(plan.argv).toEqual([
      '/usr/bin/node',
      '/bot/tool.js',
      'render-controls',
      '--spec',
      '/workspace/jobs/job_01/spec.json',
      '--out',
      '/workspace/jobs/job_01/out',
    ]);
  });
});

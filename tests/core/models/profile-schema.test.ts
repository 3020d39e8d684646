import { describe, expect, it } from 'vitest';
import { parseProfile, parseStoredProfile, profileHash } from '../../../src/core/models/parse-profile.ts';
import { MINIMAL, minimal, preview, problemsOf, transfer1 } from './profiles.ts';

const number = { type: 'number', title: 'n', minimum: 0, maximum: 1, default: 0.5 };
const spec = { spec: { path: 'spec.json' } };
const argv = (...words: string[]) => ({ command: { argv: words } });

describe('the profile schema', () => {
  it('accepts the smallest profile and fills in defaults', () => {
    expect(minimal()).toMatchObject({
      requires: { transports: ['local', 'ssh'], min_gpus: 0 },
      media: { min_frames: 1 },
      success: { exit_codes: [0], outputs: [{ purpose: 'primary', required: true }] },
      timing: { scales_with: ['frames', 'pixels', 'steps'] },
    });
  });

  it.each([
    ['run', 0],
    ['run', 1e-9],
    ['run', 20 * 24 * 3600 + 1],
    ['silence', 1e-9],
    ['silence', 1e12],
    ['cancel_grace', -1],
    ['cancel_grace', 1e12],
  ])('refuses timeouts.%s of %d seconds, as the configuration does', (key, seconds) => {
    expect(problemsOf(MINIMAL, { timeouts: { [key]: seconds } })).toMatchObject([
      { code: 'config.out_of_range', where: `timeouts.${key}` },
    ]);
  });

  it.each([
    ['an unknown key', { titel: 'x' }, { code: 'config.unknown_key', where: 'titel', nearest: 'title' }],
    [
      'an unknown key deep inside',
      { parameters: { edge: { ...number, minimun: 0 } } },
      { code: 'config.unknown_key', where: 'parameters.edge.minimun', nearest: 'minimum' },
    ],
    [
      'a draft of a parameter that is not there',
      {
        parameters: { edge: { ...number, write: { flag: '--edge' } } },
        draft: { parameters: { egde: 0.5 } },
      },
      { where: 'draft.parameters.egde', nearest: 'edge' },
    ],
    [
      'a draft with a value that its parameter does not take',
      {
        parameters: { edge: { ...number, write: { flag: '--edge' } } },
        draft: { parameters: { edge: 'x' } },
      },
      { where: 'draft.parameters.edge' },
    ],
    ['a draft of nothing', { draft: { parameters: {} } }, { where: 'draft.parameters' }],
    ['a wrong type', { title: 5 }, { code: 'config.wrong_type', where: 'title' }],
    ['another schema version', { schema: 2 }, { where: 'schema' }],
    [
      'an unknown type of parameter',
      { parameters: { a: { type: 'nmber', title: 'x' } } },
      { nearest: 'number' },
    ],
    ['an unknown role', { inputs: { colour: {} } }, { where: 'inputs.colour' }],
    [
      'a broken regular expression',
      { failures: [{ key: 'a', pattern: '(' }] },
      { where: 'failures[0].pattern' },
    ],
    ['a variable of the bot itself', { command: { environment: { COSMOS_BOT_TOKEN: 'x' } } }, {}],
    ['a secret in plain text', { command: { secret_environment: { TOKEN: 'abc' } } }, {}],
    [
      'a spec file outside the attempt',
      { files: { spec: { path: '../x.json' } } },
      { where: 'files.spec.path' },
    ],
    [
      'a spec file by a way that the host refuses',
      { files: { spec: { path: './x.json' } } },
      { where: 'files.spec.path' },
    ],
    [
      'a spec file in place of the log',
      { files: { spec: { path: 'run.log' } } },
      { where: 'files.spec.path' },
    ],
    [
      'a spec file in place of what says whose attempt it is',
      { files: { spec: { path: 'instance' } } },
      { where: 'files.spec.path' },
    ],
    [
      'a spec file among the inputs',
      { files: { spec: { path: 'in/x.json' } } },
      { where: 'files.spec.path' },
    ],
  ])('refuses %s', (_what, over, problem) => {
    expect(problemsOf(MINIMAL, over)).toContainEqual(
      expect.objectContaining({ ...problem, file: 'test.toml' }),
    );
  });

  it.each([
    [
      'a parameter that reaches nothing',
      { parameters: { edge: number } },
      'parameters.edge',
      /never reaches/,
    ],
    [
      'a default out of its own range',
      { parameters: { edge: { ...number, default: 2 } }, ...argv('run', '{edge}') },
      'parameters.edge.default',
      /allows/,
    ],
    [
      'a minimum above the maximum',
      { parameters: { edge: { ...number, minimum: 2 } }, ...argv('run', '{edge}') },
      'parameters.edge',
      /above maximum/,
    ],
    [
      'two targets of one parameter',
      { parameters: { edge: { ...number, write: { spec: 'a', flag: '--a' } } }, files: spec },
      'parameters.edge.write',
      /exactly one/,
    ],
    [
      'a switch that is not a boolean',
      { parameters: { edge: { ...number, write: { flag: '--a', style: 'switch' } } } },
      'parameters.edge.write',
      /boolean/,
    ],
    [
      'two writers of one key',
      {
        parameters: { a: { ...number, write: { spec: 'x.y' } }, b: { ...number, write: { spec: 'x' } } },
        files: spec,
      },
      'parameters.b.write',
      /as does parameters\.a/,
    ],
    [
      'a writer of a key inside the key of another',
      {
        parameters: { a: { ...number, write: { spec: 'x' } }, b: { ...number, write: { spec: 'x.y' } } },
        files: spec,
      },
      'parameters.b.write',
      /as does parameters\.a/,
    ],
    ['an unknown placeholder', argv('run', '{outptu}'), 'command.argv[1]', /no placeholder "outptu"/],
    ['several words inside a word', argv('run', '--x={flags}'), 'command.argv[1]', /whole word/],
    [
      'an input that may be absent',
      { inputs: { mask: {} }, ...argv('run', '{input.mask}') },
      'command.argv[1]',
      /may be absent/,
    ],
    [
      'a value that may be absent in a spec file',
      { inputs: { mask: {} }, files: { spec: { path: 'a.json', content: { list: ['{input.mask}'] } } } },
      'files.spec.content.list[0]',
      /omit_when_empty/,
    ],
    [
      'a parameter with the name of a placeholder',
      { parameters: { output: { ...number, write: { flag: '--o' } } } },
      'parameters.output',
      /another placeholder/,
    ],
    [
      'a key to omit that is not there',
      {
        files: { spec: { path: 'a.json', omit_when_empty: ['negativ'], content: { negative: '{prompt}' } } },
      },
      'files.spec.omit_when_empty',
      /no key "negativ"/,
    ],
    [
      'two files at one path',
      { files: { a: { path: 'a.json' }, b: { path: 'a.json' } } },
      'files.b.path',
      /another file/,
    ],
    [
      'a spec key without a file',
      { parameters: { a: { ...number, write: { spec: 'x' } } } },
      'parameters.a.write',
      /no file "spec"/,
    ],
    [
      'a control with neither a file nor auto',
      {
        parameters: { edge: number },
        files: spec,
        controls: { edge: { title: 'e', weight: { parameter: 'edge', key: 'w' } } },
      },
      'controls.edge',
      /auto/,
    ],
    [
      'a control whose weight does not begin at 0',
      {
        parameters: { edge: { ...number, minimum: 0.1 } },
        files: spec,
        controls: { edge: { title: 'e', auto: true, weight: { parameter: 'edge', key: 'w' } } },
      },
      'parameters.edge',
      /minimum = 0/,
    ],
    [
      'a control of an unknown parameter',
      {
        files: spec,
        controls: { edge: { title: 'e', auto: true, weight: { parameter: 'edge', key: 'w' } } },
      },
      'controls.edge.weight.parameter',
      /no parameter "edge"/,
    ],
    [
      'an overlap as long as the chunk',
      { media: { chunk: { length: 5, overlap: 5 } } },
      'media.chunk.overlap',
      /below length/,
    ],
    [
      'a bar without its groups',
      { progress: { bars: [{ pattern: '(?<current>\\d+)' }] } },
      'progress.bars[0].pattern',
      /total/,
    ],
    [
      'a bar of an unknown stage',
      { progress: { bars: [{ pattern: '(?<current>.)(?<total>.)', stage: 'x' }] } },
      'progress.bars[0].stage',
      /no stage/,
    ],
    [
      'a bar of chunks without stages per chunk',
      { progress: { bars: [{ pattern: '(?<current>.)(?<total>.)', counts: 'chunks' }] } },
      'progress.bars[0].counts',
      /per_chunk/,
    ],
    [
      'two failures with one key',
      {
        failures: [
          { key: 'a', pattern: 'a' },
          { key: 'a', pattern: 'b' },
        ],
      },
      'failures[1].key',
      /twice/,
    ],
    [
      'a failure that hangs with more GPUs than any lane of the model has',
      { requires: { max_gpus: 1 }, failures: [{ key: 'a', pattern: 'a', hangs: { min_gpus: 2 } }] },
      'failures[0].hangs.min_gpus',
      /max_gpus/,
    ],
    [
      'no required result',
      { success: { outputs: [{ kind: 'video', path: '*.mp4', label: 'v', required: false }] } },
      'success.outputs',
      /primary/,
    ],
    [
      'steps of an unknown parameter',
      { timing: { steps_parameter: 'steps' } },
      'timing.steps_parameter',
      /no parameter/,
    ],
    [
      'frames of an unknown parameter',
      { timing: { frames_parameter: 'frames' } },
      'timing.frames_parameter',
      /no parameter/,
    ],
    [
      'a video made of unknown settings',
      { media: { made: { frames: 'frames', width: 'width', height: 'height', fps: 25 } } },
      'media.made.width',
      /no parameter/,
    ],
    [
      'a video made of settings that are no numbers',
      {
        parameters: { side: { type: 'choice', choices: ['480', 'wide'], default: '480', title: 'Side' } },
        media: { made: { frames: 'side', width: 'side', height: 'side', fps: 25 } },
      },
      'media.made.height',
      /whole numbers/,
    ],
    [
      'a video that ends with a file that the model does not take',
      { media: { made: { frames: 'f', width: 'f', height: 'f', fps: 25, ends_with: 'audio' } } },
      'media.made.ends_with',
      /no input/,
    ],
    [
      'a video that ends with no sound',
      { media: { made: { frames: 'f', width: 'f', height: 'f', fps: 25, ends_with: 'color' } } },
      'media.made.ends_with',
      /must be a sound/,
    ],
  ])('refuses %s', (_what, over, where, detail) => {
    expect(problemsOf(MINIMAL, over)).toContainEqual(
      expect.objectContaining({
        code: 'config.profile_invalid',
        where,
        detail: expect.stringMatching(detail),
      }),
    );
  });

  it('refuses stages per chunk that do not stand side by side', () => {
    const stage = (key: string, per_chunk: boolean) => ({ key, title: key, begins: key, per_chunk });
    const stages = [stage('a', true), stage('b', false), stage('c', true)];

    expect(problemsOf(MINIMAL, { progress: { stages } })).toEqual([
      expect.objectContaining({ where: 'progress.stages', detail: expect.stringContaining('side by side') }),
    ]);
  });

  it('reports everything that is wrong at once', () => {
    expect(problemsOf(MINIMAL, { titel: 'x', version: 1, requires: { gpu: 1 } })).toHaveLength(3);
  });

  it.each([[null], ['text'], [[]], [{}], [5]])('refuses %j without throwing', (data) => {
    expect(parseProfile(data, 'test.toml').ok).toBe(false);
  });
});

describe('a stored profile', () => {
  it.each([
    ['preview', preview()],
    ['transfer1', transfer1()],
    ['minimal', minimal()],
  ])('is read back unchanged: %s', (_name, profile) => {
    expect(parseStoredProfile(JSON.stringify(profile))).toEqual(profile);
  });

  it('is refused where it is none', () => {
    expect(() => parseStoredProfile('{"schema":1}')).toThrow(expect.objectContaining({ layer: 'config' }));
  });
});

describe('profileHash', () => {
  it('depends on the content and not on the order of keys', () => {
    const profile = preview();
    const reversed = {
      ...profile,
      parameters: Object.fromEntries(Object.entries(profile.parameters).toReversed()),
    };

    expect(profileHash(profile)).toMatch(/^[0-9a-f]{64}$/);
    expect(profileHash(reversed)).toBe(profileHash(profile));
    expect(profileHash(preview({ parameters: { edge: { default: 0.7 } } }))).not.toBe(profileHash(profile));
  });
});

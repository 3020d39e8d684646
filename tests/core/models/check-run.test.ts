import { describe, expect, it } from 'vitest';
import { checkInputs } from '../../../src/core/models/check-inputs.ts';
import { checkRun } from '../../../src/core/models/check-run.ts';
import { input, MINIMAL, minimal, parametersOf, preview, problemsOf, transfer1, video } from './profiles.ts';

const color = video('color');

describe('checkInputs', () => {
  it('answers the inputs that the profile has a use for', () => {
    expect(checkInputs(preview(), [color, video('mask'), video('depth')])).toEqual({
      ok: true,
      value: [color, video('depth')],
    });
  });

  it('refuses a missing role', () => {
    expect(checkInputs(preview(), [video('depth')])).toEqual({
      ok: false,
      problems: [{ code: 'input.role_missing', parameters: { role: 'color', model: 'preview' } }],
    });
  });

  it.each([
    [
      'too few frames',
      [video('color', 1)],
      'input.frames_out_of_range',
      { frames: 1, minimum: 2, maximum: 5000 },
    ],
    [
      'too many frames',
      [color, video('seg', 5001)],
      'input.frames_out_of_range',
      { role: 'seg', frames: 5001 },
    ],
    [
      'an image in place of a video',
      [input('color', { kind: 'image', width: 10, height: 10, codec: 'png' }, 'png')],
      'input.role_wrong_kind',
      { role: 'color', kind: 'image', expected: 'video' },
    ],
  ] as const)('refuses %s', (_what, inputs, code, parameters) => {
    expect(checkInputs(transfer1(), inputs)).toEqual({
      ok: false,
      problems: [{ code, parameters: expect.objectContaining(parameters) }],
    });
  });

  it.each([
    [2, true],
    [5000, true],
  ])('takes a video of %i frames', (frames, ok) => {
    expect(checkInputs(transfer1(), [video('color', frames)]).ok).toBe(ok);
  });

  it('refuses a format that the model does not read, though it is a video', () => {
    const profile = minimal({ inputs: { color: { extensions: ['mp4', 'mov'] }, depth: {} } });
    const facts = color.asset.facts;

    expect(checkInputs(profile, [color, input('depth', facts, 'mkv')]).ok).toBe(true);
    expect(checkInputs(profile, [input('color', facts, 'mkv')])).toEqual({
      ok: false,
      problems: [
        {
          code: 'input.extension_not_taken',
          parameters: { role: 'color', extension: 'mkv', allowed: ['mp4', 'mov'], model: 'minimal' },
        },
      ],
    });
  });

  it('refuses pictures that are too large', () => {
    expect(checkInputs(preview(), [video('color', 10, [7681, 4320])])).toMatchObject({
      problems: [
        { code: 'input.too_many_pixels', parameters: { width: 7681, height: 4320, maximum: 33_177_600 } },
      ],
    });
    expect(checkInputs(preview(), [video('color', 10, [7680, 4320])]).ok).toBe(true);
  });
});

describe('checkRun', () => {
  it('answers the complete parameters', () => {
    expect(checkRun(preview(), [color], { edge: '0.5' })).toEqual({
      ok: true,
      value: parametersOf(preview(), { edge: 0.5 }),
    });
  });

  it('reports problems of inputs and parameters together', () => {
    expect(checkRun(preview(), [], { edge: 8 })).toMatchObject({
      problems: [{ code: 'input.role_missing' }, { code: 'input.parameter_range' }],
    });
  });

  it('refuses a weight of somebody’s own for a control whose file is missing', () => {
    expect(checkRun(preview(), [color], { depth: 0.7 })).toEqual({
      ok: false,
      problems: [
        { code: 'input.role_missing', parameters: { role: 'depth', model: 'preview', parameter: 'depth' } },
      ],
    });
    expect(checkRun(preview(), [color, video('depth')], { depth: 0.7 }).ok).toBe(true);
  });

  it('accepts the stored parameters of an earlier run again', () => {
    expect(checkRun(preview(), [color], parametersOf(preview(), {})).ok).toBe(true);
  });

  it('refuses weights that are zero for all controls that have a file or need none', () => {
    expect(checkRun(preview(), [color], { edge: 0, vis: 0 })).toMatchObject({
      problems: [{ code: 'input.weights_all_zero' }],
    });
    expect(checkRun(preview(), [color, video('seg')], { edge: 0, vis: 0 }).ok).toBe(true);
  });

  it('asks for no control where a model has none', () => {
    expect(checkRun(minimal(), [color], {})).toEqual({ ok: true, value: {} });
  });
});

describe('a parameter that follows the shape of a file', () => {
  const aspect = {
    type: 'choice',
    choices: ['16,9', '4,3', '1,1', '3,4', '9,16'],
    default: '16,9',
    nearest_aspect_of: ['color', 'depth'],
    title: 'Aspect ratio',
    write: { flag: '--aspect' },
  };
  const profile = minimal({
    inputs: { color: { required: false }, depth: {} },
    command: { argv: ['run', '{flags}'] },
    parameters: { aspect },
  });
  const chosen = (inputs: Parameters<typeof checkRun>[1], given = {}) => {
    const checked = checkRun(profile, inputs, given);
    return checked.ok ? checked.value['aspect'] : checked.problems;
  };

  it.each([
    [[1280, 704], '16,9'],
    [[1440, 1080], '4,3'],
    [[700, 704], '1,1'],
    [[1080, 1440], '3,4'],
    [[1080, 1920], '9,16'],
    [[4096, 1716], '16,9'],
  ] as const)('takes the nearest for %j', (size, expected) => {
    expect(chosen([video('color', 121, size)])).toBe(expected);
  });

  it('looks at the first file that there is, and leaves what somebody set', () => {
    const both = [video('depth', 121, [1080, 1920]), video('color', 121, [960, 960])];
    expect(chosen(both)).toBe('1,1');
    expect(chosen(both.slice(0, 1))).toBe('9,16');
    expect(chosen([])).toBe('16,9');
    expect(chosen(both, { aspect: '4,3' })).toBe('4,3');
    expect(chosen(both, { aspect: undefined })).toBe('1,1');
  });

  it('has choices that are aspect ratios', () => {
    const over = { parameters: { aspect: { ...aspect, choices: ['16,9', 'wide'] } } };
    expect(problemsOf(MINIMAL, { ...over, command: { argv: ['run', '{input.color}', '{flags}'] } })).toEqual([
      {
        code: 'config.profile_invalid',
        ...{ file: 'test.toml', where: 'parameters.aspect.choices' },
        detail: '"wide" is no aspect ratio, such as "16,9"',
      },
    ]);
  });
});

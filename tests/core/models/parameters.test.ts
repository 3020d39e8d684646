import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkParameters, weightParameters } from '../../../src/core/models/parameters.ts';
import { minimal, preview, transfer1 } from './profiles.ts';

const typed = minimal({
  command: { argv: ['run', '{input.color}', '{flags}'] },
  parameters: Object.fromEntries(
    Object.entries({
      scale: { type: 'number', minimum: 0, maximum: 1, default: 0.5 },
      above: { type: 'number', minimum: 10 },
      steps: { type: 'integer', minimum: 1, maximum: 100, default: 35 },
      frames: { type: 'integer', minimum: 1, maximum: 99, step: 4 },
      strength: { type: 'number', maximum: 2, step: 0.1 },
      fast: { type: 'boolean', default: false },
      words: { type: 'string', max_length: 10 },
      level: { type: 'choice', choices: ['low', 'very_high'], default: 'low' },
    }).map(([name, parameter]) => [name, { ...parameter, title: name, write: { flag: `--${name}` } }]),
  ),
});

const value = (name: string, given: unknown) => {
  const checked = checkParameters(typed, { [name]: given });
  return checked.ok ? checked.value[name] : checked.problems[0];
};

describe('checkParameters', () => {
  it('refuses different values for a name, and takes equal ones', () => {
    const parameters = { parameter: 'words', given: ['a', 'b'] };
    expect(value('words', ['a', 'b'])).toEqual({ code: 'input.parameter_repeated', parameters });
    expect(value('words', ['a', 'a'])).toBe('a');
    expect(value('steps', ['7', '7'])).toBe(7);
  });

  it('fills in defaults and leaves out what has none', () => {
    expect(checkParameters(typed, {})).toEqual({
      ok: true,
      value: { scale: 0.5, steps: 35, fast: false, level: 'low' },
    });
  });

  it.each([
    ['scale', '0.8', 0.8],
    ['scale', ' .5 ', 0.5],
    ['scale', 1, 1],
    ['scale', '1e-1', 0.1],
    ['scale', -0, 0],
    ['steps', '7', 7],
    ['steps', '7.0', 7],
    ['fast', 'true', true],
    ['fast', 'False', false],
    ['words', '  as is ', '  as is '],
    ['words', '🎬🎬🎬🎬🎬🎬🎬🎬🎬🎬', '🎬🎬🎬🎬🎬🎬🎬🎬🎬🎬'],
    ['level', 'LOW', 'low'],
    ['level', 'very_high', 'very_high'],
    ['above', 1e6, 1e6],
    ['frames', '97', 97],
    ['frames', 1, 1],
    ['strength', 0.1 + 0.2, 0.1 + 0.2],
    ['strength', '1.7', 1.7],
  ])('takes %s = %j as %j', (name, given, expected) => {
    expect(value(name, given)).toBe(expected);
  });

  it.each([
    ['scale', 'abc', 'a number'],
    ['scale', '', 'a number'],
    ['scale', '0,8', 'a number'],
    ['scale', '0x1', 'a number'],
    ['scale', Number.NaN, 'a number'],
    ['scale', Infinity, 'a number'],
    ['scale', null, 'a number'],
    ['scale', [0.5], 'a number'],
    ['steps', '7.5', 'a whole number'],
    ['steps', 'abc', 'a whole number'],
    ['steps', '99999999999999999999', 'a whole number'],
    ['fast', 'yes', 'true or false'],
    ['fast', 1, 'true or false'],
    ['words', 5, 'a text'],
    ['words', 'a\0b', 'a text'],
  ])('refuses %s = %j: %s, please', (name, given, expected) => {
    expect(value(name, given)).toMatchObject({
      code: 'input.parameter_type',
      parameters: { parameter: name, expected, given: expect.any(String) },
    });
  });

  it('takes a comma for the point that was meant, where that is a value', () => {
    expect(value('scale', '0,5')).toMatchObject({ parameters: { given: '0,5', nearest: '0.5' } });
    expect(value('scale', '7,5')).not.toMatchObject({ parameters: { nearest: expect.anything() } });
    expect(value('steps', '7,5')).not.toMatchObject({ parameters: { nearest: expect.anything() } });
  });

  it.each([
    ['scale', '8', { given: 8, minimum: 0, maximum: 1, nearest: 0.8 }],
    ['scale', 75, { nearest: 0.75 }],
    ['scale', -0.5, { nearest: 0.5 }],
    ['steps', -7, { given: -7, minimum: 1, maximum: 100, nearest: 7 }],
    ['frames', 96, { given: 96, minimum: 1, maximum: 99, step: 4, nearest: 97 }],
    ['frames', 99, { nearest: 97 }],
    ['strength', '0.25', { step: 0.1, nearest: 0.3 }],
  ])('refuses %s = %j out of range, and says what was probably meant', (name, given, parameters) => {
    expect(value(name, given)).toMatchObject({ code: 'input.parameter_range', parameters });
  });

  it.each([
    ['scale', 500],
    ['steps', 500],
    ['above', 5],
    ['words', '12345678901'],
  ])('refuses %s = %j out of range without a guess', (name, given) => {
    const problem = value(name, given);

    expect(problem).toMatchObject({ code: 'input.parameter_range' });
    expect(problem).not.toHaveProperty('parameters.nearest');
  });

  it('names the choices and the nearest of them', () => {
    expect(value('level', 'veryhigh')).toEqual({
      code: 'input.parameter_choice',
      parameters: {
        parameter: 'level',
        given: 'veryhigh',
        choices: ['low', 'very_high'],
        nearest: 'very_high',
      },
    });
  });

  it('reports all problems at once, unknown names with the nearest', () => {
    const checked = checkParameters(preview(), { edge: 8, max_widht: 1, fps: 'abc' });

    expect(checked).toEqual({
      ok: false,
      problems: [
        {
          code: 'input.parameter_range',
          parameters: expect.objectContaining({ expected: 'a weight', nearest: 0.8 }),
        },
        { code: 'input.parameter_type', parameters: expect.objectContaining({ parameter: 'fps' }) },
        {
          code: 'input.parameter_unknown',
          parameters: expect.objectContaining({
            parameter: 'max_widht',
            model: 'preview',
            nearest: 'max_width',
          }),
        },
      ],
    });
  });

  it.each(['__proto__', 'constructor', 'toString'])('does not take %s for a parameter', (name) => {
    const given = Object.fromEntries([[name, 1]]);

    expect(checkParameters(preview(), given)).toMatchObject({
      ok: false,
      problems: [{ code: 'input.parameter_unknown' }],
    });
  });

  it('refuses weights that are all zero', () => {
    const none = Object.fromEntries(weightParameters(transfer1()).map((name) => [name, '0']));

    expect(checkParameters(transfer1(), none, new Set(['color'] as const))).toEqual({
      ok: false,
      problems: [
        {
          code: 'input.weights_all_zero',
          parameters: { model: 'transfer1', parameters: ['vis', 'edge', 'depth', 'seg', 'keypoint'] },
        },
      ],
    });
  });

  it('accepts its own result again, unchanged', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer({ min: 64, max: 7680 }),
        (vis, max_width) => {
          const checked = checkParameters(preview(), { vis: String(vis), max_width: String(max_width) });

          expect(checked.ok && checkParameters(preview(), checked.value)).toEqual(checked);
        },
      ),
    );
  });
});

import { describe, expect, it } from 'vitest';
import { buildJob } from '../../../src/core/models/build-job.ts';
import { checkRun } from '../../../src/core/models/check-run.ts';
import { checkParameters } from '../../../src/core/models/parameters.ts';
import type { Role } from '../../../src/core/prompts/prompt.ts';
import { MINIMAL, minimal, problemsOf, requestFor, transfer1, video } from './profiles.ts';

const weight = { type: 'number', title: 'w', minimum: 0, maximum: 1, default: 0.5 };
const integer = (value: number) => ({
  type: 'integer',
  title: 'i',
  minimum: 0,
  default: value,
  write: { flag: '--i' },
});

/** A model with two controls and one parameter of each kind; its rules are those of a test. */
const SHAPE = {
  inputs: { color: { required: true }, depth: {} },
  files: { spec: { path: 'spec.json' } },
  parameters: {
    edge: weight,
    depth: weight,
    steps: integer(35),
    fast: { type: 'boolean', title: 'f', default: false, write: { spec: 'fast' } },
    mode: { type: 'choice', title: 'm', choices: ['a', 'b', 'c'], default: 'a', write: { spec: 'mode' } },
    note: { type: 'string', title: 'n', write: { spec: 'note' } },
  },
  controls: {
    edge: { title: 'edge', auto: true, weight: { parameter: 'edge', key: 'w' } },
    depth: {
      title: 'depth',
      weight: { parameter: 'depth', key: 'w' },
      input: { role: 'depth', key: 'path' },
    },
  },
};
const MESSAGE = 'That does not go together';

function checked(rule: object, given: Readonly<Record<string, unknown>>, ...roles: readonly Role[]) {
  return checkParameters(
    minimal({ ...SHAPE, rules: [{ message: MESSAGE, ...rule }] }),
    given,
    new Set(roles),
  );
}

describe('a rule between settings', () => {
  const fast = { when: { parameters: { fast: true } } };

  it.each<[string, object, object, boolean]>([
    ['a value', { steps: 4 }, { steps: 4 }, true],
    ['another value', { steps: 4 }, { steps: 5 }, false],
    ['one value of a list', { mode: ['b', 'c'] }, { mode: 'c' }, true],
    ['no value of a list', { mode: ['b', 'c'] }, { mode: 'a' }, false],
    ['a number at its lower limit', { steps: { minimum: 2 } }, { steps: 2 }, true],
    ['a number below its lower limit', { steps: { minimum: 2 } }, { steps: 1 }, false],
    ['a number at its upper limit', { steps: { maximum: 2 } }, { steps: 2 }, true],
    ['a number above its upper limit', { steps: { maximum: 2 } }, { steps: 3 }, false],
    ['a number that has to be more', { edge: { above: 0.1 } }, { edge: 0.1 }, false],
    ['a number that is more', { edge: { above: 0.1 } }, { edge: 0.11 }, true],
    ['a number that has to be less', { edge: { below: 0.1 } }, { edge: 0.1 }, false],
    ['a value where one is wanted', { note: { set: true } }, { note: 'x' }, true],
    ['no value where one is wanted', { note: { set: true } }, {}, false],
    ['no value where none is wanted', { note: { set: false } }, {}, true],
    ['a value where none is wanted', { note: { set: false } }, { note: 'x' }, false],
  ])('sees %s', (_what, parameters, given, isKept) => {
    const rule = { ...fast, needs: { parameters } };

    expect(checked(rule, { fast: true, ...given }).ok).toBe(isKept);
    expect(checked(rule, { fast: false, ...given }).ok).toBe(true);
  });

  it('holds where all of its conditions do', () => {
    const rule = { when: { parameters: { fast: true, mode: 'b' } }, needs: { parameters: { steps: 4 } } };

    expect(checked(rule, { fast: true }).ok).toBe(true);
    expect(checked(rule, { mode: 'b' }).ok).toBe(true);
    expect(checked(rule, { fast: true, mode: 'b' }).ok).toBe(false);
  });

  it('sees which files are given', () => {
    const rule = { ...fast, needs: { inputs: { depth: true, color: false } } };

    expect(checked(rule, { fast: true }, 'depth').ok).toBe(true);
    expect(checked(rule, { fast: true }, 'color')).toMatchObject({
      problems: [{ parameters: { files: ['depth'], unwanted: ['color'] } }],
    });
  });

  it('counts the controls that condition a run, not those that lack their file', () => {
    const rule = { ...fast, needs: { controls: { maximum: 1 } } };

    expect(checked(rule, { fast: true }, 'color').ok).toBe(true);
    expect(checked(rule, { fast: true }, 'color', 'depth').ok).toBe(false);
    expect(checked(rule, { fast: true, edge: 0 }, 'color', 'depth').ok).toBe(true);
  });

  it('says what is in the way, what would mend it, and why', () => {
    const needs = {
      parameters: { steps: 4, mode: ['b', 'c'], edge: { above: 0.5, maximum: 0.9 }, depth: 0.5 },
    };

    expect(checked({ ...fast, needs }, { fast: true })).toEqual({
      ok: false,
      problems: [
        {
          code: 'input.rule_broken',
          parameters: {
            model: 'minimal',
            message: MESSAGE,
            because: ['fast=true'],
            needs: ['steps=4', 'mode=b or mode=c', 'edge<=0.9', 'edge>0.5'],
          },
        },
      ],
    });
  });

  it('gives other defaults to what nobody has set, and leaves what somebody has', () => {
    const rule = { ...fast, defaults: { steps: 4, mode: 'b' } };

    expect(checked(rule, { fast: true })).toMatchObject({ value: { steps: 4, mode: 'b' } });
    expect(checked(rule, { fast: true, steps: '35' })).toMatchObject({ value: { steps: 35, mode: 'b' } });
    expect(checked(rule, { fast: true, steps: undefined })).toMatchObject({ value: { steps: 4 } });
    expect(checked(rule, {})).toMatchObject({ value: { steps: 35, mode: 'a' } });
  });

  it('sees the defaults of the rules before it', () => {
    const rules = [
      { ...fast, defaults: { mode: 'b' } },
      { when: { parameters: { mode: 'b' } }, defaults: { steps: 4 } },
    ];

    expect(checkParameters(minimal({ ...SHAPE, rules }), { fast: true })).toMatchObject({
      value: { mode: 'b', steps: 4 },
    });
  });

  it('is looked at once more where the job is built', () => {
    const rules = [{ ...fast, needs: { parameters: { steps: 4 } }, message: MESSAGE }];
    const profile = minimal({ ...SHAPE, rules });
    const parameters = { edge: 0.5, depth: 0.5, steps: 35, fast: true, mode: 'a' };

    expect(() => buildJob(requestFor(profile, { parameters }))).toThrow(
      expect.objectContaining({ code: 'input.rule_broken' }),
    );
  });
});

describe('a rule of a profile', () => {
  const rule = (over: object) => problemsOf(MINIMAL, { ...SHAPE, rules: [{ message: MESSAGE, ...over }] });

  it.each<[string, object, object]>([
    [
      'an unknown parameter to look at',
      { when: { parameters: { fats: true } }, defaults: { steps: 4 } },
      { where: 'rules[0].when.parameters.fats', nearest: 'fast' },
    ],
    [
      'an unknown parameter with limits',
      { needs: { parameters: { stesp: { minimum: 1 } } } },
      { where: 'rules[0].needs.parameters.stesp', nearest: 'steps' },
    ],
    [
      'an unknown parameter that may be set',
      { needs: { parameters: { notes: { set: false } } } },
      { where: 'rules[0].needs.parameters.notes', nearest: 'note' },
    ],
    [
      'a default for an unknown parameter',
      { when: { parameters: { fast: true } }, defaults: { stepps: 4 } },
      { where: 'rules[0].defaults.stepps', nearest: 'steps' },
    ],
    [
      'a value out of range',
      { needs: { parameters: { edge: 2 } } },
      { where: 'rules[0].needs.parameters.edge' },
    ],
    [
      'a value of another type',
      { needs: { parameters: { steps: '4' } } },
      { where: 'rules[0].needs.parameters.steps' },
    ],
    [
      'an unknown word in a list',
      { needs: { parameters: { mode: ['a', 'd'] } } },
      { where: 'rules[0].needs.parameters.mode', detail: expect.stringContaining('d is not') },
    ],
    [
      'limits of a word',
      { needs: { parameters: { mode: { minimum: 1 } } } },
      { where: 'rules[0].needs.parameters.mode' },
    ],
    ['no limits', { needs: { controls: {} } }, { where: 'rules[0].needs.controls' }],
    [
      'a file that the model does not take',
      { needs: { inputs: { mask: true } } },
      { where: 'rules[0].needs.inputs.mask' },
    ],
    ['nothing to do', { when: { parameters: { fast: true } } }, { where: 'rules[0]' }],
    ['defaults that break it', { needs: { parameters: { steps: 4 } } }, { where: 'rules' }],
  ])('is refused with %s', (_what, over, problem) => {
    expect(rule(over)).toEqual([expect.objectContaining({ ...problem, file: 'test.toml' })]);
  });

  it('is refused with no words for whoever breaks it', () => {
    const rules = [{ when: { parameters: { fast: true } }, needs: { parameters: { steps: 4 } } }];

    expect(problemsOf(MINIMAL, { ...SHAPE, rules })).toEqual([
      expect.objectContaining({ where: 'rules[0]', detail: expect.stringContaining('message') }),
    ]);
  });

  it('is refused with a number of controls where there are none', () => {
    const rules = [
      { when: { controls: { minimum: 2 } }, needs: { inputs: { color: true } }, message: MESSAGE },
    ];

    expect(problemsOf(MINIMAL, { rules })).toEqual([
      expect.objectContaining({ where: 'rules[0].when.controls' }),
    ]);
  });
});

describe('the rules of transfer1', () => {
  const profile = transfer1();
  const color = [video('color')];
  const broken = (given: object, inputs = color) => {
    const result = checkRun(profile, inputs, { ...given });
    return result.ok ? result.value : result.problems.map(({ parameters }) => parameters);
  };

  it('leave edges alone to the distilled model, and its one step', () => {
    expect(broken({ use_distilled: true })).toMatchObject({
      ...{ edge: 0.25, vis: 0, depth: 0, seg: 0, keypoint: 0, num_steps: 1 },
    });
    expect(broken({ use_distilled: true, edge: 0 })).toMatchObject([{ needs: ['edge>0'] }]);
    expect(broken({ use_distilled: true, depth: 0.5, num_steps: 20 })).toMatchObject([
      { because: ['use_distilled=true'], needs: ['depth=0', 'num_steps=1'] },
    ]);
    expect(broken({ use_distilled: false })).toMatchObject({ vis: 0.25, num_steps: 35 });
  });

  it('take control videos without a video to follow, at the highest noise', () => {
    const inputs = [video('depth'), video('edge')];

    expect(broken({}, inputs)).toMatchObject({
      ...{ edge: 0.25, depth: 0.25, vis: 0, seg: 0, keypoint: 0, sigma_max: 80 },
    });
    expect(broken({ sigma_max: 70 }, inputs)).toMatchObject([{ needs: ['sigma_max=80'] }]);
    for (const name of ['vis', 'seg', 'keypoint']) {
      expect(broken({ [name]: 0.5 }, inputs)).toMatchObject([{ needs: [`${name}=0`] }]);
    }
    expect(broken({ edge: 0.5 }, [video('vis')])).toMatchObject([{ needs: ['edge=0'] }]);
    expect(broken({ depth: 0.5 }, [video('vis')])).toMatchObject([{ needs: ['depth=0'] }]);
  });

  it('want a video at all', () => {
    expect(broken({}, [])).toMatchObject([{ message: 'There is no video at all.', files: ['color'] }]);
  });
});

import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildJob } from '../../../src/core/models/build-job.ts';
import { onStep } from '../../../src/core/models/check-value.ts';
import type { Parameter, ParameterValue } from '../../../src/core/models/profile.ts';
import { MODELS_DIRECTORY, parametersOf, requestFor, shipped } from './profiles.ts';

const IDS = readdirSync(MODELS_DIRECTORY)
  .filter((file) => file.endsWith('.toml'))
  .map((file) => basename(file, '.toml'));

describe.each(IDS)('the profile %s', (id) => {
  /** Without the rules between settings, which would not let each be changed alone. */
  const profile = { ...shipped(id), rules: [] };
  /** Every control is on and everything optional is set, so that each value can show. */
  const base = parametersOf(
    profile,
    Object.fromEntries(
      Object.entries(profile.parameters).map(([name, parameter]) => [
        name,
        parameter.default === undefined || parameter.default === 0 ? someValue(parameter) : parameter.default,
      ]),
    ),
  );

  it.each(Object.entries(profile.parameters).filter(([, parameter]) => !isFixed(parameter)))(
    'brings %s to the job',
    (name, parameter) => {
      const before = buildJob(requestFor(profile, { parameters: base }));
      const changed = { ...base, [name]: otherValue(parameter, base[name]) };
      const after = buildJob(requestFor(profile, { parameters: parametersOf(profile, changed) }));

      expect(sent(after)).not.toEqual(sent(before));
    },
  );

  it('brings the text to the job', () => {
    const plan = sent(buildJob(requestFor(profile, { text: 'a marked text', parameters: base })));

    expect(JSON.stringify(plan)).toContain('a marked text');
  });

  it('has timing seeds and knows ways to fail', () => {
    expect(profile.timing.samples.length).toBeGreaterThan(0);
    expect(profile.failures.length).toBeGreaterThan(0);
  });
});

function sent({ files, argv, environment, inputs }: ReturnType<typeof buildJob>) {
  return { files, argv, environment, inputs };
}

/** A choice of one, which nobody can change. */
function isFixed(parameter: Parameter): boolean {
  return parameter.type === 'choice' && parameter.choices.length === 1;
}

function someValue(parameter: Parameter): ParameterValue {
  switch (parameter.type) {
    case 'number':
      return onStep(parameter, ((parameter.minimum ?? 0) + (parameter.maximum ?? 1)) / 2);
    case 'integer':
      return parameter.minimum ?? 1;
    case 'boolean':
      return false;
    case 'string':
      return 'some words';
    case 'regions':
      return '0,0,0.5,1: some words';
    case 'choice':
      return parameter.choices[0] ?? '';
  }
}

function otherValue(parameter: Parameter, value: ParameterValue | undefined): ParameterValue {
  switch (parameter.type) {
    case 'number':
    case 'integer': {
      const step = parameter.step ?? (parameter.type === 'integer' ? 1 : 0.125);
      return Number(value) + step <= (parameter.maximum ?? Infinity)
        ? Number(value) + step
        : Number(value) - step;
    }
    case 'boolean':
      return value !== true;
    case 'string':
    case 'regions':
      return `${value} changed`;
    case 'choice':
      return parameter.choices.find((choice) => choice !== value) ?? '';
  }
}

import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { fitsParameter, valueCount } from '../../../src/bot/forms/listed-values.ts';
import { severalExample } from '../../../src/bot/forms/several-example.ts';
import { loadCatalogue } from '../../../src/core/models/catalogue.ts';
import type { Parameter } from '../../../src/core/models/profile.ts';
import { must } from '../../support/workbench.ts';

const MODELS = fileURLToPath(new URL('../../../config/models', import.meta.url));

type NumberParameter = Extract<Parameter, { type: 'number' | 'integer' }>;

function number(more: Partial<NumberParameter>): NumberParameter {
  return { type: 'number', title: 'Edges', essential: true, ...more };
}

it.each([
  [{ type: 'integer', minimum: 0, maximum: 2_147_483_647, default: 1 }, '1..4, or 7, 11'],
  [{ type: 'integer', minimum: 0, default: 2025 }, '1..4, or 7, 11'],
  [{ type: 'integer', minimum: -2_000_000, maximum: 20 }, '1..4, or 7, 11'],
  [{ type: 'integer', minimum: 1, maximum: 5_000_000 }, '1..4, or 7, 11'],
  [{ type: 'integer', minimum: 2, maximum: 5_000_000 }, '10, 20'],
  [{ type: 'integer', minimum: 7, maximum: 5_000_000, default: 9 }, '10, 20'],
  [{ type: 'integer', minimum: -2_000_000, maximum: 10 }, '1, 2'],
  [{ type: 'integer', minimum: 0, maximum: 1_000_000 }, '10, 20'],
  [{ minimum: 0 }, '10, 20'],
  [{ type: 'integer', minimum: 0, maximum: 1, default: 1 }, '0, 1'],
  [{ minimum: 0, maximum: 1, default: 0.25 }, '0.2, 0.5'],
  [{ minimum: 0, maximum: 9, default: 1.4 }, '0.2, 0.5'],
  [{ minimum: 0, maximum: 9, default: 1.5 }, '1, 1.5'],
  [{ minimum: 0, maximum: 9, default: 1 }, '0.2, 0.5'],
  [{ minimum: 0, maximum: 9, default: 2 }, '1, 2'],
  [{ minimum: 0, maximum: 99, default: 21 }, '10, 21'],
  [{ minimum: 0, maximum: 99, default: 50 }, '30, 50'],
  [{ minimum: 0, maximum: 99, default: 69 }, '30, 69'],
  [{ type: 'integer', minimum: 8, maximum: 100, step: 8, default: 8 }, '24, 48'],
  [{ minimum: 0, maximum: 1 }, '0.2, 0.5'],
  [{ type: 'integer', minimum: 1, maximum: 100, default: 35 }, '20, 35'],
  [{ type: 'integer', minimum: 5, maximum: 97, step: 4, default: 97 }, '49, 97'],
  [{ type: 'integer', minimum: 0, maximum: 2, default: 1 }, '1, 2'],
  [{ minimum: 0, maximum: 20, default: 5.5 }, '3, 5.5'],
  [{ type: 'integer', minimum: 1, maximum: 5_000 }, '10, 20'],
  [{ type: 'integer', minimum: 30, maximum: 31, default: 30 }, undefined],
] as const)('of %o an example of several values is %s', (parameter, example) => {
  expect(severalExample('edge', number(parameter))).toBe(example);
});

it('each number of the shipped models has an example, of values that it takes', async () => {
  for (const profile of must(await loadCatalogue({ directory: MODELS })).list()) {
    for (const [name, parameter] of Object.entries(profile.parameters)) {
      if (parameter.type !== 'number' && parameter.type !== 'integer') continue;
      const example = severalExample(name, parameter)?.replace('or ', '') ?? `${name} has none`;
      expect([name, example, fitsParameter(name, parameter, example)]).toEqual([name, example, true]);
      expect(valueCount(name, parameter, example)).toBeGreaterThan(1);
    }
  }
});

it('counts the values of a list without making what nobody may ask for', () => {
  const seed = number({ type: 'integer', minimum: 0 });
  expect(valueCount('seed', seed, '1..4, 9')).toBe(5);
  expect(valueCount('seed', seed, '1..999999999')).toBe(Infinity);
  expect(valueCount('seed', seed, '1,,2')).toBe(1);
  expect(valueCount('seed', seed, '1..10000')).toBe(10_000);
  expect(valueCount('seed', seed, '1..10001')).toBe(Infinity);
  expect(fitsParameter('seed', seed, '1..4, 9')).toBe(true);
  expect(fitsParameter('seed', seed, '1, -2')).toBe(false);
  expect(fitsParameter('seed', seed, '-1, 2')).toBe(false);
  expect(fitsParameter('seed', seed, '1..999999999')).toBe(false);
});

import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { schemaProblems } from '../../../src/core/config/schema-problems.ts';

const shape = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('flag'), flag: z.string() }),
  z.strictObject({ kind: z.literal('number'), minimum: z.number().optional() }),
]);
const schema = z.strictObject({
  parameters: z.array(shape).default([]),
  step: z.number().multipleOf(0.5).optional(),
  memory: z.number().positive().lt(100).optional(),
});

function problems(input: unknown) {
  const parsed = schema.safeParse(input);
  return parsed.success
    ? []
    : schemaProblems(parsed.error, { schema, input, parameters: { file: 'x.toml' } });
}

describe('the problems of any table with a schema', () => {
  it('name the keys of the shape that the value says it has', () => {
    expect(problems({ parameters: [{ kind: 'number', minimun: 1 }] })).toEqual([
      {
        code: 'config.unknown_key',
        parameters: {
          where: 'parameters[0].minimun',
          key: 'minimun',
          known: ['kind', 'minimum'],
          nearest: 'minimum',
          file: 'x.toml',
        },
      },
    ]);
  });

  it.each([
    [0, { above: 0 }],
    [100, { below: 100 }],
  ])('say of the limit itself that it is out of range: %d', (memory, limit) => {
    const parameters = { where: 'memory', given: String(memory), measure: 'value', ...limit, file: 'x.toml' };
    expect(problems({ memory })).toEqual([{ code: 'config.out_of_range', parameters }]);
  });

  it('name the shapes where the value says none of them', () => {
    expect(problems({ parameters: [{ kind: 'flg' }] })).toEqual([
      {
        code: 'config.unknown_choice',
        parameters: {
          where: 'parameters[0].kind',
          given: '"flg"',
          choices: ['flag', 'number'],
          nearest: 'flag',
          file: 'x.toml',
        },
      },
    ]);
  });

  it('say that the word for the shape is missing', () => {
    expect(problems({ parameters: [{}] })).toEqual([
      { code: 'config.missing_key', parameters: { where: 'parameters[0]', keys: ['kind'], file: 'x.toml' } },
    ]);
  });

  it('have the rule as reason where no code is closer', () => {
    expect(problems({ step: 0.3 })).toEqual([
      {
        code: 'config.invalid_value',
        parameters: { where: 'step', given: '0.3', reason: 'not_multiple_of', file: 'x.toml' },
      },
    ]);
  });

  it('know the keys of a table whose keys are a choice, and the reason that a check of its own gives', () => {
    const schema = z.strictObject({
      inputs: z.partialRecord(z.enum(['color', 'depth']), z.string()),
      begins: z.string().refine((text) => text !== '(', 'must be a regular expression'),
    });
    const input = { inputs: { colour: 'x' }, begins: '(' };
    const { error } = schema.safeParse(input);
    if (error === undefined) throw new Error('it was taken');

    expect(schemaProblems(error, { schema, input, parameters: {} })).toEqual([
      {
        code: 'config.unknown_key',
        parameters: { where: 'inputs.colour', key: 'colour', known: ['color', 'depth'], nearest: 'color' },
      },
      {
        code: 'config.invalid_value',
        parameters: { where: 'begins', given: '"("', reason: 'must be a regular expression' },
      },
    ]);
  });

  it('say it where the whole is no table', () => {
    expect(problems('text')).toEqual([
      {
        code: 'config.wrong_type',
        parameters: { where: '', expected: ['table'], given: '"text"', file: 'x.toml' },
      },
    ]);
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ERROR_WORDING, explain } from '../../../src/bot/wording/explain.ts';
import { ERRORS, type ErrorCode, type ErrorParameters } from '../../../src/core/errors.ts';

const CODES = Object.keys(ERRORS) as ErrorCode[];
const GARBAGE = /undefined|NaN|null|\[object|true$|function |\(\)| {2}|\.\.(?!\.)| [.,;:]|^\s|\s$/;

describe.each(CODES)('the words for %s', (code) => {
  test('are whole sentences with all parameters', () => {
    expectWhole(explain({ code, parameters: ERROR_WORDING[code].example }));
  });

  test('are whole sentences without any parameter', () => {
    expectWhole(explain({ code, parameters: {} }));
  });

  test('are whole sentences with each parameter left out or alone', () => {
    for (const name of Object.keys(ERROR_WORDING[code].example)) {
      const { [name]: alone, ...others } = ERROR_WORDING[code].example as Record<string, string>;
      expectWhole(explain({ code, parameters: others }));
      expectWhole(explain({ code, parameters: { [name]: alone ?? '' } }));
    }
  });

  test('use every parameter of their example', () => {
    const { example } = ERROR_WORDING[code];
    const full = JSON.stringify(explain({ code, parameters: example }));
    const unused = Object.keys(example).filter((name) => {
      const { [name]: _left, ...others } = example as Record<string, string>;
      const without = JSON.stringify(explain({ code, parameters: others }));
      const alone = JSON.stringify(explain({ code, parameters: { [name]: example[name] ?? '' } }));
      return without === full && alone === JSON.stringify(explain({ code, parameters: {} }));
    });
    expect(unused).toEqual([]);
  });
});

test.each<[ErrorCode, ErrorParameters, string]>([
  [
    'input.parameter_type',
    { parameter: 'depth', given: '', expected: 'a number' },
    'depth has no value; it takes a number',
  ],
  [
    'input.parameter_unknown',
    { parameter: 'seed', model: 'preview', others: ['one', 'two', 'three'] },
    'Choose a model that has it: `--model one`, `--model two` or `--model three`. See all',
  ],
  ['input.parameter_unknown', { others: ['one'] }, 'Choose a model that has it: `--model one`. See'],
  [
    'input.parameter_choice',
    { parameter: 'aspect_ratio', given: '16:9', choices: ['16,9', '4,3', '1,1'], nearest: '16,9' },
    'aspect_ratio is `16,9`, `4,3` or `1,1`; you wrote 16:9. Did you mean `16,9`?',
  ],
  [
    'input.parameter_choice',
    { parameter: 'blur', given: 'hi', choices: ['low', 'high'] },
    'blur is low or high; you wrote hi.',
  ],
  ['input.option_unknown', { verb: 'inference', given: '--edge', assignment: 'edge=0.5' }, '`edge=0.5`'],
  [
    'input.argument_invalid',
    { verb: 'list', argument: 'what', given: 'runz', choices: ['prompts', 'runs'], nearest: 'runs' },
    'What follows `list` is prompts or runs',
  ],
  ['input.argument_invalid', { verb: 'list', argument: '--status', choices: ['done'] }, '`--status` is done'],
  ['config.out_of_range', { where: 'run', measure: 'value', above: 0, given: '0' }, 'more than 0; it is `0`'],
  [
    'config.out_of_range',
    { where: 'lanes', measure: 'entries', minimum: 1, given: '[]' },
    'at least 1 entry; it is `[]`',
  ],
  [
    'config.out_of_range',
    { where: 'name', measure: 'characters', minimum: 1, maximum: 9 },
    '1 to 9 characters',
  ],
  ['input.too_many_pixels', { file: 'a.mp4', maxPixels: 10_000 }, 'at most 10000 pixels'],
])('%s with %j says %j', (code, parameters, words) => {
  const { sentence, nextStep } = explain({ code, parameters });
  expect(`${sentence} ${nextStep}`).toContain(words);
});

test('words never break the line or the code marks, whatever the parameters hold', () => {
  const value: fc.Arbitrary<ErrorParameters[string]> = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 500 }),
    fc.constantFrom('`x`', 'a\nb', '\u001b[31m', '__proto__', ''),
    fc.double(),
    fc.boolean(),
    fc.array(fc.string(), { maxLength: 5 }),
  );
  fc.assert(
    fc.property(fc.constantFrom(...CODES), fc.infiniteStream(value), (code, values) => {
      const names = Object.keys(ERROR_WORDING[code].example);
      const parameters = Object.fromEntries(names.map((name) => [name, values.next().value ?? '']));
      const { sentence, nextStep } = explain({ code, parameters });
      for (const text of [sentence, nextStep]) {
        expect(text).not.toContain('undefined');
        expect(text).not.toMatch(/[\n\r]/);
        expect(text.split('`').length % 2).toBe(1);
        expect(text.length).toBeLessThan(2000);
      }
    }),
    { numRuns: 500 },
  );
});

test('a parameter named like a member of every object is not found by accident', () => {
  expect(explain({ code: 'input.id_unknown', parameters: { constructor: 'x' } }).sentence).toBe(
    'I know no prompt or run.',
  );
});

test.each(['engine.of_an_older_version', 'constructor'])(
  'a stored code that this version does not know (%s) is said to be unexpected',
  (code) => {
    expect(explain({ code: code as ErrorCode, parameters: { detail: 'x' } })).toEqual(
      explain({ code: 'internal.unexpected', parameters: {} }),
    );
  },
);

test('a weight without its point gets the likely one', () => {
  const parameters = {
    parameter: 'edge',
    given: 8,
    expected: 'a weight',
    minimum: 0,
    maximum: 1,
    nearest: 0.8,
  };
  expect(explain({ code: 'input.parameter_range', parameters }).sentence).toBe(
    'edge is a weight from 0 to 1; you wrote 8. Did you mean 0.8?',
  );
});

test('an id that is missing is said to be found in its list', () => {
  const usage = 'cancel RUN';
  const missing = {
    code: 'input.argument_missing',
    parameters: { verb: 'cancel', argument: 'run', usage },
  } as const;
  expect(explain(missing).nextStep).toBe('Type it as `cancel RUN`. See the latest with `list runs`.');
});

test('a value of the wrong type says the type and what was written', () => {
  const parameters = { parameter: 'seed', given: 'abc', expected: 'a whole number' };
  expect(explain({ code: 'input.parameter_type', parameters }).sentence).toBe(
    'seed takes a whole number; you wrote abc.',
  );
});

test('codes of the operating system become words', () => {
  const parameters = { file: 'street.mp4', detail: 'EACCES' };
  expect(explain({ code: 'input.file_unreadable', parameters }).sentence).toBe(
    '`street.mp4` cannot be read (permission denied).',
  );
});

function expectWhole({ sentence, nextStep }: { sentence: string; nextStep: string }): void {
  for (const text of [sentence, nextStep]) {
    expect(text).not.toMatch(GARBAGE);
    expect(text).toMatch(/^[\p{L}`"]/u);
    expect(text).toMatch(/[.?!"]$/);
  }
}

test('a result that is there is not called missing where only the proof of success is', () => {
  const parameters = { output: ['video'], marker: '^Saved' };
  const unproved = explain({ code: 'model.output_missing', parameters: { ...parameters, missing: [] } });
  expect(unproved.sentence).toBe(
    'The model ended without an error, yet its log does not say that it has succeeded.',
  );
  const missing = explain({
    code: 'model.output_missing',
    parameters: { ...parameters, missing: ['*.mp4'] },
  });
  expect(missing.sentence).toContain('is not there (video)');
});

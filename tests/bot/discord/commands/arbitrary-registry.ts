import fc from 'fast-check';
import type {
  ArgumentDefinition,
  CommandDefinition,
  CommandTable,
  OptionDefinition,
} from '../../../../src/bot/commands/definition.ts';
import type { Parameter, Profile } from '../../../../src/core/models/profile.ts';

const help = fc.oneof(fc.string({ maxLength: 300 }), fc.string({ unit: 'binary', maxLength: 200 }));
/** Mostly names that Discord takes, and often the same ones. */
const name = fc.oneof(
  { weight: 6, arbitrary: fc.stringMatching(/^[a-z][a-z0-9_-]{0,31}$/) },
  { weight: 2, arbitrary: fc.constantFrom('prompt', 'model', 'file', 'parameters', 'edge') },
  { weight: 1, arbitrary: fc.string({ maxLength: 50 }) },
);
const words = fc.array(fc.oneof(name, fc.string({ maxLength: 120 })), { maxLength: 40 });
const bounds = fc
  .tuple(fc.integer({ min: -1000, max: 0 }), fc.integer({ min: 0, max: 1000 }))
  .map(([minimum, maximum]) => ({ minimum, maximum }));
const held = fc.constantFrom<Pick<OptionDefinition, 'holds'>>({}, { holds: 'model' }, { holds: 'prompt_id' });

const argument: fc.Arbitrary<ArgumentDefinition> = fc
  .record({
    name,
    help,
    required: fc.boolean(),
    kind: fc.constantFrom<ArgumentDefinition['kind']>(
      ...(['prompt_id', 'run_id', 'prompt_or_run', 'text', 'choice', 'number', 'path'] as const),
    ),
    variadic: fc.boolean(),
    multiline: fc.boolean(),
  })
  .chain((base) =>
    fc
      .tuple(words, bounds, held)
      .map(([choices, limits, holds]) =>
        base.kind === 'choice'
          ? { ...base, choices }
          : { ...base, ...holds, ...(base.kind === 'number' && limits) },
      ),
  );

const option: fc.Arbitrary<OptionDefinition> = fc
  .record({
    name,
    help,
    essential: fc.boolean(),
    commandLineOnly: fc.boolean(),
    type: fc.constantFrom<OptionDefinition['type']>('flag', 'text', 'number', 'choice'),
  })
  .chain((base) =>
    fc.tuple(words, bounds, held).map(([choices, limits, holds]) => ({
      ...base,
      ...(base.type === 'choice' && { choices }),
      ...(base.type === 'number' && limits),
      ...(base.type === 'text' && holds),
    })),
  );

const definition: fc.Arbitrary<CommandDefinition> = fc
  .record({
    aliases: fc.constant([]),
    summary: help,
    arguments: fc.array(argument, { maxLength: 8 }),
    options: fc.array(option, { maxLength: 40 }),
    examples: fc.constant([]),
    role: fc.constantFrom('viewer' as const, 'operator' as const, 'admin' as const),
    assignments: fc.option(
      fc.record({
        pattern: fc.constantFrom('parameter=value', 'file=role', 'x'.repeat(40)),
        help,
        required: fc.boolean(),
        divide: fc.constant('first' as const),
        holds: fc.constant('parameters' as const),
      }),
      { nil: undefined },
    ),
  })
  .map(({ assignments, ...rest }) => (assignments === undefined ? rest : { ...rest, assignments }));

/** Verbs of any kind, more than Discord takes included. */
export const arbitraryRegistry: fc.Arbitrary<CommandTable> = fc
  .array(fc.tuple(name, definition), { maxLength: 40 })
  .map((verbs) => Object.fromEntries(verbs));

const parameter: fc.Arbitrary<Parameter> = fc
  .record({ title: help, help, unit: help, essential: fc.boolean(), choices: words, limits: bounds })
  .chain(({ choices, limits, ...base }) =>
    fc.constantFrom<Parameter>(
      { ...base, type: 'number', ...limits },
      { ...base, type: 'number', minimum: limits.minimum },
      { ...base, type: 'integer', maximum: Number.MAX_SAFE_INTEGER },
      { ...base, type: 'integer', ...limits },
      { ...base, type: 'number', minimum: -1e300, maximum: 1e300 },
      { ...base, type: 'boolean' },
      { ...base, type: 'string', max_length: 100_000 },
      { ...base, type: 'choice', choices },
    ),
  );

/** What of a profile becomes options. */
export const arbitraryProfiles = fc.array(
  fc.record({
    id: name,
    parameters: fc
      .array(fc.tuple(name, parameter), { maxLength: 60 })
      .map((entries): Profile['parameters'] => Object.fromEntries(entries)),
  }),
  { maxLength: 40 },
);

import type { Parameter, ParameterValue, Profile } from '../models/profile.ts';
import type { Random } from '../ports/random.ts';

/** The name of the parameter from which a model makes its noise, the same in every profile. */
export const SEED = 'seed';
/** Largest seed where the profile states no bound: every model takes 31 bits. */
const MAXIMUM_SEED = 2 ** 31 - 1;
const RANDOM_BYTES = 6;

type Integer = Extract<Parameter, { type: 'integer' }>;

/** Another seed for the same run: which parameter, and a value within its bounds that is not `present`. */
export function newSeed(
  profile: Profile,
  present: ParameterValue | undefined,
  random: Random,
): Readonly<Record<string, number>> {
  const parameter = seedOf(profile);
  if (parameter === undefined) return {};
  const { minimum = 0, maximum = MAXIMUM_SEED } = parameter;
  const count = maximum - minimum + 1;
  const number = random.bytes(RANDOM_BYTES).reduce((total, byte) => total * 256 + byte, 0);
  const seed = minimum + (number % count);
  return { [SEED]: seed === present ? minimum + ((number + 1) % count) : seed };
}

/** The seed of a run's parameters; absent where its model has none. */
export function seedIn(parameters: Readonly<Record<string, ParameterValue>>): ParameterValue | undefined {
  return parameters[SEED];
}

/** The same as words: `{ seed: '7' }`, or nothing. */
export function seedWords(
  parameters: Readonly<Record<string, ParameterValue>>,
): Readonly<Record<string, string>> {
  const seed = seedIn(parameters);
  return seed === undefined ? {} : { [SEED]: String(seed) };
}

export function hasSeed(profile: Profile): boolean {
  return seedOf(profile) !== undefined;
}

function seedOf(profile: Profile): Integer | undefined {
  const parameter = Object.hasOwn(profile.parameters, SEED) ? profile.parameters[SEED] : undefined;
  return parameter?.type === 'integer' ? parameter : undefined;
}

import { type Checked, invalid, type Problem, valid } from '../errors.ts';
import { checkValue } from '../models/check-value.ts';
import { asWeight, weightParameters } from '../models/parameters.ts';
import type { Parameter, Profile } from '../models/profile.ts';
import { listValues } from './list-values.ts';

export type GivenParameters = Readonly<Record<string, unknown>>;

/** Sets of parameters that came of one that holds lists. */
export interface Spread {
  /** All combinations; the last list changes fastest. */
  readonly sets: readonly [GivenParameters, ...GivenParameters[]];
  /** Names of the parameters that have several values, in the order in which they were given. */
  readonly varied: readonly string[];
}

/**
 * Every combination of the lists among `given`; a parameter that the profile does not have is left as it is. Values of
 * lists are checked, each problem said once with all the values that have it; a value that stands alone is not: whoever
 * checks the run does that. Fails also as `listValues` does, and with `queue.too_many_runs` {count, maximum} before
 * anything is checked or multiplied.
 */
export function spread(profile: Profile, given: GivenParameters, maximum: number): Checked<Spread> {
  const lists: (readonly [name: string, values: readonly unknown[]])[] = [];
  const problems: Problem[] = [];
  const weights = weightParameters(profile);
  for (const [name, value] of Object.entries(given)) {
    const parameter = Object.hasOwn(profile.parameters, name) ? profile.parameters[name] : undefined;
    if (parameter === undefined) {
      lists.push([name, [value]]);
      continue;
    }
    const listed = listValues(name, parameter, value, maximum);
    if (!listed.ok) problems.push(...listed.problems);
    else if (listed.value.length > maximum)
      problems.push({ code: 'queue.too_many_runs', parameters: { count: listed.value.length, maximum } });
    else if (listed.value.length === 1) lists.push([name, listed.value]);
    else {
      lists.push([name, listed.value]);
      problems.push(
        ...valueProblems(name, parameter, listed.value).map((each) =>
          weights.includes(name) ? asWeight(each) : each,
        ),
      );
    }
  }
  const [first, ...others] = problems;
  if (first !== undefined) return { ok: false, problems: [first, ...others] };
  const count = lists.reduce((product, [, values]) => product * values.length, 1);
  if (count > maximum) return invalid('queue.too_many_runs', { count, maximum });
  return valid({
    sets: product(lists),
    varied: lists.flatMap(([name, values]) => (values.length > 1 ? [name] : [])),
  });
}

/** One problem for all values that are wrong in the same way. */
function valueProblems(name: string, parameter: Parameter, values: readonly unknown[]): readonly Problem[] {
  const wrong = values.flatMap((value) => {
    const checked = checkValue(name, parameter, value);
    return checked.ok ? [] : checked.problems;
  });
  return [...Map.groupBy(wrong, ({ code }) => code).values()].flatMap((same) => {
    const [first] = same;
    if (first === undefined || same.length === 1) return same;
    // What was probably meant by one of them says nothing of the others.
    const { nearest: _, ...parameters } = first.parameters;
    const given = same.map((problem) => String(problem.parameters['given']));
    return [{ code: first.code, parameters: { ...parameters, given } }];
  });
}

function product(
  lists: readonly (readonly [name: string, values: readonly unknown[]])[],
): [GivenParameters, ...GivenParameters[]] {
  let sets: [GivenParameters, ...GivenParameters[]] = [{}];
  for (const [name, values] of lists) {
    const [first, ...others] = sets.flatMap((set) => values.map((value) => ({ ...set, [name]: value })));
    if (first !== undefined) sets = [first, ...others];
  }
  return sets;
}

import { checkValue, onStep } from '../../core/models/check-value.ts';
import type { Parameter } from '../../core/models/profile.ts';

type NumberParameter = Extract<Parameter, { type: 'number' | 'integer' }>;

type Pair = readonly [number, number];

/** Whole numbers of which nearly all are as good as any other, such as seeds: more than anybody would count. */
const MANY = 1_000_000;
/** Pairs to choose from where the parameter has no usual value that would be a hint. */
const PAIRS: readonly Pair[] = [
  [10, 20],
  [24, 48],
  [1, 2],
];
const FRACTIONS: Pair = [0.2, 0.5];
/** Of what is on or off. */
const SWITCH: Pair = [0, 1];

/**
 * How several values of a parameter are typed, in values that it takes: `1..4, or 7, 11`, `0.2, 0.5`. Undefined where it
 * takes no two of those that come to mind.
 */
export function severalExample(name: string, parameter: NumberParameter): string | undefined {
  const takes = (value: number): boolean => checkValue(name, parameter, value).ok;
  const { minimum = 0, maximum = Infinity } = parameter;
  if (parameter.type === 'integer' && maximum - minimum > MANY && [1, 4, 7, 11].every(takes))
    return '1..4, or 7, 11';
  const usual = typeof parameter.default === 'number' ? parameter.default : undefined;
  const near = usual === undefined ? [] : [usual < 1.5 ? FRACTIONS : pairBelow(parameter, usual)];
  const pair = [...near, ...PAIRS, FRACTIONS, SWITCH].find(
    ([one, other]) => one !== other && takes(one) && takes(other),
  );
  return pair && `${pair[0]}, ${pair[1]}`;
}

/** What is usual, and about the half of it. */
function pairBelow(parameter: NumberParameter, usual: number): Pair {
  const half = usual >= 20 ? Math.round(usual / 20) * 10 : Math.ceil(usual / 2);
  return [onStep(parameter, half), usual];
}

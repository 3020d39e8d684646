import { checkValue } from '../../core/models/check-value.ts';
import type { Parameter } from '../../core/models/profile.ts';
import { listValues } from '../../core/requests/list-values.ts';

/** More values than this are not made of a range to see what it holds; of the runs of a request there are fewer. */
const LOOKED_AT = 10_000;

/** How many values were typed into one field; infinite where they are more than anybody may ask for. */
export function valueCount(name: string, parameter: Parameter, given: string): number {
  const values = listValues(name, parameter, given, LOOKED_AT);
  if (values.ok) return values.value.length;
  return values.problems.some(({ code }) => code === 'queue.too_many_runs') ? Infinity : 1;
}

/** Whether it is a value of the parameter, or a list of such values. */
export function fitsParameter(name: string, parameter: Parameter, given: unknown): boolean {
  const values = listValues(name, parameter, given, LOOKED_AT);
  return values.ok && values.value.every((value) => checkValue(name, parameter, value).ok);
}

import { type Checked, invalid, valid } from './errors.ts';
import { nearest } from './nearest.ts';

/** Ids and names are lower case; phones write capitals. */
export function normalised(reference: string): string {
  return reference.trim().toLowerCase().normalize('NFC');
}

/**
 * The one that is meant by `given`: named so exactly, or the only match. Fails with `input.id_ambiguous` {kind, given,
 * matches: by what begins so} and `input.id_unknown` {kind, given, nearest?: among the names of `recent`}.
 */
export function pick<T>(
  kind: 'prompt' | 'run' | 'request',
  given: string,
  matches: readonly T[],
  namesOf: (item: T) => string[],
  recent: () => readonly T[],
): Checked<T> {
  const exact = given === '' ? undefined : matches.find((item) => namesOf(item).includes(given));
  if (exact !== undefined) return valid(exact);
  const [only, ...others] = given === '' ? [] : matches;
  if (only !== undefined && others.length === 0) return valid(only);
  if (only !== undefined) {
    return invalid('input.id_ambiguous', {
      kind,
      given,
      matches: matches.flatMap((item) => shownAs(namesOf(item), given)),
    });
  }
  const guess = nearest(given, recent().flatMap(namesOf));
  return invalid('input.id_unknown', { kind, given, ...(guess && { nearest: guess }) });
}

/** The name of a thing that begins as was typed. */
function shownAs(names: readonly string[], given: string): readonly string[] {
  const name = names.find((each) => each.startsWith(given)) ?? names[0];
  return name === undefined ? [] : [name];
}

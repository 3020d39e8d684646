import { type Checked, type Problem, valid } from '../errors.ts';
import type { Secret } from '../ports/secret.ts';
import type { WebConfig } from './config.ts';
import type { SecretLookup, SecretReference } from './secret.ts';

/** As many characters as 24 random bytes have in base64, or 16 in hexadecimal: nobody guesses those. */
const SHORTEST_SECRET = 32;

/** Secrets of links: the first signs, all of them verify. */
export type LinkSecrets = readonly [Secret, ...Secret[]];

/**
 * The secrets of `[web]`. Problems, each with `where` and never with a value: `config.secret_missing`, and
 * `config.out_of_range` for what is shorter than 32 characters.
 */
export function linkSecrets(
  { linkSecret, previousLinkSecrets }: Pick<WebConfig, 'linkSecret' | 'previousLinkSecrets'>,
  lookup: SecretLookup,
): Checked<LinkSecrets> {
  const current = checked('web.link_secret', linkSecret, lookup);
  const former = previousLinkSecrets.map((each, index) =>
    checked(`web.previous_link_secrets[${index}]`, each, lookup),
  );
  const [problem, ...problems] = [current, ...former].flatMap((each) => (each.ok ? [] : each.problems));
  if (problem !== undefined) return { ok: false, problems: [problem, ...problems] };
  if (!current.ok) return current;
  return valid([current.value, ...former.flatMap((each) => (each.ok ? [each.value] : []))]);
}

function checked(where: string, reference: SecretReference, lookup: SecretLookup): Checked<Secret> {
  const found = lookup(reference);
  const placed = ({ code, parameters }: Problem): Problem => ({ code, parameters: { where, ...parameters } });
  if (!found.ok) {
    const [first, ...others] = found.problems;
    return { ok: false, problems: [placed(first), ...others.map(placed)] };
  }
  if (found.value.reveal().length >= SHORTEST_SECRET) return found;
  const parameters = { where, measure: 'characters', minimum: SHORTEST_SECRET };
  return { ok: false, problems: [{ code: 'config.out_of_range', parameters }] };
}

import { createHash } from 'node:crypto';
import { schemaProblems } from '../config/schema-problems.ts';
import { type Checked, CosmosError, invalid, valid } from '../errors.ts';
import type { Profile } from './profile.ts';
import { asProfile, profileSchema } from './profile-schema.ts';

/**
 * Checks a parsed TOML table or JSON value; `file` is what problems name. Problems: those of `schemaProblems` with
 * `file` (wrong keys, types, ranges), and `config.profile_invalid` {file, where, detail, nearest?} for what is wrong
 * between the keys.
 */
export function parseProfile(data: unknown, file: string): Checked<Profile> {
  const parsed = profileSchema.safeParse(data);
  if (parsed.success) return valid(asProfile(parsed.data));
  const checked = { schema: profileSchema, input: data, parameters: { file } };
  const [first, ...rest] = schemaProblems(parsed.error, checked);
  if (first === undefined)
    return invalid('config.profile_invalid', { file, where: '', detail: parsed.error.message });
  return { ok: false, problems: [first, ...rest] };
}

/** Reads back the profile that was stored with a run; throws the first problem of `parseProfile` where it cannot be one. */
export function parseStoredProfile(json: string): Profile {
  const checked = parseProfile(JSON.parse(json), 'stored with the run');
  if (checked.ok) return checked.value;
  const { code, parameters } = checked.problems[0];
  throw new CosmosError(code, parameters);
}

/** Lower-case hexadecimal SHA-256 of the profile's canonical JSON: keys in order, no white space. */
export function profileHash(profile: Profile): string {
  return createHash('sha256').update(canonicalJson(profile)).digest('hex');
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

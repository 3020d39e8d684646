import type { Checked, Problem } from '../errors.ts';
import { type PromptInput, ROLES, type Role } from '../prompts/prompt.ts';
import { asPrepared } from './prepare.ts';
import type { Profile } from './profile.ts';

/**
 * Whether a profile takes these files; its value are those that it has a use for (a prompt may hold more). All problems
 * at once: `input.role_missing` {role, model}, `input.role_wrong_kind` {role, kind, expected},
 * `input.extension_not_taken` {role, extension, allowed, model}, `input.frames_out_of_range` {role, frames, minimum, maximum?, model}, `input.seconds_out_of_range` {role,
 * seconds, minimum?, maximum?, model}, `input.too_many_pixels` {role, width, height, maximum, model}.
 */
export function checkInputs(
  profile: Profile,
  inputs: readonly PromptInput[],
): Checked<readonly PromptInput[]> {
  const taken = inputs.filter(({ role }) => profile.inputs[role] !== undefined);
  // What is made of a file before it is sent has to fit, not the file itself.
  const seen = taken.map((input) => asPrepared(profile, input));
  const [first, ...rest] = [
    ...missingRoles(profile, taken),
    ...seen.flatMap((input) => [
      ...wrongKind(input),
      ...wrongExtension(profile, input),
      ...wrongLength(profile, input),
      ...wrongDuration(profile, input),
      ...wrongSize(profile, input),
    ]),
  ];
  return first === undefined ? { ok: true, value: taken } : { ok: false, problems: [first, ...rest] };
}

function missingRoles(profile: Profile, inputs: readonly PromptInput[]): Problem[] {
  return Object.entries(profile.inputs)
    .filter(([role, input]) => input?.required === true && !inputs.some((given) => given.role === role))
    .map(([role]) => ({ code: 'input.role_missing', parameters: { role, model: profile.id } }));
}

function wrongKind({ role, asset }: PromptInput): Problem[] {
  const expected = ROLES[role satisfies Role];
  const { kind } = asset.facts;
  return kind === expected ? [] : [{ code: 'input.role_wrong_kind', parameters: { role, kind, expected } }];
}

function wrongExtension({ id, inputs }: Profile, { role, asset: { extension } }: PromptInput): Problem[] {
  const allowed = inputs[role]?.extensions;
  if (allowed === undefined || allowed.includes(extension)) return [];
  return [{ code: 'input.extension_not_taken', parameters: { role, extension, allowed, model: id } }];
}

function wrongLength({ id, media }: Profile, { role, asset: { facts } }: PromptInput): Problem[] {
  if (facts.kind !== 'video') return [];
  const { frames } = facts;
  const { min_frames: minimum, max_frames: maximum } = media;
  if (frames >= minimum && frames <= (maximum ?? Infinity)) return [];
  const limits = maximum === undefined ? { minimum } : { minimum, maximum };
  return [{ code: 'input.frames_out_of_range', parameters: { role, frames, ...limits, model: id } }];
}

function wrongDuration({ id, inputs }: Profile, { role, asset: { facts } }: PromptInput): Problem[] {
  if (facts.kind !== 'audio') return [];
  const { min_seconds: minimum, max_seconds: maximum } = inputs[role] ?? {};
  const seconds = facts.durationMs / 1000;
  if (seconds >= (minimum ?? 0) && seconds <= (maximum ?? Infinity)) return [];
  const limits = { ...(minimum !== undefined && { minimum }), ...(maximum !== undefined && { maximum }) };
  return [{ code: 'input.seconds_out_of_range', parameters: { role, seconds, ...limits, model: id } }];
}

function wrongSize({ id, media }: Profile, { role, asset: { facts } }: PromptInput): Problem[] {
  const maximum = media.max_pixels;
  if (facts.kind === 'audio' || maximum === undefined) return [];
  const { width, height } = facts;
  if (width * height <= maximum) return [];
  return [{ code: 'input.too_many_pixels', parameters: { role, width, height, maximum, model: id } }];
}

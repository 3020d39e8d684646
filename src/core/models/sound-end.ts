import type { PromptInput, Role } from '../prompts/prompt.ts';
import { asPrepared } from './prepare.ts';
import type { ParameterValue, ParameterValues, Profile } from './profile.ts';

/** A sound that ends before the frames that are asked for, and the video with it. */
export interface SoundEnd {
  readonly role: Role;
  /** Of the sound, and so of the video. */
  readonly seconds: number;
  /** The setting that makes no more frames than are kept: the others take their time for nothing. */
  readonly enough?: { readonly parameter: string; readonly value: ParameterValue };
}

/** Undefined where the video has all the frames that it is asked for. */
export function soundEnd(
  profile: Profile,
  inputs: readonly PromptInput[],
  parameters: ParameterValues,
): SoundEnd | undefined {
  const { made } = profile.media;
  const frames = made && parameters[made.frames];
  const sound = inputs.find(({ role }) => role === made?.ends_with);
  if (made === undefined || sound === undefined || typeof frames !== 'number') return undefined;
  const { facts } = asPrepared(profile, sound).asset;
  if (facts.kind !== 'audio') return undefined;
  const heard = Math.ceil((facts.durationMs / 1000) * made.fps);
  if (heard >= frames) return undefined;
  const value = enoughFrames(profile.parameters[made.frames], heard);
  return {
    role: sound.role,
    seconds: facts.durationMs / 1000,
    ...(value !== undefined && value < frames && { enough: { parameter: made.frames, value } }),
  };
}

/** The least that the parameter allows and that is not less. */
function enoughFrames(
  parameter: Profile['parameters'][string] | undefined,
  least: number,
): number | undefined {
  if (parameter?.type !== 'integer') return undefined;
  const { minimum = 1, step = 1 } = parameter;
  return minimum + Math.max(0, Math.ceil((least - minimum) / step)) * step;
}

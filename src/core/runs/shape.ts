import type { Profile } from '../models/profile.ts';
import type { PromptInput } from '../prompts/prompt.ts';
import type { Run } from './run.ts';

/** Size and length of what a model works on. */
export interface VideoShape {
  readonly frames: number;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
}

type Asked = Pick<Run, 'inputs' | 'parameters'>;
type Made = NonNullable<Profile['media']['made']>;

/**
 * What the time of a run depends on: the video that its settings ask for where they alone say what is made; else the main
 * video that its model takes, else a picture, which is one frame.
 */
export function workShape(profile: Profile, asked: Asked): VideoShape | undefined {
  if (profile.media.made !== undefined) return madeShape(profile.media.made, asked);
  const video = videoShape(profile, asked);
  if (video !== undefined) return video;
  for (const { asset } of taken(profile, asked)) {
    const { facts } = asset;
    if (facts.kind === 'image') return { frames: 1, width: facts.width, height: facts.height };
  }
  return undefined;
}

/**
 * The shape of the main video of a run: the first one that its model takes, `color` before the others, with no more
 * frames than the parameter says that the profile names for it.
 */
export function videoShape(profile: Profile, asked: Asked): VideoShape | undefined {
  for (const { asset } of taken(profile, asked)) {
    if (asset.facts.kind === 'video') {
      const { frames, width, height } = asset.facts;
      return { frames: Math.min(frames, mostFrames(profile, asked)), width, height };
    }
  }
  return undefined;
}

function taken({ inputs }: Profile, asked: Asked): readonly PromptInput[] {
  return asked.inputs.filter(({ role }) => inputs[role] !== undefined);
}

function mostFrames({ timing }: Profile, { parameters }: Asked): number {
  const value = timing.frames_parameter === undefined ? undefined : parameters[timing.frames_parameter];
  return typeof value === 'number' ? value : Infinity;
}

/** Undefined where one of the settings has no value. */
function madeShape(made: Made, { parameters }: Asked): VideoShape | undefined {
  const [frames, width, height] = [made.frames, made.width, made.height].map((name) =>
    // Sizes may be choices, whose values are texts.
    Number(parameters[name]),
  );
  const isWhole = [frames, width, height].every((value) => Number.isInteger(value));
  if (!isWhole || frames === undefined || width === undefined || height === undefined) return undefined;
  return { frames, width, height };
}

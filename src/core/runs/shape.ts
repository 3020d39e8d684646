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

/** What the time of a run depends on: the main video that its model takes, else a picture, which is one frame. */
export function workShape(profile: Profile, asked: Asked): VideoShape | undefined {
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

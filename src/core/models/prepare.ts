import { reducePlan } from '../media/reduce-plan.ts';
import type { ReducePlan } from '../ports/media.ts';
import type { PromptInput } from '../prompts/prompt.ts';
import type { Profile } from './profile.ts';

/** How a file is made smaller before it is sent; undefined where it goes as it is. */
export function preparation({ inputs }: Profile, { role, asset }: PromptInput): ReducePlan | undefined {
  const bounds = inputs[role]?.prepare;
  if (bounds === undefined || asset.facts.kind !== 'video') return undefined;
  const { max_long_side: longSide, max_short_side: shortSide, max_frames: frames } = bounds;
  return reducePlan(asset.facts, {
    ...(longSide !== undefined && { longSide }),
    ...(shortSide !== undefined && { shortSide }),
    ...(frames !== undefined && { frames }),
  });
}

/** The file as the model will see it, before anything of it is made: only its content is not known yet. */
export function asPrepared(profile: Profile, input: PromptInput): PromptInput {
  const plan = preparation(profile, input);
  const { facts } = input.asset;
  if (plan === undefined || facts.kind !== 'video') return input;
  const { width, height, fps, frames } = plan;
  const prepared = { ...facts, ...{ width, height, frames }, durationMs: (frames / fps) * 1000 };
  return { ...input, asset: { ...input.asset, extension: PREPARED_EXTENSION, facts: prepared } };
}

/** What the bot makes of videos. */
export const PREPARED_EXTENSION = 'mp4';

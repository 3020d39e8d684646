import type { PromptInput } from '../prompts/prompt.ts';

/** Size and length of what a model works on. */
export interface VideoShape {
  readonly frames: number;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
}

/** What the time of a run depends on: the main video, else a picture, which is one frame. */
export function workShape(inputs: readonly PromptInput[]): VideoShape | undefined {
  const video = videoShape(inputs);
  if (video !== undefined) return video;
  for (const { asset } of inputs) {
    const { facts } = asset;
    if (facts.kind === 'image') return { frames: 1, width: facts.width, height: facts.height };
  }
  return undefined;
}

/** The shape of the main video of these inputs: the first one, `color` before the others. */
export function videoShape(inputs: readonly PromptInput[]): VideoShape | undefined {
  for (const { asset } of inputs) {
    if (asset.facts.kind === 'video') {
      const { frames, width, height } = asset.facts;
      return { frames, width, height };
    }
  }
  return undefined;
}

import type { PromptInput } from '../prompts/prompt.ts';
import type { Profile } from './profile.ts';

export interface Size {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
}

/** How large the video will be that a model makes of these files; undefined where its profile does not tell. */
export function outputSize({ media }: Profile, inputs: readonly PromptInput[]): Size | undefined {
  const facts = inputs[0]?.asset.facts;
  if (facts === undefined || facts.kind === 'audio' || media.buckets.length === 0) return undefined;
  const shape = facts.width / facts.height;
  const distance = ([width, height]: readonly [number, number]): number => Math.abs(width / height - shape);
  const [width, height] = media.buckets.reduce((best, bucket) =>
    distance(bucket) < distance(best) ? bucket : best,
  );
  return { width: Math.round(width * media.output_scale), height: Math.round(height * media.output_scale) };
}

import { copyPlan, reducePlan } from '../media/reduce-plan.ts';
import type { MediaFacts, ReducePlan, SoundPlan } from '../ports/media.ts';
import type { PromptInput } from '../prompts/prompt.ts';
import type { Profile } from './profile.ts';

/** How the bot makes another file of one. */
export type Preparation =
  /** An H.264 mp4. */
  | { readonly kind: 'video'; readonly plan: ReducePlan }
  /** A WAV file. */
  | { readonly kind: 'sound'; readonly plan: SoundPlan }
  /** A JPEG. */
  | { readonly kind: 'picture'; readonly width: number; readonly height: number };

const EXTENSIONS = { video: 'mp4', sound: 'wav', picture: 'jpg' } as const;
const CODECS = { video: 'h264', sound: 'pcm_s16le', picture: 'mjpeg' } as const;

/** How a file is changed before it is sent, as its model's profile wants it; undefined where it goes as it is. */
export function preparation({ inputs }: Profile, { role, asset }: PromptInput): Preparation | undefined {
  const wanted = inputs[role]?.prepare;
  const { facts } = asset;
  if (wanted === undefined || facts.kind === 'image') return undefined;
  if (facts.kind === 'audio') {
    const { sample_rate: sampleRate, channels = 1, max_seconds: maxSeconds } = wanted;
    if (sampleRate === undefined) return undefined;
    return { kind: 'sound', plan: { sampleRate, channels, ...(maxSeconds !== undefined && { maxSeconds }) } };
  }
  const { max_long_side: longSide, max_short_side: shortSide, max_frames: frames, fps } = wanted;
  const bounds = {
    ...(longSide !== undefined && { longSide }),
    ...(shortSide !== undefined && { shortSide }),
    ...(frames !== undefined && { frames }),
    ...(fps !== undefined && { fps }),
  };
  // Pixels, frames and rate may be right in a format that the model cannot read.
  const isTaken = inputs[role]?.extensions?.includes(asset.extension) ?? true;
  const plan = isTaken ? reducePlan(facts, bounds) : copyPlan(facts, bounds);
  return plan && { kind: 'video', plan };
}

/** The file as the model will see it, before anything of it is made: only its content is not known yet. */
export function asPrepared(profile: Profile, input: PromptInput): PromptInput {
  const way = preparation(profile, input);
  return way === undefined ? input : preparedInput(input, way);
}

/** The same for any way. */
export function preparedInput(input: PromptInput, way: Preparation): PromptInput {
  const facts = preparedFacts(input.asset.facts, way);
  return { ...input, asset: { ...input.asset, extension: EXTENSIONS[way.kind], facts } };
}

/** Of the files that are made, without dot. */
export function preparedExtension({ kind }: Preparation): string {
  return EXTENSIONS[kind];
}

/** Names the way among all: a file that was made in it once need not be made again. */
export function recipeOf(way: Preparation): string {
  switch (way.kind) {
    case 'video': {
      const { width, height, frames, fps, sourceFps } = way.plan;
      return `${width}x${height} ${frames}${sourceFps === undefined ? '' : ` ${fps}fps`}`;
    }
    case 'sound': {
      const { sampleRate, channels, maxSeconds } = way.plan;
      return `wav ${sampleRate} ${channels}${maxSeconds === undefined ? '' : ` ${maxSeconds}s`}`;
    }
    case 'picture':
      return `jpg ${way.width}x${way.height}`;
  }
}

function preparedFacts(facts: MediaFacts, way: Preparation): MediaFacts {
  const codec = CODECS[way.kind];
  if (facts.kind === 'video' && way.kind === 'video') {
    const { width, height, fps, frames } = way.plan;
    return {
      ...facts,
      ...{ width, height, fps, frames, codec },
      hasAudio: false,
      durationMs: (frames / fps) * 1000,
    };
  }
  if (facts.kind === 'audio' && way.kind === 'sound') {
    const most = (way.plan.maxSeconds ?? Infinity) * 1000;
    return { ...facts, codec, durationMs: Math.min(facts.durationMs, most) };
  }
  if (facts.kind === 'image' && way.kind === 'picture') {
    const { width, height } = way;
    return { ...facts, width, height, codec };
  }
  return facts;
}

import { copyPlan, reducePlan } from '../media/reduce-plan.ts';
import type { MediaFacts, VideoFacts } from '../ports/media.ts';
import type { PromptInput } from '../prompts/prompt.ts';
import { checkInputs } from './check-inputs.ts';
import { checkRun } from './check-run.ts';
import { type Preparation, preparedExtension, preparedInput } from './prepare.ts';
import type { Profile } from './profile.ts';

/** What is made of the files of a prompt so that a model takes them. */
export interface FitChange {
  /** What is done, each once. */
  readonly does: readonly FitDeed[];
  /** Each file that changes. */
  readonly files: readonly { readonly input: PromptInput; readonly way: Preparation }[];
}

export type FitDeed =
  /** Another format: mp4, wav or jpg. */
  | { readonly kind: 'convert'; readonly to: string }
  /** The beginning alone. */
  | { readonly kind: 'cut'; readonly frames: number }
  | { readonly kind: 'shorten'; readonly seconds: number }
  /** Fewer pixels. */
  | { readonly kind: 'shrink'; readonly width: number; readonly height: number };

/** What a sound becomes where its profile says nothing of it. */
const USUAL_SOUND = { sampleRate: 48_000, channels: 2 } as const;

/**
 * How to make a model take files that it does not take as they are; undefined where it takes them, and where no change of
 * ours would be enough. The videos of a prompt have one size and length, and keep that.
 */
export function fitChange(profile: Profile, inputs: readonly PromptInput[]): FitChange | undefined {
  const checked = checkInputs(profile, inputs);
  if (checked.ok) return undefined;
  const troubled = new Set(checked.problems.map(({ parameters }) => parameters['role']));
  const isLarge = checked.problems.some(
    ({ code }) => code === 'input.frames_out_of_range' || code === 'input.too_many_pixels',
  );
  const files = inputs.flatMap((input) => {
    const isWanted = troubled.has(input.role) || (isLarge && input.asset.facts.kind === 'video');
    const way = isWanted ? wayFor(profile, input) : undefined;
    return way === undefined ? [] : [{ input, way }];
  });
  const changed = inputs.map((input) => {
    const way = files.find((file) => file.input === input)?.way;
    return way === undefined ? input : preparedInput(input, way);
  });
  if (files.length === 0 || !checkRun(profile, changed, {}).ok) return undefined;
  return { does: deedsOf(files), files };
}

function wayFor({ inputs, media }: Profile, { role, asset }: PromptInput): Preparation | undefined {
  const { facts, extension } = asset;
  const takes = (given: string): boolean => inputs[role]?.extensions?.includes(given) ?? true;
  if (facts.kind === 'video') {
    const { max_frames: frames, max_pixels: pixels } = media;
    const bounds = { ...(frames !== undefined && { frames }), ...(pixels !== undefined && { pixels }) };
    const plan = takes(extension) ? reducePlan(facts, bounds) : copyPlan(facts, bounds);
    return plan && { kind: 'video', plan };
  }
  if (facts.kind === 'audio') {
    const most = inputs[role]?.max_seconds;
    const isLong = most !== undefined && facts.durationMs > most * 1000;
    return takes(extension) && !isLong
      ? undefined
      : { kind: 'sound', plan: { ...USUAL_SOUND, ...(isLong && { maxSeconds: most }) } };
  }
  const scale = Math.min(1, Math.sqrt((media.max_pixels ?? Infinity) / (facts.width * facts.height)));
  if (takes(extension) && scale === 1) return undefined;
  const width = Math.floor(facts.width * scale);
  return { kind: 'picture', width, height: Math.floor((facts.height * width) / facts.width) };
}

function deedsOf(files: FitChange['files']): FitDeed[] {
  const deeds = files.flatMap(({ input: { asset }, way }): FitDeed[] => {
    const to = preparedExtension(way);
    const convert: FitDeed[] = asset.extension === to ? [] : [{ kind: 'convert', to }];
    return [
      ...convert,
      ...(way.kind === 'sound' ? soundDeeds(asset.facts, way) : sizeDeeds(asset.facts, way)),
    ];
  });
  return [...new Map(deeds.map((deed) => [JSON.stringify(deed), deed])).values()];
}

function soundDeeds(facts: MediaFacts, { plan }: Extract<Preparation, { kind: 'sound' }>): FitDeed[] {
  const { maxSeconds = Infinity } = plan;
  const isShorter = facts.kind === 'audio' && facts.durationMs > maxSeconds * 1000;
  return isShorter ? [{ kind: 'shorten', seconds: maxSeconds }] : [];
}

function sizeDeeds(facts: MediaFacts, way: Exclude<Preparation, { kind: 'sound' }>): FitDeed[] {
  if (facts.kind === 'audio') return [];
  const { width, height } = way.kind === 'video' ? way.plan : way;
  const cut: FitDeed[] =
    way.kind === 'video' && isLonger(facts, way.plan.frames)
      ? [{ kind: 'cut', frames: way.plan.frames }]
      : [];
  const isSmaller = width < facts.width || height < facts.height;
  return [...cut, ...(isSmaller ? [{ kind: 'shrink', width, height } as const] : [])];
}

function isLonger(facts: MediaFacts, frames: number): facts is VideoFacts {
  return facts.kind === 'video' && facts.frames > frames;
}

import { type SmallLane, smallGpus, wantedGb, wishesByCount } from '../../core/models/gpu-memory.ts';
import type { Profile } from '../../core/models/profile.ts';
import type { GpuAnswer, GpuFacts } from '../../core/ports/host.ts';
import type { CheckLine } from './host-check-words.ts';
import { count, gpuMemory } from './numbers.ts';

/** Lanes that are named for being too small; the others are counted. */
const NAMED = 2;

interface Lane {
  readonly name: string;
  readonly gpus: readonly string[];
}

/** What the models of a host ask of each GPU of its lanes; GPUs whose driver does not tell their memory pass. */
export function gpuMemoryLines(
  answer: GpuAnswer,
  lanes: readonly Lane[],
  profiles: readonly Pick<Profile, 'id' | 'requires'>[],
): readonly CheckLine[] {
  return profiles.flatMap((profile) =>
    lanes.flatMap((lane) => {
      const wanted = wantedGb(profile.requires, lane.gpus.length);
      if (wanted === undefined) return [];
      return smallGpus(answer, lane, wanted).map((gpu) => tooLittle(gpu, lane, profile, wanted));
    }),
  );
}

function tooLittle(
  { index, memoryTotalBytes = 0 }: GpuFacts,
  { name, gpus }: Lane,
  { id, requires: { min_vram_gb: wish } }: Pick<Profile, 'id' | 'requires'>,
  wanted: number,
): CheckLine {
  const isTable = typeof wish === 'object';
  const where = isTable ? ` ${onGpus(gpus.length)}` : '';
  const isLessOnMore =
    isTable && wishesByCount(wish).some(([least, gigabytes]) => least > gpus.length && gigabytes < wanted);
  return {
    passed: false,
    text: `GPU ${index} of the lane ${name} has ${gpuMemory(memoryTotalBytes)} of memory; ${id} wants ${wanted} GB or more${where}.`,
    advice: `Give that lane a larger GPU${isLessOnMore ? ', or more of them' : ''}, or take ${id} from the host's \`models\`; where your runs need less, set its \`requires.min_vram_gb\`.`,
  };
}

/** `28 GB or more each`, `96 GB or more each, 80 GB from 2 GPUs on`: what a model wants of GPUs. */
export function memoryWishWords(wish: NonNullable<Profile['requires']['min_vram_gb']>): string {
  if (typeof wish === 'number') return `${wish} GB or more each`;
  return wishesByCount(wish)
    .map(([least, gigabytes], index) => {
      const amount = `${gigabytes} GB${index === 0 ? ' or more each' : ''}`;
      return least === 1 ? amount : `${amount} from ${count(least, 'GPU')} on`;
    })
    .join(', ');
}

/** Where a wish for memory holds: `on each of 2 GPUs`. */
export function onGpus(gpus: number | undefined): string {
  if (gpus === undefined) return 'on each GPU';
  return gpus === 1 ? 'on a single GPU' : `on each of ${gpus} GPUs`;
}

/** What is not enough of what: `its GPUs have 22 GB, and it wants 28 GB`. */
export function tooSmallWords(
  { bytes, wantedGb: wanted, gpus }: Omit<SmallLane, 'lane'>,
  model = 'it',
): string {
  const where = gpus === undefined ? '' : ` ${onGpus(gpus)}`;
  return `its GPUs have ${gpuMemory(bytes)}, and ${model} wants ${wanted} GB${where}`;
}

/** Why a run waits although lanes are free, or will be sooner; nothing where there are none. */
export function smallLaneWords(lanes: readonly SmallLane[], model: string): readonly string[] {
  const named = lanes.slice(0, NAMED);
  const others = lanes.length - named.length;
  return [
    ...named.map((small) => `Not on ${small.lane}, which is free sooner: ${tooSmallWords(small, model)}.`),
    ...(others > 0
      ? [
          `${count(others, 'other lane')} that ${others === 1 ? 'is' : 'are'} free sooner ${others === 1 ? 'is' : 'are'} too small, too.`,
        ]
      : []),
  ];
}

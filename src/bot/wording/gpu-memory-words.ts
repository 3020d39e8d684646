import { isBelow } from '../../core/models/gpu-memory.ts';
import type { Profile } from '../../core/models/profile.ts';
import type { GpuAnswer, GpuFacts } from '../../core/ports/host.ts';
import { isNamed } from '../../core/runner/gpu-proof.ts';
import type { CheckLine } from './host-check-words.ts';
import { gpuMemory } from './numbers.ts';

/** What the models of a host ask of each GPU of its lanes; GPUs whose driver does not tell their memory pass. */
export function gpuMemoryLines(
  answer: GpuAnswer,
  lanes: readonly { readonly name: string; readonly gpus: readonly string[] }[],
  profiles: readonly Pick<Profile, 'id' | 'requires'>[],
): readonly CheckLine[] {
  if (answer.state !== 'listed') return [];
  return profiles.flatMap(({ id, requires: { min_vram_gb: wanted } }) =>
    wanted === undefined
      ? []
      : lanes.flatMap(({ name, gpus }) =>
          answer.gpus
            .filter((gpu) => gpus.some((given) => isNamed(gpu, given)) && isBelow(gpu, wanted))
            .map((gpu) => tooLittle(gpu, name, id, wanted)),
        ),
  );
}

function tooLittle(
  { index, memoryTotalBytes = 0 }: GpuFacts,
  lane: string,
  model: string,
  wanted: number,
): CheckLine {
  return {
    passed: false,
    text: `GPU ${index} of the lane ${lane} has ${gpuMemory(memoryTotalBytes)} of memory; ${model} wants ${wanted} GB or more.`,
    advice: `Give that lane a larger GPU, or take ${model} from the host's \`models\`; where your runs need less, set its \`requires.min_vram_gb\`.`,
  };
}

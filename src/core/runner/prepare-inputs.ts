import { preparation } from '../models/prepare.ts';
import type { Profile } from '../models/profile.ts';
import { PreparedAssets } from '../prompts/prepared-assets.ts';
import type { PromptInput } from '../prompts/prompt.ts';
import type { Run } from '../runs/run.ts';
import type { LaneContext } from './lane-context.ts';

/**
 * The inputs of a run as its model wants them: what it wants otherwise is made once, and kept under the hash of
 * its content. The run keeps the files that it was queued with. Throws as `PreparedAssets.of`.
 */
export async function preparedInputs(
  context: LaneContext,
  run: Run,
  profile: Profile,
  signal: AbortSignal,
): Promise<readonly PromptInput[]> {
  const { store, data, media, outputLimits: limits, wakeup } = context;
  const prepared = new PreparedAssets({ assets: store.assets, data, media, limits });
  const inputs: PromptInput[] = [];
  for (const input of run.inputs) {
    const way = preparation(profile, input);
    if (way === undefined) {
      inputs.push(input);
      continue;
    }
    const onBegin = (): void => {
      store.runs.setStage(run.id, 'resizing');
      wakeup.notify();
    };
    inputs.push({ ...input, asset: await prepared.of(input.asset, way, { signal, onBegin }) });
    store.runs.setStage(run.id, 'preparing');
  }
  return inputs;
}

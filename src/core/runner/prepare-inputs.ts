import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { flushDirectory } from '../flush-directory.ts';
import type { Sha256 } from '../ids.ts';
import { PREPARED_EXTENSION, preparation } from '../models/prepare.ts';
import type { Profile } from '../models/profile.ts';
import type { ReducePlan } from '../ports/media.ts';
import { mapFileErrors } from '../prompts/file-errors.ts';
import type { Asset, PromptInput } from '../prompts/prompt.ts';
import type { Run } from '../runs/run.ts';
import type { LaneContext } from './lane-context.ts';

/**
 * The inputs of a run as its model wants them: what is too large for it is made smaller once, and kept under the hash of
 * its content. The run keeps the files that it was queued with. Throws as `MediaWorker.reduce`.
 */
export async function preparedInputs(
  context: LaneContext,
  run: Run,
  profile: Profile,
  signal: AbortSignal,
): Promise<readonly PromptInput[]> {
  const inputs: PromptInput[] = [];
  for (const input of run.inputs) {
    const plan = preparation(profile, input);
    if (plan === undefined) inputs.push(input);
    else inputs.push({ ...input, asset: await prepared(context, run, input.asset, plan, signal) });
  }
  return inputs;
}

async function prepared(
  context: LaneContext,
  run: Run,
  source: Asset,
  plan: ReducePlan,
  signal: AbortSignal,
): Promise<Asset> {
  const { store, data, wakeup } = context;
  const recipe = `${plan.width}x${plan.height} ${plan.frames}`;
  const known = store.assets.prepared(source.sha256, recipe);
  const size = known && (await stat(data.asset(known.sha256)).catch(() => undefined))?.size;
  if (known !== undefined && size === known.bytes) return known;
  store.runs.setStage(run.id, 'resizing');
  wakeup.notify();
  const asset = await make(context, source, plan, signal);
  store.assets.addPrepared(source.sha256, recipe, asset);
  store.runs.setStage(run.id, 'preparing');
  return asset;
}

async function make(
  { media, data, outputLimits }: LaneContext,
  source: Asset,
  plan: ReducePlan,
  signal: AbortSignal,
): Promise<Asset> {
  await mkdir(data.incoming, { recursive: true });
  const directory = await mkdtemp(join(data.incoming, 'smaller-'));
  try {
    const path = join(directory, `video.${PREPARED_EXTENSION}`);
    await media.reduce(data.asset(source.sha256), path, plan, signal);
    const facts = await media.probe(path, outputLimits, signal);
    const hash = createHash('sha256');
    await pipeline(createReadStream(path), hash, { signal });
    const sha256 = hash.digest('hex') as Sha256;
    const { size: bytes } = await stat(path);
    const target = data.asset(sha256);
    await mapFileErrors('assets', async () => {
      await mkdir(dirname(target), { recursive: true });
      await rename(path, target);
      await flushDirectory(dirname(target));
    });
    return { sha256, bytes, facts, extension: PREPARED_EXTENSION };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

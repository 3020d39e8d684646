import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunId } from '../ids.ts';
import { systemCode } from '../system-code.ts';
import type { LaneContext } from './lane-context.ts';

/**
 * Removes what downloads of outputs that were cut off have left, once a run has ended: files whose names begin with a
 * dot. What cannot be removed is logged, and keeps nothing from its end.
 */
export async function removeUnfinishedOutputs(
  { data, logger }: Pick<LaneContext, 'data' | 'logger'>,
  run: RunId,
): Promise<void> {
  const directory = data.outputs(run);
  try {
    for (const name of await readdir(directory)) {
      if (name.startsWith('.')) await rm(join(directory, name), { force: true });
    }
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return;
    logger.warn({ run, err: error }, 'unfinished downloads are left');
  }
}

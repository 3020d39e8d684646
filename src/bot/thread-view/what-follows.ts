import type { CosmosApi } from '../../core/cosmos-api.ts';
import type { Profile } from '../../core/models/profile.ts';
import { hasSeed } from '../../core/runs/new-seed.ts';
import type { Run } from '../../core/runs/run.ts';
import type { ResultView } from './views.ts';

/** What can go on with a result. */
export function whatFollows(
  api: CosmosApi,
  run: Run,
): Pick<ResultView, 'hasSeed' | 'canUpscale' | 'enhanced' | 'unusedTextBytes'> {
  const profile = api.profileOf(run);
  return {
    ...(profile && { hasSeed: hasSeed(profile), canUpscale: canUpscale(api, run, profile) }),
    ...foundText(api, run),
  };
}

function canUpscale(api: CosmosApi, { outputs }: Run, { task }: Profile): boolean {
  const isVideo = outputs.some(({ kind, purpose }) => kind === 'video' && purpose === 'primary');
  return task === 'generate' && isVideo && api.models('upscale').length > 0;
}

function foundText(api: CosmosApi, run: Run): Pick<ResultView, 'enhanced' | 'unusedTextBytes'> {
  const enhanced = api.followUps.enhancedBy(run);
  if (enhanced !== undefined) return { enhanced };
  const unused = api.followUps.unusedText(run);
  return unused === undefined ? {} : { unusedTextBytes: unused.bytes };
}

import type { Comparison, Difference } from '../../core/runs/compare-bundles.ts';

const RESULTS = {
  same: 'The same result, bit for bit.',
  frames: 'Not the same file; size and number of frames are those of before.',
  different: 'Not the same result: size or number of frames differ.',
  unknown: 'Nobody can tell whether it is the same: the first run has no bundle any more.',
} as const satisfies Record<Comparison['result'], string>;

const DIFFERENCES = {
  profile: 'profile of the model',
  inputs: 'content of the inputs',
  job: 'settings and command of the job',
  image: 'image of the container',
  gpu: 'GPU',
  driver: 'driver of the GPU',
  host: 'host',
  version: 'version of the bot',
} as const satisfies Record<Difference['what'], string>;

/** How a reproduction came out, and what was not as before: one sentence each. */
export function comparisonWords({ result, differences }: Comparison): readonly string[] {
  if (result === 'unknown') return [RESULTS.unknown];
  if (differences.length === 0) {
    const cause = result === 'same' ? '' : ' The model itself does not give the same twice here.';
    return [RESULTS[result], `Nothing that is known of its making differs.${cause}`];
  }
  return [RESULTS[result], `What differs: ${differences.map(differenceWords).join('; ')}.`];
}

function differenceWords({ what, before, now }: Difference): string {
  const change = before === undefined || now === undefined ? '' : ` (${before} before, ${now} now)`;
  return `${DIFFERENCES[what]}${change}`;
}

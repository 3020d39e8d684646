/**
 * The points at which a run is held while a fault strikes. `before` a call of the host, `within` a transfer, on the
 * `host` while Docker is told to start the container, or in the `job`.
 */
export const PHASES = {
  connecting: { before: 'identify' },
  uploading: { within: 'putAsset' },
  prepared: { before: 'start' },
  starting: { on: 'host' },
  running: { on: 'job' },
  finished: { before: 'listOutputs' },
  downloading: { within: 'fetchOutput' },
  discarding: { before: 'discard' },
} as const satisfies Record<string, Hold>;

export type Hold =
  | { readonly before: 'identify' | 'start' | 'listOutputs' | 'discard' }
  | { readonly within: 'putAsset' | 'fetchOutput' }
  | { readonly on: 'host' | 'job' };

export type PhaseName = keyof typeof PHASES;

export const PHASE_NAMES = Object.keys(PHASES) as readonly PhaseName[];

export function holdOf(phase: PhaseName): Hold {
  return PHASES[phase];
}

import { CosmosError } from '../../core/errors.ts';

/** Whether what ended a transfer leaves a part behind that another call may go on with. */
export function isCutOff(thrown: unknown, signal: AbortSignal | undefined): boolean {
  if (signal?.aborted) return true;
  return thrown instanceof CosmosError && thrown.code === 'engine.host_unreachable';
}

import type { Clock } from '../../core/ports/clock.ts';
import { patiently as patientlyAsked } from '../chat/patiently.ts';
import type { Outbound } from './outbound.ts';
import { toChatError, waitAskedFor } from './slack-errors.ts';

/** As `patientlyAsked`, with Slack's way of asking. Throws what Slack threw. */
export async function patiently<T>(
  call: () => Promise<T>,
  patience: { clock: Clock; patienceMs: number; closed: AbortSignal },
): Promise<T> {
  return await patientlyAsked(call, { ...patience, waitAskedFor });
}

/** What the call answers; its failures in the codes of the port. */
export async function coded<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw toChatError(error);
  }
}

/** Looks for what appears only some time after it was accepted; undefined where it is not there after `shareMs`. */
export async function lookFor<T>(
  look: () => Promise<T | undefined>,
  { clock, times, closed }: Pick<Outbound, 'clock' | 'times' | 'closed'>,
): Promise<T | undefined> {
  let waited = 0;
  for (let wait = times.shareIntervalMs; !closed.aborted; wait *= 2) {
    const seen = await look();
    if (seen !== undefined || waited >= times.shareMs) return seen;
    await clock.sleep(wait, closed);
    waited += wait;
  }
  return undefined;
}

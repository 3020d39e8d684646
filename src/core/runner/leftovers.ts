import { type Problem, toCosmosError } from '../errors.ts';
import type { AttemptId } from '../ids.ts';
import type { LaneContext } from './lane-context.ts';

/** Time that the removal of an ended attempt gets beyond the end of the bot, ms: less than a shutdown may take. */
const LAST_DISCARD_MS = 3000;

/**
 * Removes the directory of an attempt that has just ended. Who waited for that end closes the bot now: what is left of
 * the attempt goes all the same, if that is quick. False where something stays on the host for a later sweep.
 */
export async function discardEnded(
  context: LaneContext,
  attempt: AttemptId,
  signal: AbortSignal,
): Promise<boolean> {
  const late = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const onAbort = (): void => {
    timer = setTimeout(() => late.abort(signal.reason), LAST_DISCARD_MS);
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await discardAttempt(context, attempt, late.signal);
  } finally {
    signal.removeEventListener('abort', onAbort);
    clearTimeout(timer);
  }
}

async function discardAttempt(
  context: LaneContext,
  attempt: AttemptId,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await context.host.discard(attempt, signal);
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    context.logger.warn({ attempt, err: toCosmosError(error) }, 'attempt directory could not be removed');
    return false;
  }
}

/**
 * Removes what ended attempts of this bot have left on the host, processes included: an attempt ends only when they
 * are gone, when another host answered, or when somebody gave the host up. One that the database does not know is
 * reported and left alone. Returns what stands in the way of saying that nothing of an ended attempt is alive there;
 * why is logged at `level`.
 */
export async function sweepLeftovers(
  context: LaneContext,
  signal: AbortSignal,
  level: 'warn' | 'debug' = 'warn',
): Promise<Problem | undefined> {
  const { host, store, instance, logger } = context;
  let obstacle: Problem | undefined;
  try {
    // Whichever host answers now: one that was wiped meanwhile has another id.
    await host.identify(signal);
    for (const { attempt, status } of await host.leftovers(instance, signal)) {
      const known = store.attempts.stateOf(attempt);
      if (known === 'open') continue;
      if (known === 'unknown') {
        logger.error({ attempt, status }, 'the host has an attempt of ours that the database does not know');
        continue;
      }
      if (status.state === 'running') await host.stop(attempt, 'kill', signal);
      if (await isGone(context, attempt, signal, level)) continue;
      obstacle ??= { code: 'engine.not_stopped', parameters: { host: host.name, attempt } };
    }
    return obstacle;
  } catch (error) {
    if (signal.aborted) throw error;
    const failure = toCosmosError(error);
    if (failure.layer === 'store') throw failure;
    logger[level]({ host: host.name, err: failure }, 'leftovers could not be removed');
    return { code: failure.code, parameters: { host: host.name, ...failure.parameters } };
  }
}

/** Removes the directory of an ended attempt. True where nothing of it is alive or can begin, also if its files stay. */
async function isGone(
  context: LaneContext,
  attempt: AttemptId,
  signal: AbortSignal,
  level: 'warn' | 'debug',
): Promise<boolean> {
  try {
    await context.host.discard(attempt, signal);
    return true;
  } catch (error) {
    if (signal.aborted) throw error;
    context.logger[level]({ attempt, err: toCosmosError(error) }, 'attempt directory could not be removed');
  }
  const { state } = await context.host.inspect(attempt, signal);
  return state === 'exited' || state === 'vanished' || state === 'abandoned';
}

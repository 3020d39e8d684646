import { type CosmosError, type ErrorCode, isRetryable } from '../errors.ts';

/** Tries at getting an attempt started before its run fails; the model begins in none of them. */
const MAXIMUM_TRIES = 6;
const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 60_000;

/** A wiped host gets everything anew; what a host says that nobody understands may pass, as while its engine restarts. */
const WORTH_ANOTHER_TRY: ReadonlySet<ErrorCode> = new Set(['engine.host_replaced', 'engine.command_failed']);

/**
 * How long to wait before the next try, ms; undefined where trying again cannot help. A host that does not answer is
 * asked for as long as it takes: its run is neither lost nor failed.
 */
export function retryDelay(error: CosmosError, triesSoFar: number): number | undefined {
  if (!isRetryable(error.code) && !WORTH_ANOTHER_TRY.has(error.code)) return undefined;
  if (error.code !== 'engine.host_unreachable' && triesSoFar + 1 >= MAXIMUM_TRIES) return undefined;
  return backoff(triesSoFar);
}

/** 1 s, 2 s, 4 s, … up to a minute. */
export function backoff(triesSoFar: number): number {
  return Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(triesSoFar, 16));
}

import type { Transport } from './transport/transport.ts';

/** A log that grows all the time wakes its reader this often at most, ms: below what a person sees. */
const LOG_WAKE_MS = 50;

/**
 * Calls `wake` when something changes in an attempt directory, and every `pollMs` besides: no file tells of a killed
 * process. `undefined` where the transport cannot watch. Never keeps the process alive.
 */
export function watchAttempt(
  transport: Transport,
  path: string,
  pollMs: number,
  wake: () => void,
): (() => void) | undefined {
  let later: NodeJS.Timeout | undefined;
  const onChange = (name: string): void => {
    if (name !== 'run.log') {
      wake();
      return;
    }
    if (later !== undefined) return;
    later = setTimeout(() => {
      later = undefined;
      wake();
    }, LOG_WAKE_MS).unref();
  };
  const stop = transport.watch?.(path, onChange);
  if (stop === undefined) return undefined;
  const tick = setInterval(wake, pollMs).unref();
  return () => {
    stop();
    clearInterval(tick);
    clearTimeout(later);
  };
}

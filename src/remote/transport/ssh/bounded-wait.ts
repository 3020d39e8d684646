import { CosmosError } from '../../../core/errors.ts';

export interface WaitBounds {
  /** After this many ms the wait ends with `engine.host_unreachable` (`deadline`). */
  readonly deadlineMs: number;
  /** Each ends the wait with its reason. */
  readonly signals: readonly (AbortSignal | undefined)[];
  /** Called when the wait ends without an answer. */
  readonly onGiveUp?: () => void;
}

/** Waits for an answer no longer than its bounds allow; an answer that comes later is not seen any more. */
export function boundedWait<T>(work: Promise<T>, bounds: WaitBounds): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const signals = bounds.signals.filter((signal) => signal !== undefined);
    const settle = (): void => {
      clearTimeout(timer);
      for (const signal of signals) signal.removeEventListener('abort', onAbort);
    };
    const giveUp = (reason: unknown): void => {
      settle();
      reject(reason);
      bounds.onGiveUp?.();
    };
    const onAbort = (): void => giveUp(signals.find(({ aborted }) => aborted)?.reason);
    const timer = setTimeout(
      () => giveUp(new CosmosError('engine.host_unreachable', { reason: 'deadline' })),
      bounds.deadlineMs,
    );
    for (const signal of signals) signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(settle);
    if (signals.some(({ aborted }) => aborted)) onAbort();
  });
}

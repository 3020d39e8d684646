/** Ctrl-C and the supervisor's stop signal. */
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

export interface Interrupt {
  /** Aborts at the first signal. */
  readonly signal: AbortSignal;
  /** Gives the signals back to the system. */
  dispose(): void;
}

/** Turns interrupts of this process into an abort, so that what runs can end in order; a second one ends it at once. */
export function onInterrupt(): Interrupt {
  const controller = new AbortController();
  const dispose = (): void => {
    for (const signal of SIGNALS) process.removeListener(signal, abort);
  };
  const abort = (): void => {
    controller.abort();
    dispose();
  };
  for (const signal of SIGNALS) process.on(signal, abort);
  return { signal: controller.signal, dispose };
}

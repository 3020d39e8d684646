/** Milliseconds since 1970-01-01T00:00:00Z. */
export type UtcMs = number;

/** Our own time; host times are never compared with it. */
export interface Clock {
  now(): UtcMs;
  /** Resolves after `ms` milliseconds, or at once when `signal` aborts (it does not reject). */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

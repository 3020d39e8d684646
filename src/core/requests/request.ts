import type { PrincipalId, RequestId } from '../ids.ts';
import type { UtcMs } from '../ports/clock.ts';

/** Stands among the names of what differs where a request has several prompts; no parameter is called so. */
export const PROMPT_VARIES = 'prompt';

/** What somebody asked for in one go. */
export interface RunRequest {
  readonly id: RequestId;
  readonly owner: PrincipalId;
  readonly ownerName: string;
  /** Shown as one: with a table and one end. A single run is shown by itself. */
  readonly isBatch: boolean;
  /** What differs between its runs, in the order in which it was asked for: parameters, `PROMPT_VARIES`. */
  readonly varied: readonly string[];
  /** The request whose runs without a result it runs again. */
  readonly parent?: RequestId;
  readonly createdAt: UtcMs;
}

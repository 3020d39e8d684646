import type { Clock } from '../../../src/core/ports/clock.ts';
import type { Changes } from '../slack/changes.ts';
import type { CallLog } from './call-log.ts';
import type { Gateway } from './gateway/gateway.ts';
import type { Injections } from './injections.ts';
import type { Interactions } from './interactions.ts';
import type { Policy } from './model.ts';
import type { RateLimits } from './rate-limits.ts';
import type { State } from './state.ts';

/** All parts of the fake Discord, for those of them that need others. */
export interface World {
  readonly clock: Clock;
  readonly changes: Changes;
  readonly calls: CallLog;
  readonly injections: Injections;
  readonly rateLimits: RateLimits;
  readonly state: State;
  readonly interactions: Interactions;
  readonly gateway: Gateway;
  readonly policy: Policy;
  /** Folder with the content of files. */
  readonly directory: string;
  /** Signs links to files. */
  readonly secret: string;
  /** Aborts when the fake is closed. */
  readonly stopped: AbortSignal;
  /** `http://127.0.0.1:port`, without a slash at the end. */
  readonly origin: string;
}

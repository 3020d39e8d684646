import type { UtcMs } from '../../../src/core/ports/clock.ts';
import type { App } from './app.ts';
import type { JsonObject } from './json.ts';

/** What Slack sends: events come again when nobody acknowledges them, the others do not. */
export type DeliveryKind = 'events_api' | 'slash_commands' | 'interactive' | 'options';

/** How one attempt ended. */
export type AttemptOutcome =
  | { readonly kind: 'acked'; readonly payload: JsonObject }
  /** The bot said nothing within three seconds. */
  | { readonly kind: 'timed_out' }
  /** No socket was open, or nobody listens at the address. */
  | { readonly kind: 'no_connection' }
  /** The socket closed before the acknowledgement came. */
  | { readonly kind: 'connection_lost' }
  /** HTTP mode: another status than 2xx. */
  | { readonly kind: 'http_error'; readonly status: number; readonly noRetry: boolean };

export interface Attempt {
  /** 0 for the first. */
  readonly number: number;
  readonly at: UtcMs;
  /** Socket Mode: the connection that got it. */
  connection: number | undefined;
  /** From sending to the acknowledgement, by the machine's clock, ms. */
  latencyMs: number | undefined;
  outcome: AttemptOutcome | undefined;
}

/** Something that Slack has to tell an app. */
export interface Delivery {
  readonly kind: DeliveryKind;
  readonly app: App;
  readonly payload: JsonObject;
  /** The event's type, or the payload's. */
  readonly type: string;
  readonly attempts: Attempt[];
  /** `given_up`: not acknowledged, and it will not come again. */
  state: 'held' | 'pending' | 'acked' | 'given_up';
  /** What was acknowledged, once it was. */
  ack: JsonObject | undefined;
}

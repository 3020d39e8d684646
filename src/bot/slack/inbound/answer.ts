import type { TellConnection } from '../../../core/ports/chat.ts';

/** What becomes of something that Slack delivered. */
export type Answer =
  /** It is durable, or needs not be: acknowledged, with `payload` for the person who waits. */
  | { readonly state: 'acknowledged'; readonly payload?: unknown }
  /** It was not taken over: not acknowledged, so that Slack sends it again where it can. */
  | { readonly state: 'refused' };

/** Takes over what came in; resolves as soon as it is clear how to answer, never throws. */
export type Handle = (body: Record<string, unknown>) => Promise<Answer>;

/** How Slack reaches us. */
export interface Door {
  /**
   * Resolves when events arrive. Throws `chat.token_refused` where Slack refuses until somebody mends something. Tells
   * whenever the last way on which they arrive is lost, and when there is one again.
   */
  open(handle: Handle, tell?: TellConnection): Promise<void>;
  /** Nothing is handled afterwards; resolves when no connection is left. */
  close(): Promise<void>;
  /** Ways on which events can arrive now. */
  readonly connections: number;
}

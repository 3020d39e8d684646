import type { Receive, TellConnection } from '../../core/ports/chat.ts';
import type { ChatSurfaces } from '../../core/ports/chat-surfaces.ts';

/** The half of the adapter that listens: what `SlackChat` starts and stops. */
export interface SlackInbound {
  /** Resolves once events arrive; as `ChatPort.start`. */
  start(receive: Receive, surfaces: ChatSurfaces, tell?: TellConnection): Promise<void>;
  /** Nothing is received afterwards, and no connection is left; may be called twice, and without a start. */
  stop(): Promise<void>;
}

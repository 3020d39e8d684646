import type { Answered, ChatReference, ChatUser, Receive, TellConnection } from '../../core/ports/chat.ts';
import type { ChatSurfaces } from '../../core/ports/chat-surfaces.ts';
import type { DiscordClient } from './discord-client.ts';
import type { DiscordIdentity } from './identity.ts';
import type { MessageBody } from './render-card.ts';
import type { UploadLimits } from './upload-limits.ts';

/** The half of the adapter that listens: what `DiscordChat` starts and stops. */
export interface DiscordInbound {
  /** Resolves once events arrive; as `ChatPort.start`. */
  start(receive: Receive, surfaces: ChatSurfaces, tell?: TellConnection): Promise<void>;
  /** Nothing is received afterwards, and no connection is left; may be called twice, and without a start. */
  stop(): Promise<void>;
  /** As `ChatPort.person`. */
  person(user: ChatUser, where: ChatReference): Promise<ChatUser>;
  /**
   * Shows a message to whoever caused the event, in answer to it. False where that is not possible, or not any more: it
   * is then posted where everybody sees it.
   */
  answer(answered: Answered, body: MessageBody): Promise<boolean>;
}

/** What the listening half shares with the sending one. */
export interface DiscordListening {
  readonly client: DiscordClient;
  readonly identity: DiscordIdentity;
  /** Told how large a file may be where an interaction came from. */
  readonly fileLimits: Pick<UploadLimits, 'heard'>;
}

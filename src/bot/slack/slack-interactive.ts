import type { App, BlockAction } from '@slack/bolt';
import type { Inbound, Receive } from '../../core/ports/chat.ts';
import type { ChatSurfaces } from '../../core/ports/chat-surfaces.ts';
import type { Surroundings } from './inbound/place.ts';

/** What comes with a command or click, and lets it be answered with a modal, or in words for that person alone. */
export interface Opening {
  /** Good for one modal, for three seconds. */
  readonly triggerId: string;
  /** Absent for clicks on one's own page. */
  readonly responseUrl?: string;
}

/** What interactive surfaces are made of as soon as events are received. */
export interface InteractiveSession {
  readonly receive: Receive;
  readonly surfaces: ChatSurfaces;
  readonly around: Surroundings;
}

/**
 * What Slack shows beside messages: modals, their menus, and the page of one's own. The listening half of the adapter
 * offers it every command and click, and receives itself what it does not take.
 */
export interface SlackInteractive {
  /** Registers its listeners: views, menus and fields of modals, the page. Called once, before events arrive. */
  listen(app: App, session: InteractiveSession): void;
  /**
   * True where the event opens a modal in place of being executed: it is acknowledged at once then, and nothing is
   * received. The call of Slack is under way when this returns, before anything else is done for the event.
   */
  offer(event: Extract<Inbound, { kind: 'command' | 'click' }>, opening: Opening): boolean;
  /** Says something to whoever did it, in a modal: where they are there is no other place for words. Returns at once. */
  tell(text: string, triggerId: string): void;
  /** The direct conversation that a click on one's own page belongs to; undefined for clicks elsewhere. */
  directChannel(click: Pick<BlockAction, 'view'>): string | undefined;
  /** Nothing is called any more when it resolves; may be called twice, and without `listen`. */
  stop(): Promise<void>;
}

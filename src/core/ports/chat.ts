import type { Branded } from '../ids.ts';
import type { ChatSurfaces } from './chat-surfaces.ts';
import type { UtcMs } from './clock.ts';
import type { HashedFile } from './hashed-file.ts';

/** Name of a chat platform: the key of its section under `[chat]` in the configuration. */
export type Platform = Branded<string, 'Platform'>;

/** A place in a chat, in the platform's own ids. */
export interface ChatReference {
  readonly platform: Platform;
  /** One workspace, guild or terminal. */
  readonly tenant: string;
  readonly channel: string;
  readonly thread?: string;
  readonly message?: string;
}

/** Who wrote, clicked or is mentioned, in the platform's own ids. */
export interface ChatUser {
  readonly id: string;
  readonly name: string;
  /** Group or role ids, for the access rules. */
  readonly groups: readonly string[];
}

/** Differences between platforms are data; no command asks on which platform it is. */
export interface ChatCapabilities {
  /** Characters of one card, all blocks together. */
  readonly maxCardCharacters: number;
  readonly maxButtons: number;
  /** Bytes of an action's identifier. */
  readonly maxActionBytes: number;
  readonly edit: {
    /** Shortest time between two edits within the scope, ms. */
    readonly minIntervalMs: number;
    /** What shares one budget: a whole tenant, or a channel or thread. */
    readonly scope: 'tenant' | 'channel';
    /** From this age of a message on, it is edited every `slowIntervalMs` at most. */
    readonly slowAfterMs?: number;
    readonly slowIntervalMs?: number;
  };
  /**
   * How long after it was sent a call of unknown outcome may still take effect, ms: nothing is sent again before, and
   * a final content is read back after it. 0 where a call that has failed never takes effect.
   */
  readonly lateEffectMs: number;
  /** True where an accepted upload may still appear later, or never, and must be looked for. */
  readonly uploadNeedsVerification: boolean;
  /** True where a path that somebody types names a file of their own machine, which is the bot's. */
  readonly localFiles: boolean;
  readonly commandInThread: boolean;
  readonly nativeAutocomplete: boolean;
  readonly typedOptions: boolean;
  readonly modalMustBeFirstResponse: boolean;
  /** How long an interactive event can be answered directly, ms. */
  readonly replyTokenMs: number;
}

/** Inline content: adapters escape text and render times in the reader's own zone. */
export type Span =
  | string
  | { readonly time: UtcMs; readonly style: 'clock' | 'date' | 'ago' }
  | { readonly mention: string; readonly name: string }
  | { readonly code: string }
  | { readonly strong: string }
  /** An address under words of ours; shown whole or not at all. */
  | { readonly link: string; readonly text: string };

export type Text = readonly Span[];

/** The sign before a card's title; each platform has a glyph and an ASCII fallback for it. */
export type Mark =
  | 'none'
  | 'waiting'
  | 'running'
  | 'done'
  | 'failed'
  | 'blocked'
  | 'cancelled'
  | 'lost'
  | 'warning';

export type CardBlock =
  | { readonly type: 'text'; readonly text: Text }
  | { readonly type: 'quote'; readonly text: string }
  /** Aligned rows of short cells. */
  | { readonly type: 'rows'; readonly rows: readonly (readonly Text[])[] }
  /** `percent` from 0 to 100, absent while unknown. */
  | { readonly type: 'progress'; readonly percent?: number; readonly label: Text }
  /** Lines of a log, clipped from the front where there is no room. */
  | { readonly type: 'log'; readonly lines: readonly string[] }
  /** A picture on our disk. */
  | { readonly type: 'picture'; readonly path: string; readonly description: string };

/** A button, and on platforms with mentions the same thing typed: `<verb> <target> <arguments…>`. */
export interface CardAction {
  /** Name of a command of the registry. */
  readonly verb: string;
  readonly label: string;
  /** Id of the run or prompt that it is about; empty where it is about none: a form then asks for what is missing. */
  readonly target: string;
  readonly arguments?: readonly string[];
  readonly style?: 'primary' | 'danger';
}

/** Platform-neutral content of one message. */
export interface Card {
  readonly mark: Mark;
  readonly title: Text;
  readonly blocks: readonly CardBlock[];
  readonly actions: readonly CardAction[];
}

export interface ChatFile {
  /** Platform's id of the file, or its path on our disk in the terminal. */
  readonly id: string;
  readonly name: string;
  readonly bytes?: number;
}

interface InboundBase {
  /** The same event delivered again has the same key. */
  readonly dedupeKey: string;
  readonly where: ChatReference;
  readonly user: ChatUser;
  /** When the platform says that it happened. */
  readonly at: UtcMs;
}

/** What people do in a chat, normalised by the adapter after verification. */
export type Inbound =
  /** The words after `/cosmos` or after a mention of the bot. */
  | (InboundBase & { readonly kind: 'command'; readonly text: string })
  /** The words of a command that a platform's own form (typed options, a modal) has separated already, verb first. */
  | (InboundBase & { readonly kind: 'form'; readonly words: readonly string[] })
  | (InboundBase & {
      readonly kind: 'click';
      readonly verb: string;
      readonly target: string;
      readonly arguments: readonly string[];
    })
  | (InboundBase & {
      readonly kind: 'upload';
      readonly text: string;
      readonly files: readonly ChatFile[];
      /** Names of further files that came with it and cannot be an input. */
      readonly leftOut?: readonly string[];
      /** Where the platform has an entry of its own for it. */
      readonly negativeText?: string;
      readonly name?: string;
    });

/** Takes an event over: resolves once it is durable, throws `store.busy` within 100 ms where it cannot be saved now. */
export type Receive = (event: Inbound) => Promise<void>;

/** Whether what people do on a platform can arrive now. */
export interface ChatConnection {
  /** `lost`: it is tried again by itself. `refused`: somebody has to mend something first. */
  readonly state: 'connecting' | 'connected' | 'lost' | 'refused';
  /** Why it is away, in a few words. */
  readonly detail?: string;
}

/** Is told how a connection stands, whenever that changes; the same may be told again. Never throws. */
export type TellConnection = (connection: ChatConnection) => void;

/** Whom a message answers: a platform that can show it to that person alone may do so. */
export interface Answered {
  /** `dedupeKey` of the event. */
  readonly event: string;
  /** The platform's id of the person. */
  readonly user: string;
  /** Nobody else has to read it, wherever it is. */
  readonly alone?: boolean;
}

export type EditOutcome =
  | { readonly state: 'edited' }
  | { readonly state: 'gone' }
  /** Nothing was changed; no edit within the same budget before `retryAfterMs`. */
  | { readonly state: 'throttled'; readonly retryAfterMs: number };

export type UploadOutcome =
  | { readonly state: 'posted'; readonly reference: ChatReference }
  | { readonly state: 'too_large'; readonly maxBytes: number }
  /** The platform does not take such a file, or none at all: the same file is not sent again. */
  | { readonly state: 'refused'; readonly detail: string }
  /** Accepted, not seen yet: `find` tells later. */
  | { readonly state: 'unverified' };

export interface UploadFile {
  readonly path: string;
  readonly name: string;
  readonly bytes: number;
  readonly mime: string;
}

/**
 * One chat platform. `key` is the stable key of an intent that was stored before the call: each call may be repeated
 * with the same key. Every call ends by itself (adapters set deadlines) and throws
 * - `chat.unavailable` where its outcome is unknown or the platform does not answer: it is tried again,
 * - `chat.place_gone` where the channel or thread is not there any more,
 * - `chat.not_permitted` where the bot may not do it there.
 */
export interface ChatPort {
  readonly platform: Platform;
  readonly capabilities: ChatCapabilities;
  /**
   * Whether a tenant of the platform is this port's: each of several workspaces has a port of its own, which may learn
   * during `start` which one it is, and serves none before. Absent: all are.
   */
  readonly serves?: (tenant: string) => boolean;
  /**
   * Starts delivering inbound events, those of other people only. An event is acknowledged to the platform after
   * `receive` has resolved, never before; where it throws, the person is told or the platform sends it again. A port
   * whose connection can be lost tells how it stands; what it throws needs not be told.
   */
  start(receive: Receive, surfaces: ChatSurfaces, tell?: TellConnection): Promise<void>;
  /** Nothing is received afterwards, and nothing is called any more. */
  stop(): Promise<void>;
  /**
   * The person of an event as the platform knows them now, for the access rules: an event is acknowledged before anybody
   * is asked who its author is, so that it carries what was known at that time.
   */
  person(user: ChatUser, where: ChatReference): Promise<ChatUser>;
  /**
   * Makes a thread under `parent` (a message or a channel) and returns the reference to post into. `since` is given
   * where an earlier call may have made it: then it is looked for from that time on first.
   */
  openThread(key: string, parent: ChatReference, title: string, since?: UtcMs): Promise<ChatReference>;
  /** A reference without `message` cannot be looked at again: nothing more is done about it. */
  post(key: string, where: ChatReference, card: Card, answered?: Answered): Promise<ChatReference>;
  /** Shows `card` instead of what is shown now, whatever that is. */
  edit(target: ChatReference, card: Card): Promise<EditOutcome>;
  /** Posts a file with a card into a thread. */
  upload(key: string, where: ChatReference, file: UploadFile, card: Card): Promise<UploadOutcome>;
  /** The messages that were posted or uploaded with `key` and are there now, oldest first. */
  find(key: string, where: ChatReference, since: UtcMs): Promise<readonly ChatReference[]>;
  /** Reads a message back: `cardHash` of the card that it shows, or null where it is gone. */
  shown(target: ChatReference): Promise<string | null>;
  /** A message that is gone already is no error. */
  delete(target: ChatReference): Promise<void>;
  /** Most bytes that `upload` takes at this place now. */
  maxUploadBytes(where: ChatReference): Promise<number>;
  /**
   * Copies a file of an inbound event to `to` as `writeHashed` does, hashing it while it comes. Throws
   * `input.file_too_large` as soon as it exceeds `maxBytes`, `input.file_missing` or `input.file_unreadable` where it
   * cannot be had, and the reason of `signal` when it aborts.
   */
  download(file: ChatFile, to: string, maxBytes: number, signal?: AbortSignal): Promise<HashedFile>;

  /** The folder of this machine that somebody at it has named in place of a file; absent where nobody is. */
  folder?(file: ChatFile): Promise<string | undefined>;
}

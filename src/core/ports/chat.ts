import type { Branded } from '../ids.ts';
import type { UtcMs } from './clock.ts';

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
    /** Shortest time between two edits, ms. */
    readonly minIntervalMs: number;
    readonly scope: 'tenant' | 'channel';
    /** From this age of a message on, `slowIntervalMs` holds. */
    readonly slowAfterMs?: number;
    readonly slowIntervalMs?: number;
  };
  /** True where an accepted upload may still appear later, or never, and must be looked for. */
  readonly uploadNeedsVerification: boolean;
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
  | { readonly strong: string };

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
  /** Id of the run or prompt that it is about. */
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
  | (InboundBase & {
      readonly kind: 'click';
      readonly verb: string;
      readonly target: string;
      readonly arguments: readonly string[];
    })
  | (InboundBase & { readonly kind: 'upload'; readonly text: string; readonly files: readonly ChatFile[] });

export type EditOutcome = 'edited' | 'gone' | 'throttled';

export type UploadOutcome =
  | { readonly state: 'posted'; readonly reference: ChatReference }
  | { readonly state: 'too_large'; readonly maxBytes: number }
  /** Accepted, not seen yet: `find` tells later. */
  | { readonly state: 'unverified' };

export interface UploadFile {
  readonly path: string;
  readonly name: string;
  readonly bytes: number;
  readonly mime: string;
}

/**
 * One chat platform. `key` is the stable key of an intent that was stored before the call: each call may be
 * repeated with the same key, and `find` answers whether an earlier one arrived. A network failure throws
 * `chat.unavailable`.
 */
export interface ChatPort {
  readonly platform: Platform;
  readonly capabilities: ChatCapabilities;
  /** Starts delivering inbound events. `receive` resolves once the event is durable; only then it is acknowledged. */
  start(receive: (event: Inbound) => Promise<void>): Promise<void>;
  stop(): Promise<void>;
  /** Makes a thread under `parent` (a message or a channel) and returns the reference to post into. */
  openThread(key: string, parent: ChatReference, title: string): Promise<ChatReference>;
  post(key: string, where: ChatReference, card: Card): Promise<ChatReference>;
  edit(target: ChatReference, card: Card): Promise<EditOutcome>;
  /** Posts a file with a card into a thread. */
  upload(key: string, where: ChatReference, file: UploadFile, card: Card): Promise<UploadOutcome>;
  find(key: string, where: ChatReference, since: UtcMs): Promise<ChatReference | null>;
  /** Reads a message back: the hash of what is shown now, or null where it is gone. */
  shown(target: ChatReference): Promise<string | null>;
  delete(target: ChatReference): Promise<void>;
  /** Most bytes that `upload` takes at this place now. */
  maxUploadBytes(where: ChatReference): Promise<number>;
  /** Copies a file of an inbound event to `to`, refusing it with `input.file_too_large` as soon as it exceeds `maxBytes`. */
  download(file: ChatFile, to: string, maxBytes: number): Promise<void>;
}

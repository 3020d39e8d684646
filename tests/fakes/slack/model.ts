import type { UtcMs } from '../../../src/core/ports/clock.ts';
import type { JsonObject } from './json.ts';
import type { TimestampMaker } from './timestamps.ts';

export interface User {
  readonly id: string;
  /** The workspace they belong to; another one than the channel's for guests through Slack Connect. */
  readonly teamId: string;
  readonly name: string;
  readonly realName: string;
  /** Set for the user of a bot. */
  readonly botId?: string;
  isAdmin: boolean;
  /** Guests of several channels, and of a single one. */
  isRestricted: boolean;
  isUltraRestricted: boolean;
  deleted: boolean;
  timeZone: string;
}

export type ChannelKind = 'public' | 'private' | 'im' | 'mpim';

/** Who may write where: `restricted_action` and its relatives. */
export type PostingRule = 'anyone' | 'nobody' | 'read_only' | 'thread_only' | 'non_threadable';

export interface Channel {
  readonly id: string;
  readonly kind: ChannelKind;
  name: string;
  readonly createdAt: UtcMs;
  readonly members: Set<string>;
  archived: boolean;
  deleted: boolean;
  posting: PostingRule;
  /** Shared with another organisation. */
  shared: boolean;
  readonly timestamps: TimestampMaker;
  /** In the order of their timestamps; the messages of all threads are among them. */
  readonly messages: Message[];
}

/** One state of a message, from `at` on. */
export interface MessageVersion {
  readonly at: UtcMs;
  readonly text: string;
  readonly blocks: readonly JsonObject[];
}

export interface Message {
  readonly ts: string;
  readonly channel: string;
  /** Who wrote it: a person, or the user of a bot. */
  readonly user: string;
  readonly botId?: string;
  readonly appId?: string;
  readonly subtype?: string;
  readonly threadTs?: string;
  readonly broadcast?: boolean;
  /** Only this person sees it. */
  readonly onlyFor?: string;
  readonly fileIds: readonly string[];
  text: string;
  blocks: readonly JsonObject[];
  metadata?: JsonObject;
  editedAt?: UtcMs;
  editedBy?: string;
  /** Set when it was deleted; the message stays for the tests to see. */
  deletedAt?: UtcMs;
  /** A deleted message whose thread is still there. */
  tombstone?: boolean;
  readonly reactions: Map<string, Set<string>>;
  /** Every state that it had, the first one included. */
  readonly versions: MessageVersion[];
}

export interface FileShare {
  readonly channel: string;
  readonly ts: string;
  readonly threadTs?: string;
}

export interface StoredFile {
  readonly id: string;
  readonly name: string;
  title: string;
  /** Empty until Slack has looked at the content. */
  readonly mimeType: string;
  readonly owner: string;
  readonly createdAt: UtcMs;
  /** As announced; the bytes that are there once `path` is set. */
  size: number;
  /** The content on this machine's disk. */
  path?: string;
  sha256?: string;
  /** It belongs to another organisation: events carry a stub, `files.info` has the rest. */
  readonly external: boolean;
  readonly shares: FileShare[];
  completed: boolean;
  deleted: boolean;
}

export interface UserGroup {
  readonly id: string;
  readonly handle: string;
  readonly name: string;
  readonly members: Set<string>;
}

export interface View {
  readonly id: string;
  readonly appId: string;
  readonly user: string;
  readonly type: 'modal' | 'home';
  readonly rootId: string;
  readonly previousId?: string;
  /** As the app sent it, with the ids that Slack adds. */
  content: JsonObject;
  hash: string;
  /** What the person has filled in, by block id and action id. */
  readonly values: Map<string, Map<string, JsonObject>>;
}

/** Somebody was mentioned: their client makes a sound. */
export interface Ping {
  readonly user: string;
  readonly channel: string;
  readonly ts: string;
  readonly at: UtcMs;
  readonly by: 'post' | 'edit' | 'ephemeral';
}

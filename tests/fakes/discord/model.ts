import type { UtcMs } from '../../../src/core/ports/clock.ts';
import type { JsonObject } from '../slack/json.ts';

export interface User {
  readonly id: string;
  readonly username: string;
  readonly bot: boolean;
  /** Their own upload limit (Nitro), bytes. */
  uploadBytes: number;
}

export interface Role {
  readonly id: string;
  name: string;
  permissions: bigint;
  readonly position: number;
}

export interface Member {
  readonly userId: string;
  readonly roles: Set<string>;
  readonly joinedAt: UtcMs;
}

/** Permissions of one role or member in one channel. */
export interface Overwrite {
  readonly id: string;
  readonly kind: 'role' | 'member';
  allow: bigint;
  deny: bigint;
}

export interface Guild {
  readonly id: string;
  readonly name: string;
  readonly ownerId: string;
  boostTier: 0 | 1 | 2 | 3;
  /** By id; the role of everybody has the guild's id. */
  readonly roles: Map<string, Role>;
  readonly members: Map<string, Member>;
}

export interface ThreadState {
  archived: boolean;
  locked: boolean;
  autoArchiveMinutes: number;
  archiveTimestamp: UtcMs;
  /** The last message, or the last time that it was taken from the archive. */
  activeAt: UtcMs;
  readonly ownerId: string;
  readonly members: Set<string>;
  invitable: boolean;
}

export interface Channel {
  readonly id: string;
  readonly type: number;
  /** Undefined for direct conversations. */
  readonly guildId: string | undefined;
  name: string;
  /** Of a thread: the channel that it is in. */
  readonly parentId: string | undefined;
  readonly overwrites: Map<string, Overwrite>;
  /** Who is in a direct conversation. */
  readonly recipients: readonly string[];
  readonly thread: ThreadState | undefined;
  /** The oldest first. */
  readonly messages: Message[];
  deleted: boolean;
}

export interface Attachment {
  readonly id: string;
  readonly channelId: string;
  readonly name: string;
  readonly description: string | undefined;
  readonly contentType: string;
  readonly size: number;
  readonly sha256: string;
  /** The content on this machine's disk. */
  readonly path: string;
  readonly ephemeral: boolean;
  /** Shown inside an embed (`attachment://…`): it is not among the attachments then. */
  embedded: boolean;
  deleted: boolean;
}

/** One state of a message, from `at` on. */
export interface MessageVersion {
  readonly at: UtcMs;
  readonly content: string;
  readonly embeds: readonly JsonObject[];
  readonly components: readonly JsonObject[];
  /** Names of the files. */
  readonly files: readonly string[];
}

export interface Message {
  readonly id: string;
  readonly channelId: string;
  readonly authorId: string;
  readonly applicationId: string | undefined;
  readonly type: number;
  readonly createdAt: UtcMs;
  readonly nonce: string | number | undefined;
  /** Only this person sees it. */
  readonly onlyFor: string | undefined;
  readonly reference:
    | { readonly channelId: string; readonly messageId: string; readonly isForward?: boolean }
    | undefined;
  readonly interaction: MessageInteraction | undefined;
  content: string;
  embeds: readonly JsonObject[];
  components: readonly JsonObject[];
  attachments: readonly Attachment[];
  flags: number;
  mentions: readonly string[];
  mentionRoles: readonly string[];
  mentionEveryone: boolean;
  editedAt: UtcMs | undefined;
  /** Set when it was deleted; the message stays for the tests to see. */
  deletedAt: UtcMs | undefined;
  readonly reactions: Map<string, Set<string>>;
  /** Every state that it had, the first one included. */
  readonly versions: MessageVersion[];
}

/** The interaction that a message answers. */
export interface MessageInteraction {
  readonly id: string;
  readonly type: number;
  readonly userId: string;
  readonly name: string;
}

/** Somebody was mentioned: their client makes a sound. */
export interface Ping {
  readonly userId: string;
  readonly channelId: string;
  readonly messageId: string;
  readonly at: UtcMs;
}

/** What is not documented, or what only tests want otherwise. */
export interface Policy {
  /** Files above this are refused with 40005 whatever the announced limit says. */
  refuseAboveBytes: number | undefined;
  /** Largest request with files, bytes; the documents contradict themselves, so it is off. */
  maxRequestBytes: number | undefined;
  /** How many edits of messages older than an hour a channel takes: an observation of users, not documented. */
  oldEdits: { most: number; perMs: number };
  /** How long `enforce_nonce` remembers: "the past few minutes". */
  nonceMs: number;
  /** How long a link to a file works. */
  linkMs: number;
  /** From which age on a message's thread is announced in the channel: assumed. */
  oldThreadMs: number;
  /** Active threads of a guild. */
  maxActiveThreads: number;
}

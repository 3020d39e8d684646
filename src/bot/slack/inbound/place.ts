import type { ChatReference, ChatUser, Platform } from '../../../core/ports/chat.ts';
import type { UtcMs } from '../../../core/ports/clock.ts';

/** What is needed to put an event of Slack into the words of the port. */
export interface Surroundings {
  readonly platform: Platform;
  /** The workspace. */
  readonly tenant: string;
  /** The bot's user id. */
  readonly botUser: string;
  /** Channels in which uploads become prompts; none: wherever the bot is a member. */
  readonly channels: readonly string[];
  /** A thread in which the bot has something to say. */
  readonly ownsThread: (where: ChatReference) => boolean;
  /** From memory. */
  readonly user: (id: string, name?: string) => ChatUser;
  readonly now: () => UtcMs;
}

/** A place in the workspace; a message that begins a thread is in none. */
export function place(
  { platform, tenant }: Surroundings,
  channel: string,
  { ts, threadTs }: { readonly ts?: string | undefined; readonly threadTs?: string | undefined } = {},
): ChatReference {
  const thread = threadTs === ts ? undefined : threadTs;
  return {
    ...{ platform, tenant, channel },
    ...(thread !== undefined && { thread }),
    ...(ts !== undefined && { message: ts }),
  };
}

/** Slack's times are seconds with six decimals. */
export function toUtcMs(ts: string): UtcMs {
  return Math.floor(Number(ts) * 1_000);
}

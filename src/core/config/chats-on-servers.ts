import type { ChatConfig } from './config.ts';

/** The sections of the configured chats that live on servers. */
export function chatsOnServers({ slack, discord }: Pick<ChatConfig, 'slack' | 'discord'>): readonly string[] {
  return [...slack, ...(discord === undefined ? [] : [discord])].map(({ where }) => where);
}

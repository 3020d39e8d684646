import type { Platform } from '../../core/ports/chat.ts';

export const DISCORD = 'discord' as Platform;

/** The tenant of direct conversations, which are in no guild; as Discord's own addresses write it. */
export const DIRECT_TENANT = '@me';

import type { Platform } from '../../core/ports/chat.ts';

export const SLACK = 'slack' as Platform;

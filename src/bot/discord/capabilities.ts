import type { ChatCapabilities } from '../../core/ports/chat.ts';
import type { DiscordTimes } from './discord-times.ts';
import { CARD_LIMITS, LIMITS } from './limits.ts';

/** The sign and the number before an action in its identifier. */
const FRAME_BYTES = 'cosmos|24|'.length;

/** What Discord can do, in the words of the port. */
export function discordCapabilities(times: DiscordTimes): ChatCapabilities {
  return {
    ...CARD_LIMITS,
    maxActionBytes: LIMITS.customId - FRAME_BYTES,
    edit: {
      minIntervalMs: times.editIntervalMs,
      scope: 'channel',
      slowAfterMs: times.oldAfterMs,
      slowIntervalMs: times.oldIntervalMs,
    },
    // A post waits for its turn, is sent, is given up, and may still arrive.
    lateEffectMs: times.patienceMs + times.callMs + times.lateMs,
    uploadNeedsVerification: false,
    localFiles: false,
    commandInThread: true,
    nativeAutocomplete: true,
    typedOptions: true,
    modalMustBeFirstResponse: true,
    // How long the token of an interaction lives, less what is under way.
    replyTokenMs: 14 * 60_000,
  };
}

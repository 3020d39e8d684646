import type { ChatCapabilities } from '../../core/ports/chat.ts';
import { CARD_LIMITS, LIMITS } from './limits.ts';
import type { SlackTimes } from './slack-times.ts';

/** What Slack can do, in the words of the port. */
export function slackCapabilities(times: SlackTimes): ChatCapabilities {
  return {
    ...CARD_LIMITS,
    maxActionBytes: LIMITS.buttonValue,
    edit: {
      minIntervalMs: times.editIntervalMs,
      scope: 'tenant',
      // From the first moment on: so often at most, however few runs there are.
      slowAfterMs: 0,
      slowIntervalMs: times.messageEditIntervalMs,
    },
    // A post waits for its pictures and its turn, is sent, is given up, and may still arrive.
    lateEffectMs: times.pictureMs + times.patienceMs + times.callMs + times.lateMs,
    uploadNeedsVerification: true,
    localFiles: false,
    // Slack runs no commands of apps in threads: there, everything is a button or a mention.
    commandInThread: false,
    nativeAutocomplete: false,
    typedOptions: false,
    modalMustBeFirstResponse: false,
    // How long a `response_url` lives.
    replyTokenMs: 30 * 60_000,
  };
}

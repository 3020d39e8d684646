import type { Answered, ChatReference } from '../../core/ports/chat.ts';
import { respond } from './inbound/respond.ts';
import type { Outbound } from './outbound.ts';
import { patiently } from './patience.ts';
import type { RenderedCard } from './render-card.ts';
import type { ResponseUrls } from './response-urls.ts';
import { networkDetail, slackCode, unavailable } from './slack-errors.ts';

/** Refusals that say that the bot may not speak in that channel itself. */
const SHUT_OUT: ReadonlySet<string> = new Set([
  'channel_not_found',
  'is_archived',
  'not_in_channel',
  'restricted_action',
  'restricted_action_non_threadable_channel',
  'restricted_action_read_only_channel',
  'restricted_action_thread_only_channel',
  'user_not_in_channel',
]);

/** Answers that one person alone sees. Slack gives them no timestamp: they are never edited, found or deleted. */
export class Whispers {
  readonly #outbound: Outbound;
  readonly #urls: ResponseUrls;

  constructor(outbound: Outbound, urls: ResponseUrls) {
    this.#outbound = outbound;
    this.#urls = urls;
  }

  /**
   * Answers an event in its channel, or in its thread. Where the bot may not speak there (it was not invited), the answer goes to the
   * address that came with the event. Throws what Slack throws.
   */
  async say({ event, user }: Answered, where: ChatReference, content: RenderedCard): Promise<void> {
    const { channel, thread } = where;
    const inThread = thread !== undefined && { thread_ts: thread };
    const { clients, clock, closed, times } = this.#outbound;
    const saying = async () =>
      await clients.interactive.chat.postEphemeral({ channel, user, ...inThread, ...content });
    try {
      await patiently(saying, { clock, closed, patienceMs: times.patienceMs });
    } catch (error) {
      const url = SHUT_OUT.has(slackCode(error) ?? '') ? this.#urls.take(event) : undefined;
      if (url === undefined) throw error;
      await respondTo(url, { ...inThread, ...content }, closed);
    }
  }
}

async function respondTo(
  url: string,
  content: RenderedCard & { readonly thread_ts?: string },
  closed: AbortSignal,
): Promise<void> {
  try {
    await respond(url, { response_type: 'ephemeral', replace_original: false, ...content }, closed);
  } catch (error) {
    throw unavailable(networkDetail(error), error);
  }
}

import { type RESTPostAPIChannelMessageJSONBody, Routes } from 'discord.js';
import type { ChatReference } from '../../core/ports/chat.ts';
import { CANNOT_SHOW } from '../wording/receipt-words.ts';
import { toChatError } from './discord-errors.ts';
import { nonceOf } from './message-mark.ts';
import { channelOf } from './message-reader.ts';
import type { Outbound } from './outbound.ts';

/** Says in plain words that cards are not permitted there: who may write may still not show an embed. */
export class CannotShow {
  readonly #outbound: Pick<Outbound, 'client' | 'logger'>;
  /** Channels in which, or in a thread of which, it stands already. */
  readonly #told = new Set<string>();

  constructor(outbound: Pick<Outbound, 'client' | 'logger'>) {
    this.#outbound = outbound;
  }

  /** Once for a channel and all of its threads; never throws. */
  async tell(where: ChatReference): Promise<void> {
    const { client, logger } = this.#outbound;
    if (this.#told.has(where.channel)) return;
    const channel = channelOf(where);
    const nonce = nonceOf('cannot-show', channel);
    const json: RESTPostAPIChannelMessageJSONBody = {
      ...{ content: CANNOT_SHOW, allowed_mentions: { parse: [] } },
      ...{ nonce, enforce_nonce: true },
    };
    try {
      await client.post('posts', Routes.channelMessages(channel), { json });
      this.#told.add(where.channel);
    } catch (error) {
      logger.info({ err: toChatError(error), channel }, 'nothing can be said there');
    }
  }
}

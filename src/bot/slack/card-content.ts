import type { Card } from '../../core/ports/chat.ts';
import { cardHash } from '../chat/card-hash.ts';
import { blockIdPrefix } from './block-ids.ts';
import type { Outbound } from './outbound.ts';
import type { Pictures } from './pictures.ts';
import { type RenderedCard, renderCard } from './render-card.ts';
import { slackCode } from './slack-errors.ts';

/** Renders cards for messages, with the pictures that Slack has or takes in time. */
export class CardContent {
  readonly #pictures: Pictures;
  readonly #random: Outbound['random'];

  constructor(pictures: Pictures, random: Outbound['random']) {
    this.#pictures = pictures;
    this.#random = random;
  }

  /**
   * Calls `send` with the card as blocks. Where Slack does not take its pictures (somebody has deleted them there), it is
   * sent without: words must not wait for a picture.
   */
  async send<T>(
    card: Card,
    key: string | undefined,
    send: (content: RenderedCard) => Promise<T>,
  ): Promise<T> {
    const pictures = await this.#pictures.ready(card);
    const nonce = Buffer.from(this.#random.bytes(4)).toString('hex');
    const blockIds = blockIdPrefix({ hash: cardHash(card), nonce, ...(key !== undefined && { key }) });
    try {
      return await send(renderCard(card, { blockIds, pictures: (path) => pictures.get(path)?.file }));
    } catch (error) {
      if (pictures.size === 0 || slackCode(error) !== 'invalid_blocks') throw error;
      for (const picture of pictures.values()) this.#pictures.forget(picture);
      return await send(renderCard(card, { blockIds }));
    }
  }
}

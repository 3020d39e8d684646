import type { HomeView } from '@slack/types';
import { z } from 'zod';
import type { Card } from '../../../core/ports/chat.ts';
import { cardHash } from '../../chat/card-hash.ts';
import { blockIdPrefix } from '../block-ids.ts';
import { renderCard } from '../render-card.ts';

/** `callback_id` of the page. */
const HOME_CALLBACK = 'cosmos.home';

const homeSchema = z.object({ callback_id: z.literal(HOME_CALLBACK), private_metadata: z.string().min(1) });
const hashSchema = z.object({ hash: z.string() });

/** A card as the page of one's own. `channel` is that person's conversation with the bot: what is done here is answered there. */
export function homeView(card: Card, channel: string, nonce: string): HomeView {
  const { blocks } = renderCard(card, { blockIds: blockIdPrefix({ hash: cardHash(card), nonce }) });
  return { type: 'home', callback_id: HOME_CALLBACK, private_metadata: channel, blocks };
}

/** The conversation that a page of ours carries; undefined for other views. */
export function homeChannel(view: unknown): string | undefined {
  return homeSchema.safeParse(view).data?.private_metadata;
}

/** What a view's next version has to name so that it does not overwrite a newer one. */
export function hashOf(view: unknown): string | undefined {
  return hashSchema.safeParse(view).data?.hash;
}

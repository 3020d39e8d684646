import type { Card, ChatReference } from '../../core/ports/chat.ts';
import type { Random } from '../../core/ports/random.ts';
import { cardHash } from '../chat/card-hash.ts';
import { blockIdPrefix } from './block-ids.ts';
import type { SlackClients } from './clients.ts';
import { respond } from './inbound/respond.ts';
import { renderCard } from './render-card.ts';

export interface PrivateAnswerParts {
  readonly clients: Pick<SlackClients, 'interactive'>;
  readonly random: Random;
}

/** Whom to tell something, and where they are. */
export interface Asker {
  readonly user: string;
  readonly where: ChatReference;
  /** What came with what they did: it also works where the bot may not speak. */
  readonly responseUrl?: string | undefined;
}

/** Shows a card to one person alone, once, unless `ended` aborts before: nothing is kept of it. Throws what Slack throws. */
export async function answerPrivately(
  { clients, random }: PrivateAnswerParts,
  { user, where, responseUrl }: Asker,
  card: Card,
  ended: AbortSignal,
): Promise<void> {
  const nonce = Buffer.from(random.bytes(4)).toString('hex');
  const content = renderCard(card, { blockIds: blockIdPrefix({ hash: cardHash(card), nonce }) });
  const { channel, thread } = where;
  const inThread = thread !== undefined && { thread_ts: thread };
  if (responseUrl === undefined) {
    await clients.interactive.chat.postEphemeral({ channel, user, ...inThread, ...content });
  } else {
    const message = { response_type: 'ephemeral', replace_original: false, ...inThread, ...content } as const;
    await respond(responseUrl, message, ended);
  }
}

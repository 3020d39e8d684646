import { MessageFlags, Routes } from 'discord.js';
import type { Answered } from '../../../core/ports/chat.ts';
import type { Clock, UtcMs } from '../../../core/ports/clock.ts';
import type { DiscordClient } from '../discord-client.ts';
import type { MessageBody } from '../render-card.ts';

/** Discord takes answers with an interaction's token for 15 minutes; a margin for what is under way. */
const LIFE_MS = 14 * 60_000;

export interface Answering {
  readonly application: string;
  readonly token: string;
  /** Whether the first response has arrived; nothing can follow before. */
  readonly responded: Promise<boolean>;
  /** The first response is a receipt, which the first answer takes the place of. */
  readonly hasReceipt: boolean;
  readonly at: UtcMs;
}

/**
 * The tokens with which single events can be answered for one person alone. In memory only: nothing of a run hangs on
 * them, and after a restart the answer goes the usual way.
 */
export class InteractionAnswers {
  readonly #client: Pick<DiscordClient, 'patch' | 'post'>;
  readonly #clock: Clock;
  readonly #byEvent = new Map<string, Answering>();

  constructor(client: Pick<DiscordClient, 'patch' | 'post'>, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  /** How many are remembered. */
  get size(): number {
    return this.#byEvent.size;
  }

  /** `event` is the `dedupeKey` under which the event is received. */
  remember(event: string, answering: Answering): void {
    const oldest = this.#clock.now() - LIFE_MS;
    // In the order in which they came: the first that still lives ends the search.
    for (const [key, { at }] of this.#byEvent) {
      if (at > oldest) break;
      this.#byEvent.delete(key);
    }
    this.#byEvent.set(event, answering);
  }

  /** As `DiscordInbound.answer`; throws what the client throws. */
  async answer({ event }: Answered, body: MessageBody): Promise<boolean> {
    const known = this.#byEvent.get(event);
    if (known === undefined || known.at + LIFE_MS <= this.#clock.now()) return false;
    if (!(await known.responded)) return false;
    const { application, token, hasReceipt } = known;
    if (hasReceipt) {
      await this.#client.patch('edits', Routes.webhookMessage(application, token, '@original'), {
        json: body,
      });
      this.#byEvent.set(event, { ...known, hasReceipt: false });
    } else {
      const json = { ...body, flags: MessageFlags.Ephemeral };
      await this.#client.post('posts', Routes.webhook(application, token), { json });
    }
    return true;
  }
}

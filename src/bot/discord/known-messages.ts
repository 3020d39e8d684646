import type { Attachment, DiscordMessage } from './message-schema.ts';

/** What an edit has to keep of a message. */
export interface KnownMessage {
  readonly keyHash: string;
  readonly attachments: readonly Attachment[];
}

const MOST = 2_000;
/** Of a message that bears no mark of ours any more. */
const NO_KEY = '0'.repeat(32);

/** The messages that were posted or looked at lately: an edit of them needs no look before. In memory only. */
export class KnownMessages {
  readonly #byId = new Map<string, KnownMessage>();

  get(id: string): KnownMessage | undefined {
    return this.#byId.get(id);
  }

  remember({ id, mark, attachments }: DiscordMessage): KnownMessage {
    const known = { keyHash: mark?.keyHash ?? NO_KEY, attachments };
    this.#byId.delete(id);
    this.#byId.set(id, known);
    for (const oldest of this.#byId.keys()) {
      if (this.#byId.size <= MOST) break;
      this.#byId.delete(oldest);
    }
    return known;
  }

  forget(id: string): void {
    this.#byId.delete(id);
  }
}

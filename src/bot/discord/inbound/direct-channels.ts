import { z } from 'zod';

/** Where the list is kept between two lives of the bot. */
export interface DirectChannelList {
  read(): string | undefined;
  /** Throws as the store does. */
  write(list: string): void;
}

/** Conversations that are remembered, those in which something was said last. */
const MOST = 100;

const listSchema = z.array(z.string().regex(/^\d+$/));

/** The direct conversations that somebody has begun with the bot: Discord lists none of them. */
export class DirectChannels {
  readonly #list: DirectChannelList;
  /** The latest last. */
  readonly #ids: Set<string>;
  #isWritten = true;

  constructor(list: DirectChannelList) {
    this.#list = list;
    this.#ids = new Set(parse(list.read()));
  }

  /** The latest first. */
  get ids(): readonly string[] {
    return [...this.#ids].toReversed();
  }

  /** Something was said there. A conversation that is new is durable when this returns; throws as the store does. */
  heard(channel: string): void {
    const isNew = !this.#ids.delete(channel);
    this.#ids.add(channel);
    const [oldest] = this.#ids;
    if (this.#ids.size > MOST && oldest !== undefined) this.#ids.delete(oldest);
    this.#isWritten = false;
    if (isNew) this.write();
  }

  /** Makes their order durable, where it has changed. Throws as the store does. */
  write(): void {
    if (this.#isWritten) return;
    this.#list.write(JSON.stringify([...this.#ids]));
    this.#isWritten = true;
  }
}

function parse(list: string | undefined): readonly string[] {
  return list === undefined ? [] : listSchema.parse(JSON.parse(list));
}

import type { RESTAPIAttachment, RESTPostAPIChannelMessageJSONBody } from 'discord.js';
import type { Card } from '../../core/ports/chat.ts';
import type { CallBody } from './discord-client.ts';
import type { Attachment } from './message-schema.ts';
import { multipart, type OutgoingFile } from './multipart.ts';
import type { Outbound } from './outbound.ts';
import { isPicture, type Picture, readPictures } from './pictures.ts';
import { renderCard } from './render-card.ts';

/** What a message is made of, beside its card. */
export interface ContentOptions {
  readonly keyHash: string;
  /** Given where it is new: Discord makes one message of several with the same one, for a few minutes. */
  readonly nonce?: string;
  /** What the message shows already. */
  readonly present?: readonly Attachment[];
  /** Goes with the card. */
  readonly file?: OutgoingFile;
  /** Told when its bytes begin to leave, and of every chunk of a file. */
  readonly moved?: () => void;
  readonly withoutPictures?: boolean;
}

/** A message, ready to be sent as often as needed. */
export interface Content {
  readonly hasPictures: boolean;
  /** A body for one call; a body with files can be sent once only. */
  body(): CallBody;
}

/** Renders cards for messages, with their pictures as attachments. */
export class MessageContent {
  readonly #outbound: Pick<Outbound, 'random' | 'logger'>;

  constructor(outbound: Pick<Outbound, 'random' | 'logger'>) {
    this.#outbound = outbound;
  }

  async of(card: Card, options: ContentOptions): Promise<Content> {
    const { keyHash, nonce, present = [], file, moved } = options;
    const { random, logger } = this.#outbound;
    const pictures: ReadonlyMap<string, Picture> =
      options.withoutPictures === true ? new Map() : await readPictures(card, logger);
    const rendered = renderCard(card, { keyHash, pictures: (path) => pictures.get(path)?.name });
    const wanted = new Map([...pictures.values()].map((picture) => [picture.name, picture]));
    const kept = present.filter(({ name }) => !isPicture(name) || wanted.has(name));
    for (const { name } of kept) wanted.delete(name);
    const files = [...(file === undefined ? [] : [file]), ...wanted.values()];
    const payload: RESTPostAPIChannelMessageJSONBody = {
      ...rendered,
      ...(nonce !== undefined && { nonce, enforce_nonce: true }),
      // Where it is not said, all stay: every file to keep has to be named as soon as one is.
      ...((files.length > 0 || kept.length < present.length) && {
        attachments: [...kept.map(({ id }) => ({ id })), ...files.map(announced)],
      }),
    };
    return {
      hasPictures: pictures.size > 0,
      body: () => {
        if (files.length === 0) return { json: payload };
        const boundary = `cosmos-${Buffer.from(random.bytes(16)).toString('hex')}`;
        return { stream: multipart(payload, files, { boundary, ...(moved && { moved }) }) };
      },
    };
  }
}

function announced(file: OutgoingFile | Picture, index: number): RESTAPIAttachment {
  const { name: filename } = file;
  return { id: String(index), filename, ...('description' in file && { description: file.description }) };
}

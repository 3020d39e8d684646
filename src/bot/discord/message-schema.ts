import { z } from 'zod';
import { type MessageMark, markOf } from './message-mark.ts';

const messageSchema = z.object({
  id: z.string(),
  author: z.object({ id: z.string() }),
  embeds: z.array(z.object({ url: z.string().nullish() })).default([]),
  attachments: z
    .array(z.object({ id: z.string(), filename: z.string(), url: z.string(), size: z.number() }))
    .default([]),
});

/** A file that a message shows. */
export interface Attachment {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  readonly bytes: number;
}

/** A message as Discord shows it, as far as it matters here. */
export interface DiscordMessage {
  readonly id: string;
  readonly author: string;
  /** What its embed says of it; undefined where there is none of ours. */
  readonly mark: MessageMark | undefined;
  readonly attachments: readonly Attachment[];
}

/** Reads one message of an answer; undefined for what is none. */
export function toMessage(value: unknown): DiscordMessage | undefined {
  const parsed = messageSchema.safeParse(value);
  if (!parsed.success) return undefined;
  const { id, author, embeds, attachments } = parsed.data;
  return {
    id,
    author: author.id,
    mark: embeds.map(({ url }) => markOf(url ?? undefined)).find((mark) => mark !== undefined),
    attachments: attachments.map(({ id: attachment, filename: name, url, size: bytes }) => ({
      id: attachment,
      ...{ name, url, bytes },
    })),
  };
}

import { z } from 'zod';
import { type MessageMark, markOf } from './message-mark.ts';

/** Of a file on Discord's content network: channel, attachment, name. */
const PATH = /\/attachments\/\d+\/(\d+)\/([^/]+)$/;

const attachmentsSchema = z
  .array(z.object({ id: z.string(), filename: z.string(), url: z.string() }))
  .default([]);

const messageSchema = z.object({
  id: z.string(),
  author: z.object({ id: z.string() }),
  embeds: z
    .array(z.object({ url: z.string().nullish(), image: z.object({ url: z.string() }).partial().nullish() }))
    .default([]),
  attachments: attachmentsSchema,
  // Of a forward: the files of the message that it shows.
  message_snapshots: z.array(z.object({ message: z.object({ attachments: attachmentsSchema }) })).default([]),
});

/** A file that a message shows. */
export interface Attachment {
  readonly id: string;
  readonly name: string;
  readonly url: string;
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
  const { id, author, embeds, attachments, message_snapshots: snapshots } = parsed.data;
  const files = [...attachments, ...snapshots.flatMap(({ message }) => message.attachments)];
  const shown = files.map(({ id: file, filename: name, url }) => ({ id: file, name, url }));
  return {
    id,
    author: author.id,
    mark: embeds.map(({ url }) => markOf(url ?? undefined)).find((mark) => mark !== undefined),
    attachments: [...shown, ...embeds.flatMap(({ image }) => embedded(image?.url) ?? [])],
  };
}

/** What an embed shows is not listed among the attachments; its address says which one it is. */
function embedded(url: string | undefined): Attachment | undefined {
  const path = url === undefined ? undefined : URL.parse(url)?.pathname;
  const [, id, name] = PATH.exec(path ?? '') ?? [];
  return url === undefined || id === undefined || name === undefined ? undefined : { id, name, url };
}

import type { ChatFile } from '../../../core/ports/chat.ts';
import { mediumOf } from '../../chat/medium.ts';
import { fileId } from '../file-reference.ts';
import type { ToldUser } from './place.ts';

/** An attachment as events describe it. */
export interface ToldFile {
  readonly id: string;
  readonly filename: string;
  /** Bytes. */
  readonly size: number;
  readonly url: string;
  readonly content_type?: string | undefined;
}

/** What a message carries: its own words and files, or those of a message that it forwards. */
export interface Bearer {
  readonly content: string;
  readonly attachments: readonly ToldFile[];
  readonly mentions: readonly ToldUser[];
  /** Of a forward: the message as it was then, without its author. */
  readonly message_snapshots?: readonly { readonly message: Omit<Bearer, 'message_snapshots'> }[] | undefined;
}

/** A forward shows the words and the files of another message, and has none of its own. */
export function carried({
  content,
  attachments,
  mentions,
  message_snapshots: snapshots = [],
}: Bearer): Omit<Bearer, 'message_snapshots'> {
  const forwarded = snapshots.map(({ message }) => message);
  return {
    content: [content, ...forwarded.map((each) => each.content)].filter((each) => each !== '').join('\n'),
    attachments: [...attachments, ...forwarded.flatMap((each) => each.attachments)],
    mentions: [...mentions, ...forwarded.flatMap((each) => each.mentions)],
  };
}

export function kindOf({ filename, content_type: mimetype }: ToldFile): ReturnType<typeof mediumOf> {
  return mediumOf({ name: filename, mimetype });
}

/** As core knows it. `at` is absent for what was given with a command: it belongs to no message. */
export function toChatFile(
  { id, filename, size, url }: ToldFile,
  at?: { readonly channel: string; readonly message: string },
): ChatFile {
  return {
    id: fileId({ url, ...(at && { place: { ...at, attachment: id } }) }),
    name: filename,
    bytes: size,
  };
}

import type { ChatFile } from '../../../core/ports/chat.ts';
import { mediumOf } from '../../chat/medium.ts';
import { fileId } from '../file-reference.ts';

/** An attachment as events describe it. */
export interface ToldFile {
  readonly id: string;
  readonly filename: string;
  /** Bytes. */
  readonly size: number;
  readonly url: string;
  readonly content_type?: string | undefined;
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

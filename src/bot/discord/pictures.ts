import { stat } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { mimeOf } from '../../core/media/mime-of.ts';
import type { Card } from '../../core/ports/chat.ts';
import { systemCode } from '../../core/system-code.ts';
import { shortHash } from '../chat/card-hash.ts';
import { clean, clip } from '../chat/clean-text.ts';
import { LIMITS } from './limits.ts';
import type { OutgoingFile } from './multipart.ts';
import type { Outbound } from './outbound.ts';
import { picturesOf } from './render-card.ts';

const PREFIX = 'picture-';
/** A picture of a card is small; what is larger is none of ours. */
const MAXIMUM_BYTES = 4 * 1024 * 1024;

/** A picture of a card, as an attachment of its message. */
export interface Picture extends OutgoingFile {
  readonly description: string;
}

/** Whether an attachment is a picture of a card, which may go with it. */
export function isPicture(fileName: string): boolean {
  return fileName.startsWith(PREFIX);
}

/** The pictures of a card by their paths. The same picture always has the same name; one that cannot be had is left out. */
export async function readPictures(
  card: Card,
  logger: Outbound['logger'],
): Promise<ReadonlyMap<string, Picture>> {
  const found = new Map<string, Picture>();
  for (const { path, description } of picturesOf(card)) {
    try {
      const { size: bytes, mtimeMs } = await stat(path);
      if (bytes > MAXIMUM_BYTES) throw new Error('too large');
      const extension = extname(path).slice(1).toLowerCase();
      const name = `${PREFIX}${shortHash(`${path}:${bytes}:${Math.floor(mtimeMs)}`).slice(0, 16)}.${/^[a-z]{3,4}$/.test(extension) ? extension : 'jpg'}`;
      const words = clip(clean(description), LIMITS.altText);
      found.set(path, { path, name, bytes, mime: mimeOf('image', extension), description: words });
    } catch (error) {
      const why = systemCode(error) ?? (error instanceof Error ? error.message : String(error));
      logger.warn({ picture: basename(path), why }, 'picture not shown: it cannot be read');
    }
  }
  return found;
}

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { CosmosError } from '../errors.ts';
import type { Sha256 } from '../ids.ts';
import type { StoredFile } from '../ports/media.ts';
import { checkText } from '../prompts/check-text.ts';
import { mapFileErrors } from '../prompts/file-errors.ts';

/** Enough for every text that is short enough, with blanks around it; what is longer is read piece by piece. */
const MOST_SHOWN_BYTES = 65_536;

/** Keeps a text that only the log has as a file. */
export async function keepText(text: string, to: string): Promise<StoredFile> {
  const content = Buffer.from(text);
  await mapFileErrors('outputs', async () => await writeFile(to, content, { flush: true }));
  return { sha256: createHash('sha256').update(content).digest('hex') as Sha256, bytes: content.length };
}

/**
 * Proves that a file is a text with something in it, and gives it where it could be that of a prompt; a longer one is a
 * file for people to open. Throws `model.output_invalid` {file, reason} (`not_text`, `blank`).
 */
export async function proveText(path: string, file: string, bytes: number): Promise<string | undefined> {
  const isShown = bytes <= MOST_SHOWN_BYTES;
  let text = '';
  let isBlank = true;
  for await (const piece of textOf(path, file)) {
    if (piece.includes('\0')) throw new CosmosError('model.output_invalid', { file, reason: 'not_text' });
    if (piece.trim() !== '') isBlank = false;
    if (isShown) text += piece;
  }
  if (isBlank) throw new CosmosError('model.output_invalid', { file, reason: 'blank' });
  const checked = checkText(text);
  return isShown && checked.ok ? checked.value : undefined;
}

async function* textOf(path: string, file: string): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const bytes of createReadStream(path)) yield decoder.decode(bytes, { stream: true });
    yield decoder.decode();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new CosmosError('model.output_invalid', { file, reason: 'not_text' }, { cause: error });
  }
}

import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { CosmosError } from '../errors.ts';
import type { Sha256 } from '../ids.ts';
import type { StoredFile } from '../ports/media.ts';
import { mapFileErrors } from '../prompts/file-errors.ts';

/** Longer texts are files for people to open, bytes. */
const MOST_SHOWN_BYTES = 32_768;

/** Keeps a text that only the log has as a file. */
export async function keepText(text: string, to: string): Promise<StoredFile> {
  const content = Buffer.from(text);
  await mapFileErrors('outputs', async () => await writeFile(to, content, { flush: true }));
  return { sha256: createHash('sha256').update(content).digest('hex') as Sha256, bytes: content.length };
}

/**
 * Proves that a file is a text with something in it, and gives it where it is short enough to be shown. Throws
 * `model.output_invalid` {file, reason} (`not_text`, `blank`).
 */
export async function proveText(path: string, file: string, bytes: number): Promise<string | undefined> {
  const content = await readFile(path);
  const text = decoded(content);
  if (text === undefined || text.includes('\0'))
    throw new CosmosError('model.output_invalid', { file, reason: 'not_text' });
  if (text.trim() === '') throw new CosmosError('model.output_invalid', { file, reason: 'blank' });
  return bytes > MOST_SHOWN_BYTES ? undefined : text.trim();
}

function decoded(content: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

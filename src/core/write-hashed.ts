import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CosmosError } from './errors.ts';
import type { Sha256 } from './ids.ts';
import type { HashedFile } from './ports/hashed-file.ts';

/**
 * Writes a stream to `to`, hashing it on the way: nobody has to read the file again to know its content. The bytes are
 * on the disk when this returns, and nobody may change them afterwards; whatever lay under the name is replaced, not
 * written into. Throws `input.file_too_large`, what the source throws, the reason of `signal`, and what the system
 * says; a part may be left then.
 */
export async function writeHashed(
  source: AsyncIterable<Uint8Array>,
  to: string,
  { maxBytes, signal }: { maxBytes: number; signal?: AbortSignal | undefined },
): Promise<HashedFile> {
  const hash = createHash('sha256');
  let bytes = 0;
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      hash.update(chunk);
      done(bytes > maxBytes ? new CosmosError('input.file_too_large', { bytes, maxBytes }) : null, chunk);
    },
  });
  await rm(to, { force: true });
  const target = createWriteStream(to, { flags: 'wx', flush: true, mode: 0o444 });
  await pipeline(source, measure, target, { ...(signal && { signal }) });
  return { sha256: hash.digest('hex') as Sha256, bytes };
}

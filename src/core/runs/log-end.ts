import { createReadStream, createWriteStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';

/** What tells that something is left out has room in so many bytes. */
const HEAD_BYTES = 256;
/** Within so many bytes a line ends, or it is cut. */
const LONGEST_LINE_BYTES = 64 * 1024;
const NEWLINE = 0x0a;

/** A shorter copy of a log. */
export interface LogEnd {
  readonly path: string;
  readonly bytes: number;
}

/**
 * Writes the end of the file at `path` to `to`, in whole lines where it has them and with what `say` tells of the bytes
 * that are left out in front, in 255 bytes: at most `maxBytes` together. Undefined where not even that fits.
 */
export async function logEnd(
  path: string,
  to: string,
  maxBytes: number,
  say: (leftOutBytes: number) => string,
): Promise<LogEnd | undefined> {
  const { size } = await stat(path);
  const room = maxBytes - HEAD_BYTES;
  if (room <= 0) return undefined;
  const cut = Math.max(0, size - room);
  const start = cut + (await restOfLine(path, cut));
  const head = Buffer.from(`${say(start)}\n`);
  const content = async function* (): AsyncGenerator<Uint8Array> {
    yield head;
    yield* createReadStream(path, { start, end: size - 1 });
  };
  await pipeline(content, createWriteStream(to));
  return { path: to, bytes: head.length + size - start };
}

/** Bytes from `offset` to the beginning of the next line; none where the line is too long. */
async function restOfLine(path: string, offset: number): Promise<number> {
  if (offset === 0) return 0;
  await using file = await open(path, 'r');
  const { buffer, bytesRead } = await file.read(
    Buffer.alloc(LONGEST_LINE_BYTES),
    0,
    LONGEST_LINE_BYTES,
    offset,
  );
  const end = buffer.subarray(0, bytesRead).indexOf(NEWLINE);
  return end < 0 || end + 1 >= bytesRead ? 0 : end + 1;
}

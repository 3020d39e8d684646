import { CosmosError } from '../../errors.ts';

const LENGTH_BYTES = 4;

/** The pieces of a stream in which each one stands behind its length, as four bytes (little endian). */
export async function* readPieces(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let waiting: Buffer[] = [];
  let bytes = 0;
  const take = (count: number): Buffer => {
    const all = waiting.length === 1 && waiting[0] !== undefined ? waiting[0] : Buffer.concat(waiting);
    waiting = [all.subarray(count)];
    bytes -= count;
    return all.subarray(0, count);
  };
  let wanted: number | undefined;
  for await (const chunk of stream) {
    waiting.push(chunk);
    bytes += chunk.length;
    for (;;) {
      if (wanted === undefined && bytes >= LENGTH_BYTES) wanted = take(LENGTH_BYTES).readUInt32LE(0);
      if (wanted === undefined || bytes < wanted) break;
      yield take(wanted);
      wanted = undefined;
    }
  }
  if (bytes > 0 || wanted !== undefined)
    throw new CosmosError('media.worker_failed', { detail: 'a piece broke off' });
}

/** What stands before a piece of so many bytes. */
export function pieceLength(bytes: number): Buffer {
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32LE(bytes, 0);
  return length;
}

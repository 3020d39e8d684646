import { once } from 'node:events';
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/**
 * Writes a stream to the pipe of a child process, no faster than it reads. A child that ends early is no error here: it
 * says why itself. What the stream throws is thrown, after `kill`.
 */
export async function feedTool(
  pipe: Readable | Writable | null | undefined,
  feed: AsyncIterable<Uint8Array>,
  kill: () => void,
): Promise<void> {
  if (!(pipe instanceof Writable)) throw new TypeError('The child has no pipe to write to');
  const source = Readable.from(feed, { objectMode: true, highWaterMark: 1 });
  let failure: unknown;
  source.once('error', (error) => {
    failure = error;
    kill();
  });
  const closed = once(pipe, 'close').catch(() => undefined);
  await pipeline(source, pipe).catch(() => undefined);
  await closed;
  if (failure !== undefined) throw failure;
}

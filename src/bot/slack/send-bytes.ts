import type { FileHandle } from 'node:fs/promises';
import { openRegularFile } from '../../core/media/open-regular-file.ts';
import { Stall } from '../chat/stall.ts';
import { networkDetail, unavailable } from './slack-errors.ts';

const CHUNK_BYTES = 256 * 1024;

/**
 * Sends a file's bytes to an upload address, read only as fast as they leave: memory stays flat however long the file is.
 * Throws `chat.unavailable` where the network or Slack fails, and what reading the file throws.
 */
export async function sendBytes(
  file: { readonly path: string; readonly bytes: number },
  url: string,
  { closed, stallMs }: { closed: AbortSignal; stallMs: number },
): Promise<void> {
  await using handle = await openRegularFile(file.path, file.bytes);
  using stall = new Stall(stallMs);
  const reading: Reading = {};
  let response: Response;
  try {
    response = await fetch(url, {
      method: 'POST',
      body: chunksOf(handle, file.bytes, stall, reading),
      duplex: 'half',
      redirect: 'error',
      headers: { 'content-type': 'application/octet-stream', 'content-length': String(file.bytes) },
      signal: AbortSignal.any([closed, stall.signal]),
    });
    await response.arrayBuffer();
  } catch (error) {
    // A request whose body breaks says nothing of why.
    if (reading.failure !== undefined) throw reading.failure;
    throw unavailable(networkDetail(error), error);
  }
  if (response.status !== 200) throw unavailable(`HTTP ${response.status}`);
}

/** What reading the file threw. */
interface Reading {
  failure?: unknown;
}

async function* chunksOf(
  handle: FileHandle,
  bytes: number,
  stall: Stall,
  reading: Reading,
): AsyncGenerator<Uint8Array> {
  let sent = 0;
  while (sent < bytes) {
    // A buffer of its own for each chunk: the one before may still be on its way.
    const chunk = Buffer.allocUnsafeSlow(Math.min(CHUNK_BYTES, bytes - sent));
    const read = await handle.read(chunk, 0, chunk.length, sent).catch((error: unknown) => {
      reading.failure = error;
      throw error;
    });
    if (read.bytesRead === 0) {
      reading.failure = unavailable('the file became shorter while it was sent');
      throw reading.failure;
    }
    sent += read.bytesRead;
    stall.moved();
    yield chunk.subarray(0, read.bytesRead);
  }
}

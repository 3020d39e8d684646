import { openRegularFile } from '../../core/media/open-regular-file.ts';

const CHUNK_BYTES = 256 * 1024;

/** A file of a message; sent as long as it is now. */
export interface OutgoingFile {
  readonly path: string;
  readonly name: string;
  readonly bytes: number;
  readonly mime: string;
}

export interface Multipart {
  readonly body: ReadableStream<Uint8Array>;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * A message with files, read only as fast as they leave: memory stays flat however long they are. `moved` is told of
 * the beginning and of every chunk. The body fails with what reading a file throws.
 */
export function multipart(
  payload: object,
  files: readonly OutgoingFile[],
  { boundary, moved = () => undefined }: { readonly boundary: string; readonly moved?: () => void },
): Multipart {
  const json = Buffer.from(
    `${head(boundary, 'payload_json', 'application/json')}${JSON.stringify(payload)}\r\n`,
  );
  const heads = files.map((file, index) =>
    Buffer.from(head(boundary, `files[${index}]"; filename="${file.name}`, file.mime)),
  );
  const tail = Buffer.from(`--${boundary}--\r\n`);
  const between = Buffer.from('\r\n');
  const fileBytes = files.reduce((sum, { bytes }, index) => {
    return sum + bytes + (heads[index]?.length ?? 0) + between.length;
  }, 0);

  async function* parts(): AsyncGenerator<Uint8Array> {
    moved();
    yield json;
    for (const [index, file] of files.entries()) {
      yield heads[index] ?? between;
      for await (const chunk of chunksOf(file)) {
        moved();
        yield chunk;
      }
      yield between;
    }
    yield tail;
  }

  return {
    body: ReadableStream.from(parts()),
    headers: {
      'content-type': `multipart/form-data; boundary=${boundary}`,
      'content-length': String(json.length + fileBytes + tail.length),
    },
  };
}

function head(boundary: string, name: string, mime: string): string {
  return `--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\ncontent-type: ${mime}\r\n\r\n`;
}

async function* chunksOf({ path, bytes }: OutgoingFile): AsyncGenerator<Uint8Array> {
  await using handle = await openRegularFile(path, bytes);
  for (let sent = 0; sent < bytes; ) {
    // A buffer of its own for each chunk: the one before may still be on its way.
    const chunk = Buffer.allocUnsafeSlow(Math.min(CHUNK_BYTES, bytes - sent));
    const { bytesRead } = await handle.read(chunk, 0, chunk.length, sent);
    if (bytesRead === 0) throw new Error('the file became shorter while it was sent');
    sent += bytesRead;
    yield chunk.subarray(0, bytesRead);
  }
}

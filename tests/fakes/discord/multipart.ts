import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import type { SentFile } from './call-log.ts';

/** What a multipart body held: files on disk, fields in memory. */
export interface Multipart {
  readonly fields: ReadonlyMap<string, string>;
  readonly files: readonly SentFile[];
}

interface Part {
  readonly name: string;
  readonly fileName: string | undefined;
  readonly contentType: string;
}

/** Reads a multipart body; its files go to disk while they are counted and hashed. Throws where it breaks off. */
export async function readMultipart(
  body: AsyncIterable<Uint8Array>,
  boundary: string,
  directory: string,
): Promise<Multipart> {
  const fields = new Map<string, string>();
  const files: SentFile[] = [];
  let sink: FieldSink | FileSink | undefined;
  for await (const event of partsOf(body, boundary)) {
    if (event.kind === 'head') {
      sink = event.part.fileName === undefined ? new FieldSink() : new FileSink(event.part, directory);
    } else if (event.kind === 'data') {
      await sink?.write(event.data);
    } else if (sink instanceof FileSink) {
      files.push(await sink.end());
    } else if (sink) {
      fields.set(event.part.name, sink.text);
    }
  }
  return { fields, files };
}

type PartEvent =
  | { readonly kind: 'head' | 'end'; readonly part: Part }
  | { readonly kind: 'data'; readonly data: Buffer };

async function* partsOf(body: AsyncIterable<Uint8Array>, boundary: string): AsyncGenerator<PartEvent> {
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  // The first delimiter has no line in front of it.
  let rest: Buffer = Buffer.from('\r\n');
  let part: Part | undefined;
  let done = false;
  for await (const chunk of body) {
    // The body is read to its end, whatever follows the last part.
    if (done) continue;
    rest = Buffer.concat([rest, chunk]);
    for (;;) {
      if (part) {
        const end = rest.indexOf(delimiter);
        // What may be the beginning of a delimiter stays for the next chunk.
        const safe = end >= 0 ? end : Math.max(0, rest.length - delimiter.length);
        if (safe > 0) yield { kind: 'data', data: rest.subarray(0, safe) };
        rest = rest.subarray(safe);
        if (end < 0) break;
        yield { kind: 'end', part };
        part = undefined;
      }
      const head = rest.indexOf('\r\n\r\n', delimiter.length);
      if (rest.subarray(delimiter.length, delimiter.length + 2).toString() === '--') {
        done = true;
        break;
      }
      if (head < 0) break;
      part = partFrom(rest.subarray(delimiter.length, head).toString());
      rest = rest.subarray(head + 4);
      yield { kind: 'head', part };
    }
  }
  if (!done) throw new Error('the multipart body ends within a part');
}

function partFrom(head: string): Part {
  return {
    name: /\bname="([^"]*)"/.exec(head)?.[1] ?? '',
    fileName: /\bfilename="([^"]*)"/.exec(head)?.[1],
    contentType: /^content-type:\s*(.+)$/im.exec(head)?.[1]?.trim() ?? 'application/octet-stream',
  };
}

class FieldSink {
  readonly #chunks: Buffer[] = [];

  get text(): string {
    return Buffer.concat(this.#chunks).toString();
  }

  async write(data: Buffer): Promise<void> {
    this.#chunks.push(Buffer.from(data));
  }
}

class FileSink {
  readonly #part: Part;
  readonly #path: string;
  readonly #stream: WriteStream;
  readonly #hash = createHash('sha256');
  #size = 0;

  constructor(part: Part, directory: string) {
    this.#part = part;
    this.#path = join(directory, `${randomUUID()}.sent`);
    this.#stream = createWriteStream(this.#path);
  }

  async write(data: Buffer): Promise<void> {
    this.#size += data.length;
    this.#hash.update(data);
    // The chunk's memory may be used again by the time it is written.
    if (!this.#stream.write(Buffer.from(data))) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#stream.once('drain', resolve);
      await promise;
    }
  }

  async end(): Promise<SentFile> {
    this.#stream.end();
    await finished(this.#stream);
    return {
      field: this.#part.name,
      name: this.#part.fileName ?? '',
      contentType: this.#part.contentType,
      size: this.#size,
      sha256: this.#hash.digest('hex'),
      path: this.#path,
    };
  }
}

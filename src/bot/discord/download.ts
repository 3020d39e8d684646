import { rm } from 'node:fs/promises';
import { CosmosError } from '../../core/errors.ts';
import type { ChatFile } from '../../core/ports/chat.ts';
import type { HashedFile } from '../../core/ports/hashed-file.ts';
import { writeHashed } from '../../core/write-hashed.ts';
import { Stall } from '../chat/stall.ts';
import type { Calls } from './calls.ts';
import { networkDetail, unavailable } from './discord-errors.ts';
import { type FileReference, isFresh, parseFileId } from './file-reference.ts';
import { MessageReader } from './message-reader.ts';
import type { Outbound } from './outbound.ts';

/** The only hosts of files, unless the API has another base. */
const FILE_HOSTS = ['cdn.discordapp.com', 'media.discordapp.net'];
const USUAL_API_HOST = 'discord.com';
/** Types of what may be an input, or of what Discord did not recognise. */
const MEDIA = /^$|^(video|audio|image)\/|^(application|binary)\/octet-stream$|^application\/(mp4|ogg|mxf)$/;

/** Files that people have sent. */
export class DiscordDownloads {
  readonly #outbound: Outbound;
  readonly #reader: MessageReader;

  constructor(outbound: Outbound, calls: Calls) {
    this.#outbound = outbound;
    this.#reader = new MessageReader(outbound, calls);
  }

  /** As `ChatPort.download`. A link that has expired, or does not work any more, is asked for again once. */
  async download(file: ChatFile, to: string, maxBytes: number, signal?: AbortSignal): Promise<HashedFile> {
    signal?.throwIfAborted();
    const reference = parseFileId(file.id);
    if (reference === undefined) throw problem('input.file_missing', file);
    if (file.bytes !== undefined && file.bytes > maxBytes) {
      throw problem('input.file_too_large', file, { maxBytes });
    }
    const { closed, times, clock } = this.#outbound;
    using stall = new Stall(times.stallMs);
    const ended = AbortSignal.any([closed, stall.signal, ...(signal === undefined ? [] : [signal])]);
    try {
      const known = isFresh(reference, clock.now())
        ? await this.#open(reference.url, file, ended)
        : undefined;
      const body = known ?? (await this.#open(await this.#freshUrl(reference, file), file, ended));
      if (body === undefined) throw problem('input.file_missing', file);
      return await writeHashed(checked(body, { file, maxBytes, stall }), to, { maxBytes, signal: ended });
    } catch (error) {
      await rm(to, { force: true });
      if (signal?.aborted) throw signal.reason;
      if (ended.aborted) throw unavailable(stall.signal.aborted ? 'deadline' : 'closed', error);
      throw error;
    }
  }

  async #freshUrl({ place }: FileReference, file: ChatFile): Promise<string> {
    const message = place && (await this.#reader.get(place.channel, place.message));
    const attachment = message?.attachments.find(({ id }) => id === place?.attachment);
    if (attachment === undefined) throw problem('input.file_missing', file);
    return attachment.url;
  }

  /** Undefined where nothing is there under this link. */
  async #open(
    given: string,
    file: ChatFile,
    signal: AbortSignal,
  ): Promise<ReadableStream<Uint8Array> | undefined> {
    const url = this.#allowed(given, file);
    let response: Response;
    try {
      response = await fetch(url, { redirect: 'error', signal });
    } catch (error) {
      throw unavailable(networkDetail(error), error);
    }
    const { status, headers, body } = response;
    const type = headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? '';
    if (status === 200 && MEDIA.test(type) && body !== null) return body;
    await body?.cancel();
    if ([403, 404, 410].includes(status)) return undefined;
    if (status !== 200) throw unavailable(`HTTP ${status}`);
    throw problem('input.not_media', file, { detail: type });
  }

  #allowed(given: string, file: ChatFile): URL {
    const url = new URL(given);
    const api = new URL(this.#outbound.apiUrl);
    const hosts = api.host === USUAL_API_HOST ? FILE_HOSTS : [...FILE_HOSTS, api.host];
    const isSafe = url.protocol === 'https:' || (url.host === api.host && url.protocol === api.protocol);
    if (!isSafe || !hosts.includes(url.host)) {
      throw problem('input.file_unreadable', file, { detail: 'foreign_host' });
    }
    return url;
  }
}

interface Expected {
  readonly file: ChatFile;
  readonly maxBytes: number;
  readonly stall: Stall;
}

/** The bytes of the answer as they come, as long as they are a file of that size. */
async function* checked(
  body: ReadableStream<Uint8Array>,
  { file, maxBytes, stall }: Expected,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  try {
    for await (const chunk of body) {
      stall.moved();
      bytes += chunk.length;
      if (bytes > maxBytes) throw problem('input.file_too_large', file, { maxBytes });
      yield chunk;
    }
  } catch (error) {
    throw error instanceof CosmosError ? error : unavailable(networkDetail(error), error);
  }
  if (file.bytes !== undefined && bytes < file.bytes) throw unavailable('the file ended too early');
}

function problem(
  code: 'input.file_missing' | 'input.file_unreadable' | 'input.file_too_large' | 'input.not_media',
  { name }: ChatFile,
  parameters: Readonly<Record<string, string | number>> = {},
): CosmosError {
  return new CosmosError(code, { file: name, ...parameters });
}

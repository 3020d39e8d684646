import { rm } from 'node:fs/promises';
import { CosmosError } from '../../core/errors.ts';
import type { ChatFile } from '../../core/ports/chat.ts';
import type { HashedFile } from '../../core/ports/hashed-file.ts';
import { writeHashed } from '../../core/write-hashed.ts';
import { Stall } from '../chat/stall.ts';
import { type FileInfo, FileSteps } from './file-steps.ts';
import type { Outbound } from './outbound.ts';
import { networkDetail, unavailable } from './slack-errors.ts';

/** The only host of files, unless the Web API has another base. */
const FILE_HOST = 'files.slack.com';
const USUAL_API_HOST = 'slack.com';
/** Types of what may be an input, or of what Slack has not looked at. */
const MEDIA =
  /^$|^(video|audio|image)\/|^(application|binary)\/octet-stream$|^application\/(mp4|ogg|mxf|(x-)?zip(-compressed)?)$/;
/** How a page begins: programs save it happily as a video. */
const PAGE = /^\s*(<!doctype|<html|<head|<\?xml)/i;

/** Files that people have sent. */
export class SlackDownloads {
  readonly #outbound: Outbound;
  readonly #steps: FileSteps;

  constructor(outbound: Outbound) {
    this.#outbound = outbound;
    this.#steps = new FileSteps(outbound);
  }

  /**
   * As `ChatPort.download`. Slack is asked for the file first: its address changes, and files of other organisations come
   * without one.
   */
  async download(file: ChatFile, to: string, maxBytes: number, signal?: AbortSignal): Promise<HashedFile> {
    signal?.throwIfAborted();
    const info = await this.#steps.info(file.id);
    signal?.throwIfAborted();
    if (info === undefined) throw problem('input.file_missing', file);
    if (info.size !== undefined && info.size > maxBytes)
      throw problem('input.file_too_large', file, { maxBytes });
    const { closed, times } = this.#outbound;
    using stall = new Stall(times.stallMs);
    const ended = AbortSignal.any([closed, stall.signal, ...(signal === undefined ? [] : [signal])]);
    try {
      const body = await this.#open(this.#address(info, file), file, ended);
      const bytes = checked(body, { file, maxBytes, expected: info.size, stall });
      return await writeHashed(bytes, to, { maxBytes, signal: ended });
    } catch (error) {
      await rm(to, { force: true });
      if (signal?.aborted) throw signal.reason;
      if (ended.aborted) throw unavailable(stall.signal.aborted ? 'deadline' : 'closed', error);
      throw error;
    }
  }

  /** The token goes along, so it goes to Slack's own host and nowhere else. */
  #address(info: FileInfo, file: ChatFile): URL {
    const given = info.url_private_download ?? info.url_private;
    const url = given === undefined ? null : URL.parse(given);
    if (url === null || info.is_external === true) {
      throw problem('input.file_unreadable', file, { detail: 'not_stored' });
    }
    const api = new URL(this.#outbound.apiUrl);
    const hosts = api.host === USUAL_API_HOST ? [FILE_HOST] : [FILE_HOST, api.host, `files.${api.host}`];
    const isSafe = url.protocol === 'https:' || url.protocol === api.protocol;
    if (!isSafe || !hosts.includes(url.host)) {
      throw problem('input.file_unreadable', file, { detail: 'foreign_host' });
    }
    return url;
  }

  async #open(url: URL, file: ChatFile, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    let response: Response;
    try {
      response = await fetch(url, {
        headers: { authorization: `Bearer ${this.#outbound.token.reveal()}` },
        redirect: 'manual',
        signal,
      });
    } catch (error) {
      throw unavailable(networkDetail(error), error);
    }
    const { status, headers, body } = response;
    const type = headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? '';
    const failure = failureOf(status, type, file);
    if (failure === undefined && body !== null) return body;
    await body?.cancel();
    throw failure ?? problem('input.file_unreadable', file, { detail: 'empty' });
  }
}

function failureOf(status: number, type: string, file: ChatFile): CosmosError | undefined {
  // Without the right to it, Slack sends whoever asks to its login page, or shows it.
  if (status >= 300 && status < 400) return problem('input.file_unreadable', file, { detail: 'login_page' });
  if (status === 404 || status === 410) return problem('input.file_missing', file);
  if (status === 401 || status === 403) return problem('input.file_unreadable', file, { detail: 'denied' });
  if (status !== 200) return unavailable(`HTTP ${status}`);
  if (type === 'text/html') return problem('input.file_unreadable', file, { detail: 'login_page' });
  return MEDIA.test(type) ? undefined : problem('input.not_media', file, { detail: type });
}

interface Expected {
  readonly file: ChatFile;
  readonly maxBytes: number;
  /** As Slack says. */
  readonly expected: number | undefined;
  readonly stall: Stall;
}

/** The bytes of the answer as they come, as long as they are a file of that size. */
async function* checked(
  body: ReadableStream<Uint8Array>,
  { file, maxBytes, expected, stall }: Expected,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of readable(body)) {
    stall.moved();
    if (bytes === 0 && PAGE.test(Buffer.from(chunk.subarray(0, 100)).toString('latin1'))) {
      throw problem('input.file_unreadable', file, { detail: 'login_page' });
    }
    bytes += chunk.length;
    if (bytes > maxBytes) throw problem('input.file_too_large', file, { maxBytes });
    yield chunk;
  }
  if (expected !== undefined && bytes < expected) throw unavailable('the file ended too early');
}

async function* readable(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw unavailable(networkDetail(error), error);
  }
}

function problem(
  code: 'input.file_missing' | 'input.file_unreadable' | 'input.file_too_large' | 'input.not_media',
  { name }: ChatFile,
  parameters: Readonly<Record<string, string | number>> = {},
): CosmosError {
  return new CosmosError(code, { file: name, ...parameters });
}

import { REST, type RequestData, type ResponseLike } from 'discord.js';
import type { Secret } from '../../core/ports/secret.ts';
import type { DiscordTimes } from './discord-times.ts';
import { fetchWhole } from './fetch-whole.ts';

/**
 * A queue of its own for each kind of call: a slow upload must not hold up a post, nor an edit an answer.
 * `posts`, `edits` and `uploads` are sent once, since nobody knows whether a failed one has arrived; `lookups` may be
 * repeated.
 */
export type Lane = 'posts' | 'edits' | 'uploads' | 'lookups';

export interface ClientParts {
  readonly token: Secret;
  /** Base of the API without its version, such as `https://discord.com/api`. */
  readonly apiUrl: string;
  readonly times: Pick<DiscordTimes, 'callMs' | 'uploadMs'>;
  /** Ends every call that is under way, and every later one. */
  readonly closed: AbortSignal;
}

/** What a call sends. */
export interface CallBody {
  readonly json?: unknown;
  /** A body of its own, with the headers that describe it. */
  readonly stream?: {
    readonly body: ReadableStream<Uint8Array>;
    readonly headers: Readonly<Record<string, string>>;
  };
  readonly query?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/**
 * Calls of the REST API. No call waits by itself where Discord asks to come later: it is thrown as `RateLimitError`, and
 * nothing was done. The token is not the library's: one 401 would make it forget it, and every later call fail without a
 * word of why.
 */
export class DiscordClient {
  readonly #lanes: Readonly<Record<Lane, REST>>;

  constructor({ token, apiUrl, times, closed }: ClientParts) {
    const make = (timeout: number, retries: number): REST =>
      new REST({
        api: apiUrl.replace(/\/+$/, ''),
        timeout,
        retries,
        rejectOnRateLimit: () => true,
        // Nothing lives so long that it would have to be swept, and a timer for it would outlive the adapter.
        hashSweepInterval: 0,
        handlerSweepInterval: 0,
        makeRequest: async (url, init): Promise<ResponseLike> => await fetchWhole(url, init, token, closed),
      });
    this.#lanes = {
      posts: make(times.callMs, 0),
      edits: make(times.callMs, 0),
      uploads: make(times.uploadMs, 0),
      lookups: make(times.callMs, 2),
    };
  }

  async get(lane: Lane, route: `/${string}`, body: CallBody = {}): Promise<unknown> {
    return await this.#lanes[lane].get(route, requestData(body));
  }

  async post(lane: Lane, route: `/${string}`, body: CallBody = {}): Promise<unknown> {
    return await this.#lanes[lane].post(route, requestData(body));
  }

  async patch(lane: Lane, route: `/${string}`, body: CallBody = {}): Promise<unknown> {
    return await this.#lanes[lane].patch(route, requestData(body));
  }

  async put(lane: Lane, route: `/${string}`, body: CallBody = {}): Promise<unknown> {
    return await this.#lanes[lane].put(route, requestData(body));
  }

  async delete(lane: Lane, route: `/${string}`, body: CallBody = {}): Promise<unknown> {
    return await this.#lanes[lane].delete(route, requestData(body));
  }
}

function requestData({ json, stream, query, signal }: CallBody): RequestData {
  return {
    auth: false,
    ...(json !== undefined && { body: json }),
    ...(stream !== undefined && {
      body: stream.body,
      headers: { ...stream.headers },
      passThroughBody: true,
    }),
    ...(query !== undefined && { query: new URLSearchParams(query) }),
    ...(signal !== undefined && { signal }),
  };
}

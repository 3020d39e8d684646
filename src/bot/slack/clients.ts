import { WebClient, type WebClientOptions } from '@slack/web-api';
import type { Logger } from 'pino';
import type { Secret } from '../../core/ports/secret.ts';
import { slackLogger } from './slack-logger.ts';
import type { SlackTimes } from './slack-times.ts';

/**
 * One client for each kind of call: a client that is asked to come later holds back all of its calls, and a modal must
 * not wait for an edit.
 */
export interface SlackClients {
  /** Modals, the home page, and messages for one person alone. */
  readonly interactive: WebClient;
  /** New messages: sent once, since nobody knows whether a failed one has arrived. */
  readonly posts: WebClient;
  /** Edits and deletions: refused at once where there are too many, and merged by whoever asked. */
  readonly edits: WebClient;
  /** The steps of an upload. */
  readonly files: WebClient;
  /** Reading, which may be repeated. */
  readonly lookups: WebClient;
}

export interface ClientParts {
  readonly token: Secret;
  /** Base of the Web API. */
  readonly apiUrl: string;
  readonly logger: Logger;
  readonly times: Pick<SlackTimes, 'callMs'>;
  /** Ends every call that is under way, and every later one. */
  readonly closed: AbortSignal;
}

/**
 * No client waits by itself where Slack asks to come later: it would pause all of its calls. `headers` is never set: the
 * library writes the token into that object, and whoever shares it sends the wrong one.
 */
export function createClients({ token, apiUrl, logger, times, closed }: ClientParts): SlackClients {
  const make = (options: { readonly timeout: number; readonly retries: number }): WebClient =>
    new WebClient(token.reveal(), {
      slackApiUrl: apiUrl,
      logger: slackLogger(logger),
      timeout: options.timeout,
      rejectRateLimitedCalls: true,
      // An object of its own: what is shared is written into by the library.
      retryConfig: { retries: options.retries, minTimeout: 300, maxTimeout: 2_000 },
      fetch: fetchUntil(closed),
    });
  const { callMs } = times;
  return {
    interactive: make({ timeout: callMs, retries: 0 }),
    posts: make({ timeout: callMs, retries: 0 }),
    edits: make({ timeout: callMs, retries: 0 }),
    files: make({ timeout: 3 * callMs, retries: 0 }),
    lookups: make({ timeout: callMs, retries: 2 }),
  };
}

/** `fetch` that ends with the adapter. */
function fetchUntil(closed: AbortSignal): NonNullable<WebClientOptions['fetch']> {
  return async (url, init = {}) => {
    const signal = init.signal === undefined ? closed : AbortSignal.any([init.signal, closed]);
    return await fetch(url, { ...init, signal });
  };
}

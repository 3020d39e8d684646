import { SocketModeClient } from '@slack/socket-mode';
import { LogLevel, WebClient, type WebClientOptions } from '@slack/web-api';
import { onTestFinished } from 'vitest';
import type { Studio } from '../../support/slack-studio.ts';

const silent = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  setLevel: () => undefined,
  getLevel: () => LogLevel.ERROR,
  setName: () => undefined,
};

/** The real Web API client, without retries unless a test wants them. */
export function webClient(
  studio: Studio,
  options: WebClientOptions = {},
  token = studio.bot.botToken,
): WebClient {
  return new WebClient(token, {
    slackApiUrl: studio.slack.apiUrl,
    logger: silent,
    retryConfig: { retries: 0 },
    ...options,
  });
}

/**
 * The real Socket Mode client, connected; it comes back only where a test wants it and waits for it: to disconnect it
 * on its way back is a rejection that nobody handles.
 */
export async function socketClient(
  studio: Studio,
  options: { reconnects?: boolean } = {},
): Promise<SocketModeClient> {
  const client = new SocketModeClient({
    appToken: studio.app.appToken,
    autoReconnectEnabled: options.reconnects ?? false,
    clientPingTimeout: 200,
    logger: silent,
    clientOptions: { slackApiUrl: studio.slack.apiUrl, retryConfig: { retries: 0 } },
  });
  onTestFinished(() => client.disconnect());
  const count = studio.slack.sockets.open(studio.app).length + 1;
  await client.start();
  await studio.slack.sockets.ready(studio.app, count);
  return client;
}

/** What a listener of the Socket Mode client gets. */
export interface SocketMessage {
  readonly ack: (response?: Record<string, unknown>) => Promise<void>;
  readonly body: Readonly<Record<string, unknown>>;
  readonly retry_num?: number;
  readonly retry_reason?: string;
}

/** The error code with which the platform refuses. */
export async function refusalOf(call: Promise<unknown>): Promise<unknown> {
  const error = await call.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (!(error instanceof Error) || !('data' in error)) return error;
  const { data } = error;
  return typeof data === 'object' && data !== null && 'error' in data ? data.error : data;
}

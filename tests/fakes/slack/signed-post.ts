import { createHmac } from 'node:crypto';
import { request } from 'node:http';
import type { AttemptOutcome, Delivery } from './envelope.ts';
import { isObject, type JsonObject, parseJson } from './json.ts';

/** How a request differs from what Slack would send. */
export interface SigningFault {
  /** Added to the timestamp that is signed, seconds: negative is old, positive is the future. */
  readonly offsetSeconds?: number;
  /** Another secret than the app's. */
  readonly secret?: string;
}

interface PostOptions {
  readonly retry?: { readonly number: number; readonly reason: string };
  readonly fault?: SigningFault | undefined;
  readonly signal: AbortSignal;
}

/** Sends a delivery to the app's address with a real signature. */
export async function signedPost(delivery: Delivery, options: PostOptions): Promise<AttemptOutcome> {
  const urls = delivery.app.requestUrls;
  if (!urls) throw new Error('the app has no request URLs');
  const url = {
    events_api: urls.events,
    slash_commands: urls.commands,
    interactive: urls.interactivity,
    options: urls.options,
  }[delivery.kind];
  const { contentType, body } = bodyOf(delivery);
  const headers = {
    'content-type': contentType,
    ...signature(delivery.app.signingSecret, body, options.fault),
    ...(options.retry
      ? { 'x-slack-retry-num': String(options.retry.number), 'x-slack-retry-reason': options.retry.reason }
      : {}),
  };
  const answer = await post(url, headers, body, options.signal);
  if (answer === undefined) return { kind: options.signal.aborted ? 'timed_out' : 'no_connection' };
  if (answer.status < 200 || answer.status > 299) {
    return { kind: 'http_error', status: answer.status, noRetry: answer.noRetry };
  }
  const parsed = parseJson(answer.text);
  if (isObject(parsed)) return { kind: 'acked', payload: parsed };
  return { kind: 'acked', payload: answer.text === '' ? {} : { text: answer.text } };
}

/** The headers that prove a body to be from Slack. The time is the machine's: receivers compare it with theirs. */
function signature(secret: string, body: string, fault: SigningFault = {}): Record<string, string> {
  const timestamp = String(Math.floor(Date.now() / 1000) + (fault.offsetSeconds ?? 0));
  const hash = createHmac('sha256', fault.secret ?? secret)
    .update(`v0:${timestamp}:${body}`)
    .digest('hex');
  return { 'x-slack-request-timestamp': timestamp, 'x-slack-signature': `v0=${hash}` };
}

function bodyOf({ kind, payload }: Delivery): { contentType: string; body: string } {
  if (kind === 'events_api') return { contentType: 'application/json', body: JSON.stringify(payload) };
  const form = kind === 'slash_commands' ? strings(payload) : { payload: JSON.stringify(payload) };
  return { contentType: 'application/x-www-form-urlencoded', body: String(new URLSearchParams(form)) };
}

function strings(payload: JsonObject): Record<string, string> {
  return Object.fromEntries(Object.entries(payload).map(([key, value]) => [key, String(value)]));
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly noRetry: boolean;
}

/** Undefined where no answer came. */
function post(
  url: string,
  headers: Record<string, string>,
  body: string,
  signal: AbortSignal,
): Promise<Answer | undefined> {
  const { promise, resolve } = Promise.withResolvers<Answer | undefined>();
  const sent = request(url, { method: 'POST', headers, agent: false, signal }, (response) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('error', () => resolve(undefined));
    response.on('end', () =>
      resolve({
        status: response.statusCode ?? 0,
        text: Buffer.concat(chunks).toString(),
        noRetry: response.headers['x-slack-no-retry'] === '1',
      }),
    );
  });
  sent.on('error', () => resolve(undefined));
  sent.end(body);
  return promise;
}

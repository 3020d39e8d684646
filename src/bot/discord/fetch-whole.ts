import type { RESTOptions, ResponseLike } from 'discord.js';
import type { Secret } from '../../core/ports/secret.ts';

type Init = Parameters<RESTOptions['makeRequest']>[1];

/**
 * One request of the library, with our token. The answer is read to its end within the deadline: the library's own
 * covers the headers alone, and a body that never comes would hold up its queue for ever.
 */
export async function fetchWhole(
  url: string,
  { method = 'GET', headers, body, signal }: Init,
  token: Secret,
  closed: AbortSignal,
): Promise<ResponseLike> {
  const signals = signal instanceof AbortSignal ? [signal, closed] : [closed];
  const response = await fetch(url, {
    method,
    headers: { ...stringsOf(headers), authorization: `Bot ${token.reveal()}` },
    ...((typeof body === 'string' || body instanceof ReadableStream) && { body, duplex: 'half' }),
    redirect: 'error',
    signal: AbortSignal.any(signals),
  });
  const bytes = await response.arrayBuffer();
  const whole = new Response(bytes.byteLength === 0 ? null : bytes, {
    status: response.status,
    statusText: response.statusText,
    headers: response.headers,
  });
  return whole;
}

/** Without the token of the library that connects to the gateway: both would be one header with two, which nobody knows. */
function stringsOf(headers: Init['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers ?? {}).flatMap(([name, value]) =>
      typeof value === 'string' && name.toLowerCase() !== 'authorization' ? [[name, value] as const] : [],
    ),
  );
}

import { createServer, type RequestListener } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DiscordClient } from '../../../src/bot/discord/discord-client.ts';
import { Secret } from '../../../src/core/ports/secret.ts';
import { QUICK_DISCORD } from '../../support/discord-desk.ts';

/** A server in place of Discord, and a client of it. */
async function clientOf(answer: RequestListener, callMs = 5_000) {
  const asked: { readonly url: string | undefined; readonly authorization: string | undefined }[] = [];
  const server = createServer((request, response) => {
    asked.push({ url: request.url, authorization: request.headers.authorization });
    answer(request, response);
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const closing = new AbortController();
  onTestFinished(() => {
    closing.abort();
    server.closeAllConnections();
    server.close();
  });
  const client = new DiscordClient({
    ...{ token: new Secret('a token'), apiUrl: `http://127.0.0.1:${port}/api//` },
    ...{ times: { ...QUICK_DISCORD, callMs }, closed: closing.signal },
  });
  return { client, asked, closing };
}

describe('a call of Discord', () => {
  it('carries the token once, at an address that may end with slashes', async () => {
    const { client, asked } = await clientOf((_request, response) => {
      response.setHeader('content-type', 'application/json').end('{"id":"1"}');
    });
    expect(await client.get('lookups', '/users/@me')).toEqual({ id: '1' });
    expect(asked).toEqual([{ url: '/api/v10/users/@me', authorization: 'Bot a token' }]);
  });

  it('ends by itself also where the answer begins and never ends', async () => {
    const { client } = await clientOf((_request, response) => {
      response.setHeader('content-type', 'application/json').write('{"id":');
    }, 200);
    await expect(client.post('posts', '/channels/1/messages')).rejects.toMatchObject({ name: 'AbortError' });
    // The next one has not to wait for it.
    await expect(client.post('posts', '/channels/1/messages')).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('brings the token nowhere else', async () => {
    const { client, asked } = await clientOf((_request, response) => {
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    await expect(client.post('posts', '/channels/1/messages')).rejects.toThrow();
    expect(asked.map(({ url }) => url)).toEqual(['/api/v10/channels/1/messages']);
  });

  it.each(['posts', 'edits', 'uploads'] as const)(
    'of %s is sent once, whatever comes of it',
    async (lane) => {
      const { client, asked } = await clientOf((request) => request.socket.resetAndDestroy());
      await expect(client.post(lane, '/channels/1/messages')).rejects.toThrow();
      expect(asked).toHaveLength(1);
    },
  );

  it('to look is repeated twice', async () => {
    const { client, asked } = await clientOf((_request, response) => response.writeHead(502).end());
    await expect(client.get('lookups', '/channels/1/messages')).rejects.toMatchObject({ status: 502 });
    expect(asked).toHaveLength(3);
  });

  it('that has to come later is not repeated by itself', async () => {
    const { client, asked } = await clientOf((_request, response) => {
      response.writeHead(429, { 'retry-after': '60' }).end();
    });
    await expect(client.get('lookups', '/channels/1/messages')).rejects.toMatchObject({ retryAfter: 60_050 });
    expect(asked).toHaveLength(1);
  });

  it('ends when the adapter is stopped, and none is made afterwards', async () => {
    const begun = Promise.withResolvers<void>();
    const { client, asked, closing } = await clientOf(() => begun.resolve());
    const call = client.get('lookups', '/channels/1/messages');
    await begun.promise;
    closing.abort(new Error('the bot stops'));
    await expect(call).rejects.toThrow('the bot stops');
    await expect(client.get('lookups', '/channels/2/messages')).rejects.toThrow('the bot stops');
    expect(asked).toHaveLength(1);
  });
});

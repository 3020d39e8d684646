import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { respond } from '../../../src/bot/slack/inbound/respond.ts';

describe('an answer at its own address', () => {
  it('ends with the adapter, however slow Slack is', async () => {
    const asked = Promise.withResolvers<void>();
    const left = Promise.withResolvers<void>();
    const server = createServer((request) => {
      asked.resolve();
      request.socket.once('close', () => left.resolve());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const closing = new AbortController();
    const { port } = server.address() as AddressInfo;
    const answering = respond(`http://127.0.0.1:${port}/response`, { text: 'late' }, closing.signal);
    await asked.promise;
    closing.abort(new Error('the bot stops'));
    await expect(answering).rejects.toThrow('the bot stops');
    await left.promise;
  });
});

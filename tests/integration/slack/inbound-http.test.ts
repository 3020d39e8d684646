import { createHmac } from 'node:crypto';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Server } from 'node:http';
import { describe, expect, it } from 'vitest';
import { HttpDoor } from '../../../src/bot/slack/inbound/http-door.ts';
import { CosmosError } from '../../../src/core/errors.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';
import { openStudio } from '../../support/slack-studio.ts';
import { type Listening, listen } from './listening.ts';

const VIDEO = { name: 'drift.mp4', content: 'frames' };

interface Sent {
  readonly body?: string;
  readonly type?: string;
  readonly timestamp?: number | string;
  readonly secret?: string;
  readonly method?: string;
  readonly signature?: string;
}

/** A request as Slack signs it, or not. */
async function send({ studio, door }: Listening, now: number, sent: Sent = {}): Promise<Response> {
  const {
    body = '{}',
    type = 'application/json',
    timestamp = Math.floor(now / 1_000),
    method = 'POST',
  } = sent;
  const hmac = createHmac('sha256', sent.secret ?? studio.app.signingSecret).update(
    `v0:${timestamp}:${body}`,
  );
  const { port } = door instanceof HttpDoor ? door : { port: 0 };
  return await fetch(`http://127.0.0.1:${port}/slack/events`, {
    method,
    ...(method === 'POST' && { body }),
    headers: {
      'content-type': type,
      'x-slack-request-timestamp': String(timestamp),
      'x-slack-signature': sent.signature ?? `v0=${hmac.digest('hex')}`,
    },
  });
}

describe('HTTP mode', () => {
  it('takes events, commands, clicks and shortcuts like Socket Mode', async () => {
    const studio = await openStudio();
    const { anna, renders, slack } = studio;
    const listening = await listen(studio, { http: true });
    const shared = await anna.uploads(renders, [VIDEO], { text: 'Snow' });
    expect((await anna.command(renders, '/cosmos', 'show "a b"')).outcome).toBe('acked');
    expect((await anna.shortcut(shared, 'cx_use')).outcome).toBe('acked');
    await slack.deliveries.settled();
    expect(listening.received.map(({ kind }) => kind)).toEqual(['upload', 'command', 'upload']);
    expect(listening.received[1]).toMatchObject({ text: 'show "a b"', where: { channel: renders.id } });
    expect(listening.listener.connections).toBe(1);
  });

  it('listens at the address that it is told, and at no other', async () => {
    const studio = await openStudio();
    const listening = await listen(studio, { http: true });
    const { port } = listening.door instanceof HttpDoor ? listening.door : { port: 0 };
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(404);
    // Every address of 127/8 is this machine's, and a server without an address of its own listens at all of them.
    await expect(fetch(`http://127.0.0.2:${port}/`)).rejects.toThrow();
  });

  it('tells a person that nothing was saved, and has events sent again', async () => {
    // The fake signs by the machine's clock.
    const clock = new FakeClock(Date.now());
    const studio = await openStudio({ clock: new FakeClock() });
    const { anna, renders, slack } = studio;
    const listening = await listen(studio, { http: true, clock });
    const { receive } = listening;
    listening.receive = async () => {
      throw new CosmosError('store.busy');
    };
    expect((await anna.command(renders, '/cosmos', 'status')).answer?.text).toContain('nothing was saved');
    anna.mentions(renders, 'status');
    await slack.until(() => slack.deliveries.of({ type: 'app_mention' })[0]?.attempts[0]?.outcome);
    expect(slack.deliveries.of({ type: 'app_mention' })[0]?.attempts[0]?.outcome).toMatchObject({
      kind: 'http_error',
      status: 503,
      noRetry: false,
    });
    // The immediate retries have failed as well.
    await slack.until(() =>
      slack.deliveries.of({ kind: 'events_api' }).every(({ attempts }) => attempts[1]?.outcome),
    );
    listening.receive = receive;
    clock.advance(1_000);
    await slack.deliveries.retryNow();
    await slack.deliveries.settled();
    expect(listening.received.length).toBeGreaterThan(0);
    expect(slack.deliveries.all.every(({ state }) => state === 'acked')).toBe(true);
  });

  it('answers what Slack asks before it sends anything', async () => {
    const clock = new FakeClock();
    const listening = await listen(await openStudio(), { http: true, clock });
    const challenge = await send(listening, clock.now(), {
      body: JSON.stringify({ type: 'url_verification', challenge: 'abc' }),
    });
    expect(await challenge.json()).toEqual({ challenge: 'abc' });
    const ssl = await send(listening, clock.now(), {
      body: 'ssl_check=1&command=%2Fcosmos&text=status',
      type: 'application/x-www-form-urlencoded',
      signature: '',
    });
    expect(ssl.status).toBe(200);
    expect(listening.received).toEqual([]);
  });

  it.each([
    ['a wrong secret', { secret: 'wrong' }],
    ['no signature', { signature: '' }],
    ['another length of the signature', { signature: 'v0=abc' }],
    ['an old time', { timestamp: -301 }],
    ['a time in the future', { timestamp: 301 }],
    ['no time', { timestamp: 'now' }],
    ['a question that Slack has not signed', { signature: '', body: '{"type":"url_verification"}' }],
  ] as const)('refuses %s', async (_what, sent) => {
    const clock = new FakeClock();
    const studio = await openStudio();
    const listening = await listen(studio, { http: true, clock });
    const now = Math.floor(clock.now() / 1_000);
    const timestamp = 'timestamp' in sent ? sent.timestamp : 0;
    const request = { ...sent, timestamp: typeof timestamp === 'number' ? now + timestamp : timestamp };
    const body = JSON.stringify({
      event: {
        type: 'app_mention',
        user: 'U1',
        channel: 'C1',
        ts: '1.0',
        text: `<@${studio.bot.botUserId}> status`,
      },
    });
    expect((await send(listening, clock.now(), { body, ...request })).status).toBe(401);
    expect((await send(listening, clock.now(), { body, ...request })).status).toBe(401);
    expect(listening.received).toEqual([]);
    expect(listening.said.filter((line) => line.includes('signature'))).toHaveLength(1);
    expect((await send(listening, clock.now(), { body })).status).toBe(200);
    expect(listening.received).toHaveLength(1);
  });

  it('accepts the ends of the window, and no byte of another body', async () => {
    const clock = new FakeClock();
    const listening = await listen(await openStudio(), { http: true, clock });
    const now = Math.floor(clock.now() / 1_000);
    for (const timestamp of [now - 299, now + 299]) {
      expect((await send(listening, clock.now(), { timestamp })).status).toBe(200);
    }
    const signed = createHmac('sha256', listening.studio.app.signingSecret)
      .update(`v0:${now}:{"a":1}`)
      .digest('hex');
    const tampered = await send(listening, clock.now(), { body: '{"a":2}', signature: `v0=${signed}` });
    expect(tampered.status).toBe(401);
  });

  it('refuses what is no message of Slack', async () => {
    const clock = new FakeClock();
    const listening = await listen(await openStudio(), { http: true, clock });
    const statusOf = async (sent: Sent): Promise<number> => (await send(listening, clock.now(), sent)).status;
    expect(await statusOf({ method: 'GET' })).toBe(404);
    expect(await statusOf({ body: 'not json' })).toBe(400);
    expect(await statusOf({ body: '[1]' })).toBe(400);
    expect(
      await statusOf({ body: 'payload=%7B', type: 'application/x-www-form-urlencoded; charset=utf-8' }),
    ).toBe(400);
    expect(await statusOf({ body: `"${'x'.repeat(4 * 1024 * 1024)}"` })).toBe(413);
    expect(listening.received).toEqual([]);
  });

  it('survives a connection that the machine cannot accept', async () => {
    const servers: Server[] = [];
    const note = (message: unknown): void => {
      const { server } = message as { server: unknown };
      if (server instanceof Server) servers.push(server);
    };
    const channel = 'tracing:net.server.listen:asyncEnd';
    subscribe(channel, note);
    const clock = new FakeClock();
    const listening = await listen(await openStudio(), { http: true, clock });
    unsubscribe(channel, note);
    for (const server of servers.slice(-1)) server.emit('error', new Error('accept ENOBUFS'));
    expect(listening.said.join('')).toContain('ENOBUFS');
    expect((await send(listening, clock.now(), { body: '[1]' })).status).toBe(400);
  });

  it('ends with what is under way', async () => {
    const studio = await openStudio();
    const listening = await listen(studio, { http: true });
    const durable = Promise.withResolvers<void>();
    const taken = Promise.withResolvers<void>();
    listening.receive = async () => {
      taken.resolve();
      await durable.promise;
    };
    const asked = studio.anna.command(studio.renders, '/cosmos', 'status');
    await taken.promise;
    const stopped = listening.listener.stop();
    durable.resolve();
    expect((await asked).outcome).toBe('acked');
    await stopped;
    expect((await studio.anna.command(studio.renders, '/cosmos', 'status')).outcome).not.toBe('acked');
  });
});

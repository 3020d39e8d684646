import { DiscordAPIError, HTTPError, InteractionResponseType } from 'discord.js';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import type { CallBody } from '../../../../src/bot/discord/discord-client.ts';
import { FirstResponses } from '../../../../src/bot/discord/inbound/first-response.ts';

const ANSWERABLE = { id: '1100000000000000001', token: 'token' };
const RESPONSE = { type: InteractionResponseType.DeferredMessageUpdate } as const;
const SENT = { body: undefined, files: undefined };

function refused(code: number, status = 400): DiscordAPIError {
  return new DiscordAPIError({ code, message: 'Refused' }, code, status, 'POST', 'https://discord.com', SENT);
}

function failed(status: number): HTTPError {
  return new HTTPError(status, 'Failed', 'POST', 'https://discord.com', SENT);
}

/** Responses to a Discord that fails with these, one after the other, and takes what comes then. */
function desk(...failures: readonly Error[]) {
  const left = [...failures];
  const routes: string[] = [];
  const signals: (AbortSignal | undefined)[] = [];
  const said: { readonly level: number; readonly msg: string }[] = [];
  const closing = new AbortController();
  const responses = new FirstResponses({
    client: {
      post: async (_lane: string, route: string, { signal }: CallBody = {}) => {
        routes.push(route);
        signals.push(signal);
        const failure = left.shift();
        if (failure !== undefined) throw failure;
        return undefined;
      },
    },
    logger: pino({ level: 'debug' }, { write: (line) => void said.push(JSON.parse(line)) }),
    closed: closing.signal,
  });
  return { responses, routes, signals, said, closing };
}

describe('the first response', () => {
  it('is sent once where it arrives', async () => {
    const { responses, routes, said } = desk();
    expect(await responses.send(ANSWERABLE, RESPONSE)).toBe(true);
    expect(routes).toEqual(['/interactions/1100000000000000001/token/callback']);
    expect(said).toEqual([]);
  });

  it.each([failed(500), failed(502), new TypeError('fetch failed')])(
    'is sent again, once, after %s',
    async (failure) => {
      const passing = desk(failure);
      expect(await passing.responses.send(ANSWERABLE, RESPONSE)).toBe(true);
      expect(passing.routes).toHaveLength(2);
      const lasting = desk(failure, failure, failure);
      expect(await lasting.responses.send(ANSWERABLE, RESPONSE)).toBe(false);
      expect(lasting.routes).toHaveLength(2);
      expect(lasting.said.map(({ level }) => level)).toEqual([40]);
    },
  );

  it('that had arrived though nobody knew is seen, and nothing is wrong', async () => {
    const { responses, routes, said } = desk(failed(500), refused(40_060));
    expect(await responses.send(ANSWERABLE, RESPONSE)).toBe(true);
    expect(routes).toHaveLength(2);
    expect(said).toEqual([]);
  });

  it('that comes too late is told quietly, and not sent again', async () => {
    const { responses, routes, said } = desk(refused(10_062, 404));
    expect(await responses.send(ANSWERABLE, RESPONSE)).toBe(false);
    expect(routes).toHaveLength(1);
    expect(said).toMatchObject([{ level: 30, msg: expect.stringContaining('in time') }]);
  });

  it.each([refused(50_035), failed(404)])('that Discord refuses stays refused: %s', async (failure) => {
    const { responses, routes, said } = desk(failure);
    expect(await responses.send(ANSWERABLE, RESPONSE)).toBe(false);
    expect(routes).toHaveLength(1);
    expect(said).toMatchObject([{ level: 40 }]);
  });

  it('is not sent again once everything ends', async () => {
    const { responses, routes, closing } = desk(failed(500));
    closing.abort();
    expect(await responses.send(ANSWERABLE, RESPONSE)).toBe(false);
    expect(routes).toHaveLength(1);
  });

  it('is given up before the three seconds are over', async () => {
    const timeouts: number[] = [];
    const { timeout } = AbortSignal;
    AbortSignal.timeout = (ms) => {
      timeouts.push(ms);
      return timeout.call(AbortSignal, ms);
    };
    try {
      const { responses, signals } = desk();
      await responses.send(ANSWERABLE, RESPONSE);
      expect(timeouts).toHaveLength(1);
      expect(timeouts[0]).toBeLessThan(3_000);
      expect(signals[0]).toBeInstanceOf(AbortSignal);
    } finally {
      AbortSignal.timeout = timeout;
    }
  });
});

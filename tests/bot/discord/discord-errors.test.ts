import { DiscordAPIError, HTTPError, RateLimitError } from 'discord.js';
import { describe, expect, it } from 'vitest';
import {
  discordCode,
  isForbidden,
  isTooLarge,
  toChatError,
  unavailable,
  waitAskedFor,
} from '../../../src/bot/discord/discord-errors.ts';
import { CosmosError } from '../../../src/core/errors.ts';

const SENT = {} as const;

function refusal(status: number, code: number, message = 'Refused'): DiscordAPIError {
  return new DiscordAPIError({ code, message }, code, status, 'POST', 'https://discord.com', SENT);
}

function rateLimit(retryAfter: number, sublimitTimeout: number): RateLimitError {
  return new RateLimitError({
    ...{ global: false, hash: 'h', limit: 5, majorParameter: '1', method: 'POST', route: '/', url: '/' },
    ...{ scope: 'user', timeToReset: 0, retryAfter, sublimitTimeout },
  });
}

describe('a refusal by Discord', () => {
  it.each([
    ['chat.place_gone', [10_003, 10_004]],
    [
      'chat.not_permitted',
      [50_001, 50_005, 50_007, 50_008, 50_009, 50_013, 50_024, 50_083, 160_002, 160_005],
    ],
    ['chat.token_refused', [40_001, 50_014]],
    ['internal.unexpected', [50_006, 50_035, 50_045, 50_046, 50_109]],
    ['chat.unavailable', [0, 10_008, 10_062, 40_005, 130_000, 160_004, 160_006]],
  ] as const)('is %s for its codes', (code, all) => {
    expect(all.map((each) => toChatError(refusal(400, each)).code)).toEqual(all.map(() => code));
  });

  it('of the token is told as that, whatever its code', () => {
    expect(toChatError(refusal(401, 0))).toMatchObject({
      code: 'chat.token_refused',
      parameters: { detail: 'Refused (401)' },
    });
  });

  it('is told in a few words of Discord with its code, and remembered as the cause', () => {
    const thrown = refusal(403, 50_013, 'x'.repeat(500));
    const failure = toChatError(thrown);
    expect(failure.parameters).toEqual({ platform: 'Discord', detail: `${'x'.repeat(80)} (50013)` });
    expect(failure.cause).toBe(thrown);
    expect(discordCode(failure)).toBe(50_013);
    expect(toChatError(failure)).toBe(failure);
  });

  it('counts against the bot where it is forbidden', () => {
    expect([401, 403, 400, 404, 429].map((status) => isForbidden(refusal(status, 0)))).toEqual([
      ...[true, true, false, false, false],
    ]);
    expect(isForbidden(new TypeError('fetch failed'))).toBe(false);
  });

  it('for the size is known by its code and by its status', () => {
    expect([refusal(400, 40_005), refusal(413, 0), refusal(400, 50_035)].map(isTooLarge)).toEqual([
      ...[true, true, false],
    ]);
    expect(isTooLarge(toChatError(refusal(400, 40_005)))).toBe(true);
  });
});

describe('a limit of calls', () => {
  it('says how long to wait, the longer one of two, and at least a moment', () => {
    expect(waitAskedFor(rateLimit(1_500.2, 0))).toBe(1_501);
    expect(waitAskedFor(rateLimit(0, 7_000))).toBe(7_000);
    expect(waitAskedFor(rateLimit(-5, 0))).toBe(1);
    expect(waitAskedFor(refusal(429, 0))).toBeUndefined();
  });

  it('passes', () => {
    expect(toChatError(rateLimit(1, 0))).toMatchObject({
      code: 'chat.unavailable',
      parameters: { detail: 'too many calls' },
    });
  });
});

describe('any other failure', () => {
  it.each([
    [new HTTPError(502, 'Bad Gateway', 'GET', '/', SENT), 'HTTP 502'],
    [new DOMException('stalled', 'TimeoutError'), 'deadline'],
    [new DOMException('aborted', 'AbortError'), 'deadline'],
    [new TypeError('fetch failed', { cause: { code: 'ECONNRESET' } }), 'fetch failed'],
    [
      new TypeError('fetch failed', { cause: Object.assign(new Error('reset'), { code: 'ECONNRESET' }) }),
      'ECONNRESET',
    ],
    ['words', 'unknown'],
  ])('passes, and says what it is: %s', (thrown, detail) => {
    expect(toChatError(thrown)).toMatchObject({ code: 'chat.unavailable', parameters: { detail } });
  });

  it('of our own has no code of Discord', () => {
    const failure = unavailable('unreadable answer');
    expect(failure).toBeInstanceOf(CosmosError);
    expect(discordCode(failure)).toBeUndefined();
  });
});

import { DiscordAPIError, RateLimitError } from 'discord.js';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import type { CallBody } from '../../../../src/bot/discord/discord-client.ts';
import { CatchUp } from '../../../../src/bot/discord/inbound/catch-up.ts';
import type { HeardMessage } from '../../../../src/bot/discord/inbound/from-message.ts';
import type { KnownChannel } from '../../../../src/bot/discord/inbound/guild-map.ts';
import { snowflakeAt } from '../../../../src/bot/discord/inbound/place.ts';
import { FakeClock } from '../../../fakes/fake-clock.ts';

const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;
const GUILD = '1100000000000000001';
const PAGE = 100;

type Read = (channel: string, after: bigint) => unknown;

function message(id: bigint | string, more: Readonly<Record<string, unknown>> = {}) {
  const author = { id: '7', username: 'anna' };
  return {
    id: String(id),
    channel_id: '5',
    content: 'hi',
    type: 0,
    author,
    mentions: [],
    attachments: [],
    ...more,
  };
}

/** A catch-up in front of a Discord that answers with what `read` says. */
function desk(read: Read) {
  const clock = new FakeClock();
  const waits: number[] = [];
  const heard: HeardMessage[] = [];
  const asked: string[] = [];
  const said: string[] = [];
  const closing = new AbortController();
  const catchUp = new CatchUp({
    client: {
      get: async (_lane: string, route: string, { query = {} }: CallBody = {}) => {
        const channel = route.split('/')[2] ?? '';
        asked.push(channel);
        expect(query['limit']).toBe(String(PAGE));
        return await read(channel, BigInt(query['after'] ?? 0));
      },
    },
    hear: async (each) => void heard.push(each),
    clock: {
      now: () => clock.now(),
      sleep: async (ms) => void waits.push(ms),
    },
    logger: pino({ level: 'debug' }, { write: (line) => void said.push(line) }),
    closed: closing.signal,
  });
  const ago = (ms: number): string => snowflakeAt(clock.now() - ms);
  return { clock, catchUp, heard, asked, said, waits, closing, ago };
}

function channel(id: string, lastMessage?: string): KnownChannel {
  return { id, guild: GUILD, name: id, ...(lastMessage !== undefined && { lastMessage }) };
}

/** So many messages behind `after`, one page of them. */
function pageOf(after: bigint, count: number): unknown {
  // Discord answers with the newest first.
  return Array.from({ length: count }, (_, index) => message(after + BigInt(count - index)));
}

describe('what is read', () => {
  it('are channels with something newer, the newest first, and nothing is asked of the others', async () => {
    const { catchUp, asked, ago } = desk(() => []);
    const since = ago(HOUR_MS);
    const channels = [
      channel('1', ago(2 * HOUR_MS)),
      channel('2', ago(2_000)),
      channel('3', since),
      channel('4'),
      channel('5', ago(1_000)),
    ];
    expect(await catchUp.run(channels, since)).toBe(true);
    expect(asked).toEqual(['5', '2']);
  });

  it('goes back one day, however long nobody listened', async () => {
    const after: bigint[] = [];
    const { catchUp, ago, asked } = desk((_channel, from) => {
      after.push(from);
      return [];
    });
    await catchUp.run([channel('1', ago(DAY_MS + 1)), channel('2', ago(DAY_MS - 1))], ago(30 * DAY_MS));
    await catchUp.runDirect(['3'], ago(30 * DAY_MS));
    expect(asked).toEqual(['2', '3']);
    expect(after).toEqual([BigInt(ago(DAY_MS)), BigInt(ago(DAY_MS))]);
  });

  it('are two hundred channels at most, which is said', async () => {
    const { catchUp, asked, said, ago } = desk(() => []);
    const channels = Array.from({ length: 201 }, (_, index) => channel(String(index + 1), ago(300 - index)));
    expect(await catchUp.run(channels, ago(HOUR_MS))).toBe(true);
    expect(asked).toHaveLength(200);
    expect(asked).not.toContain('1');
    expect(said.join('')).toContain('only the newest channels are read');
    asked.length = 0;
    said.length = 0;
    await catchUp.run(channels.slice(1), ago(HOUR_MS));
    expect(asked).toHaveLength(200);
    expect(said).toEqual([]);
  });

  it('are five pages of a channel at most, the oldest first, which is said', async () => {
    const { catchUp, heard, said, ago } = desk((_channel, after) => pageOf(after, PAGE));
    const since = ago(HOUR_MS);
    expect(await catchUp.run([channel('1', ago(0))], since)).toBe(true);
    expect(heard.map(({ id }) => BigInt(id) - BigInt(since))).toEqual(
      Array.from({ length: 5 * PAGE }, (_, index) => BigInt(index + 1)),
    );
    expect(said.join('')).toContain('more was said in a channel than is read again');
  });

  it('ends with the first page that is not full', async () => {
    let pages = 0;
    const { catchUp, heard, said, ago, asked } = desk((_channel, after) =>
      pageOf(after, ++pages === 1 ? PAGE : PAGE - 1),
    );
    await catchUp.run([channel('1', ago(0))], ago(HOUR_MS));
    expect(heard).toHaveLength(2 * PAGE - 1);
    expect(asked).toHaveLength(2);
    expect(said).toEqual([]);
  });

  it('belongs to its guild, or to nobody where it is a direct conversation', async () => {
    const { catchUp, heard, ago } = desk((_channel, after) => [message(after + 1n)]);
    await catchUp.run([channel('1', ago(0))], ago(HOUR_MS));
    await catchUp.runDirect(['2'], ago(HOUR_MS));
    expect(heard.map((each) => each.guild_id)).toEqual([GUILD, undefined]);
  });

  it('is all of a page but the message that cannot be understood', async () => {
    const { catchUp, heard, said, ago } = desk((_channel, after) => [
      message(after + 2n),
      { ...message(after + 1n), author: 'nobody' },
    ]);
    expect(await catchUp.run([channel('1', ago(0))], ago(HOUR_MS))).toBe(true);
    expect(heard).toHaveLength(1);
    expect(said.join('')).toContain('a message cannot be read');
  });
});

describe('a Discord that does not answer', () => {
  it('is asked five times for a channel, which is then left for the next session; the others are read', async () => {
    const { catchUp, heard, asked, waits, ago } = desk((id, after) => {
      if (id === '1') throw new TypeError('fetch failed');
      return [message(after + 1n)];
    });
    expect(await catchUp.run([channel('1', ago(0)), channel('2', ago(1))], ago(HOUR_MS))).toBe(false);
    expect(asked).toEqual(['1', '1', '1', '1', '1', '2']);
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000]);
    expect(heard).toHaveLength(1);
  });

  it('with nothing but nonsense is one of these', async () => {
    const { catchUp, asked, ago } = desk(() => ({ messages: [] }));
    expect(await catchUp.run([channel('1', ago(0))], ago(HOUR_MS))).toBe(false);
    expect(asked).toHaveLength(5);
  });

  it('but says how long to wait is asked again then', async () => {
    let tries = 0;
    const { catchUp, waits, heard, ago } = desk((_channel, after) => {
      if (++tries === 1) throw limited(7_000);
      return [message(after + 1n)];
    });
    expect(await catchUp.run([channel('1', ago(0))], ago(HOUR_MS))).toBe(true);
    expect(waits).toEqual([7_000]);
    expect(heard).toHaveLength(1);
  });

  it('and forbids a channel is not asked again for it', async () => {
    const { catchUp, asked, ago } = desk(() => {
      const error = { code: 50_001, message: 'Missing Access' };
      throw new DiscordAPIError(error, 50_001, 403, 'GET', 'https://discord.com', { files: [], body: null });
    });
    expect(await catchUp.run([channel('1', ago(0))], ago(HOUR_MS))).toBe(true);
    expect(asked).toEqual(['1']);
  });

  it('is asked nothing more once everything ends', async () => {
    const { catchUp, asked, closing, ago } = desk(() => {
      closing.abort();
      throw new TypeError('fetch failed');
    });
    expect(await catchUp.run([channel('1', ago(0)), channel('2', ago(1))], ago(HOUR_MS))).toBe(false);
    expect(await catchUp.runDirect(['3'], ago(HOUR_MS))).toBe(false);
    expect(asked).toEqual(['1']);
  });
});

function limited(ms: number): RateLimitError {
  return new RateLimitError({
    ...{ timeToReset: ms, limit: 5, method: 'GET', hash: 'x', url: 'x', route: 'x', majorParameter: 'x' },
    ...{ global: false, retryAfter: ms, sublimitTimeout: 0, scope: 'user' },
  });
}

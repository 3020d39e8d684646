import { pino } from 'pino';
import { expect, it } from 'vitest';
import type { HeardMessage } from '../../../../src/bot/discord/inbound/from-message.ts';
import { GuildMap } from '../../../../src/bot/discord/inbound/guild-map.ts';
import { Messages } from '../../../../src/bot/discord/inbound/messages.ts';
import { snowflakeAt, timeOf } from '../../../../src/bot/discord/inbound/place.ts';
import { Seen } from '../../../../src/bot/discord/inbound/seen.ts';
import { CosmosError } from '../../../../src/core/errors.ts';
import { FakeClock } from '../../../fakes/fake-clock.ts';

const MARGIN_MS = 2 * 60_000;
const MENTION = '<@> status';

/** A message to the bot, and up to when everything is durable after a while. */
function desk(receive: (tries: number) => void) {
  const clock = new FakeClock();
  const closing = new AbortController();
  const marks: string[] = [];
  const waits: number[] = [];
  const seen = new Seen({ read: () => undefined, write: (mark) => marks.push(mark) }, clock);
  seen.listen();
  let tries = 0;
  const messages = new Messages({
    receive: async () => receive(++tries),
    around: { botUser: '5', channels: [], ownsThread: () => false, guilds: new GuildMap() },
    ...{ seen, logger: pino({ level: 'silent' }), closed: closing.signal },
    clock: { now: () => clock.now(), sleep: async (ms) => void waits.push(ms) },
  });
  const message: HeardMessage = {
    ...{ id: snowflakeAt(clock.now()), channel_id: '10', guild_id: '1', content: MENTION, type: 0 },
    ...{ author: { id: '7', username: 'anna' }, mentions: [], attachments: [] },
  };
  const isDurable = (): boolean => {
    clock.advance(60 * 60_000);
    seen.write();
    return timeOf(marks.at(-1) ?? '0') === clock.now() - MARGIN_MS;
  };
  return { messages, message, waits, closing, isDurable, tries: () => tries };
}

it('a message is durable when it is saved', async () => {
  const { messages, message, isDurable, tries } = desk(() => undefined);
  await messages.hear(message);
  expect(tries()).toBe(1);
  expect(isDurable()).toBe(true);
});

it('what the store is too busy for is saved later, with longer waits each time', async () => {
  const { messages, message, isDurable, waits } = desk((tries) => {
    if (tries < 4) throw new CosmosError('store.busy');
  });
  await messages.hear(message);
  expect(waits).toEqual([1_000, 2_000, 4_000]);
  expect(isDurable()).toBe(true);
});

it('what cannot be saved at all is given up, and holds nothing', async () => {
  const { messages, message, isDurable, waits } = desk(() => {
    throw new Error('broken');
  });
  await messages.hear(message);
  expect(waits).toEqual([]);
  expect(isDurable()).toBe(true);
});

it('what was not saved when everything ends is left for the next session', async () => {
  const { messages, message, isDurable, closing } = desk(() => {
    closing.abort();
    throw new CosmosError('store.busy');
  });
  await messages.hear(message);
  expect(isDurable()).toBe(false);
});

it('what is none of its business is saved nowhere, and holds nothing', async () => {
  const { messages, message, isDurable, tries } = desk(() => undefined);
  await messages.hear({ ...message, content: 'nobody is called' });
  expect(tries()).toBe(0);
  expect(isDurable()).toBe(true);
});

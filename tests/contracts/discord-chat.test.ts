import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import type { DiscordInbound, DiscordListening } from '../../src/bot/discord/discord-inbound.ts';
import { DiscordListener } from '../../src/bot/discord/discord-listener.ts';
import { fileId } from '../../src/bot/discord/file-reference.ts';
import { DISCORD } from '../../src/bot/discord/platform.ts';
import { systemClock } from '../../src/bot/system-clock.ts';
import type { ChatReference, Inbound, Receive } from '../../src/core/ports/chat.ts';
import { Secret } from '../../src/core/ports/secret.ts';
import { Wakeup } from '../../src/core/wakeup.ts';
import { linkTo } from '../fakes/discord/cdn.ts';
import { tellMessage } from '../fakes/discord/gateway/events.ts';
import { MESSAGE_TYPES } from '../fakes/discord/numbers.ts';
import type { SeenMessage } from '../fakes/discord/people/seen.ts';
import { deleteMessage } from '../fakes/discord/posting.ts';
import { openDiscordDesk } from '../support/discord-desk.ts';
import { type DiscordStudio, openDiscordStudio } from '../support/discord-studio.ts';
import { passOnChanges } from '../support/pass-on-changes.ts';
import { chatContract } from './chat.contract.ts';

/** A final content is read back after both of them together. */
const TIMES = { patienceMs: 1_000, callMs: 3_000 };
const NO_MESSAGES: readonly number[] = [MESSAGE_TYPES.THREAD_STARTER, MESSAGE_TYPES.THREAD_CREATED];

chatContract('discord', async (directory) => {
  const studio = await openDiscordStudio();
  const { discord, guild, anna, bot } = studio;
  // Seen by the bot, and none of its business.
  const stash = guild.addChannel('stash');
  /** Of each event that was made durable, or was not: in their order. */
  const outcomes: boolean[] = [];
  const watched =
    (receive: Receive): Receive =>
    async (event) => {
      try {
        await receive(event);
        outcomes.push(true);
      } catch (error) {
        outcomes.push(false);
        throw error;
      } finally {
        discord.changes.announce();
      }
    };
  const { chat: port, channel } = openDiscordDesk(studio, {
    times: TIMES,
    listen: (listening) => listenWith(studio, directory, listening, watched),
  });
  const changed = new Wakeup();
  const unwatch = passOnChanges(discord.changes, changed);
  const offered = new Map<string, string>();
  /** What was said for an event: Discord delivers the same again. */
  const said = new Map<string, { readonly message: SeenMessage | undefined; isTaken: boolean }>();

  const act = async (event: Inbound): Promise<SeenMessage | undefined> => {
    const place = discord.channel(event.where.thread ?? event.where.channel);
    switch (event.kind) {
      case 'command':
        return anna.mentions(place, event.text);
      case 'click': {
        const { verb, target, arguments: rest } = event;
        const actions = [{ verb, label: 'Press', target, arguments: rest }];
        const card = { mark: 'none' as const, title: ['A card'], blocks: [], actions };
        const { message = '' } = await port.post(`card:${event.dedupeKey}`, event.where, card);
        const seen = place.now(message);
        if (seen === undefined) throw new Error('the card is not there');
        await anna.clicks(seen, 'Press');
        return undefined;
      }
      case 'upload': {
        const files = event.files.map(({ id, name }) => ({ name, content: offered.get(id) ?? '' }));
        return await anna.uploads(place, files, { text: event.text });
      }
      case 'form':
        throw new Error('nobody fills in a form');
    }
  };
  const again = (message: SeenMessage): void => {
    const stored = discord.state.channel(message.channel).messages.find(({ id }) => id === message.id);
    if (stored === undefined) throw new Error('the message is not there');
    tellMessage(discord, discord.state.channel(message.channel), stored, 'MESSAGE_CREATE');
  };

  return {
    port,
    channel,
    user: { id: anna.id, name: anna.name, groups: [] },
    changed,
    send: async (event) => {
      if (discord.gateway.open(bot).length === 0) return false;
      const before = outcomes.length;
      const earlier = said.get(event.dedupeKey);
      // What was not saved is tried again by the adapter itself: Discord does not send it again.
      if (earlier?.message !== undefined && earlier.isTaken) again(earlier.message);
      const message = earlier?.message ?? (await act(event));
      const isTaken = await discord.until(
        () => outcomes.length > before && { value: outcomes.at(-1) === true },
      );
      said.set(event.dedupeKey, { message, isTaken: isTaken.value });
      return isTaken.value;
    },
    offer: async (name, content) => {
      const message = await anna.uploads(stash, [{ name, content }]);
      const [file] = message.files;
      const stored = discord.state.attachments.get(file?.id ?? '');
      if (stored === undefined) throw new Error('the file was not stored');
      const place = { channel: stash.id, message: message.id, attachment: stored.id };
      const id = fileId({ url: linkTo(discord, stored), place });
      offered.set(id, content);
      return { id, name, bytes: content.length };
    },
    remove: async (target) => {
      const place = discord.state.channel(target.thread ?? target.channel);
      const stored = place.messages.find(({ id }) => id === target.message);
      if (stored !== undefined) deleteMessage(discord, place, stored);
    },
    messages: async (where: ChatReference) => {
      const seen = discord.channel(where.thread ?? where.channel).timeline;
      const own = seen.filter(
        ({ authorId, type }) => authorId === bot.user.id && !NO_MESSAGES.includes(type),
      );
      return await Promise.all(
        own.map(async ({ id, files: [file] }) => ({
          message: id,
          ...(file !== undefined && { file: await readFile(file.path, 'utf8') }),
        })),
      );
    },
    [Symbol.asyncDispose]: async () => unwatch(),
  };
});

/** The listening half, with the real gateway. */
function listenWith(
  { renders, discord, bot }: DiscordStudio,
  directory: string,
  listening: DiscordListening,
  watched: (receive: Receive) => Receive,
): DiscordInbound {
  let heard: string | undefined;
  const listener = new DiscordListener({
    ...listening,
    token: new Secret(bot.token),
    apiUrl: discord.apiUrl,
    channels: [renders.id],
    ownsThread: ({ platform }) => platform === DISCORD,
    directChannels: { read: () => undefined, write: () => undefined },
    mark: {
      read: () => heard,
      write: (snowflake) => {
        heard = snowflake;
      },
    },
    lockPath: join(directory, 'token.lock'),
    clock: systemClock,
    logger: pino({ level: 'silent' }),
  });
  return {
    start: async (receive, surfaces) => await listener.start(watched(receive), surfaces),
    stop: async () => await listener.stop(),
    person: async (user, where) => await listener.person(user, where),
    answer: async (answered, body) => await listener.answer(answered, body),
  };
}

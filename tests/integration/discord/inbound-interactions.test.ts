import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../src/bot/system-clock.ts';
import { RECEIPT } from '../../../src/bot/wording/receipt-words.ts';
import { CosmosError } from '../../../src/core/errors.ts';
import type { CardAction } from '../../../src/core/ports/chat.ts';
import { InboxReceiver } from '../../../src/core/store/inbox-receiver.ts';
import { trouble } from '../../fakes/discord/injections.ts';
import { BOT_PERMISSIONS } from '../../fakes/discord/numbers.ts';
import { type DiscordStudio, openDiscordStudio } from '../../support/discord-studio.ts';
import { openWorkbench } from '../../support/workbench.ts';
import { type DiscordListeningBot, listenToDiscord, meaning, registerCommands } from './listening.ts';

const CALLBACK = 'POST /interactions/{interaction}/{token}/callback';
const VIDEO = { name: 'drift.mp4', content: 'frames' };
const STOP: CardAction = { verb: 'cancel', target: 'rs_3fq8w1zz', label: 'Cancel' };

/** The bot posts a card with buttons. */
async function postCard(
  { chat, studio }: DiscordListeningBot,
  actions: readonly CardAction[],
  thread?: string,
) {
  const { guild, renders, discord } = studio;
  const place = { platform: chat.platform, tenant: guild.id, channel: renders.id };
  const posted = await chat.post(
    'card',
    { ...place, ...(thread !== undefined && { thread }) },
    { mark: 'none', title: ['A card'], blocks: [], actions },
  );
  const channel = discord.channel(thread ?? renders.id);
  return await channel.shows(({ id }) => id === posted.message);
}

async function commandStudio(): Promise<DiscordStudio> {
  const studio = await openDiscordStudio();
  await registerCommands(studio);
  return studio;
}

function busy(bot: DiscordListeningBot): void {
  bot.receive = async () => {
    throw new CosmosError('store.busy');
  };
}

describe('a slash command', () => {
  it('is words that are separated already, answered at once for that person alone', async () => {
    const studio = await commandStudio();
    const { anna, renders, guild } = studio;
    const bot = await listenToDiscord(studio);
    const asked = await anna.command(renders, 'cosmos list', { what: 'runs', limit: 5, mine: true });
    expect(asked.outcome).toBe('answered');
    expect(asked.ephemeral).toEqual([RECEIPT]);
    expect(bot.received.map(meaning)).toEqual([
      {
        kind: 'form',
        words: ['list', '--limit', '5', '--mine', 'runs'],
        where: { channel: renders.id },
        user: anna.id,
      },
    ]);
    expect(bot.received[0]?.where.tenant).toBe(guild.id);
  });

  it('works in threads and direct conversations', async () => {
    const studio = await commandStudio();
    const { discord, anna, renders, bot: app } = studio;
    const thread = renders.openThread(anna, { name: 'mine', on: anna.says(renders, 'root') });
    const bot = await listenToDiscord(studio);
    await anna.command(thread, 'cosmos status');
    await anna.command(discord.direct(anna, app), 'cosmos status');
    expect(bot.received.map(({ where }) => where)).toMatchObject([
      { channel: renders.id, thread: thread.id },
      { tenant: '@me', channel: discord.direct(anna, app).id },
    ]);
  });

  it('with files is an upload, without the right to read messages too', async () => {
    const studio = await commandStudio();
    studio.bot.intents.messageContent = false;
    const bot = await listenToDiscord(studio);
    const asked = await studio.anna.command(studio.renders, 'cosmos create', {
      text: 'neon street',
      negative: 'people',
      name: 'Neon',
      file: VIDEO,
    });
    expect(asked.ephemeral).toEqual([RECEIPT]);
    expect(bot.received).toMatchObject([
      {
        ...{ kind: 'upload', text: 'neon street', negativeText: 'people', name: 'Neon' },
        files: [{ name: 'drift.mp4', bytes: 6 }],
      },
    ]);
    const [event] = bot.received;
    const id = event?.kind === 'upload' ? event.files[0]?.id : undefined;
    expect(id).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/ephemeral-attachments\/\d+\/\d+\/drift\.mp4\?ex=/);
  });

  it('that cannot be saved is said to be not saved', async () => {
    const studio = await commandStudio();
    const bot = await listenToDiscord(studio);
    busy(bot);
    const asked = await studio.anna.command(studio.renders, 'cosmos status');
    expect(asked.outcome).toBe('answered');
    expect(asked.ephemeral.join()).toMatch(/not saved|try again|busy/i);
  });

  it('is answered in time while another process writes into the store', async () => {
    const studio = await commandStudio();
    const bot = await listenToDiscord(studio);
    const bench = await openWorkbench({ clock: systemClock });
    onTestFinished(async () => await bench[Symbol.asyncDispose]());
    const path = bench.bot.parts.data.database;
    using receiver = new InboxReceiver(path, systemClock);
    bot.receive = async (event) => {
      receiver.add(event);
    };
    const other = new Database(path);
    onTestFinished(() => {
      other.close();
    });
    other.exec('BEGIN IMMEDIATE');
    const refused = await studio.anna.command(studio.renders, 'cosmos status');
    other.exec('ROLLBACK');
    expect(refused.ephemeral.join()).toMatch(/again/i);
    // For a moment after a refusal nothing is tried.
    const again = async () => (await studio.anna.command(studio.renders, 'cosmos status')).ephemeral;
    await expect.poll(again).toEqual([RECEIPT]);
    expect(bench.store.inbox.open(bot.chat.platform)).toHaveLength(1);
  });

  it('that is delivered twice is one event, answered once', async () => {
    const studio = await commandStudio();
    const bot = await listenToDiscord(studio);
    studio.discord.gateway.duplicate('INTERACTION_CREATE');
    const asked = await studio.anna.command(studio.renders, 'cosmos status');
    expect(asked.ephemeral).toEqual([RECEIPT]);
    await studio.anna.command(studio.renders, 'cosmos queue');
    expect(bot.received).toHaveLength(2);
    expect(studio.discord.calls.all.filter(({ route }) => route === CALLBACK)).toHaveLength(2);
  });

  it('whose answer is lost on its way back is answered all the same', async () => {
    const studio = await commandStudio();
    const bot = await listenToDiscord(studio);
    studio.discord.injections.inject(CALLBACK, trouble.reset('after'));
    const asked = await studio.anna.command(studio.renders, 'cosmos status');
    expect(asked.ephemeral).toEqual([RECEIPT]);
    expect(bot.received).toHaveLength(1);
    expect(bot.said.join('')).not.toContain('could not be answered');
  });

  it('that cannot be answered in time is done nevertheless', async () => {
    const studio = await commandStudio();
    const bot = await listenToDiscord(studio);
    studio.discord.injections.inject(CALLBACK, trouble.refused(404, 10_062, 'Unknown interaction'));
    const asking = studio.anna.command(studio.renders, 'cosmos status');
    await bot.says('could not be answered in time');
    expect(bot.received).toHaveLength(1);
    await studio.anna.command(studio.renders, 'cosmos queue');
    expect(bot.received).toHaveLength(2);
    await asking;
  });

  it('is not offered to whoever may not use commands, whose clicks and mentions arrive all the same', async () => {
    const studio = await commandStudio();
    const { anna, renders, guild } = studio;
    const bot = await listenToDiscord(studio);
    const card = await postCard(bot, [STOP]);
    for (const role of guild.state.roles.values())
      if (role.id === guild.id) guild.changeRole(role, BOT_PERMISSIONS);
    await expect(anna.command(renders, 'cosmos status')).rejects.toThrow('hidden');
    await anna.clicks(card, 'Cancel');
    anna.mentions(renders, 'status');
    await bot.hears(({ kind }) => kind === 'command');
    expect(bot.received.map(({ kind }) => kind)).toEqual(['click', 'command']);
  });

  it('that Discord loses harms nobody', async () => {
    const studio = await commandStudio();
    const bot = await listenToDiscord(studio);
    studio.discord.gateway.lose('INTERACTION_CREATE');
    const lost = studio.anna.command(studio.renders, 'cosmos status');
    expect((await studio.anna.command(studio.renders, 'cosmos queue')).outcome).toBe('answered');
    expect(bot.received).toHaveLength(1);
    expect((await lost).outcome).toBe('timed_out');
  });
});

describe('an answer', () => {
  const CARD = { mark: 'none', title: ['Two runs wait'], blocks: [], actions: [] } as const;

  it('takes the place of the receipt, and only that person sees it', async () => {
    const studio = await commandStudio();
    const { anna, renders } = studio;
    const bot = await listenToDiscord(studio);
    const asked = await anna.command(renders, 'cosmos queue');
    const [event] = bot.received;
    if (event === undefined) throw new Error('nothing arrived');
    const posted = await bot.chat.post('answer', event.where, CARD, {
      event: event.dedupeKey,
      user: anna.id,
    });
    expect(posted.message).toBeUndefined();
    expect(asked.ephemeral.join()).toContain('Two runs wait');
    expect(asked.ephemeral.join()).not.toContain(RECEIPT);
    await bot.chat.post('more', event.where, CARD, { event: event.dedupeKey, user: anna.id });
    expect(asked.ephemeral).toHaveLength(2);
    expect(renders.timeline).toHaveLength(0);
  });

  it('to a click leaves the card alone', async () => {
    const studio = await commandStudio();
    const { anna, renders } = studio;
    const bot = await listenToDiscord(studio);
    const card = await postCard(bot, [STOP]);
    const asked = await anna.clicks(card, 'Cancel');
    const [event] = bot.received;
    if (event === undefined) throw new Error('nothing arrived');
    await bot.chat.post('answer', event.where, CARD, { event: event.dedupeKey, user: anna.id });
    expect(asked.ephemeral.join()).toContain('Two runs wait');
    expect(renders.now(card)?.words).toContain('A card');
  });
});

describe('a click', () => {
  it('on a card is its verb and target, acknowledged without changing the card', async () => {
    const studio = await openDiscordStudio();
    const { anna, renders } = studio;
    const thread = renders.openThread(anna, { name: 'mine', on: anna.says(renders, 'root') });
    const bot = await listenToDiscord(studio);
    const card = await postCard(
      bot,
      [STOP, { ...STOP, label: 'Rate', verb: 'rate', arguments: ['5'] }],
      thread.id,
    );
    const asked = await anna.clicks(card, 'Rate');
    expect(asked.outcome).toBe('deferred_update');
    expect(bot.received.map(meaning)).toEqual([
      {
        ...{ kind: 'click', verb: 'rate', target: 'rs_3fq8w1zz', arguments: ['5'] },
        where: { channel: renders.id, thread: thread.id, message: card.id },
        user: anna.id,
      },
    ]);
  });

  it('that cannot be saved is told to that person alone', async () => {
    const studio = await openDiscordStudio();
    const bot = await listenToDiscord(studio);
    const card = await postCard(bot, [STOP]);
    busy(bot);
    const asked = await studio.anna.clicks(card, 'Cancel');
    expect(asked.outcome).toBe('answered');
    expect(asked.messages.map(({ ephemeral }) => ephemeral)).toEqual([true]);
  });
});

describe('"Use as prompt"', () => {
  it('takes the media of a message, whoever has written it, for whoever picked it', async () => {
    const studio = await commandStudio();
    const { anna, ben, renders } = studio;
    studio.bot.intents.messageContent = false;
    const bot = await listenToDiscord(studio);
    const message = await ben.uploads(renders, [VIDEO], { text: 'a street at night' });
    const asked = await anna.contextMenu(message, 'Use as prompt');
    expect(asked.ephemeral).toEqual([RECEIPT]);
    expect(bot.received.map(meaning)).toMatchObject([
      {
        kind: 'upload',
        text: 'a street at night',
        where: { channel: renders.id, message: message.id },
        user: anna.id,
        files: [{ name: 'drift.mp4' }],
      },
    ]);
  });

  it('says so where there is nothing to use', async () => {
    const studio = await commandStudio();
    const { anna, renders } = studio;
    const bot = await listenToDiscord(studio);
    const asked = await anna.contextMenu(anna.says(renders, 'only words'), 'Use as prompt');
    expect(asked.ephemeral).toHaveLength(1);
    expect(bot.received).toEqual([]);
  });
});

describe('completion', () => {
  it('offers what fits, 25 at most', async () => {
    const studio = await commandStudio();
    const { anna, renders } = studio;
    const all = Array.from({ length: 40 }, (_, index) => ({
      value: `ps_${index}`,
      label: `prompt ${index}`,
    }));
    await listenToDiscord(studio, {
      forms: {
        suggest: ({ verb, option, typed }) =>
          verb === 'inference' && option === 'prompt' ? all.filter(({ label }) => label.includes(typed)) : [],
      },
    });
    const suggested = await anna.autocomplete(renders, 'cosmos inference', 'prompt', 'prompt 3');
    expect(suggested.choices[0]).toEqual({ name: 'prompt 3', value: 'ps_3' });
    expect(suggested.choices).toHaveLength(11);
    expect((await anna.autocomplete(renders, 'cosmos inference', 'prompt', '')).choices).toHaveLength(25);
  });
});

it('an interaction says how large files may be, long before the guild is asked again', async () => {
  const studio = await openDiscordStudio();
  const { anna, guild, renders } = studio;
  await registerCommands(studio);
  const { chat } = await listenToDiscord(studio, { times: { guildMs: 600_000 } });
  const MIB = 1024 * 1024;
  const place = { platform: chat.platform, tenant: guild.id, channel: renders.id };
  const limit = async (): Promise<number> => await chat.maxUploadBytes(place);
  guild.boost(3);
  expect(await limit()).toBe(100 * MIB);
  // Somebody with a subscription may more than the guild allows.
  anna.account.uploadBytes = 500 * MIB;
  await anna.command(renders, 'cosmos models');
  expect(await limit()).toBe(100 * MIB);
  anna.account.uploadBytes = 10 * MIB;
  guild.boost(2);
  await anna.command(renders, 'cosmos models');
  expect(await limit()).toBe(50 * MIB);
});

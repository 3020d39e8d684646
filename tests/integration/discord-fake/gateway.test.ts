import { once } from 'node:events';
import { Events, GatewayIntentBits } from 'discord.js';
import { expect, it } from 'vitest';
import { openDiscordStudio } from '../../support/discord-studio.ts';
import { heardTexts, newClient, PLAIN_INTENTS, readyClient } from './clients.ts';

it('a cut connection is resumed and what was said meanwhile arrives, in order and once', async () => {
  const studio = await openDiscordStudio();
  const { anna, renders, discord, bot } = studio;
  const client = await readyClient(studio);
  const heard = heardTexts(client, 3);
  anna.says(renders, 'before');

  discord.gateway.cut(bot);
  await discord.gateway.gone(bot);
  anna.says(renders, 'meanwhile');
  await discord.gateway.ready(bot);
  anna.says(renders, 'after');

  expect(await heard).toEqual(['before', 'meanwhile', 'after']);
  expect(discord.gateway.identifies).toHaveLength(1);
  expect(discord.gateway.resumes).toMatchObject([{ resumed: true }]);
});

it('a client that is asked to reconnect resumes', async () => {
  const studio = await openDiscordStudio();
  const client = await readyClient(studio);

  const resumed = once(client, Events.ShardResume);
  studio.discord.gateway.askReconnect(studio.bot);
  await resumed;

  expect(studio.discord.gateway.resumes).toMatchObject([{ resumed: true }]);
});

it('an invalid session starts anew and what was said meanwhile is lost', async () => {
  const studio = await openDiscordStudio();
  const { anna, renders, discord, bot } = studio;
  const client = await readyClient(studio);
  const heard = heardTexts(client, 1);

  discord.gateway.invalidate(bot);
  await discord.gateway.gone(bot);
  anna.says(renders, 'lost');
  await discord.gateway.ready(bot);
  anna.says(renders, 'heard');

  expect(await heard).toEqual(['heard']);
  expect(discord.gateway.identifies).toHaveLength(2);
});

it('a restarted bot hears nothing of what was said meanwhile, but finds it by message id', async () => {
  const studio = await openDiscordStudio();
  const { anna, renders, discord, bot } = studio;
  const first = await readyClient(studio);
  const last = anna.says(renders, 'before');
  await first.destroy();
  await discord.gateway.gone(bot);
  anna.says(renders, 'missed');

  const second = await readyClient(studio);
  const heard = heardTexts(second, 1);
  anna.says(renders, 'heard');

  expect(await heard).toEqual(['heard']);
  const channel = await second.channels.fetch(renders.id);
  if (!channel?.isTextBased()) throw new Error('not a text channel');
  const missed = await channel.messages.fetch({ after: last.id });
  expect(missed.map(({ content }) => content)).toEqual(['heard', 'missed']);
});

it('dispatches can arrive twice, or never', async () => {
  const studio = await openDiscordStudio();
  const { anna, renders, discord } = studio;
  const client = await readyClient(studio);
  const raw: unknown[] = [];
  client.on(Events.Raw, ({ t, d }) => {
    if (t === 'MESSAGE_CREATE') raw.push(d.content);
  });
  const heard = heardTexts(client, 2);

  discord.gateway.duplicate('MESSAGE_CREATE');
  anna.says(renders, 'twice');
  discord.gateway.lose('MESSAGE_CREATE');
  anna.says(renders, 'never');
  anna.says(renders, 'last');

  // The client drops the second one by the message's id.
  expect(await heard).toEqual(['twice', 'last']);
  expect(raw).toEqual(['twice', 'twice', 'last']);
});

it('two processes with one token both hear everything', async () => {
  const studio = await openDiscordStudio();
  const clients = [await readyClient(studio), await readyClient(studio)];
  const heard = clients.map((each) => heardTexts(each, 1));

  studio.anna.says(studio.renders, 'hello');

  expect(await Promise.all(heard)).toEqual([['hello'], ['hello']]);
  expect(studio.discord.gateway.open(studio.bot)).toHaveLength(2);
});

it('a wrong token is refused before the gateway', async () => {
  const studio = await openDiscordStudio();
  const client = newClient(studio);

  await expect(client.login('not.a.token')).rejects.toMatchObject({ code: 'TokenInvalid' });

  expect(studio.discord.gateway.identifies).toEqual([]);
});

it.each([
  [
    'an intent that is off in the portal',
    4014,
    [GatewayIntentBits.MessageContent],
    'Used disallowed intents',
  ],
  ['an unknown intent', 4013, [1 << 30], 'Used invalid intents'],
])('%s ends the login with %i', async (_what, code, intents, message) => {
  const studio = await openDiscordStudio();
  studio.bot.intents.messageContent = false;
  const failures: Error[] = [];
  const client = newClient(studio, {
    intents: [...PLAIN_INTENTS, ...intents],
    onError: (error) => failures.push(error),
  });

  await expect(client.login(studio.bot.token)).rejects.toThrow(message);

  await studio.discord.until(() => studio.discord.gateway.closes.includes(code));
});

it('a reset token closes with 4004 and is not tried again', async () => {
  const studio = await openDiscordStudio();
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const client = await readyClient(studio, { onError: resolve });
  const gone = once(client, Events.ShardDisconnect);

  studio.bot.resetToken();
  studio.discord.gateway.close(studio.bot, 4004);

  expect(await promise).toMatchObject({ message: 'Authentication failed' });
  expect((await gone)[0]).toMatchObject({ code: 4004 });
  expect(studio.discord.gateway.identifies).toHaveLength(1);
});

it('session starts are counted, and the token is reset when they are used up', async () => {
  const studio = await openDiscordStudio();
  studio.discord.gateway.sessionStartLimit = 1;
  const { token } = studio.bot;

  await expect(newClient(studio, { onError: () => undefined }).login(token)).rejects.toThrow();

  expect(studio.bot.token).not.toBe(token);
});

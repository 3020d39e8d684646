import { once } from 'node:events';
import {
  type AnySelectMenuInteraction,
  type ButtonInteraction,
  type ChatInputCommandInteraction,
  type Client,
  Events,
  type Interaction,
  MessageFlags,
  Routes,
} from 'discord.js';
import { expect, it } from 'vitest';
import { LIMITS } from '../../fakes/discord/limits.ts';
import { RESPONSE_TYPES } from '../../fakes/discord/numbers.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';
import { type DiscordStudio, openDiscordStudio } from '../../support/discord-studio.ts';
import { heardTexts, readyClient, refusalOf, restClient } from './clients.ts';

const COMMANDS = [{ name: 'show', description: 'Show', options: [] }];

type Repliable = ChatInputCommandInteraction | ButtonInteraction | AnySelectMenuInteraction;

async function commandHeard(client: Client): Promise<ChatInputCommandInteraction> {
  const [interaction]: Interaction[] = await once(client, Events.InteractionCreate);
  if (!interaction?.isChatInputCommand()) throw new Error('not a command');
  return interaction;
}

/** A client that is about to hear a command, and the command that somebody has just typed. */
async function asked(studio: DiscordStudio) {
  const client = await readyClient(studio);
  await client.application.commands.set(COMMANDS, studio.guild.id);
  const heard = commandHeard(client);
  const answer = studio.anna.command(studio.renders, 'show');
  return { client, answer, interaction: await heard };
}

/** What `/callback` refuses this type with. */
async function callback(studio: DiscordStudio, { id, token }: Repliable, body: object): Promise<unknown> {
  const rest = restClient(studio);
  return await refusalOf(rest.post(Routes.interactionCallback(id, token), { body, auth: false }));
}

it('nobody answers: it fails after three seconds, and the answer that comes later is refused', async () => {
  const clock = new FakeClock();
  const studio = await openDiscordStudio({ clock });
  const { answer, interaction } = await asked(studio);

  clock.advance(LIMITS.responseMs);

  expect(await answer).toMatchObject({ outcome: 'timed_out', latencyMs: undefined });
  expect(await refusalOf(interaction.reply('late'))).toBe(10062);
  expect(studio.renders.timeline).toEqual([]);
});

it('there is one first response, and follow-ups until the token ends', async () => {
  const clock = new FakeClock();
  const studio = await openDiscordStudio({ clock });
  const { answer, interaction } = await asked(studio);

  await interaction.reply({ content: 'first', flags: MessageFlags.Ephemeral });
  expect(await callback(studio, interaction, { type: 4, data: { content: 'second' } })).toBe(40060);
  await interaction.editReply('edited');
  await interaction.followUp('for all');
  const shown = await answer;
  expect(shown.outcome).toBe('answered');
  expect(shown.ephemeral).toEqual(['edited']);
  expect(studio.ben.sees(studio.renders).map(({ content }) => content)).toEqual(['for all']);
  await interaction.deleteReply();
  expect(shown.ephemeral).toEqual([]);
  clock.advance(LIMITS.tokenMs);

  expect(await refusalOf(interaction.followUp('too late'))).toBe(50027);
});

it('the first follow-up takes the place of "is thinking"', async () => {
  const studio = await openDiscordStudio();
  const { answer, interaction } = await asked(studio);

  await interaction.deferReply();
  expect((await answer).outcome).toBe('deferred');
  expect(studio.renders.timeline).toMatchObject([{ loading: true }]);
  await interaction.followUp('done');

  expect(studio.renders.timeline).toMatchObject([{ loading: false, content: 'done' }]);
});

it.each([
  ['an update of a command', { type: RESPONSE_TYPES.UPDATE, data: { content: 'x' } }],
  ['choices for a command', { type: RESPONSE_TYPES.AUTOCOMPLETE, data: { choices: [] } }],
  ['a modal without inputs', { type: 9, data: { title: 'x', custom_id: 'x', components: [] } }],
  ['a modal with six inputs', { type: 9, data: { title: 'x', custom_id: 'x', components: inputs(6) } }],
  [
    'a modal with a long title',
    { type: 9, data: { title: 'x'.repeat(46), custom_id: 'x', components: inputs(1) } },
  ],
  ['a modal with a long label', { type: 9, data: { title: 'x', custom_id: 'x', components: inputs(1, 46) } }],
  ['an unknown type', { type: 3 }],
])('refuses %s, and can be answered after that', async (_what, body) => {
  const studio = await openDiscordStudio();
  const { answer, interaction } = await asked(studio);

  expect(await callback(studio, interaction, body)).toBe(50035);

  await interaction.reply('ok');
  expect((await answer).outcome).toBe('answered');
});

it('a modal is a first response only, and never answers a modal', async () => {
  const studio = await openDiscordStudio();
  const { answer, interaction, client } = await asked(studio);
  const modal = { title: 'Form', custom_id: 'form', components: inputs(1) };
  await interaction.showModal(modal);
  expect((await answer).outcome).toBe('modal');
  expect(await callback(studio, interaction, { type: 9, data: modal })).toBe(40060);

  const heard = once(client, Events.InteractionCreate);
  const open = await studio.anna.modalOpened();
  await expect(open.submit()).rejects.toThrow('0 is required');
  const submitted = open.submit({ x: 'typed' });
  const [submit]: Interaction[] = await heard;
  if (!submit?.isModalSubmit()) throw new Error('not a form');
  const route = Routes.interactionCallback(submit.id, submit.token);
  expect(await refusalOf(restClient(studio).post(route, { body: { type: 9, data: modal } }))).toBe(50035);
  await submit.reply('thanks');

  expect((await submitted).messages[0]?.content).toBe('thanks');
  expect(submit.fields.getTextInputValue('0')).toBe('typed');
});

it('a menu of a message is updated in place by whoever chose', async () => {
  const studio = await openDiscordStudio();
  const { anna, renders } = studio;
  const client = await readyClient(studio);
  client.on(Events.InteractionCreate, async (interaction) => {
    if (!interaction.isStringSelectMenu()) return;
    await interaction.update({ content: `chosen ${interaction.values.join()}`, components: [] });
  });
  const options = ['a', 'b'].map((each) => ({ label: each.toUpperCase(), value: each }));
  const menu = { type: 3, custom_id: 'model', placeholder: 'Model', options };
  const body = { content: 'choose', components: [{ type: 1, components: [menu] }] };
  await restClient(studio).post(Routes.channelMessages(renders.id), { body });
  const card = await renders.shows(({ fromBot }) => fromBot);

  const answer = await anna.chooses(card, 'Model', 'B');

  expect(answer.outcome).toBe('updated');
  expect(renders.now(card)).toMatchObject({ content: 'chosen b', controls: [] });
  await expect(anna.clicks(card, 'Nothing')).rejects.toThrow('the message has no Nothing, but Model');
});

it('the upload limit of an interaction is the larger one of person and guild', async () => {
  const studio = await openDiscordStudio();
  studio.anna.account.uploadBytes = 20 * 1024 * 1024;
  const { answer, interaction } = await asked(studio);

  await interaction.reply({ files: [{ attachment: Buffer.alloc(15 * 1024 * 1024), name: 'a.mp4' }] });

  expect(interaction.attachmentSizeLimit).toBe(20 * 1024 * 1024);
  expect((await answer).messages[0]?.files).toMatchObject([{ name: 'a.mp4' }]);
});

it('an interaction can be lost, and arrive late after a resume', async () => {
  const studio = await openDiscordStudio();
  const { discord, anna, bot, renders } = studio;
  const client = await readyClient(studio);
  await client.application.commands.set(COMMANDS, studio.guild.id);
  const heard: string[] = [];
  client.on(Events.InteractionCreate, async (interaction) => {
    if (!interaction.isChatInputCommand()) return;
    heard.push(interaction.id);
    await interaction.reply('here');
  });

  discord.gateway.lose('INTERACTION_CREATE');
  const [lost, found] = [anna.command(renders, 'show'), anna.command(renders, 'show')];
  expect((await found).outcome).toBe('answered');
  expect((await lost).outcome).toBe('timed_out');
  discord.gateway.cut(bot);
  await discord.gateway.gone(bot);
  const late = await anna.command(renders, 'show');

  expect(late.outcome).toBe('answered');
  expect(heard).toEqual([(await found).interaction.id, late.interaction.id]);
});

it('direct messages are readable without the intent, and commands work there', async () => {
  const studio = await openDiscordStudio();
  const { anna, bot, discord } = studio;
  const client = await readyClient(studio, { intents: [1, 1 << 9, 1 << 12] });
  await client.application.commands.set(COMMANDS);
  const direct = discord.direct(anna, bot);
  const heard = heardTexts(client, 1);
  const command = commandHeard(client);

  anna.says(direct, 'hello');
  const answer = anna.command(direct, 'show');
  const interaction = await command;
  await interaction.reply('hi');

  expect(await heard).toEqual(['hello']);
  expect(interaction.inGuild()).toBe(false);
  expect((await answer).messages[0]?.content).toBe('hi');
  await expect(anna.command(direct, 'hide')).rejects.toThrow('nobody offers hide here');
});

it('a client sends only what a person can enter', async () => {
  const studio = await openDiscordStudio();
  const { anna, renders, lead, guild } = studio;
  const option = { type: 4, name: 'seed', description: 'x', required: true, min_value: 0 } as const;
  await restClient(studio).put(Routes.applicationGuildCommands(studio.bot.id, guild.id), {
    body: [
      { name: 'run', description: 'x', options: [option] },
      { name: 'hidden', description: 'x', default_member_permissions: '0' },
    ],
  });

  await expect(anna.command(renders, 'run')).rejects.toThrow('seed is required');
  await expect(anna.command(renders, 'run', { seed: -1 })).rejects.toThrow('out of the bounds');
  await expect(anna.command(renders, 'run', { seed: 'x' })).rejects.toThrow('takes a number');
  await expect(anna.command(renders, 'hidden')).rejects.toThrow('hidden from them');
  const thread = renders.openThread(lead, { name: 'old' });
  thread.archive();
  await expect(anna.command(thread, 'run', { seed: 1 })).rejects.toThrow('archived');
});

it('a kicked bot hears that it is gone, and a dead connection is replaced', async () => {
  const studio = await openDiscordStudio();
  studio.discord.gateway.heartbeatMs = 100;
  studio.discord.gateway.answersHeartbeats = false;
  const client = await readyClient(studio);

  await studio.discord.until(() => studio.discord.gateway.resumes.length > 0);
  studio.discord.gateway.answersHeartbeats = true;
  const gone = once(client, Events.GuildDelete);
  studio.guild.kick(studio.bot);

  expect((await gone)[0]).toMatchObject({ id: studio.guild.id });
});

function inputs(count: number, label = 1) {
  return Array.from({ length: count }, (_, index) => ({
    type: 18,
    label: 'x'.repeat(label),
    component: { type: 4, custom_id: String(index), style: 1 },
  }));
}

import {
  ActionRowBuilder,
  ApplicationCommandOptionType,
  ApplicationCommandType,
  ButtonBuilder,
  ButtonStyle,
  Events,
  FileUploadBuilder,
  type Interaction,
  LabelBuilder,
  MessageFlags,
  ModalBuilder,
  StringSelectMenuBuilder,
  TextInputBuilder,
  TextInputStyle,
} from 'discord.js';
import { expect, it } from 'vitest';
import { implementedRoutes } from '../../fakes/discord/route-table.ts';
import { openDiscordStudio } from '../../support/discord-studio.ts';
import { heardTexts, PLAIN_INTENTS, readyClient } from './clients.ts';

const COMMANDS = [
  {
    name: 'cosmos',
    description: 'Runs',
    options: [
      {
        type: ApplicationCommandOptionType.Subcommand as const,
        name: 'inference',
        description: 'Queue a run',
        options: [
          {
            type: ApplicationCommandOptionType.String as const,
            name: 'prompt',
            description: 'Which',
            required: true,
            autocomplete: true,
          },
          {
            type: ApplicationCommandOptionType.Integer as const,
            name: 'seed',
            description: 'Seed',
            min_value: 0,
          },
          { type: ApplicationCommandOptionType.Attachment as const, name: 'clip', description: 'A video' },
        ],
      },
    ],
  },
  { name: 'Use as prompt', type: ApplicationCommandType.Message as const },
];

it('a real client logs in and knows its guild and channels', async () => {
  const studio = await openDiscordStudio();

  const client = await readyClient(studio);

  expect(client.user.username).toBe('cosmos');
  expect(client.guilds.cache.get(studio.guild.id)?.channels.cache.map(({ name }) => name)).toEqual([
    'renders',
  ]);
  expect(client.guilds.cache.get(studio.guild.id)?.members.me?.permissions.has('SendMessagesInThreads')).toBe(
    true,
  );
  expect(studio.discord.calls.routes()).toEqual(['GET /gateway/bot']);
  expect(implementedRoutes).toContain('GET /gateway/bot');
});

it('a slash command brings typed options and a file, and its answer can be ephemeral, deferred and followed up', async () => {
  const studio = await openDiscordStudio();
  const { anna, renders, discord } = studio;
  const client = await readyClient(studio);
  await client.application.commands.set(COMMANDS, studio.guild.id);
  const heard: unknown[] = [];
  client.on(Events.InteractionCreate, async (interaction) => {
    if (!interaction.isChatInputCommand()) return;
    const { options } = interaction;
    const clip = options.getAttachment('clip');
    heard.push(options.getSubcommand(), options.getString('prompt'), options.getInteger('seed'), clip?.name);
    await interaction.deferReply({ flags: MessageFlags.Ephemeral });
    await interaction.editReply({ content: 'queued' });
    await interaction.followUp({ content: 'all see this' });
  });

  const asked = await anna.command(renders, 'cosmos inference', {
    prompt: 'ps_drift',
    seed: 4,
    clip: { name: 'drift.mp4', content: 'frames' },
  });

  expect(asked.outcome).toBe('deferred');
  const said = await asked.answer((each) => !each.ephemeral);
  expect(said.content).toBe('all see this');
  expect(asked.ephemeral).toEqual(['queued']);
  expect(heard).toEqual(['inference', 'ps_drift', 4, 'drift.mp4']);
  expect(renders.timeline.map(({ content }) => content)).toEqual(['all see this']);
  expect(anna.sees(renders).map(({ content }) => content)).toEqual(['queued', 'all see this']);
  expect(discord.calls.routes().filter((each) => !implementedRoutes.includes(each))).toEqual([]);
});

it('autocomplete offers choices while somebody types', async () => {
  const studio = await openDiscordStudio();
  const client = await readyClient(studio);
  await client.application.commands.set(COMMANDS);
  client.on(Events.InteractionCreate, async (interaction) => {
    if (!interaction.isAutocomplete()) return;
    const { name, value } = interaction.options.getFocused(true);
    await interaction.respond([{ name: `${name} ${value}ift`, value: 'ps_1' }]);
  });

  const suggested = await studio.anna.autocomplete(studio.renders, 'cosmos inference', 'prompt', 'dr');

  expect(suggested).toMatchObject({
    outcome: 'suggested',
    choices: [{ name: 'prompt drift', value: 'ps_1' }],
  });
});

it('a button opens a modal whose text, choice and file come back', async () => {
  const studio = await openDiscordStudio();
  const { anna, renders } = studio;
  const client = await readyClient(studio);
  const heard: unknown[] = [];
  client.on(Events.InteractionCreate, async (interaction: Interaction) => {
    if (interaction.isButton()) await interaction.showModal(form());
    if (!interaction.isModalSubmit()) return;
    const { fields } = interaction;
    heard.push(fields.getTextInputValue('text'), fields.getStringSelectValues('model'));
    heard.push(fields.getUploadedFiles('files')?.map(({ name, size }) => `${name} ${size}`));
    await interaction.reply({ content: 'thanks', flags: MessageFlags.Ephemeral });
  });
  const channel = await client.channels.fetch(renders.id);
  if (!channel?.isSendable()) throw new Error('the channel is not sendable');
  const button = new ButtonBuilder().setCustomId('edit').setLabel('Edit').setStyle(ButtonStyle.Primary);
  await channel.send({
    content: 'card',
    components: [new ActionRowBuilder<ButtonBuilder>().addComponents(button)],
  });
  const card = await renders.shows((each) => each.fromBot);

  const click = await anna.clicks(card, 'Edit');
  const modal = await anna.modalOpened();
  const submitted = await modal.submit({
    Text: 'snow',
    Model: 'Transfer',
    Files: [{ name: 'edge.mp4', content: 'edges' }],
  });

  expect(click.outcome).toBe('modal');
  expect(modal.title).toBe('Prompt');
  expect(submitted.outcome).toBe('answered');
  expect(submitted.ephemeral).toEqual(['thanks']);
  expect(heard).toEqual(['snow', ['transfer'], ['edge.mp4 5']]);
  expect(anna.modal).toBeUndefined();
});

it('an upload is heard and becomes a thread with the file that the bot sends', async () => {
  const studio = await openDiscordStudio();
  const { anna, renders } = studio;
  const client = await readyClient(studio);
  client.on(Events.MessageCreate, async (message) => {
    const [attachment] = message.attachments.values();
    if (message.author.bot || !attachment) return;
    const bytes = await (await fetch(attachment.url)).arrayBuffer();
    const thread = await message.startThread({ name: 'snow', autoArchiveDuration: 1440 });
    await thread.send({ content: 'here', files: [{ attachment: Buffer.from(bytes), name: 'back.mp4' }] });
  });

  const message = await anna.uploads(renders, [{ name: 'drift.mp4', content: 'frames' }], { text: 'snow' });
  const thread = await renders.threadOpened(message);
  const answer = await thread.shows((each) => each.content === 'here');

  expect(thread.id).toBe(message.id);
  expect(answer.files).toMatchObject([{ name: 'back.mp4', size: 6, sha256: message.files[0]?.sha256 }]);
  expect(answer.author).toBe('cosmos');
});

it('a message command hands over the message, also without the intent for its content', async () => {
  const studio = await openDiscordStudio();
  studio.bot.intents.messageContent = false;
  const { anna, renders } = studio;
  const client = await readyClient(studio, { intents: PLAIN_INTENTS });
  await client.application.commands.set(COMMANDS, studio.guild.id);
  client.on(Events.InteractionCreate, async (interaction) => {
    if (!interaction.isMessageContextMenuCommand()) return;
    await interaction.reply(`got ${interaction.targetMessage.content}`);
  });
  const heard = heardTexts(client, 3);

  const message = anna.says(renders, 'a snowy road');
  const asked = await anna.contextMenu(message, 'Use as prompt');
  anna.mentions(renders, 'hello');

  expect(asked.messages[0]?.content).toBe('got a snowy road');
  expect(await heard).toEqual(['', 'got a snowy road', `${studio.bot.mention} hello`]);
});

function form(): ModalBuilder {
  const text = new TextInputBuilder().setCustomId('text').setStyle(TextInputStyle.Paragraph);
  const model = new StringSelectMenuBuilder()
    .setCustomId('model')
    .addOptions({ label: 'Transfer', value: 'transfer' }, { label: 'Other', value: 'other' });
  const files = new FileUploadBuilder().setCustomId('files').setRequired(false);
  return new ModalBuilder()
    .setCustomId('form')
    .setTitle('Prompt')
    .addLabelComponents(
      new LabelBuilder().setLabel('Text').setTextInputComponent(text),
      new LabelBuilder().setLabel('Model').setStringSelectMenuComponent(model),
      new LabelBuilder().setLabel('Files').setFileUploadComponent(files),
    );
}

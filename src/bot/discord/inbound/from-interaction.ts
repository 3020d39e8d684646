import {
  type APIBaseInteraction,
  type APIChatInputApplicationCommandInteraction,
  type APIMessageApplicationCommandInteraction,
  type APIMessageComponentInteraction,
  type InteractionType,
  MessageFlags,
} from 'discord.js';
import type { ChatReference, ChatUser, Inbound } from '../../../core/ports/chat.ts';
import type { UtcMs } from '../../../core/ports/clock.ts';
import { parseAction } from '../action-codec.ts';
import { optionsToWords } from '../commands/options-to-words.ts';
import { carried, kindOf, type ToldFile, toChatFile } from './files.ts';
import { wordsOf } from './from-message.ts';
import { isThread } from './guild-map.ts';
import { person, place, type Surroundings, timeOf } from './place.ts';
import { withoutMentions } from './plain-text.ts';

type AnyInteraction = APIBaseInteraction<InteractionType, unknown>;

/** Who did something, where and when. */
interface Asker {
  readonly user: ChatUser;
  readonly where: ChatReference;
  readonly at: UtcMs;
}

/** A message that only one person sees begins no thread, and a command belongs to no message. */
export function askerOf(interaction: AnyInteraction, around: Surroundings, message?: string): Asker {
  const { id, guild_id: guild, channel, member, user = member?.user } = interaction;
  if (user === undefined || channel === undefined)
    throw new TypeError('an interaction without a person or place');
  const parent =
    isThread(channel) && 'parent_id' in channel && typeof channel.parent_id === 'string'
      ? channel.parent_id
      : undefined;
  return {
    user: person(user, member, guild),
    where: place(around.guilds, { guild, channel: channel.id, parent, message }),
    at: timeOf(id),
  };
}

/** A slash command: its words, or its files with its text. */
export function fromSlash(
  interaction: APIChatInputApplicationCommandInteraction,
  around: Surroundings,
): Extract<Inbound, { kind: 'form' | 'upload' }> {
  const base = { dedupeKey: `command:${interaction.id}`, ...askerOf(interaction, around) };
  const { options = [], resolved } = interaction.data;
  const files = attached(options, resolved?.attachments ?? {});
  if (files.length > 0) {
    const text = textOption(options, 'text') ?? '';
    const negativeText = textOption(options, 'negative');
    const name = textOption(options, 'name');
    return {
      ...base,
      ...{ kind: 'upload', text, files: files.map((file) => toChatFile(file)) },
      ...(negativeText !== undefined && { negativeText }),
      ...(name !== undefined && { name }),
    };
  }
  return { ...base, kind: 'form', words: optionsToWords(options) };
}

/** A click on a button of a card; undefined for every other one. */
export function fromClick(
  interaction: APIMessageComponentInteraction,
  around: Surroundings,
): Extract<Inbound, { kind: 'click' }> | undefined {
  const parsed = parseAction(interaction.data.custom_id);
  if (parsed === undefined) return undefined;
  const asker = askerOf(interaction, around, publicMessage(interaction));
  return { kind: 'click', dedupeKey: `click:${interaction.id}`, ...asker, ...parsed };
}

/** Somebody wants a message that is there already to become a prompt: it is theirs, whoever has written it. */
export function fromUse(
  interaction: APIMessageApplicationCommandInteraction,
  around: Surroundings,
): Extract<Inbound, { kind: 'upload' }> | undefined {
  const message = interaction.data.resolved.messages[interaction.data.target_id];
  if (message === undefined) return undefined;
  const { id, channel_id: channel, author } = message;
  const { attachments, content, mentions } = carried(message);
  if (attachments.every((file) => kindOf(file) === 'other')) return undefined;
  // The words of the bot's own messages are no prompt.
  const said = author.bot === true ? '' : content;
  const { all } = withoutMentions(said, around.guilds.mentions(interaction.guild_id));
  return {
    kind: 'upload',
    dedupeKey: `use:${interaction.id}`,
    ...askerOf(interaction, around, id),
    text: wordsOf(all, mentions, around),
    files: attachments.map((file) => toChatFile(file, { channel, message: id })),
  };
}

/** The message of a component; undefined where only one person sees it. */
export function publicMessage({ message }: Pick<AnyInteraction, 'message'>): string | undefined {
  const flags = message?.flags ?? 0;
  return (flags & MessageFlags.Ephemeral) === 0 ? message?.id : undefined;
}

interface Option {
  readonly name: string;
  readonly value?: unknown;
  readonly options?: readonly Option[] | undefined;
}

/** In the order of the options: which file is meant for what may hang on it. */
function attached(
  options: readonly Option[],
  attachments: Readonly<Record<string, ToldFile>>,
): readonly ToldFile[] {
  const ids = options.flatMap((each) => each.options ?? [each]).map(({ value }) => String(value));
  return ids.flatMap((id) => (Object.hasOwn(attachments, id) ? (attachments[id] ?? []) : []));
}

/** A text that was given with files. */
function textOption(options: readonly Option[], name: string): string | undefined {
  const found = options.flatMap((each) => each.options ?? [each]).find((each) => each.name === name);
  return typeof found?.value === 'string' && found.value !== '' ? found.value : undefined;
}

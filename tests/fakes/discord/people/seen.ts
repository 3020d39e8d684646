import type { UtcMs } from '../../../../src/core/ports/clock.ts';
import { isObject, type JsonObject, objectAt, objectsOf, stringAt } from '../../slack/json.ts';
import { descendants } from '../checks/layout-check.ts';
import type { Channel, Message, MessageVersion } from '../model.ts';
import { COMPONENTS, MESSAGE_FLAGS } from '../numbers.ts';
import type { World } from '../world.ts';

/** Something to press or to choose from. */
export interface SeenControl {
  /** A number of `COMPONENTS`. */
  readonly type: number;
  /** What stands on it; of a menu its placeholder. */
  readonly text: string;
  /** Empty for links. */
  readonly customId: string;
  readonly url: string | undefined;
  readonly style: number | undefined;
  readonly disabled: boolean;
  readonly component: JsonObject;
}

export interface SeenFile {
  readonly id: string;
  readonly name: string;
  readonly size: number;
  readonly sha256: string;
  readonly contentType: string;
  /** Shown within an embed instead of below the text. */
  readonly embedded: boolean;
  /** Where the bytes lie on this machine. */
  readonly path: string;
}

/** A message as somebody sees it now; it does not change when the message does. */
export interface SeenMessage {
  readonly id: string;
  readonly channel: string;
  readonly author: string;
  readonly authorId: string;
  readonly fromBot: boolean;
  readonly type: number;
  readonly content: string;
  readonly embeds: readonly JsonObject[];
  readonly components: readonly JsonObject[];
  /** All that can be read in it: text, embeds and text displays, a line each. */
  readonly words: string;
  readonly controls: readonly SeenControl[];
  readonly files: readonly SeenFile[];
  readonly ephemeral: boolean;
  /** "… is thinking". */
  readonly loading: boolean;
  readonly nonce: string | number | undefined;
  readonly flags: number;
  readonly at: UtcMs;
  readonly editedAt: UtcMs | undefined;
  /** Every state that it had until now, with times, the first one included. */
  readonly versions: readonly MessageVersion[];
  /** Ids of those at whom it made a sound. */
  readonly pinged: readonly string[];
  readonly reactions: Readonly<Record<string, readonly string[]>>;
}

/** What this person sees of a channel or a thread; what everybody sees without a person. */
export function seenMessages(world: World, channel: Channel, viewer?: string): readonly SeenMessage[] {
  return channel.messages
    .filter((each) => each.deletedAt === undefined)
    .filter((each) => each.onlyFor === undefined || each.onlyFor === viewer)
    .map((each) => seen(world, each));
}

export function seen(world: World, message: Message): SeenMessage {
  const { content, embeds, components, flags } = message;
  const author = world.state.user(message.authorId);
  return {
    id: message.id,
    channel: message.channelId,
    author: author.username,
    authorId: author.id,
    fromBot: author.bot,
    type: message.type,
    content,
    embeds,
    components,
    words: [content, ...embeds.map(wordsOfEmbed), wordsOfComponents(components)].filter(Boolean).join('\n'),
    controls: controlsOf(components),
    files: message.attachments.map(({ id, name, size, sha256, contentType, embedded, path }) => ({
      id,
      name,
      size,
      sha256,
      contentType,
      embedded,
      path,
    })),
    ephemeral: message.onlyFor !== undefined,
    loading: (flags & MESSAGE_FLAGS.LOADING) !== 0,
    nonce: message.nonce,
    flags,
    at: message.createdAt,
    editedAt: message.editedAt,
    versions: [...message.versions],
    pinged: world.state.pings.filter((each) => each.messageId === message.id).map((each) => each.userId),
    reactions: Object.fromEntries([...message.reactions].map(([name, users]) => [name, [...users]])),
  };
}

/** What can be pressed, chosen from or filled in. */
function controlsOf(components: readonly JsonObject[]): readonly SeenControl[] {
  return components
    .flatMap(descendants)
    .filter((each) => each['custom_id'] !== undefined || each['type'] === COMPONENTS.BUTTON)
    .map((component) => ({
      type: Number(component['type']),
      text: stringAt(component, 'label') ?? stringAt(component, 'placeholder') ?? '',
      customId: stringAt(component, 'custom_id') ?? '',
      url: stringAt(component, 'url'),
      style: typeof component['style'] === 'number' ? component['style'] : undefined,
      disabled: component['disabled'] === true,
      component,
    }));
}

/** The control with this label (or a part of it), placeholder or `custom_id`. Throws where there is none. */
export function controlNamed(message: SeenMessage, name: string): SeenControl {
  const found =
    message.controls.find((each) => each.text === name || each.customId === name) ??
    message.controls.find((each) => each.text.includes(name));
  if (!found) {
    const names = message.controls.map((each) => each.text || each.customId).join(', ');
    throw new Error(`the message has no ${name}, but ${names || 'nothing to press'}`);
  }
  return found;
}

function wordsOfEmbed(embed: JsonObject): string {
  return [
    stringAt(objectAt(embed, 'author'), 'name'),
    stringAt(embed, 'title'),
    stringAt(embed, 'description'),
    ...objectsOf(embed['fields']).flatMap((each) => [stringAt(each, 'name'), stringAt(each, 'value')]),
    stringAt(objectAt(embed, 'footer'), 'text'),
  ]
    .filter(Boolean)
    .join('\n');
}

function wordsOfComponents(components: readonly JsonObject[]): string {
  return components
    .flatMap(descendants)
    .filter((each) => isObject(each) && each['type'] === COMPONENTS.TEXT_DISPLAY)
    .map((each) => stringAt(each, 'content'))
    .join('\n');
}

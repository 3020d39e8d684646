import { objectsOf } from '../../slack/json.ts';
import type { Application } from '../application.ts';
import { tellMessage, tellReaction } from '../gateway/events.ts';
import { mentionsIn } from '../mentions.ts';
import type { Attachment, Channel, Message, Ping, User } from '../model.ts';
import { COMPONENTS, INTERACTION_TYPES, RESPONSE_TYPES } from '../numbers.ts';
import { may } from '../permissions.ts';
import { addMessage, deleteMessage } from '../posting.ts';
import { messageIn } from '../state.ts';
import { messageView } from '../views/message-view.ts';
import { userView } from '../views/user-view.ts';
import { type Actor, type Asked, ask } from './asking.ts';
import type { DiscordChannel } from './channel.ts';
import { commandData, commandFor, type Options } from './commands.ts';
import { type LocalFile, upload } from './local-files.ts';
import { Modal, pick } from './modal.ts';
import { controlNamed, type SeenMessage, seen, seenMessages } from './seen.ts';

/** What a person is offered while they type. */
export interface Suggested {
  readonly outcome: Asked['outcome'];
  readonly latencyMs: number | undefined;
  readonly choices: readonly { readonly name: string; readonly value: string | number }[];
}

interface Saying {
  /** The message that it answers with a ping. */
  readonly replyTo?: SeenMessage;
}

/** Somebody in front of Discord. All promises resolve with what they see. */
export class Person {
  readonly #actor: Actor;
  #modals = new Map<string, Modal>();

  constructor(actor: Actor) {
    this.#actor = actor;
  }

  get id(): string {
    return this.#actor.user.id;
  }

  get name(): string {
    return this.#actor.user.username;
  }

  /** Their account: `uploadBytes` may be set (Nitro). */
  get account(): User {
    return this.#actor.user;
  }

  /** When their client made a sound for being named. */
  get pings(): readonly Ping[] {
    return this.#actor.world.state.pings.filter((each) => each.userId === this.id);
  }

  /** What they see of a channel or a thread: also what only they see. */
  sees(channel: DiscordChannel): readonly SeenMessage[] {
    return seenMessages(this.#actor.world, channel.state, this.id);
  }

  /** Writes a message. A thread is a channel. */
  says(channel: DiscordChannel, text: string, options: Saying = {}): SeenMessage {
    return this.#post(channel.state, text, [], options);
  }

  /** Writes a message that names the bot first. */
  mentions(channel: DiscordChannel, text: string, options: Saying = {}): SeenMessage {
    return this.says(channel, `${this.#botIn(channel.state).mention} ${text}`, options);
  }

  /** Drops files with a text. */
  async uploads(
    channel: DiscordChannel,
    files: readonly LocalFile[],
    options: Saying & { readonly text?: string; readonly mention?: boolean } = {},
  ): Promise<SeenMessage> {
    const attachments = await Promise.all(
      files.map((each) => upload(this.#actor, channel.state, each, false)),
    );
    const mention = options.mention === true ? `${this.#botIn(channel.state).mention} ` : '';
    return this.#post(channel.state, `${mention}${options.text ?? ''}`, attachments, options);
  }

  /** Forwards a message into a channel. */
  forwards({ channel, id }: SeenMessage, to: DiscordChannel): SeenMessage {
    const reference = { channelId: channel, messageId: id, isForward: true };
    return this.#post(to.state, '', [], {}, reference);
  }

  edits(message: SeenMessage, text: string): SeenMessage {
    const { world } = this.#actor;
    const { channel, stored } = this.#stored(message);
    const mentions = mentionsIn(world, channel, text, { author: this.id, allowed: undefined });
    stored.content = text;
    stored.mentions = mentions.users;
    stored.editedAt = world.clock.now();
    tellMessage(world, channel, stored, 'MESSAGE_UPDATE');
    world.changes.announce();
    return seen(world, stored);
  }

  deletes(message: SeenMessage): void {
    const { channel, stored } = this.#stored(message);
    deleteMessage(this.#actor.world, channel, stored);
  }

  /** Adds an emoji, by the character itself. */
  reacts(message: SeenMessage, emoji: string): void {
    const { world } = this.#actor;
    const { channel, stored } = this.#stored(message);
    stored.reactions.set(emoji, (stored.reactions.get(emoji) ?? new Set()).add(this.id));
    tellReaction(world, channel, stored, { type: 'ADD', userId: this.id, name: emoji });
    world.changes.announce();
  }

  /** Types a slash command: `cosmos inference` with its options. Throws where their client would not send it. */
  async command(channel: DiscordChannel, words: string, options: Options = {}): Promise<Asked> {
    const chosen = commandFor(this.#actor, channel.state, 1, words);
    const data = await commandData(this.#actor, channel.state, chosen, options);
    return await ask(this.#actor, {
      type: INTERACTION_TYPES.COMMAND,
      app: chosen.app,
      channel: channel.state,
      name: String(chosen.command['name']),
      data,
    });
  }

  /** Types into an option of a slash command, and looks what is offered. */
  async autocomplete(
    channel: DiscordChannel,
    words: string,
    option: string,
    typed: string,
    others: Options = {},
  ): Promise<Suggested> {
    const chosen = commandFor(this.#actor, channel.state, 1, words);
    const found = chosen.options.find((each) => each['name'] === option);
    if (found?.['autocomplete'] !== true) throw new Error(`${option} is not completed`);
    const data = await commandData(this.#actor, channel.state, chosen, others, { name: option, typed });
    const { outcome, latencyMs, interaction } = await ask(this.#actor, {
      type: INTERACTION_TYPES.AUTOCOMPLETE,
      app: chosen.app,
      channel: channel.state,
      name: String(chosen.command['name']),
      data,
    });
    const choices = objectsOf(interaction.response?.data['choices']).map((each) => ({
      name: String(each['name']),
      value: typeof each['value'] === 'number' ? each['value'] : String(each['value']),
    }));
    return { outcome, latencyMs, choices };
  }

  /** Picks a message command from a message's menu: `Use as prompt`. */
  async contextMenu(message: SeenMessage, name: string): Promise<Asked> {
    const { world } = this.#actor;
    const { channel, stored } = this.#stored(message);
    const { app, command } = commandFor(this.#actor, channel, 3, name);
    const author = world.state.user(stored.authorId);
    return await ask(this.#actor, {
      type: INTERACTION_TYPES.COMMAND,
      app,
      channel,
      name,
      data: {
        id: command['id'],
        name,
        type: 3,
        target_id: stored.id,
        resolved: {
          messages: { [stored.id]: messageView(world, stored, app.user.id) },
          users: { [author.id]: userView(author) },
        },
        ...(command['guild_id'] === undefined ? {} : { guild_id: command['guild_id'] }),
      },
    });
  }

  /** Presses a button of a message as it was seen, by its label or `custom_id`. */
  async clicks(message: SeenMessage, name: string): Promise<Asked> {
    const control = controlNamed(message, name);
    if (control.type !== COMPONENTS.BUTTON) throw new Error(`${name} is not a button`);
    return await this.#use(message, control, {});
  }

  /** Chooses from a menu of a message: options by label or value, people, roles and channels by id. */
  async chooses(message: SeenMessage, name: string, entered: string | readonly string[]): Promise<Asked> {
    const control = controlNamed(message, name);
    const all = typeof entered === 'string' ? [entered] : entered;
    return await this.#use(message, control, { values: all.map((each) => pick(control.component, each)) });
  }

  /** The modal in front of them, the newest. */
  get modal(): Modal | undefined {
    const found = this.#actor.world.interactions.all.findLast(
      (each) =>
        each.user.id === this.id &&
        each.response?.type === RESPONSE_TYPES.MODAL &&
        this.#modals.get(each.id)?.isOpen !== false,
    );
    if (!found) return undefined;
    const modal = this.#modals.get(found.id) ?? new Modal(this.#actor, found);
    this.#modals.set(found.id, modal);
    return modal;
  }

  /** Resolves when a modal is in front of them, other than `except`. */
  async modalOpened(except?: Modal): Promise<Modal> {
    return await this.#actor.world.changes.until(() => {
      const { modal } = this;
      return modal !== except && modal;
    });
  }

  async #use(
    message: SeenMessage,
    control: ReturnType<typeof controlNamed>,
    more: { readonly values?: readonly string[] },
  ): Promise<Asked> {
    if (control.disabled) throw new Error(`${control.text} is greyed out`);
    if (control.url !== undefined) throw new Error(`${control.text} is a link to ${control.url}`);
    const { world } = this.#actor;
    const { channel, stored } = this.#stored(message);
    const app = world.state.applications.find((each) => each.user.id === stored.authorId);
    if (!app) throw new Error('only messages of bots have something to press');
    return await ask(this.#actor, {
      type: INTERACTION_TYPES.COMPONENT,
      app,
      channel,
      name: control.customId,
      source: stored,
      data: {
        component_type: control.type,
        custom_id: control.customId,
        id: control.component['id'],
        ...more,
      },
      more: { message: messageView(world, stored, app.user.id) },
    });
  }

  #post(
    channel: Channel,
    text: string,
    attachments: readonly Attachment[],
    options: Saying,
    reference?: Message['reference'],
  ): SeenMessage {
    const { world, user } = this.#actor;
    const permission = channel.thread ? 'SEND_MESSAGES_IN_THREADS' : 'SEND_MESSAGES';
    if (channel.deleted) throw new Error('the channel is gone');
    if (!may(world.state, channel, user.id, permission))
      throw new Error(`${user.username} may not write there`);
    if (channel.thread?.locked && !may(world.state, channel, user.id, 'MANAGE_THREADS')) {
      throw new Error('the thread is locked');
    }
    const replyTo = options.replyTo?.id;
    const facts = { author: user.id, content: text, attachments, replyTo, reference };
    return seen(world, addMessage(world, channel, facts));
  }

  /** The message itself. Throws when it is gone: nobody can do anything with it then. */
  #stored(message: SeenMessage): { readonly channel: Channel; readonly stored: Message } {
    const channel = this.#actor.world.state.channel(message.channel);
    const stored = messageIn(channel, message.id);
    if (!stored) throw new Error(`the message ${message.id} is not there any more`);
    return { channel, stored };
  }

  #botIn(channel: Channel): Application {
    const { state } = this.#actor.world;
    const found = state.applications.find(({ user }) =>
      channel.guildId === undefined
        ? channel.recipients.includes(user.id)
        : state.guild(channel.guildId).members.has(user.id),
    );
    if (!found) throw new Error('there is no bot here');
    return found;
  }
}

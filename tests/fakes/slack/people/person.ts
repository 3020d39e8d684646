import { sendEvent, sendToMembers } from '../events.ts';
import type { Ping } from '../model.ts';
import { deleteMessage, editMessage, postMessage } from '../posting.ts';
import { respond } from '../response-urls.ts';
import { viewView } from '../views.ts';
import { type Actor, type Asked, actionTime, ask, installationOf } from './asking.ts';
import type { SlackChannel } from './channel.ts';
import type { Entered } from './choosing.ts';
import { chooseInMessage, clickMessage, storedMessage, useShortcut } from './message-actions.ts';
import { Modal } from './modal.ts';
import { type SeenMessage, seen, seenMessages } from './seen.ts';
import { type LocalFile, storeFile } from './uploading.ts';
import { ViewSurface } from './view-surface.ts';

/** What somebody sees of a slash command that they typed. */
export interface CommandAnswer extends Asked {
  /** The message in the acknowledgement, if there was one. */
  readonly answer: SeenMessage | undefined;
}

interface Place {
  /** The root of the thread in which it happens. */
  readonly thread?: SeenMessage | string | undefined;
}

/** Somebody in front of Slack. All promises resolve with what they see. */
export class Person {
  readonly #actor: Actor;

  constructor(actor: Actor) {
    this.#actor = actor;
  }

  get id(): string {
    return this.#actor.user.id;
  }

  get name(): string {
    return this.#actor.user.name;
  }

  /** Their account: administrator, guest, stranger, gone. */
  get account() {
    return this.#actor.user;
  }

  /** When their client made a sound for being named. */
  get pings(): readonly Ping[] {
    return this.#actor.workspace.pings.filter((each) => each.user === this.id);
  }

  /** What they see of a channel, or of one of its threads: also what only they see. */
  sees(channel: SlackChannel, place: Place = {}): readonly SeenMessage[] {
    const { workspace } = this.#actor;
    return seenMessages(workspace, channel.state, { viewer: this.id, thread: timestamp(place.thread) });
  }

  /** Writes a message. */
  says(channel: SlackChannel, text: string, place: Place = {}): SeenMessage {
    return this.#post(channel, { text, threadTs: timestamp(place.thread) });
  }

  /** Writes a message that names the bot first. */
  mentions(channel: SlackChannel, text: string, place: Place = {}): SeenMessage {
    return this.says(channel, `<@${installationOf(this.#actor).botUserId}> ${text}`, place);
  }

  /** Drops files with a text. */
  async uploads(
    channel: SlackChannel,
    files: readonly LocalFile[],
    options: Place & { readonly text?: string; readonly mention?: boolean } = {},
  ): Promise<SeenMessage> {
    const stored = await Promise.all(files.map((file) => storeFile(this.#actor, file)));
    return this.shares(
      channel,
      stored.map((file) => file.id),
      options,
    );
  }

  /** Shares files again that are in Slack already. */
  shares(
    channel: SlackChannel,
    fileIds: readonly string[],
    options: Place & { readonly text?: string; readonly mention?: boolean } = {},
  ): SeenMessage {
    const mention = options.mention === true ? `<@${installationOf(this.#actor).botUserId}> ` : '';
    const text = `${mention}${options.text ?? ''}`;
    return this.#post(channel, { text, subtype: 'file_share', threadTs: timestamp(options.thread), fileIds });
  }

  edits(message: SeenMessage, text: string): SeenMessage {
    const { world, workspace } = this.#actor;
    const found = storedMessage(this.#actor, message);
    editMessage(world, workspace, workspace.channel(message.channel), found, { text, by: this.id });
    return seen(workspace, found);
  }

  deletes(message: SeenMessage): void {
    const { world, workspace } = this.#actor;
    deleteMessage(world, workspace, workspace.channel(message.channel), storedMessage(this.#actor, message));
  }

  /** Adds an emoji, by its name without colons. */
  reacts(message: SeenMessage, name: string): void {
    const { world, workspace } = this.#actor;
    const found = storedMessage(this.#actor, message);
    found.reactions.set(name, (found.reactions.get(name) ?? new Set()).add(this.id));
    const channel = workspace.channel(message.channel);
    sendToMembers(world, workspace, channel, 'reaction_added', {
      type: 'reaction_added',
      user: this.id,
      reaction: name,
      item_user: found.user,
      item: { type: 'message', channel: channel.id, ts: found.ts },
      event_ts: channel.timestamps.next(world.clock.now()),
    });
    world.changes.announce();
  }

  /** Types a slash command. Slack has none in threads. */
  async command(channel: SlackChannel, command: string, text = ''): Promise<CommandAnswer> {
    const { world, workspace, user } = this.#actor;
    const { app } = installationOf(this.#actor);
    const url = {
      app,
      workspace,
      channel: channel.state,
      user: user.id,
      original: undefined,
      threadTs: undefined,
    };
    const asked = await ask(world, app, 'slash_commands', {
      token: app.verificationToken,
      team_id: workspace.id,
      team_domain: workspace.domain,
      channel_id: channel.id,
      channel_name: channel.state.kind === 'im' ? 'directmessage' : channel.name,
      user_id: user.id,
      user_name: user.name,
      command,
      text,
      api_app_id: app.id,
      is_enterprise_install: 'false',
      response_url: `${world.origin}/response/${world.interactions.response(url)}`,
      trigger_id: world.interactions.trigger(app, workspace, user.id),
    });
    const speaks = asked.payload['text'] !== undefined || asked.payload['blocks'] !== undefined;
    const answer = speaks ? respond(world, url, asked.payload) : undefined;
    return { ...asked, answer: answer && seen(workspace, answer) };
  }

  /** Presses a button of a message as it was seen, by its text or action id. */
  async clicks(message: SeenMessage, name: string): Promise<Asked> {
    return await clickMessage(this.#actor, message, name);
  }

  /** Chooses from a menu of a message, by the menu's placeholder or action id. */
  async chooses(message: SeenMessage, name: string, entered: Entered): Promise<Asked> {
    return await chooseInMessage(this.#actor, message, name, entered);
  }

  /** Picks a message shortcut from a message's menu. */
  async shortcut(message: SeenMessage, callbackId: string): Promise<Asked> {
    return await useShortcut(this.#actor, message, callbackId);
  }

  /** The modal in front of them. */
  get modal(): Modal | undefined {
    const id = this.#actor.workspace.modals.get(this.id)?.at(-1);
    const view = id === undefined ? undefined : this.#actor.workspace.views.get(id);
    return view && new Modal(this.#actor, view);
  }

  /** Resolves when a modal is in front of them, other than `except`. */
  async modalOpened(except?: Modal): Promise<Modal> {
    return await this.#actor.world.changes.until(() => {
      const { modal } = this;
      return modal && modal.id !== except?.id && modal;
    });
  }

  /** Opens the bot's Home tab, or its messages. */
  opensHome(tab: 'home' | 'messages' = 'home'): void {
    const { world, workspace } = this.#actor;
    const installation = installationOf(this.#actor);
    const channel = workspace.directChannel([this.id, installation.botUserId]);
    const view = this.#homeView();
    sendEvent(world, installation, 'app_home_opened', {
      type: 'app_home_opened',
      user: this.id,
      channel: channel.id,
      event_ts: actionTime(world),
      tab,
      ...(view && tab === 'home'
        ? { view: viewView({ workspace, app: installation.app, installation }, view) }
        : {}),
    });
  }

  /** The Home tab that the bot has published for them. */
  get home(): ViewSurface | undefined {
    const view = this.#homeView();
    return view && new ViewSurface(this.#actor, view);
  }

  #homeView() {
    const appId = installationOf(this.#actor).app.id;
    return [...this.#actor.workspace.views.values()].find(
      (each) => each.type === 'home' && each.user === this.id && each.appId === appId,
    );
  }

  #post(
    channel: SlackChannel,
    content: { text: string; subtype?: string; threadTs: string | undefined; fileIds?: readonly string[] },
  ): SeenMessage {
    const { world, workspace } = this.#actor;
    return seen(workspace, postMessage(world, workspace, channel.state, { ...content, user: this.id }));
  }
}

function timestamp(thread: SeenMessage | string | undefined): string | undefined {
  return typeof thread === 'object' ? (thread.threadTs ?? thread.ts) : thread;
}

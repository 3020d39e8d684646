import { GatewayDispatchEvents as Events, type GatewayDispatchPayload } from 'discord.js';
import type { Logger } from 'pino';
import { toCosmosError } from '../../core/errors.ts';
import type { Answered, ChatReference, ChatUser, Receive, TellConnection } from '../../core/ports/chat.ts';
import type { ChatSurfaces } from '../../core/ports/chat-surfaces.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Secret } from '../../core/ports/secret.ts';
import { ExclusiveLock } from '../../core/store/exclusive-lock.ts';
import { Afterwards } from '../chat/afterwards.ts';
import { gated } from '../chat/gate.ts';
import { unavailable } from './discord-errors.ts';
import type { DiscordInbound, DiscordListening } from './discord-inbound.ts';
import { DiscordForms } from './forms/discord-forms.ts';
import { Connection } from './gateway/connection.ts';
import { askApplication, openWays } from './inbound/application.ts';
import { CatchUp } from './inbound/catch-up.ts';
import { type DirectChannelList, DirectChannels } from './inbound/direct-channels.ts';
import { FirstResponses } from './inbound/first-response.ts';
import { GuildMap } from './inbound/guild-map.ts';
import { InteractionAnswers } from './inbound/interaction-answers.ts';
import { Interactions } from './inbound/interactions.ts';
import { JoinedGuilds } from './inbound/joined-guilds.ts';
import { Messages } from './inbound/messages.ts';
import { Missed } from './inbound/missed.ts';
import { People } from './inbound/people.ts';
import type { Surroundings } from './inbound/place.ts';
import { Seen, type SeenMark } from './inbound/seen.ts';
import { tellLosses } from './inbound/tell-losses.ts';
import { DIRECT_TENANT } from './platform.ts';
import type { MessageBody } from './render-card.ts';

export interface DiscordListenerParts extends DiscordListening {
  readonly token: Secret;
  /** Base of the API, without its version. */
  readonly apiUrl: string;
  /** Channels in which uploads become prompts; none: wherever the bot may read. */
  readonly channels: readonly string[];
  /** A thread in which the bot has something to say: files there are for it. Answers at once. */
  readonly ownsThread: (where: ChatReference) => boolean;
  /** Where the last message that was heard is kept. */
  readonly mark: SeenMark;
  /** Where the direct conversations are kept that somebody has begun. */
  readonly directChannels: DirectChannelList;
  /** Locked while this process listens. */
  readonly lockPath: string;
  /** Called once Discord has said which application it is; work that goes on until `signal` aborts. */
  readonly opened?: (application: string, signal: AbortSignal) => Promise<void>;
  /** Called for a guild that has let the bot in while it listens; work as that of `opened`. */
  readonly joined?: (guild: string, application: string, signal: AbortSignal) => Promise<void>;
  /** Called with the ways in which files reach the bot, as it is allowed now. */
  readonly reachedBy?: (ways: readonly string[]) => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Between two writes of the mark, ms; what was heard since is caught up, and taken for what it is: heard before. */
const MARK_EVERY_MS = 30_000;

/** What works as long as it listens. */
interface Session {
  readonly interactions: Interactions;
  readonly messages: Messages;
  readonly catchUp: CatchUp;
}

/** Listens to one bot of Discord: its gateway, what came while it was away, and the answers that have to be at once. */
export class DiscordListener implements DiscordInbound {
  readonly #parts: DiscordListenerParts;
  readonly #guilds = new GuildMap();
  readonly #answers: InteractionAnswers;
  readonly #people: People;
  readonly #afterwards: Afterwards;
  readonly #seen: Seen;
  readonly #closing = new AbortController();
  #connection: Connection | undefined;
  #application: string | undefined;
  #lock: ExclusiveLock | undefined;
  readonly #missed: Missed;
  readonly #direct: DirectChannels;
  readonly #joined = new JoinedGuilds();

  constructor(parts: DiscordListenerParts) {
    const { client, clock, logger, mark, directChannels } = parts;
    this.#parts = parts;
    this.#answers = new InteractionAnswers(client, clock);
    this.#people = new People({ client, clock, logger, guilds: () => this.#guilds.guilds });
    this.#afterwards = new Afterwards(clock, logger);
    this.#seen = new Seen(mark, clock);
    this.#missed = new Missed(this.#seen, clock);
    this.#direct = new DirectChannels(directChannels);
  }

  async start(
    receive: Receive,
    surfaces: ChatSurfaces,
    tell: TellConnection = () => undefined,
  ): Promise<void> {
    const { lockPath, identity, client, opened, clock } = this.#parts;
    this.#lock ??= ExclusiveLock.tryAcquire(lockPath);
    if (this.#lock === undefined) throw unavailable('another process listens with this token');
    const { user } = await identity.get();
    const { id: application, mayReadMessages } = await askApplication(client);
    if (this.#closing.signal.aborted) return;
    this.#application = application;
    const session = this.#session(gated(receive, clock), surfaces, user);
    const connection = new Connection(this.#parts, {
      dispatch: (payload) => this.#dispatch(payload, session),
      lost: () => this.#seen.pause(),
      mayRead: (mayRead) => this.#reachable(mayRead),
      tell,
    });
    this.#connection = connection;
    await connection.open(mayReadMessages);
    if (this.#closing.signal.aborted) return;
    this.#afterwards.do('work of the opening failed', async () => {
      await opened?.(application, this.#closing.signal);
    });
    this.#afterwards.do('what was heard could not be noted', async () => await this.#keepMark());
  }

  async stop(): Promise<void> {
    this.#closing.abort(new Error('the bot stops'));
    await this.#connection?.close();
    await this.#afterwards.stop();
    this.#writeMark();
    this.#lock?.release();
    this.#lock = undefined;
  }

  async person(user: ChatUser, where: ChatReference): Promise<ChatUser> {
    return await this.#people.person(user, where);
  }

  async answer(answered: Answered, body: MessageBody): Promise<boolean> {
    return await this.#answers.answer(answered, body);
  }

  /** How it hears of files, whenever that changes. */
  #reachable(mayReadMessages: boolean): void {
    const { logger, reachedBy, channels } = this.#parts;
    const ways = openWays(mayReadMessages, channels);
    reachedBy?.(ways);
    if (mayReadMessages) logger.info({ ways }, 'listening to Discord');
    else
      logger.warn(
        { ways },
        'listening to Discord without the Message Content intent: a posted video alone is not seen; switch it on in the developer portal, under Bot → Privileged Gateway Intents',
      );
  }

  #session(receive: Receive, { forms: choices }: ChatSurfaces, botUser: string): Session {
    const { client, clock, logger, channels, ownsThread } = this.#parts;
    const closed = this.#closing.signal;
    const around: Surroundings = { botUser, channels, ownsThread, guilds: this.#guilds };
    const messages = new Messages({ receive, around, seen: this.#seen, clock, logger, closed });
    return {
      messages,
      interactions: new Interactions({
        ...{ receive, around, choices, logger, answers: this.#answers },
        forms: new DiscordForms({ forms: choices, around, logger }),
        responses: new FirstResponses({ client, logger, closed }),
      }),
      catchUp: new CatchUp({
        ...{ client, clock, logger, closed },
        hear: async (message) => await messages.hear(message),
      }),
    };
  }

  #dispatch(payload: GatewayDispatchPayload, { interactions, messages, catchUp }: Session): void {
    if (this.#closing.signal.aborted) return;
    const { logger } = this.#parts;
    tellLosses(payload, this.#guilds, logger);
    this.#guilds.apply(payload);
    const joined = this.#joined.apply(payload);
    if (joined !== undefined) this.#letIn(joined);
    switch (payload.t) {
      case Events.InteractionCreate:
        if (payload.d.guild_id === undefined && payload.d.channel !== undefined)
          this.#spoken(payload.d.channel.id);
        if (payload.d.guild_id !== undefined)
          this.#parts.fileLimits.heard(payload.d.guild_id, payload.d.attachment_size_limit);
        this.#afterwards.do('an interaction failed', async () => await interactions.handle(payload.d));
        break;
      case Events.MessageCreate:
        if (payload.d.guild_id === undefined) this.#spoken(payload.d.channel_id);
        this.#afterwards.do('a message failed', async () => await messages.hear(payload.d));
        break;
      case Events.Ready:
        this.#missed.begin([...payload.d.guilds.map(({ id }) => id), DIRECT_TENANT]);
        this.#catchUp(DIRECT_TENANT, async (since) => await catchUp.runDirect(this.#direct.ids, since));
        break;
      case Events.Resumed:
        this.#seen.listen();
        break;
      case Events.GuildCreate:
        if (payload.d.unavailable !== true) this.#catchUpGuild(payload.d.id, catchUp);
        break;
      case Events.GuildDelete:
        if (payload.d.unavailable === true) this.#missed.lose(payload.d.id);
        else this.#missed.leave(payload.d.id);
        break;
      default:
    }
  }

  #letIn(guild: string): void {
    const { logger, joined } = this.#parts;
    logger.info({ guild }, 'a guild has let the bot in');
    const application = this.#application;
    if (application === undefined) return;
    this.#afterwards.do('work for a new guild failed', async () => {
      await joined?.(guild, application, this.#closing.signal);
    });
  }

  #catchUpGuild(guild: string, catchUp: CatchUp): void {
    const channels = this.#guilds.channelsOf(guild);
    this.#catchUp(guild, async (since) => await catchUp.run(channels, since));
  }

  /** A new session hears nothing of what was said before it: that is read. */
  #catchUp(tenant: string, read: (since: string) => Promise<boolean>): void {
    const missed = this.#missed.take(tenant);
    if (missed === undefined) return;
    this.#afterwards.do('what was said meanwhile could not be read', async () => {
      if (await read(missed.since)) missed.done();
    });
  }

  /** Somebody talks to the bot directly. */
  #spoken(channel: string): void {
    this.#noting(() => this.#direct.heard(channel));
  }

  /** The first one at once: without any, a bot that was killed soon after its very first start would not look back. */
  async #keepMark(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      this.#writeMark();
      await this.#parts.clock.sleep(MARK_EVERY_MS, signal);
    }
  }

  #writeMark(): void {
    this.#noting(() => this.#seen.write());
    this.#noting(() => this.#direct.write());
  }

  #noting(write: () => void): void {
    try {
      write();
    } catch (error) {
      this.#parts.logger.warn({ err: toCosmosError(error) }, 'what was heard could not be noted');
    }
  }
}

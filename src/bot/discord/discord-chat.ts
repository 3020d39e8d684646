import type { Logger } from 'pino';
import type {
  Answered,
  Card,
  ChatCapabilities,
  ChatFile,
  ChatPort,
  ChatReference,
  ChatUser,
  EditOutcome,
  Receive,
  TellConnection,
  UploadFile,
  UploadOutcome,
} from '../../core/ports/chat.ts';
import type { ChatSurfaces } from '../../core/ports/chat-surfaces.ts';
import type { Clock, UtcMs } from '../../core/ports/clock.ts';
import type { HashedFile } from '../../core/ports/hashed-file.ts';
import type { Random } from '../../core/ports/random.ts';
import type { Secret } from '../../core/ports/secret.ts';
import { untilReached } from '../chat/until-reached.ts';
import { Calls } from './calls.ts';
import { discordCapabilities } from './capabilities.ts';
import { DiscordClient } from './discord-client.ts';
import { toChatError } from './discord-errors.ts';
import type { DiscordInbound, DiscordListening } from './discord-inbound.ts';
import { DISCORD_TIMES, type DiscordTimes } from './discord-times.ts';
import { DiscordDownloads } from './download.ts';
import { DiscordIdentity } from './identity.ts';
import { KnownMessages } from './known-messages.ts';
import { MessageContent } from './message-content.ts';
import { DiscordMessages } from './messages.ts';
import type { Outbound } from './outbound.ts';
import { DISCORD } from './platform.ts';
import { DiscordThreads } from './threads.ts';
import { UploadLimits } from './upload-limits.ts';
import { DiscordUploads } from './uploads.ts';

export interface DiscordChatParts {
  readonly token: Secret;
  /** Base of the API without its version. */
  readonly apiUrl: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly times?: Partial<DiscordTimes>;
}

/** One Discord bot, with all the guilds that it is in. */
export class DiscordChat implements ChatPort {
  readonly platform = DISCORD;
  readonly capabilities: ChatCapabilities;
  readonly #outbound: Outbound;
  readonly #inbound: DiscordInbound;
  readonly #messages: DiscordMessages;
  readonly #threads: DiscordThreads;
  readonly #limits: UploadLimits;
  readonly #uploads: DiscordUploads;
  readonly #downloads: DiscordDownloads;
  readonly #closing = new AbortController();

  /** `listen` makes the listening half, which shares the client. */
  constructor(parts: DiscordChatParts, listen: (listening: DiscordListening) => DiscordInbound) {
    const times = { ...DISCORD_TIMES, ...parts.times };
    const closed = this.#closing.signal;
    const client = new DiscordClient({ ...parts, times, closed });
    const identity = new DiscordIdentity(client);
    const { apiUrl, clock, random, logger } = parts;
    const outbound: Outbound = { client, identity, apiUrl, clock, random, logger, times, closed };
    const calls = new Calls(outbound);
    const content = new MessageContent(outbound);
    this.capabilities = discordCapabilities(times);
    this.#outbound = outbound;
    this.#limits = new UploadLimits(outbound, calls);
    this.#inbound = listen({ client, identity, fileLimits: this.#limits });
    const messages = new DiscordMessages({
      ...{ outbound, calls, content },
      known: new KnownMessages(),
      answer: async (answered, body) => await this.#inbound.answer(answered, body),
    });
    this.#messages = messages;
    this.#threads = new DiscordThreads({ outbound, calls, messages });
    this.#uploads = new DiscordUploads({ outbound, calls, content, messages, limits: this.#limits });
    this.#downloads = new DiscordDownloads(outbound, calls);
  }

  /** Waits for a Discord that does not answer yet. Throws where it refuses the token. */
  async start(receive: Receive, surfaces: ChatSurfaces, tell?: TellConnection): Promise<void> {
    const { identity, clock, logger, closed } = this.#outbound;
    const begin = async (): Promise<void> => {
      await identity.get();
      await this.#inbound.start(receive, surfaces, tell);
    };
    await untilReached(begin, { clock, logger, closed, tell, toChatError });
  }

  async stop(): Promise<void> {
    await this.#inbound.stop();
    this.#closing.abort(new Error('the bot stops'));
  }

  async person(user: ChatUser, where: ChatReference): Promise<ChatUser> {
    return await this.#inbound.person(user, where);
  }

  async openThread(key: string, parent: ChatReference, title: string, since?: UtcMs): Promise<ChatReference> {
    return await this.#threads.open(key, parent, title, since);
  }

  async post(key: string, where: ChatReference, card: Card, answered?: Answered): Promise<ChatReference> {
    return await this.#messages.post(key, where, card, answered);
  }

  async edit(target: ChatReference, card: Card): Promise<EditOutcome> {
    return await this.#messages.edit(target, card);
  }

  async upload(key: string, where: ChatReference, file: UploadFile, card: Card): Promise<UploadOutcome> {
    return await this.#uploads.upload(key, where, file, card);
  }

  async find(key: string, where: ChatReference, since: UtcMs): Promise<readonly ChatReference[]> {
    return await this.#messages.find(key, where, since);
  }

  async shown(target: ChatReference): Promise<string | null> {
    return await this.#messages.shown(target);
  }

  async delete(target: ChatReference): Promise<void> {
    await this.#messages.delete(target);
  }

  async maxUploadBytes(where: ChatReference): Promise<number> {
    return await this.#limits.maxBytes(where);
  }

  async download(file: ChatFile, to: string, maxBytes: number, signal?: AbortSignal): Promise<HashedFile> {
    return await this.#downloads.download(file, to, maxBytes, signal);
  }
}

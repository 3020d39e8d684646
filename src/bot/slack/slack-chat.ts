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
import { slackCapabilities } from './capabilities.ts';
import { CardContent } from './card-content.ts';
import { ChannelPace } from './channel-pace.ts';
import { createClients, type SlackClients } from './clients.ts';
import { SlackDownloads } from './download.ts';
import { SlackIdentity } from './identity.ts';
import { SlackMessages } from './messages.ts';
import type { Outbound } from './outbound.ts';
import { Pictures } from './pictures.ts';
import { SLACK } from './platform.ts';
import type { ResponseUrls } from './response-urls.ts';
import { toChatError } from './slack-errors.ts';
import type { SlackInbound } from './slack-inbound.ts';
import { SLACK_TIMES, type SlackTimes } from './slack-times.ts';
import { SlackUploads } from './uploads.ts';
import { Whispers } from './whispers.ts';

/** Reads with one method that Slack takes at once. */
const LOOKUP_BURST = 10;

export interface SlackChatParts {
  readonly token: Secret;
  /** Base of the Web API. */
  readonly apiUrl: string;
  readonly files: Outbound['files'];
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** The addresses that came with events; the listening half puts them there. */
  readonly responseUrls: ResponseUrls;
  readonly times?: Partial<SlackTimes>;
}

/** What the listening half of an adapter works with. */
export interface SlackListening {
  readonly clients: SlackClients;
  readonly identity: SlackIdentity;
}

/** The listening half, and who people are. */
export interface SlackEars extends SlackInbound {
  person(user: ChatUser, where: ChatReference): Promise<ChatUser>;
}

/** One Slack workspace. */
export class SlackChat implements ChatPort {
  readonly platform = SLACK;
  readonly capabilities: ChatCapabilities;
  readonly #outbound: Outbound;
  readonly #ears: SlackEars;
  readonly #messages: SlackMessages;
  readonly #uploads: SlackUploads;
  readonly #downloads: SlackDownloads;
  readonly #closing = new AbortController();

  /** `listen` makes the listening half, which shares the clients. */
  constructor(parts: SlackChatParts, listen: (listening: SlackListening) => SlackEars) {
    const times = { ...SLACK_TIMES, ...parts.times };
    const closed = this.#closing.signal;
    const clients = createClients({ ...parts, times, closed });
    const identity = new SlackIdentity(clients.lookups);
    const lookupPace = new ChannelPace(parts.clock, times.lookupIntervalMs, LOOKUP_BURST);
    const outbound: Outbound = { ...parts, lookupPace, clients, identity, times, closed };
    const content = new CardContent(new Pictures(outbound), parts.random);
    this.capabilities = slackCapabilities(times);
    this.#outbound = outbound;
    this.#messages = new SlackMessages({
      outbound,
      content,
      whispers: new Whispers(outbound, parts.responseUrls),
    });
    this.#uploads = new SlackUploads({ outbound, content, messages: this.#messages });
    this.#downloads = new SlackDownloads(outbound);
    this.#ears = listen({ clients, identity });
  }

  /** Known once Slack has said whose token it is. */
  readonly serves = (tenant: string): boolean => this.#outbound.identity.known?.team === tenant;

  /** Waits for a Slack that does not answer yet. Throws where it refuses the token. */
  async start(receive: Receive, surfaces: ChatSurfaces, tell?: TellConnection): Promise<void> {
    const { identity, clock, logger, closed } = this.#outbound;
    const begin = async (): Promise<void> => {
      await identity.get();
      await this.#ears.start(receive, surfaces, tell);
    };
    await untilReached(begin, { clock, logger, closed, tell, toChatError });
  }

  async stop(): Promise<void> {
    await this.#ears.stop();
    this.#closing.abort(new Error('the bot stops'));
  }

  async person(user: ChatUser, where: ChatReference): Promise<ChatUser> {
    return await this.#ears.person(user, where);
  }

  async openThread(key: string, parent: ChatReference, title: string, since?: UtcMs): Promise<ChatReference> {
    return await this.#messages.openThread(key, parent, title, since);
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

  async maxUploadBytes(): Promise<number> {
    return this.#uploads.maximumBytes;
  }

  async download(file: ChatFile, to: string, maxBytes: number, signal?: AbortSignal): Promise<HashedFile> {
    return await this.#downloads.download(file, to, maxBytes, signal);
  }
}

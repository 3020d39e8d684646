import { Writable } from 'node:stream';
import { type Logger, pino } from 'pino';
import { expect, onTestFinished } from 'vitest';
import { createClients } from '../../../src/bot/slack/clients.ts';
import { SlackIdentity } from '../../../src/bot/slack/identity.ts';
import type { Door } from '../../../src/bot/slack/inbound/answer.ts';
import { HttpDoor } from '../../../src/bot/slack/inbound/http-door.ts';
import { SocketDoor } from '../../../src/bot/slack/inbound/socket-door.ts';
import { People } from '../../../src/bot/slack/people.ts';
import { ResponseUrls } from '../../../src/bot/slack/response-urls.ts';
import type { Opening, SlackInteractive } from '../../../src/bot/slack/slack-interactive.ts';
import { SlackListener } from '../../../src/bot/slack/slack-listener.ts';
import { SLACK_TIMES } from '../../../src/bot/slack/slack-times.ts';
import { systemClock } from '../../../src/bot/system-clock.ts';
import type {
  Card,
  ChatConnection,
  ChatReference,
  Inbound,
  Platform,
  Receive,
} from '../../../src/core/ports/chat.ts';
import type { ChatSurfaces } from '../../../src/core/ports/chat-surfaces.ts';
import type { Clock } from '../../../src/core/ports/clock.ts';
import { Secret } from '../../../src/core/ports/secret.ts';
import type { Studio } from '../../support/slack-studio.ts';

const SLACK = 'slack' as Platform;
const EMPTY: Card = { mark: 'none', title: ['home'], blocks: [], actions: [] };

/** Surfaces without any form. */
const SURFACES: ChatSurfaces = {
  forms: {
    open: () => undefined,
    refresh: (state) => ({ state, title: 'Form', submit: 'Send', fields: [] }),
    choices: () => [],
    suggest: () => [],
    submit: () => ({ ok: true, words: [] }),
  },
  home: () => EMPTY,
};

/** Modals that are never drawn: which events were offered, and which of them it takes. */
class OfferedForms implements SlackInteractive {
  readonly offered: { readonly event: Inbound; readonly opening: Opening }[] = [];
  takes: (event: Inbound) => boolean = () => false;

  /** Between `listen` and `stop`. */
  isListening = false;

  listen(): void {
    this.isListening = true;
  }

  offer(event: Inbound, opening: Opening): boolean {
    this.offered.push({ event, opening });
    return this.takes(event);
  }

  /** What was said in modals. */
  readonly modals: string[] = [];

  tell(text: string): void {
    this.modals.push(text);
  }

  directChannel(): string | undefined {
    return undefined;
  }

  async stop(): Promise<void> {
    this.isListening = false;
  }
}

export interface ListeningOptions {
  readonly clock?: Clock;
  readonly channels?: readonly string[];
  readonly ownsThread?: (where: ChatReference) => boolean;
  /** HTTP mode instead of Socket Mode. */
  readonly http?: boolean;
  /** After which a silent connection counts as dead, ms. */
  readonly pingMs?: number;
}

/** The listening half of the adapter in front of a fake Slack. */
export class Listening {
  readonly studio: Studio;
  readonly listener: SlackListener;
  readonly people: People;
  readonly forms = new OfferedForms();
  readonly responseUrls: ResponseUrls;
  readonly door: Door;
  /** Everything that was made durable, in its order. */
  readonly received: Inbound[] = [];
  /** How it has told that the connection stands, in order; the same only once. */
  readonly told: ChatConnection[] = [];
  /** What the log says, from `info` on. */
  readonly said: string[] = [];
  /** In place of the store. */
  receive: Receive = async (event) => {
    this.received.push(event);
  };

  constructor(studio: Studio, options: ListeningOptions = {}) {
    this.studio = studio;
    const { clock = systemClock, channels = [], ownsThread = () => false, http = false, pingMs } = options;
    const { apiUrl } = studio.slack;
    const logger = this.#logger();
    const closed = new AbortController();
    const clients = createClients({
      ...{ apiUrl, logger, closed: closed.signal, times: SLACK_TIMES },
      token: new Secret(studio.bot.botToken),
    });
    const identity = new SlackIdentity(clients.lookups);
    this.people = new People({ ...{ identity, clock, logger }, lookups: clients.lookups });
    this.responseUrls = new ResponseUrls(clock);
    this.door = http
      ? new HttpDoor({
          ...{ clock, logger, host: '127.0.0.1', port: 0 },
          signingSecret: new Secret(studio.app.signingSecret),
        })
      : new SocketDoor({
          ...{ clock, logger, apiUrl },
          ...(pingMs !== undefined && { pingMs }),
          appToken: new Secret(studio.app.appToken),
        });
    this.listener = new SlackListener({
      ...{ identity, channels, ownsThread, clock, logger },
      platform: SLACK,
      door: this.door,
      people: this.people,
      interactive: this.forms,
      responseUrls: this.responseUrls,
    });
    onTestFinished(async () => {
      await this.listener.stop();
      closed.abort();
      await studio.slack.until(() => studio.slack.sockets.open(studio.app).length === 0);
    });
  }

  /** Without waiting for Slack to know of it. */
  async begin(): Promise<void> {
    await this.listener.start(
      async (event) => await this.receive(event),
      SURFACES,
      (connection) => {
        if (this.told.at(-1)?.state !== connection.state) this.told.push(connection);
      },
    );
  }

  async start(): Promise<this> {
    await this.begin();
    if (this.door instanceof HttpDoor)
      this.studio.app.useHttp(`http://127.0.0.1:${this.door.port}/slack/events`);
    else await this.ready();
    return this;
  }

  /** Both sockets are open. */
  async ready(): Promise<void> {
    await this.studio.slack.sockets.ready(this.studio.app, 2);
    await expect.poll(() => this.listener.connections).toBe(2);
  }

  /** Everything that Slack has sent is acknowledged or given up. */
  async settled(): Promise<readonly Inbound[]> {
    await this.studio.slack.deliveries.settled();
    return this.received;
  }

  #logger(): Logger {
    const lines = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        this.said.push(String(chunk));
        done();
      },
    });
    return pino({ level: 'info' }, lines);
  }
}

/** Listens until the test ends. */
export async function listen(studio: Studio, options: ListeningOptions = {}): Promise<Listening> {
  return await new Listening(studio, options).start();
}

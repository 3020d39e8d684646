import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../src/bot/system-clock.ts';
import type { Clock } from '../../../src/core/ports/clock.ts';
import { Changes } from '../slack/changes.ts';
import { Application } from './application.ts';
import { CallLog } from './call-log.ts';
import { Gateway } from './gateway/gateway.ts';
import { DiscordHttpServer } from './http-server.ts';
import { Injections } from './injections.ts';
import { Interactions } from './interactions.ts';
import type { Channel, Policy } from './model.ts';
import { DiscordChannel } from './people/channel.ts';
import { DiscordGuild } from './people/guild.ts';
import { Person } from './people/person.ts';
import { RateLimits } from './rate-limits.ts';
import { Snowflakes } from './snowflakes.ts';
import { State } from './state.ts';
import type { World } from './world.ts';

const HOUR_MS = 3_600_000;

export interface FakeDiscordOptions {
  /** Of timeouts, expiries, archives and ids; the machine's own unless a test passes one. */
  readonly clock?: Clock;
  /** Where the content of files is kept; a temporary folder of its own otherwise. */
  readonly directory?: string;
  /** Listens there; on any free port otherwise. */
  readonly port?: number;
}

/**
 * A Discord on 127.0.0.1: REST API, gateway, files, and the people in front of it.
 * Starts empty; `close` ends everything.
 */
export class FakeDiscord implements World {
  readonly clock: Clock;
  readonly changes = new Changes();
  readonly calls = new CallLog(this.changes);
  readonly injections = new Injections(this.changes);
  readonly rateLimits: RateLimits;
  readonly state: State;
  readonly interactions: Interactions;
  readonly gateway: Gateway;
  readonly directory: string;
  readonly origin: string;
  readonly secret = randomBytes(16).toString('hex');
  readonly policy: Policy = {
    refuseAboveBytes: undefined,
    maxRequestBytes: undefined,
    oldEdits: { most: 3, perMs: 20_000 },
    nonceMs: 3 * 60_000,
    linkMs: 24 * HOUR_MS,
    oldThreadMs: HOUR_MS,
    maxActiveThreads: 1_000,
  };
  readonly #http: DiscordHttpServer;
  readonly #closing = new AbortController();
  readonly #ownsDirectory: boolean;

  private constructor(
    options: FakeDiscordOptions,
    started: { http: DiscordHttpServer; origin: string; directory: string },
  ) {
    const ids = new Snowflakes(options.clock ?? systemClock);
    this.clock = options.clock ?? systemClock;
    this.#http = started.http;
    this.origin = started.origin;
    this.directory = started.directory;
    this.#ownsDirectory = options.directory === undefined;
    this.rateLimits = new RateLimits(this.clock);
    this.state = new State(this.clock, ids);
    this.interactions = new Interactions(this.clock, ids);
    this.gateway = new Gateway({
      clock: this.clock,
      changes: this.changes,
      state: this.state,
      origin: this.origin,
    });
  }

  static async start(options: FakeDiscordOptions = {}): Promise<FakeDiscord> {
    const directory = options.directory ?? (await mkdtemp(join(tmpdir(), 'fake-discord-')));
    let discord: FakeDiscord | undefined;
    const http = new DiscordHttpServer(() => {
      if (!discord) throw new Error('the fake Discord has not started yet');
      return discord;
    });
    const origin = await http.listen(options.port);
    discord = new FakeDiscord(options, { http, origin, directory });
    return discord;
  }

  /** For `rest.api` of discord.js and `[chat.discord] api_url`. */
  get apiUrl(): string {
    return `${this.origin}/api`;
  }

  get stopped(): AbortSignal {
    return this.#closing.signal;
  }

  /** Resolves with the first value of `look` that is neither undefined, null nor false. */
  async until<T>(look: () => T): Promise<Exclude<T, undefined | null | false>> {
    return await this.changes.until(look);
  }

  /** A bot; it is in no guild yet. */
  addApplication(name: string): Application {
    const app = new Application(this.state.ids.next(), this.state.addUser(name, true));
    this.state.applications.push(app);
    return app;
  }

  addPerson(name: string): Person {
    return new Person({ world: this, user: this.state.addUser(name) });
  }

  /** A guild of this owner with these people and bots. */
  addGuild(name: string, owner: Person, members: readonly (Person | Application)[] = []): DiscordGuild {
    const guild = new DiscordGuild(this, this.state.addGuild(name, owner.id));
    for (const each of [owner, ...members]) guild.invite(each);
    return guild;
  }

  /** The direct conversation of a person and a bot. */
  direct(person: Person, app: Application): DiscordChannel {
    return this.channel(this.state.directChannel(person.id, app.user.id));
  }

  channel(channel: Channel | string): DiscordChannel {
    return new DiscordChannel(this, typeof channel === 'string' ? this.state.channel(channel) : channel);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.injections.clear();
    this.gateway.shutDown();
    await this.#http.close();
    this.changes.close();
    if (this.#ownsDirectory) await rm(this.directory, { recursive: true, force: true });
  }
}

import { App } from '@slack/bolt';
import type { Logger } from 'pino';
import type { ChatReference, Platform, Receive, TellConnection } from '../../core/ports/chat.ts';
import type { ChatSurfaces } from '../../core/ports/chat-surfaces.ts';
import type { Clock } from '../../core/ports/clock.ts';
import { Afterwards } from '../chat/afterwards.ts';
import { gated } from '../chat/gate.ts';
import type { SlackIdentity } from './identity.ts';
import type { Door } from './inbound/answer.ts';
import { DurableReceiver } from './inbound/durable-receiver.ts';
import { addListeners } from './inbound/listeners.ts';
import { otherTeam } from './inbound/other-team.ts';
import type { Surroundings } from './inbound/place.ts';
import type { People } from './people.ts';
import type { ResponseUrls } from './response-urls.ts';
import type { SlackInbound } from './slack-inbound.ts';
import type { SlackInteractive } from './slack-interactive.ts';
import { slackLogger } from './slack-logger.ts';

export interface SlackListenerParts {
  readonly platform: Platform;
  readonly identity: SlackIdentity;
  readonly door: Door;
  readonly people: People;
  readonly interactive: SlackInteractive;
  readonly responseUrls: ResponseUrls;
  /** Channels in which uploads become prompts; none: wherever the bot is a member. */
  readonly channels: readonly string[];
  /** A thread in which the bot has something to say: files there are for it. Answers at once. */
  readonly ownsThread: (where: ChatReference) => boolean;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Listens to one workspace: bolt behind a door of ours, so that nothing is acknowledged before it is durable. */
export class SlackListener implements SlackInbound {
  readonly #parts: SlackListenerParts;
  readonly #afterwards: Afterwards;
  readonly #ignored = new Set<string>();
  #stopped = false;

  constructor(parts: SlackListenerParts) {
    this.#parts = parts;
    this.#afterwards = new Afterwards(parts.clock, parts.logger);
  }

  /** Ways on which events can arrive now: two with Socket Mode, one of which may be under replacement. */
  get connections(): number {
    return this.#parts.door.connections;
  }

  async start(receive: Receive, surfaces: ChatSurfaces, tell?: TellConnection): Promise<void> {
    const { interactive, identity, door, logger, responseUrls, clock } = this.#parts;
    const { bot, user } = await identity.get();
    const around = await this.#surroundings();
    const receiver = new DurableReceiver(door, logger, tell);
    const app = new App({
      receiver,
      // Nothing of bolt calls Slack: whoever needs a client has one of their own.
      authorize: async () => ({ botId: bot, botUserId: user }),
      ignoreSelf: false,
      convoStore: false,
      logger: slackLogger(logger),
    });
    // Whoever handles what came in learns of it, and refuses the acknowledgement.
    app.error(async (error) => {
      throw error;
    });
    app.use(async ({ body, next }) => {
      const team = otherTeam(body, around.tenant);
      if (team === undefined) await next();
      else this.#ignore(team);
    });
    const take = gated(receive, clock);
    interactive.listen(app, { receive: take, surfaces, around });
    addListeners(app, {
      receive: take,
      around,
      interactive,
      responseUrls,
      afterwards: this.#afterwards,
      logger,
    });
    if (!this.#stopped) await app.start();
    if (this.#stopped) await door.close();
    else logger.info({ team: around.tenant, connections: this.connections }, 'listening to Slack');
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#parts.door.close();
    await this.#afterwards.stop();
    await this.#parts.interactive.stop();
  }

  /** Said once for each workspace. */
  #ignore(team: string): void {
    if (this.#ignored.has(team)) return;
    this.#ignored.add(team);
    this.#parts.logger.error(
      { team },
      'events of another Slack workspace arrive with this app_token and are ignored: each workspace needs an app of its own',
    );
  }

  async #surroundings(): Promise<Surroundings> {
    const { platform, identity, channels, ownsThread, people, clock } = this.#parts;
    const { team, user } = await identity.get();
    return {
      platform,
      tenant: team,
      botUser: user,
      channels,
      ownsThread,
      user: (id, name) => people.known(id, name),
      now: () => clock.now(),
    };
  }
}

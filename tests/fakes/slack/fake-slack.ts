import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../src/bot/system-clock.ts';
import type { Clock } from '../../../src/core/ports/clock.ts';
import { App, type Installation } from './app.ts';
import { CallLog } from './call-log.ts';
import { Changes } from './changes.ts';
import { Deliveries } from './deliveries.ts';
import { sendEvent } from './events.ts';
import { FileShares } from './file-shares.ts';
import { SlackHttpServer } from './http-server.ts';
import { Injections } from './injections.ts';
import { Interactions } from './interactions.ts';
import type { ChannelKind } from './model.ts';
import { SlackChannel } from './people/channel.ts';
import { Person } from './people/person.ts';
import { RateLimits } from './rate-limits.ts';
import { SocketServer } from './socket-server.ts';
import { TimestampMaker } from './timestamps.ts';
import { Workspace } from './workspace.ts';
import type { World } from './world.ts';

export interface FakeSlackOptions {
  /** Of timeouts, retries, expiries and timestamps; the machine's own unless a test passes one. */
  readonly clock?: Clock;
  /** Where the content of files is kept; a temporary folder of its own otherwise. */
  readonly directory?: string;
  /** Listens there; on any free port otherwise. */
  readonly port?: number;
}

type PersonOptions = Parameters<Workspace['addUser']>[1];

/**
 * A Slack on 127.0.0.1: Web API, Socket Mode, signed requests, files, and the people in front of it.
 * Starts empty; `close` ends everything.
 */
export class FakeSlack implements World {
  readonly clock: Clock;
  readonly changes = new Changes();
  readonly calls = new CallLog(this.changes);
  readonly injections = new Injections(this.changes);
  readonly rateLimits: RateLimits;
  readonly actionTimes = new TimestampMaker();
  readonly interactions: Interactions;
  readonly sockets: SocketServer;
  readonly deliveries: Deliveries;
  readonly shares: FileShares;
  readonly http: SlackHttpServer;
  readonly workspaces: Workspace[] = [];
  readonly apps: App[] = [];
  readonly directory: string;
  readonly origin: string;
  readonly #closing: AbortController;
  readonly #ownsDirectory: boolean;

  private constructor(
    options: FakeSlackOptions,
    started: { http: SlackHttpServer; origin: string; directory: string },
  ) {
    this.clock = options.clock ?? systemClock;
    this.http = started.http;
    this.origin = started.origin;
    this.directory = started.directory;
    this.#ownsDirectory = options.directory === undefined;
    this.#closing = new AbortController();
    this.rateLimits = new RateLimits(this.clock);
    this.interactions = new Interactions(this.clock);
    this.shares = new FileShares(this.clock, this.stopped);
    this.sockets = new SocketServer(this.clock, this.changes, this.stopped);
    this.deliveries = new Deliveries({
      clock: this.clock,
      changes: this.changes,
      sockets: this.sockets,
      stopped: this.stopped,
    });
  }

  static async start(options: FakeSlackOptions = {}): Promise<FakeSlack> {
    const directory = options.directory ?? (await mkdtemp(join(tmpdir(), 'fake-slack-')));
    let slack: FakeSlack | undefined;
    const http = new SlackHttpServer(() => {
      if (!slack) throw new Error('the fake Slack has not started yet');
      return slack;
    });
    const origin = await http.listen(options.port);
    slack = new FakeSlack(options, { http, origin, directory });
    return slack;
  }

  /** For `slackApiUrl` and `[chat.slack] api_url`. */
  get apiUrl(): string {
    return `${this.origin}/api/`;
  }

  get stopped(): AbortSignal {
    return this.#closing.signal;
  }

  /** Resolves with the first value of `look` that is neither undefined, null nor false. */
  async until<T>(look: () => T): Promise<Exclude<T, undefined | null | false>> {
    return await this.changes.until(look);
  }

  addWorkspace(name: string): Workspace {
    const workspace = new Workspace(name, this.clock);
    this.workspaces.push(workspace);
    return workspace;
  }

  addApp(name: string): App {
    const app = new App(name);
    this.apps.push(app);
    return app;
  }

  addPerson(workspace: Workspace, name: string, options: PersonOptions = {}): Person {
    return new Person({ world: this, workspace, user: workspace.addUser(name, options) });
  }

  addChannel(
    workspace: Workspace,
    name: string,
    members: readonly (Person | Installation)[],
    kind: ChannelKind = 'public',
  ): SlackChannel {
    const ids = members.map((each) => ('botUserId' in each ? each.botUserId : each.id));
    return new SlackChannel(this, workspace, workspace.addChannel(name, kind, ids));
  }

  /** The direct conversation of a person and a bot. */
  direct(person: Person, installation: Installation): SlackChannel {
    const { workspace } = installation;
    return new SlackChannel(this, workspace, workspace.directChannel([person.id, installation.botUserId]));
  }

  /** The app is removed from a workspace: its token works no more. */
  uninstall(installation: Installation): void {
    sendEvent(this, installation, 'tokens_revoked', {
      type: 'tokens_revoked',
      tokens: { oauth: [], bot: [installation.botUserId] },
    });
    sendEvent(this, installation, 'app_uninstalled', { type: 'app_uninstalled' });
    installation.revoked = true;
    this.changes.announce();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.injections.clear();
    this.sockets.close();
    await this.http.close();
    this.changes.close();
    if (this.#ownsDirectory) await rm(this.directory, { recursive: true, force: true });
  }
}

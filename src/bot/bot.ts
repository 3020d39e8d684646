import type { Logger } from 'pino';
import type { AccessPolicy } from '../core/access/access-policy.ts';
import { type Config, needsWatch, type RunTimeouts } from '../core/config/config.ts';
import type { SecretLookup } from '../core/config/secret.ts';
import type { CosmosApi } from '../core/cosmos-api.ts';
import type { DataDirectory } from '../core/data-directory.ts';
import { toCosmosError } from '../core/errors.ts';
import type { HostName } from '../core/ids.ts';
import type { GpuRoom } from '../core/models/gpu-room.ts';
import type { Models } from '../core/models/models.ts';
import type { Profile } from '../core/models/profile.ts';
import type { StoredProfiles } from '../core/models/stored-profiles.ts';
import type { ChatPort } from '../core/ports/chat.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { Host } from '../core/ports/host.ts';
import type { MediaLimits, MediaWorker } from '../core/ports/media.ts';
import type { RunRequest } from '../core/requests/request.ts';
import { HostWatch } from '../core/runner/host-watch.ts';
import { LaneRunner } from '../core/runner/lane-runner.ts';
import { tellOrphans } from '../core/runner/orphans.ts';
import { InboxReceiver } from '../core/store/inbox-receiver.ts';
import type { LaneDriver } from '../core/store/lanes.ts';
import type { Store } from '../core/store/store.ts';
import { StoreWatcher } from '../core/store-watcher.ts';
import type { Wakeup } from '../core/wakeup.ts';
import { afterFailure, connectionNote } from './chat/connection-note.ts';
import { type ContactSheet, ContactSheets } from './chat/contact-sheets.ts';
import { EndedSheets } from './chat/ended-sheets.ts';
import { InboundHandler } from './chat/inbound-handler.ts';
import { InboxWorker } from './chat/inbox-worker.ts';
import { PathMask } from './chat/path-mask.ts';
import { Proxies } from './chat/proxies.ts';
import { ThreadSync } from './chat/thread-sync.ts';
import { createSurfaces, maskedSurfaces } from './forms/surfaces.ts';
import { knownPaths } from './known-paths.ts';
import { type Service, Services } from './services.ts';
import type { ViewBuilder } from './thread-view/view-builder.ts';

/** What is believed of a model's output: a long 4K video passes, a header that lies does not. */
const OUTPUT_LIMITS: MediaLimits = {
  maxBytes: 64 * 1024 ** 3,
  maxDurationMs: 60 * 60 * 1000,
  maxPixels: 8192 * 8192,
};

export interface BotParts {
  readonly config: Config;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly data: DataDirectory;
  readonly store: Store;
  readonly wakeup: Wakeup;
  readonly media: MediaWorker;
  readonly hosts: ReadonlyMap<HostName, Host>;
  readonly api: CosmosApi;
  readonly models: Models;
  /** Which lanes take which models now, as the memory of their GPUs is known. */
  readonly room: () => GpuRoom;
  readonly profiles: StoredProfiles;
  readonly timeouts: (profile: Profile) => RunTimeouts;
  readonly secrets: SecretLookup;
  readonly views: ViewBuilder;
  readonly access: AccessPolicy;
}

/** What listens from its start to its stop. */
export interface Listener extends Service {
  start(): Promise<void>;
}

/** The parts of one bot, and which of them run. */
export class Bot {
  readonly parts: BotParts;
  readonly #services: Services;
  readonly #watcher: StoreWatcher;
  readonly #sheets: ContactSheets;
  readonly #endedSheets: EndedSheets;

  constructor(parts: BotParts) {
    this.parts = parts;
    this.#services = new Services(parts.clock, parts.logger);
    this.#watcher = new StoreWatcher(parts.store, parts.wakeup, parts.logger);
    this.#sheets = new ContactSheets(parts);
    this.#endedSheets = new EndedSheets({ ...parts, sheets: this.#sheets });
    this.#services.add(this.#sheets);
  }

  /** Drives every lane from now on, or as soon as the process that drives it ends. */
  startLanes(kind: LaneDriver['kind'], mayClaim?: () => boolean): void {
    const { config, hosts, timeouts, store, media, clock, logger, wakeup, data, profiles } = this.parts;
    const { secrets, models: available, room } = this.parts;
    const configured = config.hosts.flatMap((host) => host.lanes.map(({ name }) => name));
    const everyLane = configured.map((lane) => ({ lane, models: () => room().takenBy(lane) }));
    this.#start(this.#endedSheets);
    if (kind === 'daemon') tellOrphans({ store, logger }, new Set(configured));
    for (const configuredHost of config.hosts) {
      const { name, lanes } = configuredHost;
      const host = hosts.get(name);
      if (host === undefined) continue;
      const ownProfiles = available.ownProfiles(configuredHost);
      if (needsWatch(configuredHost)) {
        const lanesOf = lanes.map((lane) => lane.name);
        this.#start(new HostWatch({ host, lanes: lanesOf, store, clock, logger, wakeup }));
      }
      for (const { name: lane, gpus, batch = true } of lanes) {
        const context = {
          ...{ lane, gpus, profiles, host, store, media, clock, logger, wakeup, data, timeouts },
          models: () => room().takenBy(lane),
          ownProfiles,
          secrets,
          ...(batch && { batch: config.queue.batch }),
          otherLanes: everyLane.filter((other) => other.lane !== lane),
          outputLimits: OUTPUT_LIMITS,
          gpuIdleBytes: configuredHost.gpuIdleBytes,
          instance: store.instance,
        };
        this.#start(new LaneRunner(context, kind, mayClaim));
      }
    }
  }

  /** The contact sheet of a request whose runs have ended; undefined where none can be made. */
  async contactSheet(request: RunRequest): Promise<ContactSheet | undefined> {
    return await this.#sheets.of(request);
  }

  /** Makes the contact sheets of all requests that have ended: to be called before a process that drove lanes ends. */
  async settleContactSheets(signal: AbortSignal): Promise<void> {
    await this.#endedSheets.settle(signal);
  }

  #start(service: Service & { start(): void }): void {
    service.start();
    this.#services.add(service);
  }

  /** Serves one chat; resolves once its events are received. `where`: its section, where `status` shows how it stands. */
  async startChat(port: ChatPort, where?: string): Promise<void> {
    const { store, api, views, access, clock, data, logger, wakeup, config, media } = this.parts;
    const handler = new InboundHandler({
      ...{ store, api, views, port, access, clock, data, wakeup },
      maxUploadBytes: config.limits.media.maxBytes,
      staleCommandMs: config.timeouts.staleCommandMs,
    });
    const receiver = new InboxReceiver(data.database, clock);
    const inbox = new InboxWorker({ store, receiver, port, handler, clock, logger, wakeup });
    const quietChannels = new Set(config.chat.quietChannels);
    const mask = new PathMask(port.capabilities.localFiles ? undefined : knownPaths(config));
    const proxies = new Proxies({ media, data, logger });
    const sync = new ThreadSync({
      ...{ store, api, views, port, clock, logger, wakeup },
      ...{ quietChannels, proxies, contactSheets: this.#sheets, mask },
    });
    inbox.start();
    sync.start();
    // What comes in while the rest ends is durable, and done after the next start.
    this.#services.add(inbox, sync, proxies, port, {
      stop: async () => receiver[Symbol.dispose](),
    });
    const connections = store.chatConnections;
    const tell = where === undefined ? undefined : connectionNote({ where, connections, clock, logger });
    tell?.({ state: 'connecting' });
    try {
      await port.start(inbox.receive, maskedSurfaces(createSurfaces({ api, access, store }), mask), tell);
    } catch (error) {
      tell?.(afterFailure(toCosmosError(error)));
      throw error;
    }
    // What waited until the port knew whom it serves.
    inbox.look();
    wakeup.notify();
  }

  /** Lets people in who follow links. Throws as the start of the listener does. */
  async startWeb(web: Listener): Promise<void> {
    await web.start();
    this.#services.add(web);
  }

  /** Ends what was started, leaving running attempts running, and closes the store, whatever of it fails. */
  async close(): Promise<void> {
    const { hosts } = this.parts;
    const failures = [...(await this.#services.stop())];
    // Only now: a service that ends may still need its host.
    const closed = await Promise.allSettled([...hosts.values()].map(async (host) => await host.close()));
    for (const each of closed) if (each.status === 'rejected') failures.push(each.reason);
    this.#watcher[Symbol.dispose]();
    this.parts.store.close();
    if (failures.length > 0) throw new AggregateError(failures, 'the bot did not end in order');
  }
}

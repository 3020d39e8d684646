import { join } from 'node:path';
import type { Logger } from 'pino';
import { AccessPolicy } from '../core/access/access-policy.ts';
import type { Config, HostConfig } from '../core/config/config.ts';
import { processEnvironment } from '../core/config/environment.ts';
import { runTimeouts } from '../core/config/run-timeouts.ts';
import { CosmosApi } from '../core/cosmos-api.ts';
import { DataDirectory } from '../core/data-directory.ts';
import { type Checked, valid } from '../core/errors.ts';
import type { InstanceId } from '../core/ids.ts';
import { ChildMediaWorker } from '../core/media/child-media-worker.ts';
import { mediaToolCommand } from '../core/media/media-tool-command.ts';
import { Catalogue, loadCatalogue } from '../core/models/catalogue.ts';
import { Models } from '../core/models/models.ts';
import type { Profile } from '../core/models/profile.ts';
import { StoredProfiles } from '../core/models/stored-profiles.ts';
import { PACKAGE_ROOT } from '../core/package-root.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { Host } from '../core/ports/host.ts';
import type { MediaWorker } from '../core/ports/media.ts';
import type { Random } from '../core/ports/random.ts';
import { AssetFolder } from '../core/prompts/asset-folder.ts';
import { PromptService } from '../core/prompts/prompt-service.ts';
import { QueueService } from '../core/queue/queue-service.ts';
import { JobPlanner } from '../core/runner/job-planner.ts';
import { RunLog } from '../core/runs/run-log.ts';
import { RunService } from '../core/runs/run-service.ts';
import { ExclusiveLock } from '../core/store/exclusive-lock.ts';
import { Store } from '../core/store/store.ts';
import { Wakeup } from '../core/wakeup.ts';
import { createHost } from '../remote/create-hosts.ts';
import { Bot } from './bot.ts';
import { systemClock } from './system-clock.ts';
import { systemRandom } from './system-random.ts';
import { TERMINAL_PLACE } from './terminal/terminal-chat.ts';
import { ViewBuilder } from './thread-view/view-builder.ts';

/** Shipped profiles. */
const PROFILE_DIRECTORY = join(PACKAGE_ROOT, 'config/models');

/** What reaches outside the process; tests put their own around or in its place. */
export interface Outside {
  readonly clock: Clock;
  readonly random: Random;
  readonly wrapHost: (host: Host) => Host;
  readonly wrapMedia: (media: MediaWorker) => MediaWorker;
}

const SYSTEM: Outside = {
  clock: systemClock,
  random: systemRandom,
  wrapHost: (host) => host,
  wrapMedia: (media) => media,
};

/**
 * Puts the parts of a bot together: opens the store, starts nothing, connects to nothing. Without `models` it offers
 * none: enough to look at runs, and no profile is waited for, or stops it.
 */
export async function openBot(
  config: Config,
  logger: Logger,
  outside: Partial<Outside> = {},
  needs: { readonly models: boolean } = { models: true },
): Promise<Checked<Bot>> {
  const { clock, random, wrapHost, wrapMedia } = { ...SYSTEM, ...outside };
  const catalogue = needs.models
    ? await loadCatalogue({ directory: PROFILE_DIRECTORY, overrides: config })
    : valid(new Catalogue(new Map()));
  if (!catalogue.ok) return catalogue;
  const models = new Models(catalogue.value, needs.models ? config.hosts : []);
  const data = new DataDirectory(config.dataDirectory);
  const store = new Store(data.database, { clock, random });
  const profiles = new StoredProfiles(store.runs);
  const wakeup = new Wakeup();
  const media = wrapMedia(new ChildMediaWorker({ deadlineMs: config.timeouts.mediaMs }));
  const hosts = new Map(
    config.hosts.map((host) => [host.name, wrapHost(openHost(host, store.instance, random))] as const),
  );
  const timeouts = (profile: Profile) => runTimeouts(config.timeouts, profile.timeouts);
  const planner = new JobPlanner({ hosts, configured: config.hosts, instance: store.instance, timeouts });
  const { media: limits } = config.limits;
  const folder = new AssetFolder({ data, media, assets: store.assets, random, logger, limits });
  const negativeText = config.generation.negativePrompt;
  const api = new CosmosApi({
    store,
    models,
    profiles,
    planner,
    wakeup,
    prompts: new PromptService({ store, folder, clock, negativeText }),
    runs: new RunService({ store, models, planner, limits: config.limits, clock }),
    queue: new QueueService({
      ...{ store, profiles, clock },
      hosts: config.hosts,
      isDriven: (lane) => ExclusiveLock.isHeld(data.laneLock(lane)),
    }),
    log: new RunLog(data, clock),
  });
  return valid(
    new Bot({
      config,
      logger,
      clock,
      data,
      store,
      wakeup,
      media,
      hosts,
      api,
      models,
      profiles,
      timeouts,
      views: new ViewBuilder(api, data),
      access: new AccessPolicy(config.access, TERMINAL_PLACE),
    }),
  );
}

function openHost(config: HostConfig, instance: InstanceId, random: Random): Host {
  const { PATH = '', HOME = '/' } = processEnvironment();
  return createHost({
    name: config.name,
    transport: config.transport,
    engine: config.engine,
    workDir: config.workDirectory,
    tool: mediaToolCommand(process.execPath),
    searchPath: PATH,
    home: HOME,
    instance,
    random,
  });
}

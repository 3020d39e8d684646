import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { AccessPolicy } from '../core/access/access-policy.ts';
import { chatsOnServers } from '../core/config/chats-on-servers.ts';
import type { Config, HostConfig, SshConfig } from '../core/config/config.ts';
import { processEnvironment } from '../core/config/environment.ts';
import type { ProfileSettings } from '../core/config/profile-settings.ts';
import { runTimeouts } from '../core/config/run-timeouts.ts';
import { resolveSecret, type SecretLookup, type SecretReference } from '../core/config/secret.ts';
import { CosmosApi } from '../core/cosmos-api.ts';
import { DataDirectory } from '../core/data-directory.ts';
import { type Checked, CosmosError, invalid, type Problem, valid } from '../core/errors.ts';
import type { HostName, InstanceId, LaneName, ProfileId } from '../core/ids.ts';
import { ChildMediaWorker } from '../core/media/child-media-worker.ts';
import { mediaToolCommand } from '../core/media/media-tool-command.ts';
import { Catalogue, type CatalogueOptions, loadCatalogue } from '../core/models/catalogue.ts';
import { GpuRoom } from '../core/models/gpu-room.ts';
import { Models } from '../core/models/models.ts';
import type { Profile } from '../core/models/profile.ts';
import { StoredProfiles } from '../core/models/stored-profiles.ts';
import { waitingWishes } from '../core/models/waiting-wishes.ts';
import { PACKAGE_ROOT } from '../core/package-root.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { Host } from '../core/ports/host.ts';
import type { MediaWorker } from '../core/ports/media.ts';
import type { Random } from '../core/ports/random.ts';
import { AssetFolder } from '../core/prompts/asset-folder.ts';
import { InputFitter } from '../core/prompts/input-fitter.ts';
import { PreparedAssets } from '../core/prompts/prepared-assets.ts';
import { PromptFiles } from '../core/prompts/prompt-files.ts';
import { PromptService } from '../core/prompts/prompt-service.ts';
import { QueueService } from '../core/queue/queue-service.ts';
import { RequestService } from '../core/requests/request-service.ts';
import { JobPlanner } from '../core/runner/job-planner.ts';
import { FollowUps } from '../core/runs/follow-ups.ts';
import { RunLog } from '../core/runs/run-log.ts';
import { RunService } from '../core/runs/run-service.ts';
import { ExclusiveLock } from '../core/store/exclusive-lock.ts';
import { Store } from '../core/store/store.ts';
import { Wakeup } from '../core/wakeup.ts';
import { createHost } from '../remote/create-hosts.ts';
import { pinHostKey, type ShownHostKey, untrustedHostKey } from '../remote/transport/ssh/host-key.ts';
import { sshCrypto } from '../remote/transport/ssh/ssh-crypto.ts';
import type { SshOptions, SshTimes } from '../remote/transport/ssh/ssh-options.ts';
import { toSshOptions } from '../remote/transport/ssh/to-ssh-options.ts';
import type { TakeUploadRight } from '../remote/upload-names.ts';
import { Bot } from './bot.ts';
import { systemClock } from './system-clock.ts';
import { systemRandom } from './system-random.ts';
import { TERMINAL_PLACE } from './terminal/terminal-chat.ts';
import { ViewBuilder } from './thread-view/view-builder.ts';
import { FileLinks } from './web/file-links.ts';

/** Shipped profiles. */
const PROFILE_DIRECTORY = join(PACKAGE_ROOT, 'config/models');

/** What reaches outside the process; tests put their own around or in its place. */
export interface Outside {
  readonly clock: Clock;
  readonly random: Random;
  readonly wrapHost: (host: Host) => Host;
  readonly wrapMedia: (media: MediaWorker) => MediaWorker;
  /** Where hosts over SSH are not waited for as long as usual. */
  readonly sshTimes: SshTimes;
}

const SYSTEM: Outside = {
  clock: systemClock,
  random: systemRandom,
  wrapHost: (host) => host,
  wrapMedia: (media) => media,
  sshTimes: {},
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
  const { clock, random, wrapHost, wrapMedia, sshTimes } = { ...SYSTEM, ...outside };
  const catalogue = needs.models ? await loadCatalogue(profilesOf(config)) : valid(new Catalogue(new Map()));
  if (!catalogue.ok) return catalogue;
  const data = new DataDirectory(config.dataDirectory);
  const store = new Store(data.database, { clock, random });
  const profiles = new StoredProfiles(store.runs);
  const wishes = needs.models
    ? (id: ProfileId, { name }: HostConfig) => catalogue.value.resolve(id, name).requires
    : waitingWishes(store, profiles);
  const gpusOf = (host: HostName) => store.hostReadings.get(host)?.answer?.facts.gpus;
  const isGivenUp = (lane: LaneName) => store.lanes.get(lane).blocked?.code === 'queue.lane_fenced';
  const room = () => new GpuRoom({ hosts: config.hosts, wishOf: wishes, gpusOf, isGivenUp });
  const smallHosts = (id: ProfileId) =>
    room()
      .smallHosts(id)
      .map(({ host }) => host);
  const models = new Models(catalogue.value, needs.models ? config.hosts : [], smallHosts);
  const wakeup = new Wakeup();
  const media = wrapMedia(new ChildMediaWorker({ deadlineMs: config.timeouts.mediaMs }));
  const hosts = new Map(
    config.hosts.map((host) => {
      const takeUploadRight = () => ExclusiveLock.tryAcquire(data.uploadLock(host.name));
      const outside = { instance: store.instance, random, logger, sshTimes, takeUploadRight };
      const opened = openHost(host, config.directory, outside);
      return [host.name, wrapHost(opened)] as const;
    }),
  );
  const timeouts = (profile: Profile) => runTimeouts(config.timeouts, profile.timeouts);
  const secrets = secretsOf(config.directory);
  const { hosts: configured } = config;
  const planner = new JobPlanner({ hosts, configured, instance: store.instance, timeouts, secrets });
  const { media: limits } = config.limits;
  const folder = new AssetFolder({ data, media, assets: store.assets, random, logger, limits });
  const files = new PromptFiles({ store, folder, clock });
  const prepared = new PreparedAssets({ assets: store.assets, data, media, limits });
  const negativeText = config.generation.negativePrompt;
  const runs = new RunService({ store, models, planner, limits: config.limits, clock, random });
  const queue = new QueueService({
    ...{ store, profiles, clock },
    hosts: config.hosts,
    isDriven: (lane) => ExclusiveLock.isHeld(data.laneLock(lane)),
    batch: config.queue.batch,
    ownProfiles: (host) => models.ownProfiles(host),
    room,
    chats: chatsOnServers(config.chat),
    isServed: () => ExclusiveLock.isHeld(data.daemonLock),
  });
  const api = new CosmosApi({
    store,
    models,
    profiles,
    planner,
    wakeup,
    prompts: new PromptService({ store, folder, clock, negativeText }),
    promptFiles: files,
    fitter: new InputFitter({ store, models, room, wakeup, folder, files, prepared }),
    runs,
    queue,
    requests: new RequestService({ store, runs, models, queue, limits: config.limits, clock, wakeup }),
    followUps: new FollowUps({ store, profiles, folder, data }),
    log: new RunLog(data, clock),
  });
  const links = config.web && new FileLinks({ web: config.web, secrets, clock });
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
      room,
      profiles,
      timeouts,
      secrets,
      views: new ViewBuilder(api, data, links),
      access: new AccessPolicy(config.access, TERMINAL_PLACE),
    }),
  );
}

/** The SSH of one host, apart from the runs on it. */
export interface SshTools {
  readonly ciphers: 'native' | 'javascript';
  /** The file in which host keys are pinned. */
  readonly knownHosts: string;
  /** As `untrustedHostKey`: the first key on the way that is not pinned, or nothing where the bot is let in. */
  readonly untrusted: (signal?: AbortSignal) => Promise<ShownHostKey | undefined>;
  readonly pin: (line: string) => Promise<void>;
}

/** What is needed to look at one host. */
export interface HostTools {
  readonly entry: HostConfig;
  /** Absent where the host is reached in another way. */
  readonly ssh?: SshTools;
  /** The models of the host, as it runs them. */
  readonly profiles: () => Promise<Checked<readonly Profile[]>>;
}

/** The tools of a host by its name: `input.argument_invalid` for a name that no host has. Connects to nothing. */
export function openHostTools(config: Config, name: string): Checked<HostTools> {
  const entry = config.hosts.find((host) => host.name === name);
  if (entry === undefined) {
    const choices = config.hosts.map((host) => host.name);
    return invalid('input.argument_invalid', { verb: 'host', argument: 'name', given: name, choices });
  }
  const options = entry.transport === 'ssh' ? sshOptions(entry.ssh, config.directory) : undefined;
  return valid({
    entry,
    ...(options !== undefined && {
      ssh: {
        ciphers: sshCrypto(),
        knownHosts: options.knownHosts,
        untrusted: (signal) => untrustedHostKey(options, signal),
        pin: (line) => pinHostKey(options.knownHosts, line),
      },
    }),
    profiles: async () => {
      const catalogue = await loadCatalogue(profilesOf(config));
      if (!catalogue.ok) return catalogue;
      return valid(entry.models.map((id) => catalogue.value.resolve(id, entry.name)));
    },
  });
}

/** What is wrong with the profiles, as `openBot` finds it, also where the rest of the configuration is refused. */
export async function profileProblems(settings: ProfileSettings): Promise<readonly Problem[]> {
  const catalogue = await loadCatalogue(profilesOf(settings));
  return catalogue.ok ? [] : catalogue.problems;
}

function profilesOf(settings: ProfileSettings): CatalogueOptions {
  return { directory: PROFILE_DIRECTORY, ownDirectory: settings.modelsDirectory, overrides: settings };
}

/** Which ciphers SSH would use; absent where no host is reached over SSH. */
export function sshCiphers(hosts: readonly HostConfig[]): 'native' | 'javascript' | undefined {
  return hosts.some(({ transport }) => transport === 'ssh') ? sshCrypto() : undefined;
}

interface HostOutside {
  readonly instance: InstanceId;
  readonly random: Random;
  readonly logger: Logger;
  readonly sshTimes: SshTimes;
  readonly takeUploadRight: TakeUploadRight;
}

function openHost(
  config: HostConfig,
  directory: string,
  { instance, random, logger, sshTimes, takeUploadRight }: HostOutside,
): Host {
  const { PATH = '', HOME = '/' } = processEnvironment();
  return createHost({
    name: config.name,
    transport: config.transport,
    engine: config.engine,
    assetQuotaBytes: config.assetQuotaBytes,
    ...(config.dockerCommand && { dockerCommand: config.dockerCommand }),
    workDir: config.workDirectory,
    tool: mediaToolCommand(process.execPath),
    searchPath: PATH,
    home: HOME,
    ...(config.transport === 'ssh' && { ssh: { ...sshOptions(config.ssh, directory), ...sshTimes } }),
    instance,
    random,
    log: logger.child({ host: config.name }),
    takeUploadRight,
  });
}

/** How this machine reaches a host over SSH; `directory` is what relative secrets are relative to. */
function sshOptions(config: SshConfig, directory: string): SshOptions {
  const environment = processEnvironment();
  return toSshOptions(config, {
    home: environment.HOME ?? '/',
    user: environment.USER ?? userInfo().username,
    agentSocket: environment.SSH_AUTH_SOCK ?? '',
    passphrase: async (reference: SecretReference) => {
      const found = secretsOf(directory)(reference);
      if (found.ok) return found.value.reveal();
      const [{ code, parameters }] = found.problems;
      throw new CosmosError(code, parameters);
    },
  });
}

/** The variables of this process, and files that are relative to `directory`. */
function secretsOf(directory: string): SecretLookup {
  const environment = processEnvironment();
  const readFile = (path: string) => readFileSync(path, 'utf8');
  return (reference) => resolveSecret(reference, { environment, directory, readFile });
}

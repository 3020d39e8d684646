import { join, resolve } from 'node:path';
import type { HostName, ProfileId } from '../ids.ts';
import { laneName } from '../ids.ts';
import type { Platform } from '../ports/chat.ts';
import type {
  AccessRule,
  ChatConfig,
  Config,
  HostConfig,
  LimitsConfig,
  ProfileOverridesById,
} from './config.ts';
import { toDiscord } from './discord-schema.ts';
import type { HostSettings } from './hosts-schema.ts';
import { toQueue } from './queue-schema.ts';
import { toMs } from './run-timeouts.ts';
import type { Settings } from './schema.ts';
import { toBytes } from './size-schema.ts';
import { toSlack } from './slack-schema.ts';
import { toSsh } from './ssh-schema.ts';
import { toTimeouts } from './timeouts-schema.ts';
import { toWeb } from './web-schema.ts';

const BYTES_PER_MIB = 1024 * 1024;

/** Turns validated settings into what the bot works with. `overrides` and paths are the caller's knowledge. */
export function toConfig(
  settings: Settings,
  origin: Pick<
    Config,
    'source' | 'written' | 'directory' | 'dataDirectory' | 'modelsDirectory' | 'overrides'
  >,
): Config {
  return deepFreeze({
    ...origin,
    chat: toChat(settings.chat),
    ...(settings.web && { web: toWeb(settings.web) }),
    access: {
      defaultRole: settings.access.default,
      guestRole: settings.access.guests,
      strangerRole: settings.access.strangers,
      rules: settings.access.rules.map(toRule),
    },
    limits: toLimits(settings.limits),
    queue: toQueue(settings.queue),
    timeouts: toTimeouts(settings.timeouts),
    generation: { negativePrompt: settings.generation.negative_prompt },
    hosts: settings.hosts.map((host) => toHost(host, origin)),
    models: settings.models,
    log: settings.log,
    settings,
  });
}

/** Where a host keeps its files unless the configuration says otherwise. */
export function defaultWorkDirectory(dataDirectory: string): string {
  return join(dataDirectory, 'host');
}

function toChat({ terminal, ...written }: Settings['chat']): ChatConfig {
  const slack = toSlack(written.slack);
  const discord = written.discord && toDiscord(written.discord);
  const onServers = discord === undefined ? slack : [...slack, discord];
  return {
    terminal: terminal !== undefined || onServers.length === 0,
    slack,
    ...(discord !== undefined && { discord }),
    quietChannels: onServers.flatMap(({ quietChannels }) => quietChannels),
  };
}

function toRule({ platform, ...rule }: Settings['access']['rules'][number]): AccessRule {
  return platform === undefined ? rule : { ...rule, platform: platform as Platform };
}

function toLimits(limits: Settings['limits']): LimitsConfig {
  return {
    maxQueuedPerUser: limits.max_queued_per_user,
    maxRunsPerRequest: limits.max_runs_per_request,
    confirmAboveRuns: limits.confirm_above_runs,
    media: {
      maxBytes: limits.max_upload_mib * BYTES_PER_MIB,
      maxDurationMs: toMs(limits.max_video_seconds),
      maxPixels: limits.max_pixels,
    },
  };
}

/** One host of them; relative paths are relative to the places. */
export function toHost(
  host: HostSettings,
  places: { readonly directory: string; readonly dataDirectory: string },
): HostConfig {
  const name = host.name as HostName;
  const { ids, overrides } = toModels(host.models);
  const [program, ...words] = host.docker_command ?? [];
  return {
    name,
    ...(host.transport === 'ssh'
      ? { transport: host.transport, ssh: toSsh(host, places) }
      : { transport: host.transport }),
    engine: host.engine,
    ...(program !== undefined && { dockerCommand: [program, ...words] }),
    workDirectory:
      host.work_dir === undefined
        ? defaultWorkDirectory(places.dataDirectory)
        : resolve(places.directory, host.work_dir),
    assetQuotaBytes: toBytes(host.asset_quota),
    lanes: host.lanes.map((lane) => ({
      name: laneName(name, lane.name),
      gpus: lane.gpus.map(String),
      ...(!lane.batch && { batch: false }),
    })),
    gpuIdleBytes: toBytes(host.gpu_idle_memory),
    models: ids.map((id) => id as ProfileId),
    modelOverrides: overrides,
  };
}

/** A host names its models in a list, or as tables that hold what is different there. */
function toModels(models: HostSettings['models']): {
  ids: readonly string[];
  overrides: ProfileOverridesById;
} {
  return isList(models) ? { ids: models, overrides: {} } : { ids: Object.keys(models), overrides: models };
}

function isList(models: HostSettings['models']): models is string[] {
  return Array.isArray(models);
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const child of Object.values(value)) deepFreeze(child);
  return Object.freeze(value);
}

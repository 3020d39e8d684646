import { isAbsolute } from 'node:path';
import { CosmosError } from '../core/errors.ts';
import type { HostName, InstanceId } from '../core/ids.ts';
import type { Host } from '../core/ports/host.ts';
import type { Random } from '../core/ports/random.ts';
import { AssetCache, type HostLog } from './asset-cache.ts';
import { AssetStore } from './assets.ts';
import { AttemptDirectories } from './attempt-dir.ts';
import type { Words } from './docker-command.ts';
import { DockerEngine } from './engine/docker-engine.ts';
import type { Engine } from './engine/engine.ts';
import { ProcessEngine } from './engine/process-engine.ts';
import { ExecutionHost } from './execution-host.ts';
import { LocalTransport } from './transport/local-transport.ts';
import type { SshOptions } from './transport/ssh/ssh-options.ts';
import { SshTransport } from './transport/ssh/ssh-transport.ts';
import type { Transport } from './transport/transport.ts';
import { type TakeUploadRight, UploadNames } from './upload-names.ts';

export interface HostOptions {
  readonly name: HostName;
  /** Absolute path on the host. */
  readonly workDir: string;
  readonly transport: TransportKind;
  readonly engine: EngineKind;
  /** Program and first parameters of Docker, where the engine is `docker`; default `docker`. */
  readonly dockerCommand?: Words;
  readonly instance: InstanceId;
  /** Command prefix of the bot's own media tool; given on to jobs where the transport reaches our files. */
  readonly tool?: readonly string[];
  /** PATH and HOME of programs on this machine. */
  readonly searchPath: string;
  readonly home: string;
  /** How a host of the transport `ssh` is reached. */
  readonly ssh?: SshOptions;
  readonly random: Random;
  /** Absent: uploads and what they leave are no business of another call; each begins from nothing. */
  readonly takeUploadRight?: TakeUploadRight;
  /** What the host keeps of inputs, bytes; absent: as much as its disk holds. */
  readonly assetQuotaBytes?: number;
  readonly log?: HostLog;
}

/** One row for each way to reach a host. */
const TRANSPORTS = {
  local: {
    sharesFiles: true,
    create: (options: HostOptions): Transport =>
      new LocalTransport({ PATH: options.searchPath, HOME: options.home }),
  },
  ssh: {
    sharesFiles: false,
    create: ({ ssh }: HostOptions): Transport => {
      if (ssh === undefined) throw new CosmosError('config.missing_key', { keys: ['address'] });
      return new SshTransport(ssh);
    },
  },
} as const;

/** One row for each way to start a job there. */
const ENGINES = {
  process: (transport: Transport, directories: AttemptDirectories, options: HostOptions): Engine =>
    new ProcessEngine(transport, directories, options.instance),
  docker: (transport: Transport, directories: AttemptDirectories, options: HostOptions): Engine =>
    new DockerEngine({
      transport,
      directories,
      instance: options.instance,
      command: options.dockerCommand ?? ['docker'],
    }),
} as const;

export type TransportKind = keyof typeof TRANSPORTS;
export type EngineKind = keyof typeof ENGINES;

/** Composes a host of a configuration entry. Connects to nothing; throws `engine.work_dir_unusable` for a relative path. */
export function createHost(options: HostOptions): Host {
  const { name, workDir, instance, random } = options;
  if (!isAbsolute(workDir)) {
    throw new CosmosError('engine.work_dir_unusable', { role: 'work_dir', reason: 'relative' });
  }
  const { create, sharesFiles } = TRANSPORTS[options.transport];
  const transport = create(options);
  const cache = new AssetCache({
    ...{ transport, workDir },
    quotaBytes: options.assetQuotaBytes,
    log: options.log,
  });
  const { takeUploadRight } = options;
  const names = takeUploadRight && new UploadNames(instance, random, takeUploadRight);
  const assets = new AssetStore(transport, workDir, random, cache, names);
  const directories = new AttemptDirectories({ transport, workDir, instance, assets, random });
  const engine = ENGINES[options.engine](transport, directories, options);
  const tool = sharesFiles ? options.tool : undefined;
  return new ExecutionHost({ name, instance, transport, engine, directories, assets, cache, tool, random });
}

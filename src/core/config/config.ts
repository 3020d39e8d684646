import type { HostName, LaneName, ProfileId } from '../ids.ts';
import type { Platform } from '../ports/chat.ts';
import type { MediaLimits } from '../ports/media.ts';
import type { SourceText } from './problem-lines.ts';
import type { Settings } from './schema.ts';
import type { SecretReference } from './secret.ts';

/** Where the settings came from; the caller says so to the person where there was no file. */
export type ConfigSource = { readonly kind: 'file'; readonly path: string } | { readonly kind: 'embedded' };

/** What a person may do, from nothing on; each role may do all that the ones before it may. */
export const ACCESS_ROLES = ['none', 'viewer', 'operator', 'admin'] as const;
export type AccessRole = (typeof ACCESS_ROLES)[number];

/**
 * Gives `role` to whom every present condition fits; a list fits where one of its ids does. At least one condition is
 * present, and no list is empty.
 */
export interface AccessRule {
  readonly role: AccessRole;
  readonly platform?: Platform;
  /** Workspace or guild id. */
  readonly tenant?: string;
  readonly users?: readonly string[];
  /** Group or role ids. */
  readonly groups?: readonly string[];
  readonly channels?: readonly string[];
}

export interface AccessConfig {
  /** The role of everybody whom no rule fits. */
  readonly defaultRole: AccessRole;
  /** The role of guests, and of people of other organisations, whom no rule names. */
  readonly guestRole: AccessRole;
  readonly strangerRole: AccessRole;
  /** In the order of the file. */
  readonly rules: readonly AccessRule[];
}

export interface LimitsConfig {
  /** Queued runs of one principal. */
  readonly maxQueuedPerUser: number;
  /** Runs of one request. */
  readonly maxRunsPerRequest: number;
  /** A request for more runs than this has to be confirmed. */
  readonly confirmAboveRuns: number;
  /** What an uploaded file may be at most. */
  readonly media: MediaLimits;
}

/** What keeps the runs that share a load of their model within bounds. */
export interface BatchLimits {
  /** Most runs that are put together; 1 puts none together. */
  readonly maxItems: number;
  /** By how many runs that stood behind it a waiting run is overtaken at most, all batches together. */
  readonly maxOvertaken: number;
  /** Longest time that a batch is expected to take, ms. */
  readonly maxMs: number;
}

/** The timeouts that a profile may set for itself, ms. */
export interface RunTimeouts {
  /** From the start of an attempt until it is stopped as timed out. */
  readonly runMs: number;
  /** Longest time without a new byte in `run.log`. */
  readonly silenceMs: number;
  /** Between the stop signal and the kill. */
  readonly cancelGraceMs: number;
}

export interface TimeoutsConfig extends RunTimeouts {
  /** Deadline of one look into a media file. */
  readonly mediaMs: number;
  /** Age from which a chat command is answered instead of executed. */
  readonly staleCommandMs: number;
}

export interface GenerationConfig {
  /** Negative text of a prompt that brings none of its own; may be empty. */
  readonly negativePrompt: string;
}

export interface LaneConfig {
  readonly name: LaneName;
  /** GPU indices or UUIDs, as the engine names them; empty on a lane without GPUs. */
  readonly gpus: readonly string[];
  /** False: each of its runs loads its model for itself. */
  readonly batch?: boolean;
}

/** One workspace of Slack, and how the bot gets into it. */
export interface SlackConfig {
  /** Its name in the configuration; absent where there is one workspace. */
  readonly name?: string;
  /** Where it stands, such as `chat.slack.studio`. */
  readonly where: string;
  readonly botToken: SecretReference;
  readonly connection:
    | { readonly mode: 'socket'; readonly appToken: SecretReference }
    | {
        readonly mode: 'http';
        readonly signingSecret: SecretReference;
        readonly host: string;
        readonly port: number;
      };
  /** Ends with a slash. */
  readonly apiUrl: string;
  /** Ids of the channels in which uploads become prompts; none: wherever the bot is a member. */
  readonly channels: readonly string[];
  readonly quietChannels: readonly string[];
}

/** The bot of Discord; one serves all guilds that it was invited to. */
export interface DiscordConfig {
  /** Where it stands: `chat.discord`. */
  readonly where: string;
  readonly token: SecretReference;
  /** Without the version of the API, and without a slash at the end. */
  readonly apiUrl: string;
  /** Ids of the guilds in which the commands are registered; none: everywhere. */
  readonly guilds: readonly string[];
  /** Ids of the channels in which uploads become prompts; none: wherever the bot may read. */
  readonly channels: readonly string[];
  readonly quietChannels: readonly string[];
}

export interface ChatConfig {
  /** Somebody may talk to the bot at the terminal in which it runs. */
  readonly terminal: boolean;
  readonly slack: readonly SlackConfig[];
  readonly discord?: DiscordConfig;
  /** Ids of the channels, of any chat, in which less is posted. */
  readonly quietChannels: readonly string[];
}

/** The web server of the bot, which hands out results by signed links. */
export interface WebConfig {
  /** Name or address of this machine at which it listens. */
  readonly host: string;
  readonly port: number;
  /** What links begin with; without a slash at the end. */
  readonly publicUrl: string;
  readonly linkSecret: SecretReference;
  /** They sign nothing any more; what they have signed is still good. */
  readonly previousLinkSecrets: readonly SecretReference[];
  readonly linkLifetimeMs: number;
}

/** Keys of a shipped profile with other values, as written: the catalogue of profiles validates them. */
export type ProfileOverrides = Readonly<Record<string, unknown>>;
export type ProfileOverridesById = Readonly<Record<string, ProfileOverrides>>;

/** Engines that run a model in the container that its profile describes. */
export const CONTAINER_ENGINES: ReadonlySet<string> = new Set<HostConfig['engine']>(['docker']);

/** Whether there is something to ask of a host: this machine without GPUs and containers answers, and has no more to tell. */
export function needsWatch(host: HostConfig): boolean {
  return (
    host.transport !== 'local' ||
    CONTAINER_ENGINES.has(host.engine) ||
    host.lanes.some(({ gpus }) => gpus.length > 0)
  );
}

/** An SSH server and how the bot is let in there. Paths are absolute or begin with `~/`. */
export interface SshServerConfig {
  readonly address: string;
  readonly port: number;
  /** Absent: the user that runs the bot. */
  readonly user?: string;
  readonly keyFile?: string;
  readonly keyPassphrase?: SecretReference;
  /** True: the agent that the environment names; else its socket. */
  readonly agent?: true | string;
}

export interface SshConfig extends SshServerConfig {
  readonly knownHosts: string;
  readonly jump?: SshServerConfig;
}

export type HostConfig = LocalHostConfig | SshHostConfig;

export interface LocalHostConfig extends AnyHostConfig {
  readonly transport: 'local';
}

export interface SshHostConfig extends AnyHostConfig {
  readonly transport: 'ssh';
  readonly ssh: SshConfig;
}

interface AnyHostConfig {
  readonly name: HostName;
  readonly engine: 'process' | 'docker';
  /** Program and first words of Docker on the host, where that is not `docker` alone. */
  readonly dockerCommand?: readonly [string, ...string[]];
  /** Absolute path on the host. */
  readonly workDirectory: string;
  /** What the host keeps of inputs, bytes; more than none. */
  readonly assetQuotaBytes: number;
  readonly lanes: readonly LaneConfig[];
  /** Memory of a GPU that may be in use while nothing of the bot runs on it, bytes. */
  readonly gpuIdleBytes: number;
  /** Profiles that this host runs, in the order of the file. */
  readonly models: readonly ProfileId[];
  /** Overrides that hold on this host only; they win over `Config.models`. */
  readonly modelOverrides: ProfileOverridesById;
}

export interface LogConfig {
  readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';
}

/** A scalar that a `COSMOS_BOT_…` variable has set. */
export interface ConfigOverride {
  readonly variable: string;
  /** Such as `limits.max_upload_mib`. */
  readonly key: string;
}

/** The effective configuration: complete, deeply frozen, every path absolute, durations in ms, sizes in bytes. */
export interface Config {
  readonly source: ConfigSource;
  /** The file as it was written, for the lines of what is wrong in it; absent where there was none. */
  readonly written?: SourceText;
  /** What relative paths of the file are relative to. */
  readonly directory: string;
  readonly dataDirectory: string;
  /** Where profiles of the installation's own are. */
  readonly modelsDirectory?: string;
  readonly chat: ChatConfig;
  /** Absent: nobody listens, and there are no links. */
  readonly web?: WebConfig;
  readonly access: AccessConfig;
  readonly limits: LimitsConfig;
  readonly queue: { readonly batch: BatchLimits };
  readonly timeouts: TimeoutsConfig;
  readonly generation: GenerationConfig;
  readonly hosts: readonly HostConfig[];
  /** Overrides that hold on every host. */
  readonly models: ProfileOverridesById;
  readonly log: LogConfig;
  /** The same in the file's own words and units, with defaults filled in: for printing only. */
  readonly settings: Settings;
  readonly overrides: readonly ConfigOverride[];
}

import type { AttemptId, InstanceId } from '../core/ids.ts';
import type { JobContainer } from '../core/ports/host.ts';
import { SECRET_FILE } from './paths.ts';

/** Where every container of an attempt finds its directory. */
export const CONTAINER_DIRECTORY = '/cosmos/job';

/** Where a container finds the secrets of its job. */
export const CONTAINER_SECRETS = '/cosmos/secret';

/** Whose attempt a container is; what lacks the label of this bot is never touched. */
export const INSTANCE_LABEL = 'cosmos-bot.instance';
export const ATTEMPT_LABEL = 'cosmos-bot.attempt';
/** Tells a container of this plan from one that was created for an earlier plan of the same attempt. */
export const PLAN_LABEL = 'cosmos-bot.plan';

export type Words = readonly [string, ...string[]];

/** How long the engine, when it stops by itself, waits beyond the job's own grace for `exit.json`, seconds. */
const STOP_MARGIN_SECONDS = 10;

export interface CreateOptions {
  readonly attempt: AttemptId;
  readonly instance: InstanceId;
  readonly container: JobContainer;
  /** The attempt directory on the host. */
  readonly directory: string;
  /** The job has secrets, in a file of that directory. */
  readonly hasSecrets: boolean;
  /** `uid:gid` of the bot's user on the host. */
  readonly hostUser: string;
  /** What the job's argv is given to; empty for none. */
  readonly entrypoint: readonly string[];
  /** Time between the stop signal and the kill, ms. */
  readonly stopGraceMs: number;
  readonly planHash: string;
}

/**
 * The only place that makes Docker's argv: words, never shell text. `command` is the configured prefix, such as
 * `["sudo", "docker"]`.
 */
export class DockerCommand {
  readonly #command: Words;

  constructor(command: Words) {
    this.#command = command;
  }

  /** The program itself, without parameters of Docker. */
  get program(): string {
    return this.#command[0];
  }

  /**
   * A container named after the attempt, which is not started. Never pulls: an image takes minutes, and bytes of its
   * registry's choosing. `run.sh` is the child of Docker's own init, which passes signals on; the image's entrypoint
   * is called by it, so that nothing comes before the start guard.
   */
  create(options: CreateOptions): Words {
    const { attempt, instance, container, directory, hostUser, entrypoint, stopGraceMs, planHash } = options;
    const secrets = options.hasSecrets ? mount(`${directory}/${SECRET_FILE}`, CONTAINER_SECRETS, false) : [];
    const owner = container.user === 'host' ? ['--user', hostUser] : [];
    return [
      ...this.#command,
      ...['create', '--pull', 'never', '--init', '--name', attempt],
      ...label(INSTANCE_LABEL, instance),
      ...label(ATTEMPT_LABEL, attempt),
      ...label(PLAN_LABEL, planHash),
      ...['--restart', 'no', '--security-opt', 'no-new-privileges'],
      ...['--stop-timeout', String(Math.ceil(stopGraceMs / 1000) + STOP_MARGIN_SECONDS)],
      ...owner,
      ...mount(directory, CONTAINER_DIRECTORY, false),
      ...mount(`${directory}/in`, `${CONTAINER_DIRECTORY}/in`, true),
      ...secrets,
      ...container.mounts.flatMap(({ source, target, readOnly }) => mount(source, target, readOnly)),
      ...optional('--ipc', container.ipc),
      ...optional('--shm-size', container.sharedMemory),
      ...optional('--network', container.network),
      ...container.gpuFlags,
      ...container.flags,
      ...['--workdir', CONTAINER_DIRECTORY, '--entrypoint', '/bin/sh'],
      ...[container.image, `${CONTAINER_DIRECTORY}/run.sh`, hostUser, ...entrypoint],
    ];
  }

  start(id: string): Words {
    return [...this.#command, 'start', id];
  }

  /** Prints one line of JSON: `id`, `state` and `labels`. */
  inspect(name: string): Words {
    const format = '{"id":{{json .Id}},"state":{{json .State}},"labels":{{json .Config.Labels}}}';
    return [...this.#command, 'inspect', '--type', 'container', '--format', format, name];
  }

  /** Prints the digest of the image that a container was made of. */
  imageOfContainer(name: string): Words {
    return [...this.#command, 'inspect', '--type', 'container', '--format', '{{.Image}}', name];
  }

  /** Prints the configuration of an image as JSON; `null` where it has none. */
  imageConfig(image: string): Words {
    return [...this.#command, 'image', 'inspect', '--format', '{{json .Config}}', image];
  }

  /** Prints the version of the engine, not of the program that asks it. */
  version(): Words {
    return [...this.#command, 'version', '--format', '{{.Server.Version}}'];
  }

  kill(id: string, signal: 'TERM' | 'USR1' | 'KILL'): Words {
    return [...this.#command, 'kill', '--signal', signal, id];
  }

  unpause(id: string): Words {
    return [...this.#command, 'unpause', id];
  }

  /** Refuses a running container. */
  remove(id: string): Words {
    return [...this.#command, 'rm', '--volumes', id];
  }

  /** Prints the attempt of each container of this bot, running or not. */
  list(instance: InstanceId): Words {
    const filter = `label=${INSTANCE_LABEL}=${instance}`;
    const format = `{{.Label "${ATTEMPT_LABEL}"}}`;
    return [...this.#command, 'ps', '--all', '--filter', filter, '--format', format];
  }

  /** Prints a list of JSON that names what the engine's containers are confined by. */
  securityOptions(): Words {
    return [...this.#command, 'info', '--format', '{{json .SecurityOptions}}'];
  }

  /** Gives everything in an attempt directory to the bot's user, as the root of a container of the same image. */
  giveBack(directory: string, image: string, hostUser: string): Words {
    return [
      ...this.#command,
      ...['run', '--rm', '--pull', 'never', '--network', 'none', '--user', '0:0'],
      ...mount(directory, CONTAINER_DIRECTORY, false),
      ...['--entrypoint', '/bin/sh', image],
      ...['-c', 'exec chown -R "$1" "$2"', 'chown', hostUser, CONTAINER_DIRECTORY],
    ];
  }
}

function label(name: string, value: string): readonly string[] {
  return ['--label', `${name}=${value}`];
}

function optional(flag: string, value: string | undefined): readonly string[] {
  return value === undefined ? [] : [flag, value];
}

/** Docker reads a mount as one record of comma separated values. */
function mount(source: string, target: string, readOnly: boolean): readonly string[] {
  const fields = ['type=bind', `source=${source}`, `target=${target}`, ...(readOnly ? ['readonly'] : [])];
  return ['--mount', fields.map(field).join(',')];
}

function field(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

import { CosmosError } from '../../core/errors.ts';
import type { AttemptId, InstanceId } from '../../core/ids.ts';
import type { AttemptDirectories } from '../attempt-dir.ts';
import { INSPECT_CONTAINER_SCRIPT, PROBE_CONTAINER_SCRIPT } from '../container-script.ts';
import { DockerCommand, type Words } from '../docker-command.ts';
import type { CommandResult, Transport } from '../transport/transport.ts';
import { type DockerFacts, engineFailure, isNoSuchContainer, parseDockerFacts } from './docker-facts.ts';

/** Exit code with which our scripts say that the work directory cannot be entered. */
const WORK_DIR_UNUSABLE = 3;

export interface DockerEngineParts {
  readonly transport: Transport;
  readonly directories: AttemptDirectories;
  readonly instance: InstanceId;
  /** Program and first parameters, such as `["sudo", "docker"]`. */
  readonly command: Words;
}

/** Asks Docker on a host, and reads its answers; decides nothing. What fails throws as `engineFailure` says. */
export class DockerClient {
  readonly words: DockerCommand;
  readonly #transport: Transport;
  readonly #directories: AttemptDirectories;
  readonly #instance: InstanceId;
  #hostUser: string | undefined;

  constructor({ transport, directories, instance, command }: DockerEngineParts) {
    this.words = new DockerCommand(command);
    this.#transport = transport;
    this.#directories = directories;
    this.#instance = instance;
  }

  /** What can be seen of an attempt: its directory and the container of its name, whoever owns that. */
  async look(attempt: AttemptId, signal: AbortSignal | undefined): Promise<DockerFacts> {
    const name = this.#directories.checkedName(attempt);
    const parameters = [this.#directories.workDir, name, this.#instance, ...this.words.inspect(name)];
    const result = await this.#transport.runScript(INSPECT_CONTAINER_SCRIPT, parameters, { signal });
    if (result.exitCode === 0) return parseDockerFacts(result.stdout);
    if (result.exitCode === WORK_DIR_UNUSABLE) {
      throw new CosmosError('engine.work_dir_unusable', { role: 'work_dir', reason: 'denied' });
    }
    throw engineFailure('inspect', result.stderr);
  }

  /** `uid:gid` that stands for the bot's user of the host in a container; root where Docker runs as that user itself. */
  async hostUser(signal: AbortSignal | undefined): Promise<string> {
    if (this.#hostUser !== undefined) return this.#hostUser;
    const programs = [this.words.program, ...this.#transport.requiredPrograms];
    const { exitCode, stdout } = await this.#transport.runScript(PROBE_CONTAINER_SCRIPT, programs, {
      signal,
    });
    const missing = [...stdout.matchAll(/^missing (.+)$/gm)].flatMap(([, name]) => name ?? []);
    const user = /^user (\d+:\d+)$/m.exec(stdout)?.[1];
    if (exitCode !== 0 || missing.length > 0 || user === undefined) {
      throw new CosmosError('engine.host_unsupported', { missing });
    }
    const { stdout: confined } = await this.checked('info', this.words.securityOptions(), signal);
    this.#hostUser = confined.includes('name=rootless') ? '0:0' : user;
    return this.#hostUser;
  }

  /** False where it runs; one that is gone is removed. */
  async remove(id: string, signal: AbortSignal | undefined): Promise<boolean> {
    const result = await this.run(this.words.remove(id), signal);
    if (result.exitCode === 0 || isNoSuchContainer(result.stderr)) return true;
    if (/is already in progress/i.test(result.stderr)) return true;
    if (/running container|is running|container is paused/i.test(result.stderr)) return false;
    throw engineFailure('rm', result.stderr);
  }

  /** Runs words that signal a container; one that has ended meanwhile needs none. */
  async signal(words: Words, signal: AbortSignal | undefined): Promise<void> {
    const { exitCode, stderr } = await this.run(words, signal);
    if (exitCode === 0 || isNoSuchContainer(stderr) || /is not (running|paused)/i.test(stderr)) return;
    throw engineFailure('kill', stderr);
  }

  /** Runs words that must succeed. */
  async checked(command: string, words: Words, signal: AbortSignal | undefined): Promise<CommandResult> {
    const result = await this.run(words, signal);
    if (result.exitCode === 0) return result;
    throw engineFailure(command, result.stderr);
  }

  /** Runs the words to their end, however that is. */
  async run(words: Words, signal: AbortSignal | undefined): Promise<CommandResult> {
    return await this.#transport.run(words, { signal });
  }
}

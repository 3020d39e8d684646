import { setTimeout as after } from 'node:timers/promises';
import { z } from 'zod';
import { CosmosError } from '../../core/errors.ts';
import type { AttemptId, InstanceId } from '../../core/ids.ts';
import type {
  AttemptPlan,
  AttemptStatus,
  EngineFacts,
  HostQuestions,
  JobFile,
  JobPaths,
  StopStrength,
} from '../../core/ports/host.ts';
import type { AttemptDirectories } from '../attempt-dir.ts';
import { containerRunScript, OPEN_DIRECTORY_SCRIPT, START_CONTAINER_SCRIPT } from '../container-script.ts';
import { CONTAINER_DIRECTORY, CONTAINER_SECRETS, PLAN_LABEL } from '../docker-command.ts';
import { safeAttemptName } from '../paths.ts';
import { takeSecrets } from '../secret-script.ts';
import { inRole } from '../transport/file-fault.ts';
import type { Transport } from '../transport/transport.ts';
import { DockerClient, type DockerEngineParts } from './docker-client.ts';
import { type Container, dockerStatus, isNoSuchContainer, isOurs } from './docker-facts.ts';
import { startFailure } from './docker-failure.ts';
import { type ContainerPlan, containerFile, PLAN_FILE, readContainerFile } from './docker-plan.ts';
import { askDocker } from './docker-status.ts';
import type { Engine } from './engine.ts';

/** A driver that wakes its GPUs, or an image on a slow disk, takes this long at most. */
const START_DEADLINE_MS = 180_000;
/** Others may create, start and remove the same container meanwhile: nobody needs more rounds than this. */
const START_ROUNDS = 8;
/** Between two looks at what is about to change, ms. */
const LOOK_AGAIN_MS = 100;
/** Time that `run.sh` gets to end the job by itself before its container is killed, looks. */
const KILL_LOOKS = 15;
const MAX_PLAN_BYTES = 1024 * 1024;

/**
 * Runs each attempt in a container that is named and labelled after it. Creating and starting are steps of their own,
 * each of which may be repeated; the guard in the attempt directory keeps a job from running twice all the same.
 */
export class DockerEngine implements Engine {
  readonly pollMs = 1000;
  readonly #transport: Transport;
  readonly #directories: AttemptDirectories;
  readonly #instance: InstanceId;
  readonly #client: DockerClient;

  constructor(parts: DockerEngineParts) {
    this.#transport = parts.transport;
    this.#directories = parts.directories;
    this.#instance = parts.instance;
    this.#client = new DockerClient(parts);
  }

  paths(_attempt: AttemptId): JobPaths {
    return {
      attempt: CONTAINER_DIRECTORY,
      input: `${CONTAINER_DIRECTORY}/in`,
      output: `${CONTAINER_DIRECTORY}/out`,
    };
  }

  async probe(signal?: AbortSignal): Promise<void> {
    await this.#client.hostUser(signal);
  }

  runScript(plan: AttemptPlan): string {
    return containerRunScript({
      marker: `${this.#instance}/${plan.attempt}`,
      directory: CONTAINER_DIRECTORY,
      argv: plan.argv,
      environment: plan.environment,
      ...(plan.secretEnvironment !== undefined && { secretLines: takeSecrets(CONTAINER_SECRETS) }),
      workingDirectory: plan.workingDirectory,
      stopGraceMs: plan.stopGraceMs,
    });
  }

  files(plan: AttemptPlan): readonly JobFile[] {
    return [{ path: PLAN_FILE, content: containerFile(plan) }];
  }

  async start(attempt: AttemptId, signal?: AbortSignal): Promise<void> {
    for (let round = 0; round < START_ROUNDS; round += 1) {
      const { guard, container } = await this.#client.look(attempt, signal);
      if (guard !== 'none') return;
      if (container !== undefined && !isOurs(container, attempt, this.#instance)) {
        throw new CosmosError('engine.start_failed', { reason: 'name_taken' });
      }
      if (container?.state.Running) {
        await after(LOOK_AGAIN_MS, undefined, { signal });
        continue;
      }
      const plan = await this.#plan(attempt);
      if (container === undefined) await this.#create(attempt, plan, signal);
      else if (!isReady(container, plan)) await this.#client.remove(container.id, signal);
      else await this.#startCreated(attempt, plan, container, signal);
    }
    const { guard } = await this.#client.look(attempt, signal);
    if (guard === 'none') throw new CosmosError('engine.start_failed', { reason: 'not_begun' });
  }

  async inspect(attempt: AttemptId, signal?: AbortSignal): Promise<AttemptStatus> {
    return dockerStatus(await this.#client.look(attempt, signal), attempt, this.#instance);
  }

  /**
   * `run.sh` is told first, for it writes the end of the job; its container is killed only where that does not help.
   */
  async stop(attempt: AttemptId, strength: StopStrength, signal?: AbortSignal): Promise<void> {
    const container = await this.#stoppable(attempt, signal);
    if (container === undefined) return;
    if (container.state.Paused) await this.#client.signal(this.#client.words.unpause(container.id), signal);
    if (strength === 'terminate') {
      await this.#client.signal(this.#client.words.kill(container.id, 'TERM'), signal);
      return;
    }
    await this.#client.signal(this.#client.words.kill(container.id, 'USR1'), signal);
    for (let look = 0; look < KILL_LOOKS; look += 1) {
      if ((await this.#stoppable(attempt, signal)) === undefined) return;
      await after(LOOK_AGAIN_MS, undefined, { signal });
    }
    await this.#client.signal(this.#client.words.kill(container.id, 'KILL'), signal);
  }

  async attempts(signal?: AbortSignal): Promise<readonly AttemptId[]> {
    const { stdout } = await this.#client.checked('ps', this.#client.words.list(this.#instance), signal);
    const names = stdout.split('\n').filter((name) => name !== '');
    return names.map((name) => safeAttemptName(name) as AttemptId);
  }

  async release(attempt: AttemptId, signal?: AbortSignal): Promise<void> {
    const { guard, container, exit } = await this.#client.look(attempt, signal);
    const isMine = container !== undefined && isOurs(container, attempt, this.#instance);
    if (isMine && !(await this.#client.remove(container.id, signal))) {
      throw new CosmosError('engine.not_stopped', { attempt });
    }
    // `run.sh` has given everything back before it wrote the end.
    if (guard !== 'started' || exit !== undefined) return;
    const plan = await this.#plan(attempt);
    if (plan.container.user === 'host') return;
    const directory = this.#directories.path(attempt);
    const words = this.#client.words.giveBack(
      directory,
      plan.container.image,
      await this.#client.hostUser(signal),
    );
    await this.#client.checked('run', words, signal);
  }

  async facts(asked: Pick<HostQuestions, 'images' | 'attempt'>, signal?: AbortSignal): Promise<EngineFacts> {
    return await askDocker(this.#client, this.#transport, asked, signal);
  }

  /** The container while a job runs in it, or where its directory is gone; one that is still to begin is let be. */
  async #stoppable(attempt: AttemptId, signal: AbortSignal | undefined): Promise<Container | undefined> {
    const { guard, container } = await this.#client.look(attempt, signal);
    if (guard !== 'started' && guard !== 'absent') return undefined;
    const isMine = container !== undefined && isOurs(container, attempt, this.#instance);
    return isMine && container.state.Running ? container : undefined;
  }

  async #create(attempt: AttemptId, plan: ContainerPlan, signal: AbortSignal | undefined): Promise<void> {
    const { container, stopGraceMs, hasSecrets, hash: planHash } = plan;
    const directory = this.#directories.path(attempt);
    const words = this.#client.words.create({
      attempt,
      instance: this.#instance,
      container,
      directory,
      hasSecrets,
      hostUser: await this.#client.hostUser(signal),
      entrypoint: await this.#entrypoint(plan, signal),
      stopGraceMs,
      planHash,
    });
    if (container.user === 'image') await this.#openDirectory(directory, signal);
    const result = await this.#client.run(words, signal);
    if (result.exitCode === 0 || /is already in use by container/i.test(result.stderr)) return;
    throw startFailure('create', result.stderr, container.image, this.#directories.workDir);
  }

  /** Whoever removes or starts it meanwhile is seen in the next round. */
  async #startCreated(
    attempt: AttemptId,
    { container: { image } }: ContainerPlan,
    { id }: Container,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const parameters = [this.#directories.path(attempt), ...this.#client.words.start(id)];
    const options = { deadlineMs: START_DEADLINE_MS, signal };
    const result = await this.#transport.runScript(START_CONTAINER_SCRIPT, parameters, options);
    const said = result.stderr;
    if (result.exitCode !== 0 && isNoSuchContainer(said)) return;
    const seen = await this.#client.look(attempt, signal);
    if (seen.guard !== 'none' || seen.container?.state.Running) return;
    const ended = seen.container?.state;
    if (seen.container !== undefined) await this.#client.remove(seen.container.id, signal);
    if (result.exitCode !== 0) {
      throw startFailure('start', ended?.Error || said, image, this.#directories.workDir);
    }
    throw new CosmosError('engine.start_failed', { reason: 'not_begun', exitCode: ended?.ExitCode ?? 0 });
  }

  /** What the image would put before the job's argv, unless the profile says otherwise. */
  async #entrypoint(
    { container: { image, entrypoint } }: ContainerPlan,
    signal: AbortSignal | undefined,
  ): Promise<readonly string[]> {
    if (entrypoint !== undefined) return entrypoint === '' ? [] : [entrypoint];
    const result = await this.#client.run(this.#client.words.imageConfig(image), signal);
    if (result.exitCode !== 0) {
      throw startFailure('image inspect', result.stderr, image, this.#directories.workDir);
    }
    return IMAGE_CONFIG.parse(JSON.parse(result.stdout))?.Entrypoint ?? [];
  }

  async #openDirectory(directory: string, signal: AbortSignal | undefined): Promise<void> {
    const { exitCode } = await this.#transport.runScript(OPEN_DIRECTORY_SCRIPT, [directory], { signal });
    if (exitCode !== 0) {
      throw new CosmosError('engine.work_dir_unusable', { role: 'attempt', reason: 'denied' });
    }
  }

  async #plan(attempt: AttemptId): Promise<ContainerPlan> {
    const path = `${this.#directories.path(attempt)}/${PLAN_FILE}`;
    const bytes = await inRole('attempt', this.#transport.readRange(path, 0, MAX_PLAN_BYTES));
    return readContainerFile(Buffer.from(bytes ?? []).toString('utf8'));
  }
}

const IMAGE_CONFIG = z.object({ Entrypoint: z.array(z.string()).nullish() }).nullable();

/** Created for this very plan, and never started. */
function isReady({ state, labels }: Container, plan: ContainerPlan): boolean {
  return state.Status === 'created' && state.ExitCode === 0 && labels?.[PLAN_LABEL] === plan.hash;
}

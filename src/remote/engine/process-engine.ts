import { CosmosError } from '../../core/errors.ts';
import type { AttemptId, InstanceId } from '../../core/ids.ts';
import type { AttemptPlan, AttemptStatus, StopStrength } from '../../core/ports/host.ts';
import type { AttemptDirectories } from '../attempt-dir.ts';
import {
  INSPECT_SCRIPT,
  MARKER_VARIABLE,
  PROBE_SCRIPT,
  runScript,
  STARTED_WORD,
  STOP_SCRIPT,
} from '../bash-script.ts';
import { SECRET_FILE } from '../paths.ts';
import { takeSecrets } from '../secret-script.ts';
import type { CommandResult, Transport } from '../transport/transport.ts';
import { parseFacts, statusOf } from './attempt-facts.ts';
import type { Engine } from './engine.ts';

/** A prepared job begins within milliseconds; a host under heavy load still answers within this. */
const START_DEADLINE_MS = 30_000;
/** Exit code with which our scripts say that the work directory cannot be entered. */
const WORK_DIR_UNUSABLE = 3;

/** Runs each attempt as a session of processes on a Linux host. */
export class ProcessEngine implements Engine {
  /** What no file event tells (a killed wrapper, the end of a straggler) is found after this time at the latest. */
  readonly pollMs = 1000;
  readonly #transport: Transport;
  readonly #directories: AttemptDirectories;
  readonly #instance: InstanceId;

  constructor(transport: Transport, directories: AttemptDirectories, instance: InstanceId) {
    this.#transport = transport;
    this.#directories = directories;
    this.#instance = instance;
  }

  async probe(signal?: AbortSignal): Promise<void> {
    const result = await this.#transport.runScript(PROBE_SCRIPT, this.#transport.requiredPrograms, {
      signal,
    });
    const missing = result.stdout.split('\n').filter((line) => line !== '');
    if (result.exitCode !== 0 || missing.length > 0) {
      throw new CosmosError('engine.host_unsupported', { missing });
    }
  }

  runScript(plan: AttemptPlan): string {
    return runScript({
      marker: this.#marker(plan.attempt),
      argv: plan.argv,
      environment: { ...visibleGpus(plan.gpus), ...plan.environment },
      ...(plan.secretEnvironment !== undefined && { secretLines: takeSecrets(`./${SECRET_FILE}`) }),
      workingDirectory: plan.workingDirectory,
      stopGraceMs: plan.stopGraceMs,
    });
  }

  async start(attempt: AttemptId, signal?: AbortSignal): Promise<void> {
    const said = await this.#transport.launch(['/bin/sh', 'run.sh'], {
      workingDirectory: this.#directories.path(attempt),
      environment: { [MARKER_VARIABLE]: this.#marker(attempt) },
      deadlineMs: START_DEADLINE_MS,
      signal,
    });
    if (said.startsWith(STARTED_WORD)) return;
    const status = await this.inspect(attempt, signal);
    if (status.state === 'never_started')
      throw new CosmosError('engine.start_failed', { reason: 'not_begun' });
  }

  async inspect(attempt: AttemptId, signal?: AbortSignal): Promise<AttemptStatus> {
    const result = await this.#transport.runScript(INSPECT_SCRIPT, this.#parameters(attempt), { signal });
    return statusOf(parseFacts(checked('inspect', result).stdout), this.#instance);
  }

  async stop(attempt: AttemptId, strength: StopStrength, signal?: AbortSignal): Promise<void> {
    const parameters = [...this.#parameters(attempt), strength];
    checked('stop', await this.#transport.runScript(STOP_SCRIPT, parameters, { signal }));
  }

  #marker(attempt: AttemptId): string {
    return `${this.#instance}/${attempt}`;
  }

  #parameters(attempt: AttemptId): readonly string[] {
    return [this.#directories.workDir, this.#directories.checkedName(attempt), this.#marker(attempt)];
  }
}

/**
 * What keeps a plain process to the GPUs of its lane. CUDA counts the fastest first unless it is told to count as the
 * driver's own tool does, whose numbers are those of the configuration.
 */
function visibleGpus(gpus: readonly string[]): Readonly<Record<string, string>> {
  if (gpus.length === 0) return {};
  return { CUDA_DEVICE_ORDER: 'PCI_BUS_ID', CUDA_VISIBLE_DEVICES: gpus.join(',') };
}

function checked(command: string, result: CommandResult): CommandResult {
  if (result.exitCode === 0) return result;
  if (result.exitCode === WORK_DIR_UNUSABLE) {
    throw new CosmosError('engine.work_dir_unusable', { role: 'work_dir', reason: 'denied' });
  }
  const cause = new Error(`${command} ended with ${result.exitCode}: ${result.stderr}`);
  throw new CosmosError('engine.command_failed', { command, exitCode: result.exitCode }, { cause });
}

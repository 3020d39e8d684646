import type { SecretLookup } from '../config/secret.ts';
import { CosmosError } from '../errors.ts';
import type { AttemptId, InstanceId } from '../ids.ts';
import type { AttemptPlan, JobFile, JobInput, JobPaths } from '../ports/host.ts';
import type { Secret } from '../ports/secret.ts';
import type { PromptInput, Role } from '../prompts/prompt.ts';
import { activeControls } from './controls.ts';
import { inputFileName, JobValues } from './job-values.ts';
import { checkParameters, weightParameters } from './parameters.ts';
import type { ParameterValues, Profile } from './profile.ts';
import { renderCommand } from './render-command.ts';
import { renderContainer } from './render-container.ts';
import { renderFiles } from './render-files.ts';
import { textProblems } from './text-problems.ts';

export interface JobRequest {
  readonly profile: Profile;
  readonly text: string;
  readonly negativeText: string;
  readonly inputs: readonly PromptInput[];
  /** Complete, as `checkRun` returned them. */
  readonly parameters: ParameterValues;
  readonly paths: JobPaths;
  readonly attempt: AttemptId;
  readonly instance: InstanceId;
  /** GPU indices of the lane. */
  readonly gpus: readonly string[];
  /** Time between the stop signal and the kill, ms. */
  readonly stopGraceMs: number;
  readonly secrets: SecretLookup;
  /** Its place in a batch, from 0; absent for a run alone. */
  readonly item?: number;
}

/**
 * The exact files, inputs, argv and environment of one attempt. Pure but for the look for secrets. What people wrote arrives unchanged, and nothing
 * in it is read as a placeholder. Inputs that the job does not refer to are not part of it.
 *
 * Throws where the job would lack something: `input.text_empty`, `input.text_too_long` {bytes, maxBytes, model}, `input.text_forbidden` {text, model}, `input.text_json_object` {model}, `input.role_missing`, `input.weights_all_zero`,
 * `input.text_nul` (in argv or environment), an `input.parameter_*` code, `input.rule_broken`, `input.model_unavailable` {model, reason}
 * (too few or too many GPUs, or the bot's own tool is out of reach), `input.secret_missing` {model, secret}.
 */
export function buildJob(request: JobRequest): AttemptPlan {
  refuseIncomplete(request);
  const values = new JobValues(request);
  const files = renderFiles(request, values);
  return completeJob(request, values, files, () => usedInputs(request, values));
}

/** The inputs that a run's values were asked for, under the names that these gave them. */
export function usedInputs({ inputs, item }: JobRequest, { usedRoles }: JobValues): JobInput[] {
  return inputs
    .filter(({ role }) => usedRoles.has(role))
    .map((input) => ({ path: `in/${inputFileName(input, item)}`, asset: input.asset.sha256 }));
}

/** A job with these files; `inputs` is asked once all values are written. */
export function completeJob(
  request: JobRequest,
  values: JobValues,
  files: readonly JobFile[],
  inputs: () => readonly JobInput[],
): AttemptPlan {
  const { argv, environment } = renderCommand(request, values);
  const container = renderContainer(request, values);
  const secretEnvironment = secretsOf(request);
  return {
    attempt: request.attempt,
    instance: request.instance,
    files,
    inputs: inputs(),
    argv,
    environment,
    ...(Object.keys(secretEnvironment).length > 0 && { secretEnvironment }),
    workingDirectory: request.profile.command.working_directory,
    ...(container !== undefined && { container }),
    gpus: request.gpus,
    stopGraceMs: request.stopGraceMs,
  };
}

/** Throws what `buildJob` throws before it writes anything. */
export function refuseIncomplete(request: JobRequest): void {
  const { profile, parameters, inputs, gpus } = request;
  const { requires, id: model } = profile;
  const [unreadable] = textProblems(profile, request);
  if (unreadable !== undefined) throw new CosmosError(unreadable.code, unreadable.parameters);
  if (gpus.length < requires.min_gpus || gpus.length > (requires.max_gpus ?? Infinity)) {
    throw new CosmosError('input.model_unavailable', { model, reason: 'gpu_count', given: gpus.length });
  }
  for (const [role, input] of Object.entries(profile.inputs)) {
    if (input?.required === true && !inputs.some((given) => given.role === role)) {
      throw new CosmosError('input.role_missing', { role, model });
    }
  }
  const roles = new Set(inputs.map(({ role }) => role));
  refuseParameters(profile, parameters, roles);
  if (Object.keys(profile.controls).length > 0 && activeControls(profile, parameters, roles).length === 0) {
    throw new CosmosError('input.weights_all_zero', { model, parameters: weightParameters(profile) });
  }
}

/** Where a secret was looked for is not said: whoever asked for the run need not know the places of the bot. */
function secretsOf({ profile, secrets }: JobRequest): Readonly<Record<string, Secret>> {
  const entries = Object.entries(profile.command.secret_environment).map(([name, reference]) => {
    const found = secrets(reference);
    if (found.ok) return [name, found.value] as const;
    throw new CosmosError('input.secret_missing', { model: profile.id, secret: name });
  });
  return Object.fromEntries(entries);
}

/** A value that is filled in only now would not be the one that is stored with the run. */
function refuseParameters(profile: Profile, parameters: ParameterValues, roles: ReadonlySet<Role>): void {
  const checked = checkParameters(profile, parameters, roles);
  if (!checked.ok) {
    const [problem] = checked.problems;
    throw new CosmosError(problem.code, problem.parameters);
  }
  const absent = Object.keys(checked.value).find((name) => !Object.hasOwn(parameters, name));
  if (absent !== undefined) {
    throw new CosmosError('internal.unexpected', { detail: `${profile.id}: no value for ${absent}` });
  }
}

import type { HostConfig, RunTimeouts } from '../config/config.ts';
import type { SecretLookup } from '../config/secret.ts';
import { CosmosError } from '../errors.ts';
import { attemptId, type HostName, type InstanceId, type JobId } from '../ids.ts';
import { buildJob } from '../models/build-job.ts';
import { asPrepared } from '../models/prepare.ts';
import type { Profile } from '../models/profile.ts';
import type { AttemptPlan, Host, JobPaths } from '../ports/host.ts';
import type { CheckedOrder } from '../runs/run-service.ts';

/** Stands for the id that a job gets when a lane takes it. */
const NO_JOB = 'jb_00000000' as JobId;

/** Shows what a run would send to its host, made by the very code that sends it. */
export class JobPlanner {
  readonly #hosts: ReadonlyMap<HostName, Pick<Host, 'paths'>>;
  readonly #configured: readonly HostConfig[];
  readonly #instance: InstanceId;
  readonly #timeouts: (profile: Profile) => RunTimeouts;
  readonly #secrets: SecretLookup;

  constructor(parts: {
    hosts: ReadonlyMap<HostName, Pick<Host, 'paths'>>;
    configured: readonly HostConfig[];
    instance: InstanceId;
    timeouts: (profile: Profile) => RunTimeouts;
    secrets: SecretLookup;
  }) {
    this.#hosts = parts.hosts;
    this.#configured = parts.configured;
    this.#instance = parts.instance;
    this.#timeouts = parts.timeouts;
    this.#secrets = parts.secrets;
  }

  /** With `paths` in the place of the host's own. Throws what `buildJob` throws. */
  preview({ prompt, model, parameters }: CheckedOrder, paths?: JobPaths): AttemptPlan {
    const host = this.#hosts.get(model.host);
    const lane = this.#configured.find(({ name }) => name === model.host)?.lanes[0];
    if (host === undefined || lane === undefined) {
      throw new CosmosError('input.model_unavailable', { model: model.profile.id });
    }
    const attempt = attemptId(NO_JOB, 1);
    return buildJob({
      profile: model.profile,
      text: prompt.text,
      negativeText: prompt.negativeText,
      inputs: prompt.inputs.map((input) => asPrepared(model.profile, input)),
      parameters,
      paths: paths ?? host.paths(attempt),
      attempt,
      instance: this.#instance,
      gpus: lane.gpus,
      stopGraceMs: this.#timeouts(model.profile).cancelGraceMs,
      secrets: this.#secrets,
    });
  }
}

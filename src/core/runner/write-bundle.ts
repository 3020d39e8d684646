import { mkdir } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { toCosmosError } from '../errors.ts';
import type { AttemptId, RunId } from '../ids.ts';
import type { Profile } from '../models/profile.ts';
import { packageVersion } from '../package-root.ts';
import type { AttemptPlan, HostFacts } from '../ports/host.ts';
import { mapFileErrors } from '../prompts/file-errors.ts';
import { type Bundle, type BundleMachine, readJson, type SentJob, writeJson } from '../runs/bundle.ts';
import type { RunOutput } from '../runs/run.ts';
import type { Attempt } from './attempt.ts';
import { isNamed } from './gpu-proof.ts';
import type { LaneContext } from './lane-context.ts';

/** Keeps what an attempt is about to get, for the bundles of its runs. */
export async function keepSent(
  { data }: LaneContext,
  plan: AttemptPlan,
  runs: readonly RunId[],
): Promise<void> {
  const { attempt, files, inputs, argv, environment, workingDirectory, container, gpus } = plan;
  const sent: SentJob = {
    ...{ attempt, files, inputs, argv, environment, workingDirectory, gpus },
    ...(container && { container }),
    secretVariables: Object.keys(plan.secretEnvironment ?? {}),
  };
  for (const run of runs) {
    const path = data.sent(run, attempt);
    await mapFileErrors('bundle', async () => await mkdir(dirname(path), { recursive: true }));
    await writeJson(path, sent);
  }
}

/** Writes the bundle of a result beside its outputs. What the host does not tell now is left out: the result counts. */
export async function writeBundle(
  context: LaneContext,
  attempt: Attempt,
  id: RunId,
  outputs: readonly RunOutput[],
  signal: AbortSignal,
): Promise<void> {
  const { store, profiles, data, clock, lane } = context;
  const run = store.runs.get(id);
  const profile = run && profiles.get(run.profileHash);
  if (run === undefined || profile === undefined) return;
  const { promptId, promptName, text, negativeText, parameters, parent } = run;
  const sent = readJson(data.sent(id, attempt.id));
  const bundle: Bundle = {
    format: 1,
    version: packageVersion(),
    run: { id, promptId, promptName, text, negativeText, parameters, ...(parent && { parent }) },
    profileHash: run.profileHash,
    profile,
    inputs: run.inputs.map(({ role, originalName: name, asset: { sha256, bytes, facts } }) => {
      return { role, name, sha256, bytes, facts };
    }),
    ...(isSent(sent) && { sent }),
    machine: { lane, ...machine(context, profile, await askedFacts(context, attempt.id, signal)) },
    times: {
      queuedAt: run.queuedAt,
      ...(run.startedAt !== undefined && { startedAt: run.startedAt }),
      collectedAt: clock.now(),
    },
    outputs: outputs.map(({ kind, purpose, label, path, sha256, bytes, facts }) => {
      return { kind, purpose, label, file: basename(path), sha256, bytes, ...(facts && { facts }) };
    }),
  };
  await writeJson(data.bundle(id), bundle);
}

function machine(
  { host, gpus }: LaneContext,
  { container }: Profile,
  facts: HostFacts | undefined,
): Omit<BundleMachine, 'lane'> {
  const digest = facts?.engine?.imageOfAttempt;
  const listed = facts?.gpus.state === 'listed' ? facts.gpus.gpus : [];
  return {
    host: host.name,
    ...(facts?.engine !== undefined &&
      container !== undefined && { image: { name: container.image, ...(digest && { digest }) } }),
    gpus: listed
      .filter((gpu) => gpus.some((name) => isNamed(gpu, name)))
      .map(({ index, name, uuid, driver, memoryTotalBytes }) => ({
        ...{ index, name, uuid },
        ...(driver !== undefined && { driver }),
        ...(memoryTotalBytes !== undefined && { memoryTotalBytes }),
      })),
  };
}

async function askedFacts(
  { host, logger }: LaneContext,
  attempt: AttemptId,
  signal: AbortSignal,
): Promise<HostFacts | undefined> {
  try {
    return await host.facts({ images: [], paths: [], attempt }, signal);
  } catch (error) {
    if (signal.aborted) throw error;
    logger.warn({ attempt, err: toCosmosError(error) }, 'the bundle does not say on what it was made');
    return undefined;
  }
}

function isSent(content: unknown): content is SentJob {
  return typeof content === 'object' && content !== null && 'argv' in content;
}

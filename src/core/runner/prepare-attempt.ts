import { buildBatchJob } from '../models/build-batch-job.ts';
import type { JobRequest } from '../models/build-job.ts';
import type { HostAsset } from '../ports/host.ts';
import type { Attempt } from './attempt.ts';
import type { LaneContext } from './lane-context.ts';
import { preparedInputs } from './prepare-inputs.ts';
import type { ReadyAttempt, ReadyRun } from './ready-run.ts';
import { showTransfer } from './show-transfer.ts';
import { keepSent } from './write-bundle.ts';

/**
 * Brings everything that the attempt needs to the host, whichever host answers; may be repeated after any crash.
 * Starts nothing. Throws what the host and `buildBatchJob` throw.
 */
export async function prepareAttempt(
  context: LaneContext,
  attempt: Attempt,
  { items: given }: ReadyAttempt,
  signal: AbortSignal,
): Promise<void> {
  const { host, store, data } = context;
  const hostId = await host.identify(signal);
  const items = await prepareItems(context, given, signal);
  const [lead, ...others] = items;
  const plan = buildBatchJob([
    requestOf(context, attempt, lead),
    ...others.map((item) => requestOf(context, attempt, item)),
  ]);
  store.attempts.setHost(attempt, hostId);
  const used = new Set(plan.inputs.map(({ asset }) => asset));
  const assets = new Map(
    items
      .flatMap(({ run }) => run.inputs)
      .map(({ asset: { sha256, bytes } }): HostAsset => {
        return { sha256, bytes, path: data.asset(sha256), attempt: attempt.id };
      })
      .filter(({ sha256 }) => used.has(sha256))
      // What is too large for the host is refused before anything is sent.
      .toSorted((a, b) => b.bytes - a.bytes)
      .map((asset) => [asset.sha256, asset]),
  );
  const runs = items.map(({ run }) => run.id);
  const sizes = new Map([...assets].map(([sha256, { bytes }]) => [sha256, bytes]));
  await showTransfer(context, runs, 'uploading', sizes, async (report) => {
    for (const asset of assets.values()) {
      await host.putAsset(asset, (done) => report(asset.sha256, done), signal);
    }
  });
  for (const run of runs) store.runs.setStage(run, 'preparing');
  await keepSent(context, plan, runs);
  await host.prepare(plan, signal);
}

/** The same runs with the inputs as their model wants them. */
async function prepareItems(
  context: LaneContext,
  [lead, ...others]: ReadyAttempt['items'],
  signal: AbortSignal,
): Promise<ReadyAttempt['items']> {
  const prepare = async (item: ReadyRun): Promise<ReadyRun> => {
    const inputs = await preparedInputs(context, item.run, item.profile, signal);
    return { ...item, run: { ...item.run, inputs } };
  };
  const first = await prepare(lead);
  const rest: ReadyRun[] = [];
  for (const item of others) rest.push(await prepare(item));
  return [first, ...rest];
}

function requestOf(context: LaneContext, attempt: Attempt, { run, profile }: ReadyRun): JobRequest {
  return {
    profile,
    text: run.text,
    negativeText: run.negativeText,
    inputs: run.inputs,
    parameters: run.parameters,
    paths: context.host.paths(attempt.id),
    attempt: attempt.id,
    instance: context.instance,
    gpus: context.gpus,
    stopGraceMs: context.timeouts(profile).cancelGraceMs,
    secrets: context.secrets,
  };
}

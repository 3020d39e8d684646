import { buildJob } from '../models/build-job.ts';
import type { HostAsset } from '../ports/host.ts';
import type { Attempt } from './attempt.ts';
import type { LaneContext } from './lane-context.ts';
import type { ReadyRun } from './ready-run.ts';
import { showTransfer } from './show-transfer.ts';

/**
 * Brings everything that the attempt needs to the host, whichever host answers; may be repeated after any crash.
 * Starts nothing. Throws what the host and `buildJob` throw.
 */
export async function prepareAttempt(
  context: LaneContext,
  attempt: Attempt,
  ready: ReadyRun,
  signal: AbortSignal,
): Promise<void> {
  const { host, store, data } = context;
  const { run, profile } = ready;
  const hostId = await host.identify(signal);
  const plan = buildJob({
    profile,
    text: run.text,
    negativeText: run.negativeText,
    inputs: run.inputs,
    parameters: run.parameters,
    paths: host.paths(attempt.id),
    attempt: attempt.id,
    instance: context.instance,
    gpus: context.gpus,
    stopGraceMs: context.timeouts(profile).cancelGraceMs,
    secrets: context.secrets,
  });
  store.attempts.setHost(attempt, hostId);
  const used = new Set(plan.inputs.map(({ asset }) => asset));
  const assets = new Map(
    run.inputs
      .map(({ asset: { sha256, bytes } }): HostAsset => {
        return { sha256, bytes, path: data.asset(sha256), attempt: attempt.id };
      })
      .filter(({ sha256 }) => used.has(sha256))
      // What is too large for the host is refused before anything is sent.
      .toSorted((a, b) => b.bytes - a.bytes)
      .map((asset) => [asset.sha256, asset]),
  );
  const sizes = new Map([...assets].map(([sha256, { bytes }]) => [sha256, bytes]));
  await showTransfer(context, run.id, 'uploading', sizes, async (report) => {
    for (const asset of assets.values()) {
      await host.putAsset(asset, (done) => report(asset.sha256, done), signal);
    }
  });
  store.runs.setStage(run.id, 'preparing');
  await host.prepare(plan, signal);
}

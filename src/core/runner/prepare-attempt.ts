import { buildJob } from '../models/build-job.ts';
import type { HostAsset } from '../ports/host.ts';
import type { Attempt } from './attempt.ts';
import type { LaneContext } from './lane-context.ts';
import type { ReadyRun } from './ready-run.ts';

/** How often upload progress is stored, ms. */
const PROGRESS_INTERVAL_MS = 500;

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
  const used = new Set(plan.inputs.map(({ asset }) => asset));
  const assets = run.inputs
    .map(({ asset: { sha256, bytes } }): HostAsset => ({ sha256, bytes, path: data.asset(sha256) }))
    .filter(({ sha256 }) => used.has(sha256));
  const report = uploadReporter(context, ready, assets);
  store.write(() => {
    store.attempts.setHost(attempt, hostId);
    if (assets.length > 0) store.runs.setStage(run.id, 'uploading');
  });
  for (const asset of assets) await host.putAsset(asset, (done) => report(asset, done), signal);
  await host.prepare(plan, signal);
}

function uploadReporter(context: LaneContext, { run }: ReadyRun, assets: readonly HostAsset[]) {
  const { clock, store, wakeup } = context;
  const totalBytes = assets.reduce((sum, asset) => sum + asset.bytes, 0);
  const begunAt = clock.now();
  const done = new Map<string, number>();
  let storedAt = begunAt;
  return (asset: HostAsset, bytes: number): void => {
    done.set(asset.sha256, bytes);
    const now = clock.now();
    if (now - storedAt < PROGRESS_INTERVAL_MS) return;
    storedAt = now;
    const doneBytes = [...done.values()].reduce((sum, part) => sum + part, 0);
    const seconds = (now - begunAt) / 1000;
    const rate = seconds > 0 ? { bytesPerSecond: doneBytes / seconds } : {};
    store.runs.setProgress(run.id, {
      transfer: { doneBytes, totalBytes, ...rate },
      logTail: [],
      updatedAt: now,
    });
    wakeup.notify();
  };
}

import { type HostConfig, needsWatch } from '../config/config.ts';
import type { LaneName } from '../ids.ts';
import type { UtcMs } from '../ports/clock.ts';
import { type Run, transferOf } from '../runs/run.ts';
import type { HostReading } from '../store/host-readings.ts';
import type { Store } from '../store/store.ts';
import type { HostStatusFacts, HostStatusView, LaneStatusView } from './queue-view.ts';

/** A watched host is asked more often than this, whatever it does or fails to do, ms. */
const CURRENT_MS = 11 * 60_000;

export interface HostViewParts {
  readonly store: Pick<Store, 'lanes' | 'hostReadings'>;
  readonly isDriven: (lane: LaneName) => boolean;
  /** All active runs. */
  readonly active: readonly Run[];
  readonly now: UtcMs;
}

/** How a host is, as far as anybody knows: what its runs last heard of it, else its last reading. */
export function hostView(host: HostConfig, parts: HostViewParts): HostStatusView {
  const { store, active, now } = parts;
  const lanes = host.lanes.map((lane) => laneView(host, lane, parts));
  const reading = store.hostReadings.get(host.name);
  const own = active.filter(({ lane }) => host.lanes.some(({ name }) => name === lane));
  return {
    host: host.name,
    ...condition(reading, earliestSilence(own), needsWatch(host)),
    isLocal: !needsWatch(host),
    isCurrent: reading === undefined ? !needsWatch(host) : now - reading.askedAt <= CURRENT_MS,
    ...(reading && { askedAt: reading.askedAt }),
    ...(reading?.answer && { facts: statusFacts(reading.answer) }),
    lanes,
  };
}

/** A run that does not hear from its host says more than a reading that is older. */
function condition(
  reading: HostReading | undefined,
  silentSince: UtcMs | undefined,
  needsReading: boolean,
): Pick<HostStatusView, 'state' | 'since' | 'problem'> {
  const { failure } = reading ?? {};
  const isSilent = failure?.problem.code === 'engine.host_unreachable';
  if (silentSince !== undefined) {
    if (!isSilent) return { state: 'unreachable', since: silentSince };
    return { state: 'unreachable', since: Math.min(silentSince, failure.since), problem: failure.problem };
  }
  if (failure !== undefined) {
    return { state: isSilent ? 'unreachable' : 'reachable', since: failure.since, problem: failure.problem };
  }
  return { state: reading === undefined && needsReading ? 'unknown' : 'reachable' };
}

function earliestSilence(runs: readonly Run[]): UtcMs | undefined {
  const since = runs.flatMap((run) => run.unreachableSince ?? []);
  return since.length === 0 ? undefined : Math.min(...since);
}

function statusFacts({ at, facts }: NonNullable<HostReading['answer']>): HostStatusFacts {
  const { gpus, diskFreeBytes, engine } = facts;
  return { answeredAt: at, gpus, diskFreeBytes, ...(engine && { engineVersion: engine.version }) };
}

function laneView(
  host: HostConfig,
  { name, gpus }: HostConfig['lanes'][number],
  { store, isDriven: drives, active }: HostViewParts,
): LaneStatusView {
  const { blocked, driver } = store.lanes.get(name);
  const isDriven = drives(name);
  const runs = active.filter(({ lane }) => lane === name);
  const run = runs.find(({ progress }) => progress?.batch?.state === 'works') ?? runs[0];
  const base = {
    ...{ lane: name, host: host.name, gpus },
    ...(run && { now: laneRun(run, runs.length - 1, isDriven) }),
    ...(isDriven && driver && { driver }),
  };
  const problem = blocked ?? run?.problem;
  if (problem !== undefined) return { ...base, state: 'blocked', problem };
  if (!isDriven) return { ...base, state: 'undriven' };
  return { ...base, state: run === undefined ? 'idle' : 'running' };
}

/** Without a driver nobody knows what is left. */
function laneRun(run: Run, others: number, isDriven: boolean): NonNullable<LaneStatusView['now']> {
  const { percent, remainingMs } = run.progress ?? {};
  const transfer = isDriven ? transferOf(run) : undefined;
  return {
    run: run.id,
    ...(others > 0 && { others }),
    promptName: run.promptName,
    ownerName: run.ownerName,
    ...(percent !== undefined && { percent }),
    ...(isDriven && remainingMs && { remainingMs }),
    ...(transfer && run.stage && { transfer: { ...transfer, stage: run.stage } }),
  };
}

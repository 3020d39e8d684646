import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as after } from 'node:timers/promises';
import { systemClock } from '../../../src/bot/system-clock.ts';
import { systemRandom } from '../../../src/bot/system-random.ts';
import { explain } from '../../../src/bot/wording/explain.ts';
import type { ErrorCode } from '../../../src/core/errors.ts';
import type { Run, RunState } from '../../../src/core/runs/run.ts';
import { Store } from '../../../src/core/store/store.ts';
import { Bots } from './bots.ts';
import type { Fault, Scene } from './faults.ts';
import { type GpuBox, isOf } from './gpu-box.ts';
import { holdOf, PHASE_NAMES, type PhaseName } from './phases.ts';
import type { Place } from './place.ts';

/** A slow machine brings all bots to their phases within this, ms; and to their ends. */
const REACH_MS = 60_000;
const END_MS = 60_000;
/** What is left on the host goes within this, ms. */
const TIDY_MS = 20_000;
const LOOK_AGAIN_MS = 200;

/** What a fault has made of the run that it met in one phase. */
export interface Seen {
  readonly outcome: RunState;
  readonly starts: number;
  readonly code?: ErrorCode;
  readonly words: string;
  /** Whether the video here is the one that the job wrote on the host, byte for byte. */
  readonly isSameVideo: boolean;
  /** Whether the model, if it began, saw the input that is here. */
  readonly isSameInput: boolean;
  /** How often the run has ended. */
  readonly ends: number;
  readonly left: readonly string[];
  readonly isForeignWhole: boolean;
}

export interface Played {
  readonly seen: ReadonlyMap<PhaseName, Seen>;
  readonly log: (phase: PhaseName) => string;
}

/**
 * Brings a bot to each phase that the fault names, lets the fault strike all of them at once, mends it, and waits until
 * the dust has settled.
 */
export async function play(box: GpuBox, fault: Fault, name: string): Promise<Played> {
  const phases = PHASE_NAMES.filter((phase) => typeof fault.ends[phase] !== 'string');
  const places = await Promise.all(phases.map((phase) => box.makePlace(name, phase)));
  await fault.prepare?.({ box, places });
  const first = Bots.start(places, true);
  const scene: Scene = { box, places, bots: first };
  try {
    await reachAll(scene, phases);
    first.forgetTroubles();
    const mend = await fault.strike(scene);
    box.thaw();
    first.request('release');
    await Promise.all(places.map((place) => place.release()));
    await require(scene, 'troubled', fault.seenBy ?? [], END_MS);
    await mend?.();
    await require(scene, 'ended', phases, END_MS);
    const left = await settle(box, places);
    const code = await scene.bots.close();
    if (code !== 0) throw new Error(`the bots ended with ${code}`);
    const seen = new Map<PhaseName, Seen>();
    for (const place of places) seen.set(place.phase, await look(place, left.get(place) ?? []));
    const { bots } = scene;
    return {
      seen,
      log: (phase) => [...new Set([first, bots])].flatMap((each) => each.log(phase)).join('\n'),
    };
  } finally {
    await first[Symbol.asyncDispose]();
    await scene.bots[Symbol.asyncDispose]();
    for (const place of places) await box.clear(place);
  }
}

async function reachAll(scene: Scene, phases: readonly PhaseName[]): Promise<void> {
  const onHost = (phase: PhaseName): boolean => {
    const hold = holdOf(phase);
    return 'on' in hold && hold.on === 'host';
  };
  const within = phases.filter((phase) => 'within' in holdOf(phase));
  await require(scene, 'reached', phases.filter((phase) => !onHost(phase)), REACH_MS);
  for (const place of scene.places) {
    if (onHost(place.phase)) await place.untilStarting(REACH_MS);
  }
  scene.bots.request('open');
  await require(scene, 'frozen', within, REACH_MS);
}

async function require(
  { bots }: Scene,
  kind: 'reached' | 'frozen' | 'ended' | 'troubled',
  phases: readonly PhaseName[],
  deadlineMs: number,
): Promise<void> {
  const lacking = await bots.until(kind, phases, deadlineMs);
  if (lacking.length === 0) return;
  const logs = lacking.flatMap((phase) => bots.log(phase)).join('\n');
  throw new Error(`not ${kind}: ${lacking.join(', ')}\n${logs}`);
}

/** Waits until nothing is left of any run; returns what is left all the same. */
async function settle(box: GpuBox, places: readonly Place[]): Promise<ReadonlyMap<Place, readonly string[]>> {
  const deadline = Date.now() + TIDY_MS;
  for (;;) {
    const left = new Map<Place, readonly string[]>();
    const containers = await box.containers();
    for (const place of places) {
      left.set(place, [
        ...(await place.leftOnHost()),
        ...containers.filter(({ mounts }) => isOf(place, mounts)).map(({ id }) => `container ${id}`),
        ...(await box.userProcesses(place)).map((pid) => `process ${pid}`),
      ]);
    }
    const isClean = [...left.values()].every((names) => names.length === 0);
    if (isClean || Date.now() > deadline) return left;
    await after(LOOK_AGAIN_MS);
  }
}

async function look(place: Place, leftOnHost: readonly string[]): Promise<Seen> {
  const store = new Store(place.path('data/cosmos.db'), { clock: systemClock, random: systemRandom });
  try {
    const runs = store.runs.list({ limit: 10 });
    const [run] = runs;
    if (run === undefined || runs.length !== 1) throw new Error(`${runs.length} runs`);
    const { problem } = run;
    const told = problem && explain(problem);
    const starts = (await place.starts()).length;
    return {
      outcome: run.state,
      starts,
      ...(problem && { code: problem.code }),
      words: told === undefined ? '' : `${told.sentence} ${told.nextStep}`,
      isSameVideo: await isSameVideo(place, run),
      isSameInput: starts === 0 || (await sha256(place.path('clip.mp4'))) === (await place.onHost('input')),
      ends: store.events.ofRun(run.id).filter(({ type }) => type === 'run.finished').length,
      left: [...leftOnHost, ...(await place.leftWithBot())],
      isForeignWhole: await place.isForeignWhole(),
    };
  } finally {
    store.close();
  }
}

async function isSameVideo(place: Place, run: Run): Promise<boolean> {
  const [video] = run.outputs;
  if (video === undefined) return false;
  const here = await sha256(video.path);
  return here === (await place.onHost('video')) && here === video.sha256;
}

async function sha256(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
}

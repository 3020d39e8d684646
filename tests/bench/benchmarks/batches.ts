import { join } from 'node:path';
import type { BatchLimits } from '../../../src/core/config/config.ts';
import type { Profile } from '../../../src/core/models/profile.ts';
import { BATCHED } from '../../core/runner/batch-bench.ts';
import { type Arrival, type Outcome, simulate } from '../batch/simulate.ts';
import type { Benchmark, Figure, Goal } from '../figure.ts';

/** The bot's own defaults. */
const OURS: BatchLimits = { maxItems: 8, maxOvertaken: 4, maxMs: 3_600_000 };
/** Everything that fits and waits goes together, whoever it passes. */
const IDEAL: BatchLimits = { maxItems: 64, maxOvertaken: 1e9, maxMs: 1e12 };
/** As transfer1 has them: five minutes for a run alone, half of it for loading. */
const TIMES = { load: 150, work: 150 };
const PROFILE: Profile = {
  ...BATCHED,
  ...(BATCHED.batch && { batch: { ...BATCHED.batch, max_items: 64 } }),
  timing: {
    ...BATCHED.timing,
    load_seconds: TIMES.load,
    samples: [{ frames: 24, width: 64, height: 64, steps: 1, seconds: TIMES.load + TIMES.work }],
  },
};

/** Always the same numbers from 0 to 1. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

/** 24 variants that one person asks for at once. */
const SWEEP: readonly Arrival[] = Array.from({ length: 24 }, () => ({ at: 0, who: 'ana', kind: 1 }));

/** Four people through three hours, each with a few runs at a time of settings of their own or of the studio's. */
const STUDIO: readonly Arrival[] = (() => {
  const next = numbers(3);
  return Array.from({ length: 30 }, () => {
    const at = Math.floor(next() * 3 * 3600);
    const who = ['ana', 'ben', 'eve', 'kim'][Math.floor(next() * 4)] ?? 'ana';
    const kind = 1 + Math.floor(next() * 4);
    const runs = 1 + Math.floor(next() * 5);
    return Array.from({ length: runs }, () => ({ at, who, kind }));
  }).flat();
})();

/** The same, where one run in eight is blocked and ends the job of the others. */
const BLOCKED: readonly Arrival[] = (() => {
  const next = numbers(5);
  return STUDIO.map((arrival) => ({ ...arrival, isBlocked: next() < 1 / 8 }));
})();

/** Runs of which no two fit together. */
const STRANGERS: readonly Arrival[] = STUDIO.map((arrival, kind) => ({ ...arrival, kind }));

const WORKLOADS: readonly (readonly [name: string, arrivals: readonly Arrival[], goal: Goal])[] = [
  ['24 variants at once', SWEEP, { kind: 'ratio_at_most', value: 0.65 }],
  ['a studio, three hours', STUDIO, { kind: 'ratio_at_most', value: 0.85 }],
  ['a studio, one in eight blocked', BLOCKED, { kind: 'ratio_at_most', value: 0.9 }],
  ['runs that do not fit', STRANGERS, { kind: 'ratio_at_most', value: 1 }],
];

/**
 * What batches do to a queue, in simulated time: how long everything takes, and how long somebody waits for a result,
 * beside one run after the other, and beside all that fit together at once. The same on every machine.
 */
export const batches: Benchmark = {
  name: 'batches',
  async measure(directory) {
    return WORKLOADS.flatMap(([name, arrivals, goal], index): Figure[] => {
      const run = (policy: string, limits?: BatchLimits): Outcome =>
        simulate(join(directory, `${index}-${policy}.db`), arrivals, {
          profile: PROFILE,
          times: TIMES,
          ...(limits && { limits }),
        });
      const [apart, ours, ideal] = [run('apart'), run('ours', OURS), run('ideal', IDEAL)];
      const figure = (what: string, of: (outcome: Outcome) => number): Figure[] => [
        minutes(`${name}: ${what}`, of(ours), 'one by one', of(apart), goal),
        minutes(`… against all that fit at once`, of(ours), 'ideal', of(ideal)),
      ];
      return [
        ...figure('all done after', ({ makespan }) => makespan),
        ...figure('mean wait for a result', ({ waits }) => mean(waits)),
        ...figure('19 of 20 wait no longer than', ({ waits }) => percentile(waits, 0.95)),
      ];
    });
  },
};

function minutes(name: string, seconds: number, baseline: string, other: number, goal?: Goal): Figure {
  return {
    name,
    unit: 'min',
    values: [seconds / 60],
    baseline: { name: baseline, values: [other / 60] },
    ...(goal && { goal }),
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? 0;
}

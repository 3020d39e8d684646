import type { BatchLimits } from '../../../src/core/config/config.ts';
import type { LaneName, PrincipalId, RunId } from '../../../src/core/ids.ts';
import type { Profile } from '../../../src/core/models/profile.ts';
import { StoredProfiles } from '../../../src/core/models/stored-profiles.ts';
import { batchRules } from '../../../src/core/queue/batch-rules.ts';
import { composeBatch } from '../../../src/core/queue/compose-batch.ts';
import type { Attempt } from '../../../src/core/runner/attempt.ts';
import type { RunEnd, RunReturn } from '../../../src/core/store/run-ends.ts';
import { Store } from '../../../src/core/store/store.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';
import { FakeRandom } from '../../fakes/fake-random.ts';
import { addPrompt, addRun, somebody } from '../../support/queued-runs.ts';

const LANE = 'gpu/one' as LaneName;

/** A run that somebody asks for. */
export interface Arrival {
  /** Seconds from the beginning. */
  readonly at: number;
  readonly who: string;
  /** Runs of one kind fit together. */
  readonly kind: number;
  /** The model's guardrail stops it as it begins, and with it the job. */
  readonly isBlocked?: boolean;
}

/** Seconds. */
export interface Outcome {
  /** Until the last run has its result. */
  readonly makespan: number;
  /** From the asking to the result, of each run. */
  readonly waits: readonly number[];
  readonly loads: number;
}

/** How long a model takes, seconds. */
export interface ModelTimes {
  readonly load: number;
  readonly work: number;
}

/**
 * One lane that works off these runs, in simulated time: what it takes is decided by the store and the rules of the bot
 * themselves. Without `limits` each run loads its model for itself.
 */
export function simulate(
  path: string,
  arrivals: readonly Arrival[],
  { profile, times, limits }: { profile: Profile; times: ModelTimes; limits?: BatchLimits },
): Outcome {
  const clock = new FakeClock();
  const began = clock.now();
  using store = new Store(path, { clock, random: new FakeRandom(7) });
  const prompt = addPrompt(store, somebody(store), 'street');
  const people = new Map<string, PrincipalId>();
  const asked = new Map<RunId, Arrival>();
  const profiles = new StoredProfiles(store.runs);
  const coming = arrivals.toSorted((a, b) => a.at - b.at);
  const waits: number[] = [];
  let now = 0;
  let loads = 0;
  let makespan = 0;

  const arrive = (): void => {
    for (let next = coming[0]; next !== undefined && next.at <= now; next = coming[0]) {
      coming.shift();
      const owner = people.get(next.who) ?? somebody(store, next.who).id;
      people.set(next.who, owner);
      const parameters = { seed: next.kind };
      asked.set(
        addRun(store, prompt, profile, { owner, parameters, queuedAt: began + next.at * 1000 }),
        next,
      );
    }
  };
  const claim = (): Attempt | undefined =>
    store.attempts.claim(LANE, [profile.id], store.instance, undefined, (id) => {
      const head = store.runs.get(id);
      if (limits === undefined || head === undefined) return { runs: [id], overtaken: [] };
      const rules = batchRules({ store, profiles, limits, ownProfiles: new Map() });
      const { runs, overtaken } = composeBatch(head, store.runs.queued(), rules);
      return { runs: runs.map((run) => run.id), overtaken };
    });
  const work = (attempt: Attempt): void => {
    const ends = new Map<RunId, RunEnd | RunReturn>();
    now += times.load;
    loads += 1;
    let hasStopped = false;
    for (const { run } of attempt.items) {
      const arrival = asked.get(run);
      if (arrival === undefined || hasStopped) {
        ends.set(run, { outcome: 'returned', problem: { code: 'queue.batch_left', parameters: {} } });
        continue;
      }
      hasStopped = arrival.isBlocked === true;
      if (!hasStopped) now += times.work;
      ends.set(run, { outcome: hasStopped ? 'blocked' : 'done', outputs: [] });
      waits.push(now - arrival.at);
      makespan = now;
    }
    store.attempts.end(attempt, { outcome: 'done', outputs: [], items: ends });
  };

  while (coming.length > 0 || store.runs.queued().length > 0) {
    arrive();
    const attempt = claim();
    if (attempt === undefined) now = coming[0]?.at ?? now;
    else work(attempt);
  }
  return { makespan, waits, loads };
}

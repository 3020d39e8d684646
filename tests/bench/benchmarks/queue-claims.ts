import { join } from 'node:path';
import { systemClock } from '../../../src/bot/system-clock.ts';
import { systemRandom } from '../../../src/bot/system-random.ts';
import type { Principal } from '../../../src/core/access/principal.ts';
import { type LaneName, newId, type ProfileId, type Sha256 } from '../../../src/core/ids.ts';
import type { Prompt } from '../../../src/core/prompts/prompt.ts';
import { Store } from '../../../src/core/store/store.ts';
import type { Benchmark } from '../figure.ts';
import { insertFinishedRuns } from '../finished-runs.ts';

const HISTORY = 1_000_000;
const ROUNDS = 9;
/** Runs of one round, and how many people queue them. */
const RUNS = 200;
const PEOPLE = 10;

const LANE = 'here/cpu' as LaneName;
const PROFILE = 'preview' as ProfileId;

const FLAT = { kind: 'ratio_at_least', value: 0.9 } as const;

/**
 * What a queue does, each step its own transaction on disk: insert, then claim and end through the stores that the
 * lanes use, then the newest 20. On an empty database and on one with a million finished runs, by turns.
 */
export const queueClaims: Benchmark = {
  name: 'queue-claims',
  measure: async (directory) => {
    using empty = new BenchedQueue(join(directory, 'empty.db'));
    using full = new BenchedQueue(join(directory, 'full.db'));
    insertFinishedRuns(join(directory, 'full.db'), HISTORY, { prompt: full.prompt, profileHash: 'hash' });
    const rates = { empty: emptyRates(), full: emptyRates() };
    for (let round = -1; round < ROUNDS; round += 1) {
      const measured = { empty: empty.round(), full: full.round() };
      if (round < 0) continue;
      for (const side of ['empty', 'full'] as const) {
        for (const step of STEPS) rates[side][step].push(measured[side][step]);
      }
    }
    return STEPS.map((step) => ({
      name: `${step}, ${HISTORY.toLocaleString('en')} finished runs`,
      unit: '/s',
      values: rates.full[step],
      baseline: { name: '/s without history', values: rates.empty[step] },
      ...(step === 'queue claim' && { goal: FLAT }),
    }));
  },
};

const STEPS = ['queue insert', 'queue claim', 'queue end', 'list newest 20'] as const;
type Rates<T> = Record<(typeof STEPS)[number], T>;

function emptyRates(): Rates<number[]> {
  return { 'queue insert': [], 'queue claim': [], 'queue end': [], 'list newest 20': [] };
}

class BenchedQueue implements Disposable {
  readonly prompt: Prompt;
  readonly #store: Store;
  readonly #people: readonly Principal[];

  constructor(path: string) {
    const store = new Store(path, { clock: systemClock, random: systemRandom });
    this.#store = store;
    store.lanes.ensure(LANE);
    this.#people = Array.from({ length: PEOPLE }, (_, person) =>
      store.principals.ensure({
        platform: 'terminal',
        tenant: 'local',
        user: `u${person}`,
        name: `u${person}`,
      }),
    );
    this.prompt = storePrompt(store, this.#person(0));
    // The history shares the profile of the runs that come.
    this.#insert(0);
    this.#claimAndEnd();
  }

  /** One round of every step, each as a rate per second. */
  round(): Rates<number> {
    const claim = new Stopwatch();
    const end = new Stopwatch();
    const insert = perSecond(RUNS, (index) => this.#insert(index));
    for (let index = 0; index < RUNS; index += 1) this.#claimAndEnd(claim, end);
    return {
      'queue insert': insert,
      'queue claim': claim.perSecond(),
      'queue end': end.perSecond(),
      'list newest 20': perSecond(RUNS, () => this.#store.runs.list({ limit: 20 })),
    };
  }

  [Symbol.dispose](): void {
    this.#store.close();
  }

  #insert(index: number): void {
    const { id: owner } = this.#person(index);
    const { text, negativeText, inputs } = this.prompt;
    const id = newId('rs', systemRandom);
    const requestId = newId('rq', systemRandom);
    const queuedAt = systemClock.now();
    this.#store.write(() => {
      this.#store.requests.insert({ id: requestId, owner, at: queuedAt });
      this.#store.runs.insert({
        ...{ id, requestId, owner, text, negativeText, inputs, queuedAt },
        promptId: this.prompt.id,
        profileId: PROFILE,
        profileHash: 'hash',
        profileContent: '{}',
        parameters: { edge: 0.8, vis: 0.2 },
        priority: 0,
        shape: { frames: 121, width: 1280, height: 704 },
      });
      this.#store.events.append(
        { type: 'run.queued', payload: { profile: PROFILE } },
        { actor: owner, run: id },
      );
    });
  }

  #claimAndEnd(claim = new Stopwatch(), end = new Stopwatch()): void {
    const { attempts, instance } = this.#store;
    const attempt = claim.time(() => attempts.claim(LANE, [PROFILE], instance));
    if (attempt === undefined) throw new Error('nothing was queued');
    const ending = {
      outcome: 'done',
      outputs: [],
      exitCode: 0,
      hostStartedAt: 0,
      hostEndedAt: 1000,
    } as const;
    end.time(() => attempts.end(attempt, ending));
  }

  #person(index: number): Principal {
    const person = this.#people[index % PEOPLE];
    if (person === undefined) throw new Error('nobody is there');
    return person;
  }
}

/** Adds up the time of one of two steps that take turns. */
class Stopwatch {
  #ms = 0;
  #count = 0;

  time<T>(act: () => T): T {
    const begun = performance.now();
    const result = act();
    this.#ms += performance.now() - begun;
    this.#count += 1;
    return result;
  }

  perSecond(): number {
    return (this.#count / this.#ms) * 1000;
  }
}

function perSecond(count: number, act: (index: number) => void): number {
  const begun = performance.now();
  for (let index = 0; index < count; index += 1) act(index);
  return (count / (performance.now() - begun)) * 1000;
}

function storePrompt(store: Store, owner: Principal): Prompt {
  const asset = {
    sha256: 'a'.repeat(64) as Sha256,
    bytes: 1_000_000,
    extension: 'mp4',
    facts: {
      kind: 'video',
      durationMs: 5000,
      width: 1280,
      height: 704,
      frames: 121,
      fps: 24,
      codec: 'h264',
      hasAudio: false,
    },
  } as const;
  const prompt: Prompt = {
    id: newId('ps', systemRandom),
    name: 'a_rainy_street',
    owner: owner.id,
    text: 'A rainy neon street at night, cinematic',
    negativeText: '',
    inputs: [{ role: 'color', asset, originalName: 'clip.mp4' }],
    createdAt: systemClock.now(),
  };
  store.assets.add(asset);
  store.prompts.insert(prompt);
  return prompt;
}

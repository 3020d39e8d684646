import type { BatchLimits } from '../config/config.ts';
import type { RunId } from '../ids.ts';
import { differences } from '../models/batch-traits.ts';
import type { Profile } from '../models/profile.ts';
import type { Run, TimeRange } from '../runs/run.ts';

/** A run's profile as its lane executes it. */
export interface ResolvedProfile {
  readonly profile: Profile;
  readonly hash: string;
}

export interface BatchRules {
  readonly limits: BatchLimits;
  /** Undefined where it is not stored any more. */
  readonly profileOf: (run: Run) => ResolvedProfile | undefined;
  /** As `batchTraits`, of a run with the profile that its lane executes. */
  readonly traitsOf: (run: Run) => ReadonlyMap<string, string> | undefined;
  /** Expected time of a run that begins a batch, and of one that finds the model loaded; undefined while unknown. */
  readonly expected: (run: Run) => { readonly alone: TimeRange; readonly loaded: TimeRange } | undefined;
}

/** Why a waiting run does not go with those before it. */
export type LeftOut =
  /** Its model, or this run of it, shares no load. */
  | { readonly why: 'alone' }
  | { readonly why: 'model' }
  /** Settings that all runs of a batch have to have in common; `profile`: the model is configured differently by now. */
  | { readonly why: 'differs'; readonly names: readonly string[] }
  /** It, or a run of the batch, may be with so many at most after memory ran out. */
  | { readonly why: 'memory'; readonly limit: number }
  | { readonly why: 'full'; readonly limit: number }
  | { readonly why: 'too_long' }
  /** Somebody before it would have been overtaken too often. */
  | { readonly why: 'overtakes'; readonly run: RunId };

export interface Composed {
  /** The head first, then as the queue has them. */
  readonly runs: readonly Run[];
  readonly overtaken: readonly { readonly run: RunId; readonly by: number }[];
  /** Those that were looked at and stay, in the order of the queue. */
  readonly leftOut: readonly { readonly run: RunId; readonly because: LeftOut }[];
}

/**
 * Which waiting runs share the load of the head of the queue: those that fit to it, in the order of the queue, within
 * the limits. Nothing waits for more to come, and what `idleLanes` further lanes could begin at once is left to them.
 * `waiting` holds what the lane can take, in the order of the queue.
 */
export function composeBatch(head: Run, waiting: readonly Run[], rules: BatchRules, idleLanes = 0): Composed {
  const whole = compose(head, waiting, rules);
  if (idleLanes === 0 || whole.runs.length === 1) return whole;
  const fitting = whole.runs.length + whole.leftOut.filter(({ because: { why } }) => why === 'full').length;
  const maxItems = Math.min(rules.limits.maxItems, Math.ceil(fitting / (idleLanes + 1)));
  return compose(head, waiting, { ...rules, limits: { ...rules.limits, maxItems } });
}

function compose(head: Run, waiting: readonly Run[], rules: BatchRules): Composed {
  const batch = new OpenBatch(head, rules);
  for (const run of waiting) if (run.id !== head.id) batch.offer(run);
  return batch.composed();
}

class OpenBatch {
  readonly #rules: BatchRules;
  readonly #resolved: ResolvedProfile | undefined;
  readonly #traits: ReadonlyMap<string, string> | undefined;
  readonly #runs: Run[];
  readonly #passed = new Map<Run, number>();
  readonly #leftOut: { run: RunId; because: LeftOut }[] = [];
  /** Of the runs together, as memory has shown. */
  #memoryLimit: number;
  #expectedMs: number;

  constructor(head: Run, rules: BatchRules) {
    this.#rules = rules;
    this.#resolved = rules.profileOf(head);
    this.#traits = rules.traitsOf(head);
    this.#runs = [head];
    this.#memoryLimit = head.batchLimit ?? Infinity;
    this.#expectedMs = middle(rules.expected(head)?.alone);
  }

  offer(run: Run): void {
    const because = this.#reasonAgainst(run);
    if (because !== undefined) {
      this.#leftOut.push({ run: run.id, because });
      this.#passed.set(run, 0);
      return;
    }
    this.#runs.push(run);
    this.#memoryLimit = Math.min(this.#memoryLimit, run.batchLimit ?? Infinity);
    this.#expectedMs += middle(this.#rules.expected(run)?.loaded);
    for (const [passed, by] of this.#passed) this.#passed.set(passed, by + 1);
  }

  composed(): Composed {
    return {
      runs: this.#runs,
      overtaken: [...this.#passed].flatMap(([{ id }, by]) => (by === 0 ? [] : [{ run: id, by }])),
      leftOut: this.#leftOut,
    };
  }

  #reasonAgainst(run: Run): LeftOut | undefined {
    const { limits, expected } = this.#rules;
    const misfit = this.#misfit(run);
    if (misfit !== undefined) return misfit;
    const limit = Math.min(limits.maxItems, this.#resolved?.profile.batch?.max_items ?? 1);
    if (this.#runs.length >= limit) return { why: 'full', limit };
    const memoryLimit = Math.min(this.#memoryLimit, run.batchLimit ?? Infinity);
    if (this.#runs.length >= memoryLimit) return { why: 'memory', limit: memoryLimit };
    if (this.#expectedMs + middle(expected(run)?.loaded) > limits.maxMs) return { why: 'too_long' };
    for (const [passed, by] of this.#passed) {
      if ((passed.overtaken ?? 0) + by >= limits.maxOvertaken) return { why: 'overtakes', run: passed.id };
    }
    return undefined;
  }

  #misfit(run: Run): LeftOut | undefined {
    const theirs = this.#rules.profileOf(run);
    if (this.#resolved === undefined || theirs === undefined) return { why: 'alone' };
    if (theirs.profile.id !== this.#resolved.profile.id) return { why: 'model' };
    const traits = this.#rules.traitsOf(run);
    if (this.#traits === undefined || traits === undefined) return { why: 'alone' };
    if (theirs.hash !== this.#resolved.hash) return { why: 'differs', names: ['profile'] };
    const names = differences(this.#traits, traits);
    return names.length === 0 ? undefined : { why: 'differs', names };
  }
}

/** What is not known counts for nothing. */
function middle(range: TimeRange | undefined): number {
  return range === undefined ? 0 : (range.low + range.high) / 2;
}

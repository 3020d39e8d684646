export interface BarReading {
  readonly current: number;
  readonly total: number;
}

interface RankState extends BarReading {
  /** How often the bar began anew. */
  readonly round: number;
}

/** More ranks than any host has; a pattern that takes something else for a rank must not fill the memory. */
const MAX_RANKS = 64;

/**
 * One bar of steps, printed by one rank or by several, once or again for each chunk. What it shows is the slowest rank:
 * the others wait for it.
 */
export class ProgressBar {
  readonly #ranks: Map<string, RankState> = new Map();

  /** Takes what one line shows. True where all ranks have begun the bar anew. */
  read(rank: string, reading: BarReading): boolean {
    const roundBefore = this.#slowest()?.round ?? 0;
    const state = this.#ranks.get(rank);
    const next = nextState(state, reading);
    if (next !== undefined && (state !== undefined || this.#ranks.size < MAX_RANKS))
      this.#ranks.set(rank, next);
    return (this.#slowest()?.round ?? 0) > roundBefore;
  }

  /** The present total; undefined before the first reading. */
  get total(): number | undefined {
    return this.#slowest()?.total;
  }

  get reading(): BarReading | undefined {
    const slowest = this.#slowest();
    return slowest && { current: slowest.current, total: slowest.total };
  }

  clear(): void {
    this.#ranks.clear();
  }

  #slowest(): RankState | undefined {
    let slowest: RankState | undefined;
    for (const state of this.#ranks.values()) {
      if (slowest === undefined || position(state) < position(slowest)) slowest = state;
    }
    return slowest;
  }
}

function position({ round, current, total }: RankState): number {
  return round + current / (total + 1);
}

/** Undefined where the line says nothing new: ranks that print the same bar without a name overtake each other. */
function nextState(state: RankState | undefined, reading: BarReading): RankState | undefined {
  if (state === undefined || state.total !== reading.total) return { ...reading, round: state?.round ?? 0 };
  const isEarly = (current: number) => current <= reading.total / 2;
  if (reading.current < state.current) {
    return isEarly(reading.current) && !isEarly(state.current)
      ? { ...reading, round: state.round + 1 }
      : undefined;
  }
  const isLateRank =
    state.round > 0 && reading.total > 2 && isEarly(state.current) && reading.current === reading.total;
  return isLateRank ? undefined : { ...reading, round: state.round };
}

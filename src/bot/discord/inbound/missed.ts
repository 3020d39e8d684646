import type { Seen } from './seen.ts';

/** What a session has missed in one guild. */
export interface MissedPart {
  /** Everything after this message. */
  readonly since: string;
  /** It was heard after all. */
  done(): void;
}

/** One session's guilds that were not caught up with. */
interface Round {
  readonly since: string;
  /** Their channels are not known yet. */
  readonly awaited: Set<string>;
  /** They are not read to the end. */
  readonly unread: Set<string>;
  readonly release: () => void;
}

/** Which guilds a new session has still to catch up with; until then the mark stays where the session before ended. */
export class Missed {
  readonly #seen: Seen;
  #round: Round | undefined;

  constructor(seen: Seen) {
    this.#seen = seen;
  }

  /** A session begins with these guilds; what the one before has not caught up with is looked for again. */
  begin(guilds: readonly string[]): void {
    const { since } = this.#seen;
    const before = this.#round;
    this.#round =
      since === undefined
        ? undefined
        : {
            since,
            awaited: new Set(guilds),
            unread: new Set(guilds),
            release: this.#seen.hold(String(BigInt(since) + 1n)),
          };
    before?.release();
    this.#seen.listen();
  }

  /** The channels of a guild are known; undefined where nothing was missed in it. */
  take(guild: string): MissedPart | undefined {
    const round = this.#round;
    if (round === undefined || !round.awaited.delete(guild)) return undefined;
    return {
      since: round.since,
      done: () => {
        round.unread.delete(guild);
        if (round.unread.size === 0) round.release();
      },
    };
  }
}

import type { Clock } from '../../../core/ports/clock.ts';
import { snowflakeAt } from './place.ts';
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

/** Before Discord says that it cannot reach a guild, nothing may have come from it for so long already, ms. */
const MARGIN_MS = 60_000;

/** Which guilds a new session has still to catch up with; until then the mark stays where the session before ended. */
export class Missed {
  readonly #seen: Seen;
  readonly #clock: Clock;
  #round: Round | undefined;
  /** Guilds that Discord cannot reach, since when. */
  readonly #away = new Map<string, MissedPart>();

  constructor(seen: Seen, clock: Clock) {
    this.#seen = seen;
    this.#clock = clock;
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
            release: this.#seen.hold(since),
          };
    before?.release();
    // The mark has not passed them: they are among what is looked for now.
    for (const guild of [...this.#away.keys()]) this.#back(guild);
    this.#seen.listen();
  }

  /** Discord cannot reach a guild: what is said there until it can is missed. */
  lose(guild: string): void {
    if (this.#away.has(guild)) return;
    const since = snowflakeAt(this.#clock.now() - MARGIN_MS);
    const release = this.#seen.hold(since);
    this.#away.set(guild, { since, done: release });
  }

  /** The bot is not in a guild any more: nobody waits for what was said there. */
  leave(guild: string): void {
    this.#back(guild);
    this.#read(guild);
    this.#round?.awaited.delete(guild);
  }

  /** The channels of a guild are known; undefined where nothing was missed in it. */
  take(guild: string): MissedPart | undefined {
    const round = this.#round;
    const away = this.#away.get(guild);
    this.#away.delete(guild);
    if (!round?.awaited.delete(guild)) return away;
    return {
      since: round.since,
      done: () => {
        away?.done();
        this.#read(guild, round);
      },
    };
  }

  #back(guild: string): void {
    this.#away.get(guild)?.done();
    this.#away.delete(guild);
  }

  #read(guild: string, round = this.#round): void {
    round?.unread.delete(guild);
    if (round?.unread.size === 0) round.release();
  }
}

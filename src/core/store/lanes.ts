import type { Problem } from '../errors.ts';
import type { LaneName } from '../ids.ts';
import type { UtcMs } from '../ports/clock.ts';
import type { Connection, Statement } from './database.ts';
import { fromJsonOrUndefined, toJsonOrNull } from './json.ts';

/** Which process drives a lane; for display only, the right itself is the lane's lock. */
export interface LaneDriver {
  readonly process: number;
  readonly kind: 'daemon' | 'command';
  readonly since: UtcMs;
}

export interface LaneRecord {
  /** Why the lane takes no run until somebody mends it. */
  readonly blocked?: Problem;
  readonly driver?: LaneDriver;
}

interface LaneRow {
  blocked: string | null;
  driver_process: number | null;
  driver_kind: LaneDriver['kind'] | null;
  driver_since: number | null;
}

export class LaneStore {
  readonly #get: Statement<[string], LaneRow>;
  readonly #ensure: Statement<[string]>;
  readonly #setBlocked: Statement<[string | null, string]>;
  readonly #setDriver: Statement<[number | null, string | null, number | null, string]>;

  constructor(connection: Connection) {
    this.#get = connection.prepare(
      'SELECT blocked, driver_process, driver_kind, driver_since FROM lanes WHERE name = ?',
    );
    this.#ensure = connection.prepare('INSERT INTO lanes (name) VALUES (?) ON CONFLICT (name) DO NOTHING');
    this.#setBlocked = connection.prepare('UPDATE lanes SET blocked = ? WHERE name = ?');
    this.#setDriver = connection.prepare(
      'UPDATE lanes SET driver_process = ?, driver_kind = ?, driver_since = ? WHERE name = ?',
    );
  }

  get(lane: LaneName): LaneRecord {
    const row = this.#get.get(lane);
    if (row === undefined) return {};
    const blocked = fromJsonOrUndefined<Problem>(row.blocked);
    return {
      ...(blocked !== undefined && { blocked }),
      ...(row.driver_process !== null &&
        row.driver_kind !== null &&
        row.driver_since !== null && {
          driver: { process: row.driver_process, kind: row.driver_kind, since: row.driver_since },
        }),
    };
  }

  ensure(lane: LaneName): void {
    this.#ensure.run(lane);
  }

  setBlocked(lane: LaneName, problem: Problem | undefined): void {
    this.#setBlocked.run(toJsonOrNull(problem), lane);
  }

  setDriver(lane: LaneName, driver: LaneDriver | undefined): void {
    this.#setDriver.run(driver?.process ?? null, driver?.kind ?? null, driver?.since ?? null, lane);
  }
}

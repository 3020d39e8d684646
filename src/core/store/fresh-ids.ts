import { newId } from '../ids.ts';
import type { Random } from '../ports/random.ts';
import type { Connection } from './database.ts';

/** Where the ids of each kind are. */
const TABLES = {
  ps: 'prompts',
  rs: 'runs',
  rq: 'requests',
  jb: 'jobs',
  pr: 'principals',
  tn: 'tenants',
  th: 'threads',
  dl: 'deliveries',
} as const;

type StoredPrefix = keyof typeof TABLES;

/** Makes ids that no row has yet. */
export class FreshIds {
  readonly #connection: Connection;
  readonly #random: Random;

  constructor(connection: Connection, random: Random) {
    this.#connection = connection;
    this.#random = random;
  }

  /** To be called in the transaction of the insert. */
  make<P extends StoredPrefix>(prefix: P): ReturnType<typeof newId<P>> {
    const taken = this.#connection.prepare<[string]>(`SELECT 1 FROM ${TABLES[prefix]} WHERE id = ?`);
    for (;;) {
      const id = newId(prefix, this.#random);
      if (taken.get(id) === undefined) return id;
    }
  }
}

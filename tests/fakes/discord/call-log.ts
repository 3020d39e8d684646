import type { UtcMs } from '../../../src/core/ports/clock.ts';
import type { Changes } from '../slack/changes.ts';

/** A file that came with a request. */
export interface SentFile {
  /** `files[0]`. */
  readonly field: string;
  readonly name: string;
  readonly contentType: string;
  readonly size: number;
  readonly sha256: string;
  /** Where the bytes lie on this machine. */
  readonly path: string;
}

/** One request of a bot. */
export interface CallRecord {
  /** `POST /channels/{channel}/messages`, or `GET cdn`; `unknown` and the path where there is no such route. */
  readonly route: string;
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** What it was said to be long, with all that is around files. */
  readonly bytes: number;
  readonly token: string | undefined;
  readonly at: UtcMs;
  /** The JSON that was sent. */
  body: unknown;
  files: readonly SentFile[];
  /** What the caller saw: `ok`, `50013`, `http 429`, `reset`, `silence`; undefined while it runs. */
  outcome: string | undefined;
  /** True when it took effect, whatever the caller saw. */
  accepted: boolean;
}

/** Every request since the start, in order. */
export class CallLog {
  readonly all: CallRecord[] = [];
  readonly #changes: Changes;

  constructor(changes: Changes) {
    this.#changes = changes;
  }

  begin(
    call: Pick<CallRecord, 'route' | 'path' | 'params' | 'query' | 'bytes' | 'token' | 'at'>,
  ): CallRecord {
    const record: CallRecord = { ...call, body: undefined, files: [], outcome: undefined, accepted: false };
    this.all.push(record);
    this.#changes.announce();
    return record;
  }

  end(record: CallRecord, outcome: string): void {
    record.outcome = outcome;
    this.#changes.announce();
  }

  of(route: string): readonly CallRecord[] {
    return this.all.filter((each) => each.route === route);
  }

  /** The different routes that were called, sorted: to be compared with `implementedRoutes`. */
  routes(): readonly string[] {
    return [...new Set(this.all.map((each) => each.route))].sort();
  }
}

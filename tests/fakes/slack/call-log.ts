import type { UtcMs } from '../../../src/core/ports/clock.ts';
import type { Changes } from './changes.ts';
import type { JsonObject } from './json.ts';

/** One request of a bot. */
export interface CallRecord {
  /** The Web API method, or `upload`, `download`, `response_url`. */
  readonly method: string;
  readonly args: JsonObject;
  readonly token: string | undefined;
  readonly at: UtcMs;
  /** Arguments that the method does not know; Slack ignores them. */
  unknownArguments: readonly string[];
  /** What the caller saw: `ok`, the error's code, `http 429`, `reset`, `silence`; undefined while it runs. */
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

  begin(call: Pick<CallRecord, 'method' | 'args' | 'token' | 'at'>): CallRecord {
    const record: CallRecord = { ...call, unknownArguments: [], outcome: undefined, accepted: false };
    this.all.push(record);
    this.#changes.announce();
    return record;
  }

  end(record: CallRecord, outcome: string): void {
    record.outcome = outcome;
    this.#changes.announce();
  }

  of(method: string): readonly CallRecord[] {
    return this.all.filter((each) => each.method === method);
  }

  /** The different Web API methods that were called, sorted: to be compared with `implementedMethods`. */
  methods(): readonly string[] {
    return [...new Set(this.all.map((each) => each.method))].filter((each) => each.includes('.')).sort();
  }
}

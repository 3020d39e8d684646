import type { Checked } from '../errors.ts';
import type { PrincipalId, RequestId } from '../ids.ts';
import { Lookup } from '../lookup.ts';
import type { QueueService } from '../queue/queue-service.ts';
import type { QueueOutlook } from '../queue/queue-view.ts';
import { isFinished, type Run } from '../runs/run.ts';
import type { Store } from '../store/store.ts';
import type { RunRequest } from './request.ts';
import { runsToRetry } from './runs-to-retry.ts';

export interface RequestReaderParts {
  readonly store: Store;
  readonly queue: Pick<QueueService, 'outlook'>;
}

/** Requests with many runs, and how these stand. */
export class RequestReader {
  readonly #parts: RequestReaderParts;

  constructor(parts: RequestReaderParts) {
    this.#parts = parts;
  }

  /** By its id or the beginning of it. */
  find(reference: string): Checked<RunRequest> {
    return new Lookup(this.#parts.store).request(reference);
  }

  /** What is known of all waiting runs. */
  outlook(): QueueOutlook {
    return this.#parts.queue.outlook();
  }

  get(id: RequestId): RunRequest | undefined {
    return this.#parts.store.requests.get(id);
  }

  /** In the order in which they were asked for. */
  runsOf(request: RunRequest): Run[] {
    return this.#parts.store.runs.ofRequest(request.id);
  }

  /**
   * The runs that a request is about: its own, or, where it runs again what failed of another one, those of that one with
   * its own in their places.
   */
  wholeOf(request: RunRequest): Run[] {
    const own = this.runsOf(request);
    const parent = request.parent === undefined ? undefined : this.get(request.parent);
    if (parent === undefined) return own;
    return this.wholeOf(parent).map((run) => own.find((each) => each.parent?.run === run.id) ?? run);
  }

  hasEnded(request: RunRequest): boolean {
    return this.#parts.store.runs.count({ request: request.id, states: ['queued', 'active'] }) === 0;
  }

  unfinished(request: RunRequest): Run[] {
    return this.runsOf(request).filter(({ state }) => !isFinished(state));
  }

  /** Of the runs of a request those that `retry` would run again. */
  toRetry(runs: readonly Run[]): readonly Run[] {
    return runsToRetry(this.#parts.store, runs);
  }

  /** Newest first. */
  list(limit: number, owner?: PrincipalId): RunRequest[] {
    return this.#parts.store.requests.newest(limit, owner);
  }

  count(owner?: PrincipalId): number {
    return this.#parts.store.requests.count(owner);
  }
}

import type { ChatCapabilities, ChatReference } from '../../core/ports/chat.ts';
import type { UtcMs } from '../../core/ports/clock.ts';

/** A message that may be edited. */
export interface Edited {
  readonly where: ChatReference;
  readonly postedAt: UtcMs;
  /** When its content last changed. */
  readonly shownAt: UtcMs;
}

/**
 * How often messages may be edited: one budget for each tenant or channel, as the platform counts, shared by all runs
 * that are shown there; old messages less often where the platform asks for it.
 */
export class EditBudget {
  readonly #edit: ChatCapabilities['edit'];
  /** Earliest time of the next edit within a scope. */
  readonly #next = new Map<string, UtcMs>();

  constructor(edit: ChatCapabilities['edit']) {
    this.#edit = edit;
  }

  /** Time until this message may be edited, ms; 0 where it may be now. */
  waitMs({ where, postedAt, shownAt }: Edited, now: UtcMs): number {
    const { slowAfterMs, slowIntervalMs } = this.#edit;
    const isSlow = slowAfterMs !== undefined && slowIntervalMs !== undefined && now - postedAt >= slowAfterMs;
    const next = this.#next.get(this.#scope(where)) ?? 0;
    return Math.max(0, next - now, isSlow ? shownAt + slowIntervalMs - now : 0);
  }

  spend(where: ChatReference, now: UtcMs): void {
    this.block(where, now + this.#edit.minIntervalMs);
  }

  /** The platform has refused an edit: none before `until`. */
  block(where: ChatReference, until: UtcMs): void {
    const scope = this.#scope(where);
    this.#next.set(scope, Math.max(until, this.#next.get(scope) ?? 0));
  }

  #scope({ tenant, channel, thread = '' }: ChatReference): string {
    return this.#edit.scope === 'tenant' ? tenant : `${tenant}/${channel}/${thread}`;
  }
}

import type { ChatCapabilities, ChatReference } from '../../core/ports/chat.ts';
import type { UtcMs } from '../../core/ports/clock.ts';

/**
 * How often messages may be edited: one budget for each tenant or channel, as the platform counts, shared by all runs
 * that are shown there.
 */
export class EditBudget {
  readonly #edit: ChatCapabilities['edit'];
  readonly #lastEdit = new Map<string, UtcMs>();

  constructor(edit: ChatCapabilities['edit']) {
    this.#edit = edit;
  }

  /** Time until the next edit there, ms; 0 where it may happen now. */
  waitMs(where: ChatReference, messageAgeMs: number, now: UtcMs): number {
    const { minIntervalMs, slowAfterMs, slowIntervalMs } = this.#edit;
    const slow = slowAfterMs !== undefined && slowIntervalMs !== undefined && messageAgeMs >= slowAfterMs;
    const last = this.#lastEdit.get(this.#scope(where));
    return last === undefined ? 0 : Math.max(0, last + (slow ? slowIntervalMs : minIntervalMs) - now);
  }

  spend(where: ChatReference, now: UtcMs): void {
    this.#lastEdit.set(this.#scope(where), now);
  }

  #scope({ tenant, channel }: ChatReference): string {
    return this.#edit.scope === 'tenant' ? tenant : `${tenant}/${channel}`;
  }
}

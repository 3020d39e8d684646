import type { CosmosError } from '../../core/errors.ts';
import type { UtcMs } from '../../core/ports/clock.ts';
import { patiently } from '../chat/patiently.ts';
import { isForbidden, toChatError, waitAskedFor } from './discord-errors.ts';
import type { Outbound } from './outbound.ts';

/** What is done in a channel: what is forbidden of one may be allowed of another. */
export type Deed = 'read' | 'post' | 'post_file' | 'edit' | 'thread';

interface KnownRefusal {
  readonly failure: CosmosError;
  readonly until: UtcMs;
}

/**
 * Calls with their failures in the codes of the port. Each waits where Discord asks for it; what it forbids is not asked
 * again for a while, because ten thousand refusals in ten minutes lock the bot out.
 */
export class Calls {
  readonly #outbound: Pick<Outbound, 'clock' | 'times' | 'closed'>;
  readonly #refusals = new Map<string, KnownRefusal>();

  constructor(outbound: Pick<Outbound, 'clock' | 'times' | 'closed'>) {
    this.#outbound = outbound;
  }

  /** Throws as `ChatPort`, with Discord's own error as the cause. */
  async coded<T>(deed: Deed, channel: string, call: () => Promise<T>): Promise<T> {
    try {
      return await this.patient(deed, channel, call);
    } catch (error) {
      throw toChatError(error);
    }
  }

  /** Throws what Discord throws, or the refusal that is still believed. */
  async patient<T>(deed: Deed, channel: string, call: () => Promise<T>): Promise<T> {
    const { clock, times, closed } = this.#outbound;
    return await this.once(
      deed,
      channel,
      async () => await patiently(call, { clock, closed, patienceMs: times.patienceMs, waitAskedFor }),
    );
  }

  /** As `patient`, without waiting. */
  async once<T>(deed: Deed, channel: string, call: () => Promise<T>): Promise<T> {
    const key = `${deed} ${channel}`;
    const known = this.#refusals.get(key);
    const { clock, times } = this.#outbound;
    if (known !== undefined && known.until > clock.now()) throw known.failure;
    this.#refusals.delete(key);
    try {
      return await call();
    } catch (error) {
      if (isForbidden(error))
        this.#remember(key, { failure: toChatError(error), until: clock.now() + times.refusalMs });
      throw error;
    }
  }

  #remember(key: string, refusal: KnownRefusal): void {
    const now = this.#outbound.clock.now();
    for (const [each, { until }] of this.#refusals) if (until <= now) this.#refusals.delete(each);
    this.#refusals.set(key, refusal);
  }
}

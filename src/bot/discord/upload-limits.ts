import { Routes } from 'discord.js';
import { z } from 'zod';
import { CosmosError } from '../../core/errors.ts';
import type { ChatReference } from '../../core/ports/chat.ts';
import type { UtcMs } from '../../core/ports/clock.ts';
import type { Calls } from './calls.ts';
import type { Outbound } from './outbound.ts';
import { DIRECT_TENANT } from './platform.ts';

const MIB = 1024 * 1024;
const USUAL_BYTES = 10 * MIB;
/** By the guild's boost tier; bots have no more than that anywhere. */
const TIER_BYTES = [USUAL_BYTES, USUAL_BYTES, 50 * MIB, 100 * MIB];
/** Sizes at which Discord has drawn its line; one of them is where a refusal comes from. */
const KNOWN_LINES = [50 * MIB, 25 * MIB, 10 * MIB, 8 * MIB];
const KEY = 'guild';

const guildSchema = z.object({ premium_tier: z.number().int() });

/** How large a file may be, by guild: what its boosts allow, less what was refused. */
export class UploadLimits {
  readonly #outbound: Outbound;
  readonly #calls: Calls;
  readonly #tiers = new Map<string, { readonly bytes: number; readonly until: UtcMs }>();
  /** What was refused for its size once is not tried again, until the guild is boosted otherwise. */
  readonly #learnt = new Map<string, number>();

  constructor(outbound: Outbound, calls: Calls) {
    this.#outbound = outbound;
    this.#calls = calls;
  }

  /** Throws `chat.unavailable`. */
  async maxBytes({ tenant }: ChatReference): Promise<number> {
    const allowed = tenant === DIRECT_TENANT ? USUAL_BYTES : await this.#boosted(tenant);
    return Math.min(allowed, this.#learnt.get(tenant) ?? Number.POSITIVE_INFINITY);
  }

  /** A file of that size was refused. Returns what is believed now, bytes. */
  async refused(where: ChatReference, bytes: number): Promise<number> {
    const line = KNOWN_LINES.find((each) => each < bytes) ?? bytes - 1;
    this.#learnt.set(where.tenant, Math.min(line, (await this.maxBytes(where)) - 1));
    return await this.maxBytes(where);
  }

  /**
   * An interaction says how large a file of that person may be in a guild, bytes: the guild allows no more than that. It
   * may be more than the bot's own limit, which has nobody's subscription.
   */
  heard(guild: string, bytes: number): void {
    const known = this.#tiers.get(guild);
    if (known !== undefined && bytes < known.bytes) this.#tiers.set(guild, { ...known, bytes });
  }

  async #boosted(guild: string): Promise<number> {
    const known = this.#tiers.get(guild);
    const { clock, times, client } = this.#outbound;
    const now = clock.now();
    if (known !== undefined && known.until > now) return known.bytes;
    try {
      const answer = await this.#calls.coded(
        'read',
        `${KEY} ${guild}`,
        async () => await client.get('lookups', Routes.guild(guild)),
      );
      const parsed = guildSchema.safeParse(answer);
      const bytes = (parsed.success ? TIER_BYTES[parsed.data.premium_tier] : undefined) ?? USUAL_BYTES;
      // What was refused under another boost says nothing of this one.
      if (known !== undefined && known.bytes !== bytes) this.#learnt.delete(guild);
      this.#tiers.set(guild, { bytes, until: now + times.guildMs });
      return bytes;
    } catch (error) {
      // Who may not look at the guild may still post there; the smallest limit holds everywhere.
      if (error instanceof CosmosError && error.retryable) throw error;
      return USUAL_BYTES;
    }
  }
}

import type { APIGatewaySessionStartLimit } from 'discord.js';

/** Above this share of the day's starts nobody has to wait. */
const FREE_SHARE = 0.5;

/**
 * How long to wait before a session is started, ms. Discord resets the token of a bot that starts more sessions a day
 * than it may (1,000): when half of them are used, as only a crash loop does, the others are spread over the time that
 * is left.
 */
export function startDelayMs({
  total,
  remaining,
  reset_after: resetAfterMs,
}: Pick<APIGatewaySessionStartLimit, 'total' | 'remaining' | 'reset_after'>): number {
  if (remaining > total * FREE_SHARE) return 0;
  return Math.ceil(resetAfterMs / Math.max(1, remaining));
}

import { expect, it } from 'vitest';
import { startDelayMs } from '../../../../src/bot/discord/gateway/session-starts.ts';

const HOUR_MS = 3_600_000;

it.each([
  ['at the beginning of a day nobody waits', 1_000, 24 * HOUR_MS, 0],
  ['while half are left nobody waits', 501, 10 * HOUR_MS, 0],
  ['the second half is spread over the rest of the day', 500, 10 * HOUR_MS, (10 * HOUR_MS) / 500],
  ['the last one has to last', 1, HOUR_MS, HOUR_MS],
  ['where none is left, the next day begins', 0, HOUR_MS, HOUR_MS],
])('%s', (_what, remaining, reset_after, delayMs) => {
  expect(startDelayMs({ total: 1_000, remaining, reset_after })).toBe(delayMs);
});

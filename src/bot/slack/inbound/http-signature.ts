import { createHmac, timingSafeEqual } from 'node:crypto';
import type { UtcMs } from '../../../core/ports/clock.ts';

/** Slack's own window, for both directions: a request from the future could be replayed until then. */
const WINDOW_SECONDS = 300;

export interface SignedRequest {
  /** As it came, byte for byte. */
  readonly body: Buffer;
  /** `x-slack-signature` and `x-slack-request-timestamp`. */
  readonly signature: string | undefined;
  readonly timestamp: string | undefined;
}

/** True where Slack has signed it within the last five minutes (https://docs.slack.dev/authentication/verifying-requests-from-slack). */
export function isSigned({ body, signature, timestamp }: SignedRequest, secret: string, now: UtcMs): boolean {
  if (signature === undefined || timestamp === undefined || !/^\d{1,12}$/.test(timestamp)) return false;
  if (Math.abs(now / 1_000 - Number(timestamp)) > WINDOW_SECONDS) return false;
  const expected = `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:`).update(body).digest('hex')}`;
  const given = Buffer.from(signature);
  return given.length === expected.length && timingSafeEqual(given, Buffer.from(expected));
}

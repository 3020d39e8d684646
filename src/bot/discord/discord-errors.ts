import { DiscordAPIError, HTTPError, RateLimitError } from 'discord.js';
import { CosmosError, type ErrorCode } from '../../core/errors.ts';

/** How the platform is called in what people read. */
const PLATFORM_NAME = 'Discord';
const UNAUTHORIZED = 401;
const PAYLOAD_TOO_LARGE = 413;

/** Discord's codes that matter to the calls themselves. */
export const DISCORD_CODES = {
  unknownChannel: 10_003,
  unknownMessage: 10_008,
  tooLarge: 40_005,
  missingPermissions: 50_013,
  wrongKindOfChannel: 50_024,
  archived: 50_083,
  threadExists: 160_004,
  tooManyThreads: 160_006,
  tooManyNewsThreads: 160_007,
} as const;

/** Discord's codes that mean the same thing for whoever posts; all others say that it may pass later. */
const CODES: ReadonlyMap<number, ErrorCode> = new Map([
  ...codes('chat.place_gone', [10_003, 10_004]),
  // Missing access, wrong author, nobody to write to, wrong kind of channel, permissions, verification, locked.
  ...codes(
    'chat.not_permitted',
    [50_001, 50_005, 50_007, 50_008, 50_009, 50_013, 50_024, 50_083, 160_002, 160_005],
  ),
  ...codes('chat.token_refused', [40_001, 50_014]),
  // What we send is wrong, whoever it is sent to: nothing that waiting mends.
  ...codes('internal.unexpected', [50_006, 50_035, 50_045, 50_046, 50_109]),
]);

/** Discord's own code of a refusal, such as 50013; undefined where it is none, or not Discord that answers. */
export function discordCode(thrown: unknown): number | undefined {
  if (thrown instanceof CosmosError) return discordCode(thrown.cause);
  return thrown instanceof DiscordAPIError && typeof thrown.code === 'number' ? thrown.code : undefined;
}

/** Whether it is refused for its size, by Discord or by something in between. */
export function isTooLarge(thrown: unknown): boolean {
  if (discordCode(thrown) === DISCORD_CODES.tooLarge) return true;
  return thrown instanceof DiscordAPIError && thrown.status === PAYLOAD_TOO_LARGE;
}

/** How long Discord wants not to be asked, ms; undefined where it does not say that. Nothing was done then. */
export function waitAskedFor(thrown: unknown): number | undefined {
  if (!(thrown instanceof RateLimitError)) return undefined;
  return Math.max(1, Math.ceil(Math.max(thrown.retryAfter, thrown.sublimitTimeout)));
}

/** Whether asking again soon would only count against the bot: ten thousand such answers end in a ban. */
export function isForbidden(thrown: unknown): boolean {
  return thrown instanceof DiscordAPIError && (thrown.status === UNAUTHORIZED || thrown.status === 403);
}

/** What went wrong, in the codes of the port; unknown failures are `chat.unavailable`, and tried again. */
export function toChatError(thrown: unknown): CosmosError {
  if (thrown instanceof CosmosError) return thrown;
  const parameters = { platform: PLATFORM_NAME, detail: detailOf(thrown) };
  return new CosmosError(codeOf(thrown), parameters, { cause: thrown });
}

/** An outcome that is unknown, or a platform that does not answer, for a reason of our own. */
export function unavailable(detail: string, cause?: unknown): CosmosError {
  return new CosmosError('chat.unavailable', { platform: PLATFORM_NAME, detail }, { cause });
}

/** What the network says is behind `fetch failed`. */
export function networkDetail(thrown: unknown): string {
  if (!(thrown instanceof Error)) return 'unknown';
  if (thrown.name === 'TimeoutError' || thrown.name === 'AbortError') return 'deadline';
  const { cause } = thrown;
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return cause.code;
  return thrown.message;
}

function codeOf(thrown: unknown): ErrorCode {
  if (thrown instanceof DiscordAPIError && thrown.status === UNAUTHORIZED) return 'chat.token_refused';
  return CODES.get(discordCode(thrown) ?? 0) ?? 'chat.unavailable';
}

/** A few words without anything that somebody sent. */
function detailOf(thrown: unknown): string {
  if (thrown instanceof DiscordAPIError) {
    // What is between us and Discord answers with a page of its own.
    if (!('message' in thrown.rawError)) return `HTTP ${thrown.status}`;
    const { message } = thrown.rawError;
    return `${message.slice(0, 80)} (${thrown.code === 0 ? thrown.status : thrown.code})`.trim();
  }
  if (thrown instanceof HTTPError) return `HTTP ${thrown.status}`;
  if (thrown instanceof RateLimitError) return 'too many calls';
  return networkDetail(thrown);
}

function codes(code: ErrorCode, of: readonly number[]): [number, ErrorCode][] {
  return of.map((each) => [each, code]);
}

import type { UtcMs } from '../../../core/ports/clock.ts';
import { VIEW_LIMITS } from './view-limits.ts';

/** What a modal remembers by itself, so that it works whatever becomes of the bot while somebody fills it in. */
export interface FormOrigin {
  /** `Form.state`. */
  readonly state: string;
  /** Where it was asked for: there it is answered. */
  readonly channel: string;
  readonly thread?: string;
  readonly message?: string;
  readonly openedAt: UtcMs;
  /** Where the person who asked can be answered for a while, also where the bot may not post. */
  readonly responseUrl?: string;
}

const ABSENT = '-';
const LINES = /^([^ \n]+) ([^ \n]+) ([^ \n]+) ([0-9]+)\n([^\n]+)\n/;

/**
 * The `private_metadata` of a form; undefined where Slack does not carry so much. The state stands in it as it is: in
 * JSON each of its quotes would take two characters.
 */
export function writeOrigin({ state, responseUrl, ...place }: FormOrigin): string | undefined {
  const { channel, thread = ABSENT, message = ABSENT, openedAt } = place;
  const head = [channel, thread, message, Math.trunc(openedAt)].join(' ');
  const write = (url: string): string | undefined => {
    const text = `${head}\n${url}\n${state}`;
    return text.length <= VIEW_LIMITS.privateMetadata && readOrigin(text) !== undefined ? text : undefined;
  };
  // The address only helps; without it the form is answered in its place.
  return write(responseUrl ?? ABSENT) ?? write(ABSENT);
}

/** Reads what `writeOrigin` wrote; undefined for everything else. */
export function readOrigin(metadata: string): FormOrigin | undefined {
  const [head = '', channel, thread, message, openedAt, responseUrl] = LINES.exec(metadata) ?? [];
  if (channel === undefined) return undefined;
  return {
    state: metadata.slice(head.length),
    channel,
    openedAt: Number(openedAt),
    ...(isThere(thread) && { thread }),
    ...(isThere(message) && { message }),
    ...(isThere(responseUrl) && { responseUrl }),
  };
}

function isThere(part: string | undefined): part is string {
  return part !== undefined && part !== ABSENT;
}

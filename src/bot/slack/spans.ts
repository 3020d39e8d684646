import type { RichTextElement } from '@slack/types';
import type { Span, Text } from '../../core/ports/chat.ts';
import type { UtcMs } from '../../core/ports/clock.ts';
import { LIMITS } from './limits.ts';

/** How Slack writes a time in the reader's own zone and language. */
const TIME_FORMATS = {
  clock: '{date_short_pretty} at {time}',
  date: '{date_short_pretty}',
  ago: '{ago}',
} as const satisfies Record<Extract<Span, { time: UtcMs }>['style'], string>;

/** Seconds from 1970 to the end of the year 9999: what is outside is no time of ours. */
const LAST_SECOND = 253_402_300_799;
const USER_ID = /^[UW][A-Z0-9]{1,20}$/;
/** Marks that change the direction of what follows them; without them, a line keeps its order. */
const DIRECTION_MARKS = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/g;
const LINE_BREAKS = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/g;
const CONTROLS = /[^\P{Cc}\n]/gu;
/** An address as far as it reaches in running text; what ends a sentence is no part of it. */
const LINK = /https?:\/\/[^\s<>"'`]*[^\s<>"'`.,;:!?)\]}]/g;

/** Text of people and machines without what a screen would obey; `breaks` keeps line breaks, else they become spaces. */
export function clean(text: string, breaks: 'keep' | 'space' = 'space'): string {
  return text
    .toWellFormed()
    .replaceAll(DIRECTION_MARKS, '')
    .replaceAll(LINE_BREAKS, breaks === 'keep' ? '\n' : ' ')
    .replaceAll('\t', ' ')
    .replaceAll(CONTROLS, '');
}

/** The text as elements of rich text, in which nothing that somebody wrote is markup. */
export function toElements(text: Text): RichTextElement[] {
  return text.flatMap((span) => spanElements(span));
}

/** The text in Slack's markup, for where rich text is not taken. */
export function toMarkup(text: Text): string {
  return text.map(spanMarkup).join('');
}

/** The text without any form: mentions call nobody, times are UTC. */
export function toPlain(text: Text): string {
  return text
    .map((span) => {
      if (typeof span === 'string') return clean(span);
      if ('time' in span) return utcTime(span.time);
      if ('mention' in span) return clean(`@${span.name}`);
      return clean('code' in span ? span.code : span.strong);
    })
    .join('');
}

/** Neutralises the three characters of Slack's markup that can begin something. */
export function escapeMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function spanElements(span: Span): RichTextElement[] {
  if (typeof span === 'string') return withLinks(clean(span));
  if ('time' in span) {
    const timestamp = secondsOf(span.time);
    const fallback = utcTime(span.time);
    if (timestamp === undefined) return plainElement(fallback);
    return [{ type: 'date', timestamp, format: TIME_FORMATS[span.style], fallback }];
  }
  if ('mention' in span) {
    return USER_ID.test(span.mention)
      ? [{ type: 'user', user_id: span.mention }]
      : plainElement(clean(`@${span.name}`));
  }
  if ('code' in span) return styledElement(clean(span.code), { code: true });
  return styledElement(clean(span.strong), { bold: true });
}

function plainElement(text: string): RichTextElement[] {
  return text === '' ? [] : [{ type: 'text', text }];
}

function styledElement(text: string, style: { bold: true } | { code: true }): RichTextElement[] {
  return text === '' ? [] : [{ type: 'text', text, style }];
}

/** Rich text does not find addresses by itself. */
function withLinks(text: string): RichTextElement[] {
  const elements: RichTextElement[] = [];
  let from = 0;
  for (const { 0: url, index } of text.matchAll(LINK)) {
    if (url.length > LIMITS.linkUrl || !URL.canParse(url)) continue;
    elements.push(...plainElement(text.slice(from, index)), { type: 'link', url });
    from = index + url.length;
  }
  return [...elements, ...plainElement(text.slice(from))];
}

function spanMarkup(span: Span): string {
  if (typeof span === 'string') return escapeMarkup(clean(span));
  if ('time' in span) {
    const timestamp = secondsOf(span.time);
    const fallback = utcTime(span.time);
    return timestamp === undefined
      ? fallback
      : `<!date^${timestamp}^${TIME_FORMATS[span.style]}|${fallback}>`;
  }
  if ('mention' in span) {
    return USER_ID.test(span.mention) ? `<@${span.mention}>` : escapeMarkup(clean(`@${span.name}`));
  }
  if ('code' in span) return wrapped(clean(span.code), '`');
  return wrapped(clean(span.strong), '*');
}

/** Markup cannot hold its own sign. */
function wrapped(text: string, sign: '`' | '*'): string {
  const inner = escapeMarkup(text.replaceAll(sign, '')).trim();
  return inner === '' ? '' : `${sign}${inner}${sign}`;
}

function secondsOf(time: UtcMs): number | undefined {
  const seconds = Math.floor(time / 1000);
  return seconds >= 0 && seconds <= LAST_SECOND ? seconds : undefined;
}

/** `2026-11-20 14:02 UTC`. */
function utcTime(time: UtcMs): string {
  if (secondsOf(time) === undefined) return '?';
  return `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

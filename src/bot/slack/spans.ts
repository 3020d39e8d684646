import type { RichTextElement } from '@slack/types';
import type { Span, Text } from '../../core/ports/chat.ts';
import type { UtcMs } from '../../core/ports/clock.ts';
import { clean, secondsOf, splitLinks, utcTime, webAddress } from '../chat/clean-text.ts';
import { LIMITS } from './limits.ts';

/** How Slack writes a time in the reader's own zone and language. */
const TIME_FORMATS = {
  clock: '{date_short_pretty} at {time}',
  date: '{date_short_pretty}',
  ago: '{ago}',
} as const satisfies Record<Extract<Span, { time: UtcMs }>['style'], string>;

const USER_ID = /^[UW][A-Z0-9]{1,20}$/;

/** The text as elements of rich text, in which nothing that somebody wrote is markup. */
export function toElements(text: Text): RichTextElement[] {
  return text.flatMap((span) => spanElements(span));
}

/** The text in Slack's markup, for where rich text is not taken. */
export function toMarkup(text: Text): string {
  return text.map(spanMarkup).join('');
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
  if ('link' in span) {
    const url = webAddress(span.link, LIMITS.linkUrl);
    const text = clean(span.text).trim();
    return url === undefined || text === '' ? plainElement(text) : [{ type: 'link', url, text }];
  }
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
  return splitLinks(text, LIMITS.linkUrl).flatMap((part): RichTextElement[] =>
    part.kind === 'link' ? [{ type: 'link', url: part.text }] : plainElement(part.text),
  );
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
  if ('link' in span) {
    const url = webAddress(span.link, LIMITS.linkUrl);
    const text = escapeMarkup(clean(span.text)).trim();
    return url === undefined || text === '' ? text : `<${escapeMarkup(url)}|${text}>`;
  }
  return wrapped(clean(span.strong), '*');
}

/** Markup cannot hold its own sign. */
function wrapped(text: string, sign: '`' | '*'): string {
  const inner = escapeMarkup(text.replaceAll(sign, '')).trim();
  return inner === '' ? '' : `${sign}${inner}${sign}`;
}

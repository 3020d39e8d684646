import type { Span, Text } from '../../core/ports/chat.ts';
import type { UtcMs } from '../../core/ports/clock.ts';

/** Seconds from 1970 to the end of the year 9999: what is outside is no time of ours. */
const LAST_SECOND = 253_402_300_799;
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

/** Cut at a whole character, with a sign that something is missing. */
export function clip(text: string, most: number): string {
  return text.length <= most
    ? text
    : `${text
        .slice(0, most - 1)
        .toWellFormed()
        .replace(/\uFFFD$/, '')}…`;
}

/** The text without any form: mentions call nobody, times are UTC. */
export function toPlain(text: Text): string {
  return text.map(plainSpan).join('');
}

/** Seconds since 1970; undefined for what is no time of ours. */
export function secondsOf(time: UtcMs): number | undefined {
  const seconds = Math.floor(time / 1000);
  return seconds >= 0 && seconds <= LAST_SECOND ? seconds : undefined;
}

/** `2026-11-20 14:02 UTC`. */
export function utcTime(time: UtcMs): string {
  if (secondsOf(time) === undefined) return '?';
  return `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** The text in parts: addresses of at most `mostCharacters`, and what is between them. */
export function splitLinks(
  text: string,
  mostCharacters: number,
): readonly { readonly kind: 'text' | 'link'; readonly text: string }[] {
  const parts: { kind: 'text' | 'link'; text: string }[] = [];
  let from = 0;
  for (const { 0: url, index } of text.matchAll(LINK)) {
    if (url.length > mostCharacters || !URL.canParse(url)) continue;
    parts.push({ kind: 'text', text: text.slice(from, index) }, { kind: 'link', text: url });
    from = index + url.length;
  }
  return [...parts, { kind: 'text' as const, text: text.slice(from) }].filter((part) => part.text !== '');
}

/** The address as a chat may show it: undefined for what is none of the web, or has more than `mostCharacters`. */
export function webAddress(link: string, mostCharacters: number): string | undefined {
  const url = URL.parse(link);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) return undefined;
  const address = url.href.replaceAll(/[()<>|\s]/g, encodeSign);
  return address.length > mostCharacters ? undefined : address;
}

/** The few signs that end an address in the markup of some chat. */
function encodeSign(sign: string): string {
  return `%${sign.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

function plainSpan(span: Span): string {
  if (typeof span === 'string') return clean(span);
  if ('time' in span) return utcTime(span.time);
  if ('mention' in span) return clean(`@${span.name}`);
  if ('link' in span) return clean(span.text);
  return clean('code' in span ? span.code : span.strong);
}

import type { Span, Text } from '../../core/ports/chat.ts';
import type { UtcMs } from '../../core/ports/clock.ts';
import { isNarrow, widthOf } from '../text-width.ts';
import { duration } from '../wording/numbers.ts';

/** How a terminal shows text. */
export interface TextSettings {
  /** False: every character outside ASCII gets a substitute. */
  readonly unicode: boolean;
  /** IANA name of the reader's time zone, such as `Europe/Berlin`; undefined for this machine's. */
  readonly timeZone: string | undefined;
  readonly now: UtcMs;
}

/** Signs that our own words use, and what stands for them in ASCII. */
const ASCII_SUBSTITUTES: ReadonlyMap<string, string> = new Map([
  ['·', '-'],
  ['•', '*'],
  ['–', '-'],
  ['—', '-'],
  ['×', 'x'],
  ['…', '...'],
  ['“', '"'],
  ['”', '"'],
  ['‘', "'"],
  ['’', "'"],
  ['★', '*'],
  ['●', '*'],
  ['○', 'o'],
  ['°', ''],
  ['→', '->'],
  ['↵', '|'],
]);

/** Columns; conjuncts of Indic scripts need some. */
const WIDEST_CHARACTER = 8;

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const NOT_PRINTABLE = /[\p{Cc}\u2028\u2029]/gu;
/** Marks that change the direction of what follows them; without them, a line keeps its order. */
const DIRECTION_MARKS = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/g;
const RIGHT_TO_LEFT = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;
const ISOLATE = '\u2068';
const END_OF_ISOLATE = '\u2069';

/** A span as text that no terminal takes for a command. */
export function spanText(span: Span, settings: TextSettings): string {
  if (typeof span === 'string') return safeText(span, settings);
  if ('time' in span) return safeText(timeText(span.time, span.style, settings), settings);
  if ('mention' in span) return safeText(`@${span.name}`, settings);
  if ('link' in span) return safeText(`${span.text} (${span.link})`, settings);
  return safeText('code' in span ? span.code : span.strong, settings);
}

export function plainText(text: Text, settings: TextSettings): string {
  return text.map((span) => spanText(span, settings)).join('');
}

/**
 * One line without control characters: escape sequences are shown, not obeyed; line breaks and tabs become spaces;
 * text that runs from right to left is contained, so that it does not turn round what stands beside it.
 */
export function safeText(text: string, settings: Pick<TextSettings, 'unicode'>): string {
  const visible = text
    .toWellFormed()
    .replaceAll(DIRECTION_MARKS, '')
    .replaceAll(/\r\n|[\n\r\t\v\f\u0085\u2028\u2029]/g, ' ')
    .replaceAll(NOT_PRINTABLE, (character) => shownControl(character, settings.unicode));
  if (!settings.unicode) return toAscii(visible);
  const divisible = isNarrow(visible) ? visible : withoutGiants(visible);
  return RIGHT_TO_LEFT.test(divisible) ? ISOLATE + divisible + END_OF_ISOLATE : divisible;
}

/** A character with very many marks is as wide as they are, and no line can be broken within it. */
function withoutGiants(text: string): string {
  return Array.from(new Intl.Segmenter().segment(text), ({ segment }) =>
    segment.length > 2 && widthOf(segment) > WIDEST_CHARACTER ? '\uFFFD' : segment,
  ).join('');
}

/** Escape becomes `␛` or `^[`. */
function shownControl(character: string, unicode: boolean): string {
  const code = character.charCodeAt(0);
  if (code >= 0x80) return unicode ? '\uFFFD' : '?';
  if (unicode) return code === 0x7f ? '\u2421' : String.fromCharCode(0x2400 + code);
  return code === 0x7f ? '^?' : `^${String.fromCharCode(0x40 + code)}`;
}

function toAscii(text: string): string {
  let ascii = '';
  for (const character of text)
    ascii += ASCII_SUBSTITUTES.get(character) ?? (character <= '~' ? character : '?');
  return ascii;
}

/** `14:02`, `27 Nov`, `3 min ago`. A clock time of another day carries its date. */
function timeText(
  time: UtcMs,
  style: 'clock' | 'date' | 'ago',
  settings: Pick<TextSettings, 'timeZone' | 'now'>,
): string {
  if (!Number.isFinite(time) || Math.abs(time) > 8.64e15) return '?';
  if (style === 'ago') return agoText(time, settings);
  const day = dateText(time, settings.timeZone);
  if (style === 'date') return day;
  const clock = new Intl.DateTimeFormat('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    timeZone: settings.timeZone,
  }).format(time);
  return day === dateText(settings.now, settings.timeZone) ? clock : `${day} ${clock}`;
}

function agoText(time: UtcMs, settings: Pick<TextSettings, 'timeZone' | 'now'>): string {
  const age = settings.now - time;
  if (age < 10_000) return 'just now';
  if (age < MINUTE) return 'less than a minute ago';
  if (age < DAY)
    return `${duration(age < 60 * MINUTE ? Math.floor(age / MINUTE) * MINUTE : Math.floor(age / (60 * MINUTE)) * 60 * MINUTE)} ago`;
  return dateText(time, settings.timeZone);
}

function dateText(time: UtcMs, timeZone: string | undefined): string {
  return new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone }).format(time);
}

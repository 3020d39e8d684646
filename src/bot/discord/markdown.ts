import type { Span, Text } from '../../core/ports/chat.ts';
import type { UtcMs } from '../../core/ports/clock.ts';
import { clean, secondsOf, splitLinks, utcTime, webAddress } from '../chat/clean-text.ts';

/** How Discord writes a time in the reader's own zone and language. */
const TIME_STYLES = { clock: 'f', date: 'D', ago: 'R' } as const satisfies Record<
  Extract<Span, { time: UtcMs }>['style'],
  string
>;
const USER_ID = /^\d{17,20}$/;
/** Everything that begins something in Discord's markdown, wherever it stands. */
const SPECIAL = /[\\*_~`|<>[\]()#]/;
/** What does so at the beginning of a line only. */
const LINE_START = /^\s*(?:[-+]|\d+\.)/;
/** Without a width, so that `@everyone` is no mention and three backticks end nothing. */
const NOTHING = '\u200B';
const ELLIPSIS = '…';
/** Discord does not make a link of more. */
const LINK_CHARACTERS = 1_000;

/** The text in Discord's markdown, in which nothing that somebody wrote is markup; of at most `room` characters. */
export function toMarkdown(text: Text, room: number): string {
  let written = '';
  for (const span of text) {
    const left = room - written.length;
    const whole = spanMarkdown(span, Number.POSITIVE_INFINITY);
    if (whole.length <= left) {
      written += whole;
      continue;
    }
    return written + (left < 1 ? '' : spanMarkdown(span, left));
  }
  return written;
}

/** Lines in a fixed-width font, in which nothing is markup; empty where there is no room or nothing to show. */
export function fenced(lines: readonly string[], keep: 'start' | 'end', room: number): string {
  const text = lines.join('\n').replaceAll('```', `\`${NOTHING}\`${NOTHING}\``).trimEnd();
  const most = room - '```\n\n```'.length;
  if (text.trim() === '' || most < ELLIPSIS.length + 1) return '';
  // A backtick at the end would belong to the fence.
  const shown = (text.length <= most ? text : cut(text, keep, most)).replace(/`$/, "'");
  return `\`\`\`\n${shown}\n\`\`\``;
}

/** A quotation of several lines, of at most `room` characters. */
export function quoted(text: string, room: number): string {
  let written = '';
  for (const line of clean(text, 'keep').split('\n')) {
    const start = written === '' ? '> ' : '\n> ';
    const left = room - written.length - start.length;
    if (left < 1) break;
    // Where a line is cut, there is no room for another one.
    written += start + escaped(line, left);
  }
  return written.replaceAll(/[> \n]/g, '') === '' ? '' : written;
}

/** In a fixed-width font within a line; empty where nothing is left of it. */
export function inlineCode(text: string, room = Number.POSITIVE_INFINITY): string {
  const inner = clean(text).replaceAll('`', "'").trim();
  return wrapped(inner, '`', room, (raw, most) => clipped(raw, most));
}

/** The id of whom the text mentions first; undefined where it mentions nobody. */
export function mentionIn(text: Text): string | undefined {
  for (const span of text) {
    if (typeof span === 'object' && 'mention' in span && USER_ID.test(span.mention)) return span.mention;
  }
  return undefined;
}

function spanMarkdown(span: Span, room: number): string {
  if (typeof span === 'string') return withLinks(clean(span), room);
  if ('time' in span) {
    const seconds = secondsOf(span.time);
    return whole(
      seconds === undefined ? utcTime(span.time) : `<t:${seconds}:${TIME_STYLES[span.style]}>`,
      room,
    );
  }
  if ('mention' in span) {
    return USER_ID.test(span.mention)
      ? whole(`<@${span.mention}>`, room)
      : escaped(clean(`@${span.name}`), room);
  }
  if ('code' in span) return inlineCode(span.code, room);
  if ('link' in span) return linkMarkdown(span, room);
  return wrapped(clean(span.strong).trim(), '**', room, escaped);
}

function linkMarkdown({ link, text }: Extract<Span, { link: string }>, room: number): string {
  const words = clean(text).trim();
  const address = webAddress(link, LINK_CHARACTERS);
  if (address === undefined || words === '') return escaped(words, room);
  return whole(`[${escaped(words, Number.POSITIVE_INFINITY)}](${address})`, room);
}

/** Addresses are links by themselves, and escaping would break them. */
function withLinks(text: string, room: number): string {
  let written = '';
  for (const part of splitLinks(text, LINK_CHARACTERS)) {
    const left = room - written.length;
    const isPlain = part.kind === 'text' || /[*_~`|]{2}/.test(part.text);
    const full = isPlain ? escaped(part.text, Number.POSITIVE_INFINITY) : part.text;
    if (full.length <= left) {
      written += full;
      continue;
    }
    return written + (left < 1 ? '' : isPlain ? escaped(part.text, left) : ELLIPSIS);
  }
  return written;
}

function wrapped(
  inner: string,
  sign: string,
  room: number,
  write: (text: string, room: number) => string,
): string {
  if (inner === '') return '';
  const left = room - 2 * sign.length;
  return left < 1 ? ELLIPSIS.slice(0, room) : `${sign}${write(inner, left)}${sign}`;
}

/** As it is, or a sign that something is missing. */
function whole(text: string, room: number): string {
  return text.length <= room ? text : ELLIPSIS.slice(0, Math.max(0, room));
}

/** Escaped, and cut where no escape is divided. */
function escaped(text: string, room: number): string {
  const start = LINE_START.exec(text)?.[0].length ?? 0;
  let written = '';
  let position = 0;
  let kept = 0;
  for (const character of text) {
    position += character.length;
    const isStart = start > 0 && position === start;
    written +=
      character === '@' ? `@${NOTHING}` : isSpecial(character, isStart) ? `\\${character}` : character;
    if (written.length <= room - ELLIPSIS.length) kept = written.length;
    if (written.length > room) return written.slice(0, kept) + ELLIPSIS.slice(0, Math.max(0, room - kept));
  }
  return written;
}

function isSpecial(character: string, isLineStart: boolean): boolean {
  return SPECIAL.test(character) || (isLineStart && /[-+.]/.test(character));
}

function clipped(text: string, most: number): string {
  return text.length <= most ? text : cut(text, 'start', most);
}

function cut(text: string, keep: 'start' | 'end', most: number): string {
  const length = most - ELLIPSIS.length;
  const part = keep === 'start' ? text.slice(0, length) : text.slice(text.length - length);
  const wholeCharacters = part.toWellFormed().replaceAll(/^\uFFFD|\uFFFD$/g, '');
  return keep === 'start' ? wholeCharacters + ELLIPSIS : ELLIPSIS + wholeCharacters;
}

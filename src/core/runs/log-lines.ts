import { stripVTControlCharacters } from 'node:util';

export interface LogLine {
  /** Without its end, without terminal control sequences. */
  readonly text: string;
  /** It ended with a carriage return alone: progress that the next line overwrites. */
  readonly rewritten: boolean;
}

const NEWLINE = 0x0a;
const RETURN = 0x0d;
/** Enough for any line that means something; the rest of a longer one is dropped. */
export const MAX_LINE_BYTES = 4096;
/** Where a line can be the text that a model was asked for: one that is cut is too long for a prompt by far. */
export const MAX_TEXT_LINE_BYTES = 65_536;

/**
 * Cuts a stream of bytes into lines at `\n`, `\r\n` and `\r`, wherever the chunks break: within a line, a character
 * or a line end. Memory is bounded by one line of `maxLineBytes`, whatever the stream holds.
 */
export class LogLineSplitter {
  readonly #line: Buffer;
  #length = 0;
  #isClipped = false;
  /** The last byte was a return: whether a newline follows decides what kind of end it is. */
  #endsWithReturn = false;

  constructor(maxLineBytes: number = MAX_LINE_BYTES) {
    this.#line = Buffer.alloc(maxLineBytes);
  }

  /** The lines that `bytes` complete. Progress without text is left out. */
  push(bytes: Uint8Array): LogLine[] {
    const lines: LogLine[] = [];
    let begin = 0;
    for (let index = 0; index < bytes.length; index += 1) {
      const byte = bytes[index];
      if (this.#endsWithReturn) {
        this.#endsWithReturn = false;
        this.#complete(byte !== NEWLINE, lines);
        if (byte === NEWLINE) {
          begin = index + 1;
          continue;
        }
      }
      if (byte !== NEWLINE && byte !== RETURN) continue;
      this.#append(bytes, begin, index);
      begin = index + 1;
      if (byte === RETURN) this.#endsWithReturn = true;
      else this.#complete(false, lines);
    }
    this.#append(bytes, begin, bytes.length);
    return lines;
  }

  /** What no line holds yet. */
  rest(): string {
    return this.#text();
  }

  /** True where `rest` is a whole line, and only the kind of its end is open. */
  get isRestWhole(): boolean {
    return this.#endsWithReturn;
  }

  #append(bytes: Uint8Array, begin: number, end: number): void {
    if (begin >= end) return;
    const room = this.#line.length - this.#length;
    if (end - begin > room) this.#isClipped = true;
    const part = bytes.subarray(begin, Math.min(end, begin + room));
    this.#line.set(part, this.#length);
    this.#length += part.length;
  }

  #complete(rewritten: boolean, lines: LogLine[]): void {
    if (this.#length > 0 || !rewritten) lines.push({ text: this.#text(), rewritten });
    this.#length = 0;
    this.#isClipped = false;
  }

  #text(): string {
    let text = this.#line.toString('utf8', 0, this.#length);
    // A character that was cut in two at the limit.
    if (this.#isClipped) text = text.replace(/\uFFFD{1,3}$/, '');
    return plainText(text);
  }
}

/** A text without terminal control sequences and control characters other than the tab. */
export function plainText(text: string): string {
  return isPlain(text) ? text : withoutControls(text);
}

/** True where there is nothing to strip: nearly always, and much faster to find than to strip. */
function isPlain(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    if (isControl(text.charCodeAt(index))) return false;
  }
  return true;
}

function withoutControls(text: string): string {
  const visible = [...stripVTControlCharacters(text)];
  return visible.filter((character) => !isControl(character.charCodeAt(0))).join('');
}

/** C0 and C1 controls other than the tab. */
function isControl(code: number): boolean {
  return (code < 0x20 && code !== 0x09) || (code >= 0x7f && code < 0xa0);
}

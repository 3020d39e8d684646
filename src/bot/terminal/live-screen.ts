import { forgetAbsent } from './forget-absent.ts';
import { type InputWindow, inputWindow } from './input-window.ts';
import { hardWrap } from './layout.ts';
import { renderCard } from './render-card.ts';
import type { InputLine, Screen, ScreenMessage, ScreenOutput, ScreenSettings } from './render-screen.ts';

/** A terminal that does not know its size says nothing, or 0. */
const DEFAULT_COLUMNS = 80;
const DEFAULT_ROWS = 24;
/** Narrower terminals get lines that the terminal itself breaks. */
const NARROWEST = 20;

const ESCAPE = '\u001b[';
const CLEAR_BELOW = `${ESCAPE}0J`;
const CLEAR_TO_END_OF_LINE = `${ESCAPE}K`;
/** The terminal shows what stands between these at once, without flicker; others ignore them. */
const BEGIN_FRAME = `${ESCAPE}?2026h`;
const END_FRAME = `${ESCAPE}?2026l`;

/**
 * Draws a thread in place. What will not change any more is written once and scrolls up like any output; the live
 * messages stay below it, above the line that is typed, and are drawn over themselves. A message that ends is written
 * for good where it is then.
 */
export class LiveScreen implements Screen {
  readonly #output: ScreenOutput;
  readonly #settings: ScreenSettings;
  /** Content of the messages that were written for good, by key. */
  readonly #settled = new Map<string, string>();
  /** Lines of the tail as they stand on the screen. */
  #tail: readonly string[] = [];
  /** What of the tail stands before the cursor and under it. */
  #reach: readonly string[] = [];
  #columns = 0;

  constructor(output: ScreenOutput, settings: ScreenSettings) {
    this.#output = output;
    this.#settings = settings;
  }

  show(messages: readonly ScreenMessage[], input?: InputLine): void {
    const columns = Math.max(NARROWEST, this.#output.columns || this.#settings.width || DEFAULT_COLUMNS);
    const unsettled = messages.filter((message) => message.live || !this.#isSettled(message));
    const finished = unsettled.filter((message) => !message.live);
    const tailMessages = unsettled.filter((message) => message.live);
    const finishedLines = finished.flatMap((message) => [...this.#render(message, columns), '']);
    for (const message of finished) this.#settled.set(message.key, contentOf(message));
    forgetAbsent(this.#settled, messages);

    const tail = this.#clip(
      tailMessages.flatMap((message) => [...this.#render(message, columns), '']),
      input === undefined ? 0 : 1,
    );
    const typed = input === undefined ? undefined : inputWindow(input, columns, this.#settings);
    const lines = typed === undefined ? tail : [...tail, typed.line];
    if (
      finishedLines.length === 0 &&
      columns === this.#columns &&
      typed === undefined &&
      sameLines(lines, this.#tail)
    )
      return;

    this.#output.write(
      `${BEGIN_FRAME}${this.#toTop(columns)}${drawn(finishedLines)}${drawn(tail)}${CLEAR_BELOW}${typed === undefined ? '' : drawnInput(typed)}${END_FRAME}`,
    );
    this.#tail = lines;
    this.#columns = columns;
    this.#reach = [...tail, typed?.reach ?? ''];
  }

  close(): void {
    if (this.#tail.length === this.#reach.length) this.#output.write('\n');
    this.#tail = [];
    this.#reach = [];
  }

  /** A message that changed after it was written for good is written again, below. */
  #isSettled(message: ScreenMessage): boolean {
    return this.#settled.get(message.key) === contentOf(message);
  }

  #render(message: ScreenMessage, columns: number): readonly string[] {
    return renderCard(message.card, { ...this.#settings, now: this.#settings.now(), width: columns });
  }

  /** What does not fit on the screen cannot be drawn over: the newest lines stay. */
  #clip(lines: readonly string[], reserved: number): readonly string[] {
    const room = Math.max(1, (this.#output.rows || DEFAULT_ROWS) - 1 - reserved);
    return lines.length <= room ? lines : lines.slice(lines.length - room);
  }

  /** Moves the cursor to the first line of the tail. A terminal that got another width has broken the lines anew. */
  #toTop(columns: number): string {
    const width = columns === this.#columns ? columns : this.#output.columns || columns;
    const below = this.#reach.reduce((total, line) => total + hardWrap(line, width).length, 0) - 1;
    const rows = Math.min(Math.max(0, below), (this.#output.rows || DEFAULT_ROWS) - 1);
    return rows === 0 ? '\r' : `\r${ESCAPE}${rows}A`;
  }
}

/**
 * A row is cleared before it is written: after its last column, some terminals would clear that column. A row that is
 * cleared from its beginning is no more part of a line that the terminal broke, and is not joined when it gets wider.
 */
function drawn(lines: readonly string[]): string {
  return lines.map((line) => `${CLEAR_TO_END_OF_LINE}${line}\n`).join('');
}

/** Draws the typed line and places the cursor in it. */
function drawnInput({ line, column }: InputWindow): string {
  return `${CLEAR_TO_END_OF_LINE}${line}\r${column === 0 ? '' : `${ESCAPE}${column}C`}`;
}

function contentOf(message: ScreenMessage): string {
  return JSON.stringify(message.card);
}

function sameLines(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((line, index) => line === right[index]);
}

import type { LogLine } from './log-lines.ts';

/** Longer lines are cut: nobody reads them in a card. */
const MAX_CHARACTERS = 300;

/** The last lines of a log as a terminal would show them: progress that was overwritten is gone. */
export class LogTail {
  readonly #capacity: number;
  readonly #lines: LogLine[] = [];

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  push({ text, rewritten }: LogLine): void {
    if (text.trim() === '') return;
    if (this.#lines.at(-1)?.rewritten) this.#lines.pop();
    this.#lines.push({ text: clip(text), rewritten });
    if (this.#lines.length > this.#capacity) this.#lines.shift();
  }

  /** Oldest first; `rest` is the line that has no end yet. */
  lines(rest: string): readonly string[] {
    const shown = this.#lines.map(({ text }) => text);
    if (rest.trim() === '') return shown;
    if (this.#lines.at(-1)?.rewritten) shown.pop();
    return [...shown, clip(rest)].slice(-this.#capacity);
  }
}

function clip(text: string): string {
  const end = text.trimEnd();
  return end.length <= MAX_CHARACTERS ? end : `${end.slice(0, MAX_CHARACTERS - 1)}…`;
}

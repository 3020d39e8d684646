import type { ScreenOutput } from '../../../src/bot/terminal/render-screen.ts';

/**
 * A terminal that knows the few sequences that a screen needs, keeps what scrolled off, and breaks its lines anew when
 * it is resized, as most terminals do. It throws at a sequence that it does not know.
 */
export class FakeTerminal implements ScreenOutput {
  readonly isTTY = true;
  columns: number;
  rows: number;
  #lines: string[] = [''];
  /** Rows that go on in the next one because they were broken, by number. */
  readonly #broken = new Set<number>();
  #row = 0;
  #column = 0;
  writes = 0;

  constructor(columns = 80, rows = 24) {
    this.columns = columns;
    this.rows = rows;
  }

  write(text: string): void {
    this.writes += 1;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a terminal reads
    for (const [token] of text.matchAll(/\u001b\[[?0-9;]*[a-zA-Z]|[\s\S]/gu)) this.#obey(token);
  }

  /** Everything ever shown, scrollback included, without empty lines at the end. */
  get text(): string {
    return this.#lines
      .map((line) => line.trimEnd())
      .join('\n')
      .trimEnd();
  }

  get cursor(): readonly [number, number] {
    return [this.#row, this.#column];
  }

  /**
   * Joins what was broken and breaks it anew; the cursor stays at its character. A row that was written over since it was
   * broken is joined all the same, unless it was cleared from its first column.
   */
  resize(columns: number): void {
    const joined: { text: string; cursor?: number }[] = [];
    for (const [row, text] of this.#lines.entries()) {
      const last = joined.at(-1);
      const line = last !== undefined && this.#broken.has(row - 1) ? last : { text: '' };
      if (line !== last) joined.push(line);
      if (row === this.#row) line.cursor = line.text.length + this.#column;
      line.text += text;
    }
    this.#lines = [];
    this.#broken.clear();
    for (const { text, cursor } of joined) {
      const pieces = split(text, columns);
      if (cursor !== undefined) {
        const piece = Math.min(Math.floor(cursor / columns), pieces.length - 1);
        this.#row = this.#lines.length + piece;
        this.#column = Math.min(cursor - piece * columns, columns - 1);
      }
      const end = this.#lines.length + pieces.length;
      for (const piece of pieces) {
        this.#lines.push(piece);
        if (this.#lines.length < end) this.#broken.add(this.#lines.length - 1);
      }
    }
    this.columns = columns;
  }

  #obey(token: string): void {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a terminal reads
    const command = /^\u001b\[([?0-9;]*)([a-zA-Z])$/.exec(token);
    if (command === null) {
      this.#print(token);
      return;
    }
    const [, given = '', name = ''] = command;
    const count = Number(given || 1);
    if (given === '?2026') return;
    if (name === 'A') {
      if (count > this.rows - 1 || count > this.#row)
        throw new Error(`cannot go up ${count} rows from row ${this.#row}`);
      this.#row -= count;
    } else if (name === 'C') this.#column += count;
    else if (name === 'K') {
      this.#clearRow();
      if (this.#column === 0) this.#broken.delete(this.#row);
    } else if (name === 'J') {
      this.#lines.length = this.#row + 1;
      for (const row of [...this.#broken]) if (row >= this.#row) this.#broken.delete(row);
      this.#clearRow();
    } else if (name !== 'm') throw new Error(`unknown sequence ${JSON.stringify(token)}`);
  }

  #clearRow(): void {
    this.#lines[this.#row] = (this.#lines[this.#row] ?? '').slice(0, this.#column);
    if (this.#column === 0) this.#broken.delete(this.#row - 1);
  }

  #print(character: string): void {
    if (character === '\r') this.#column = 0;
    else if (character === '\n') {
      this.#row += 1;
      this.#column = 0;
      this.#lines[this.#row] ??= '';
    } else {
      const line = (this.#lines[this.#row] ?? '').padEnd(this.#column);
      this.#lines[this.#row] =
        line.slice(0, this.#column) + character + line.slice(this.#column + character.length);
      this.#column += character.length;
      if (this.#column > this.columns) throw new Error(`a line is wider than the terminal: ${line}`);
    }
  }
}

function split(line: string, columns: number): readonly string[] {
  if (line === '') return [''];
  const pieces: string[] = [];
  for (let at = 0; at < line.length; at += columns) pieces.push(line.slice(at, at + columns));
  return pieces;
}

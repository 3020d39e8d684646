import { formatPath, type KeyPath } from './schema-walk.ts';

/** Lines of a TOML text by the path of what stands there, as problems write it in `where`. */
export type TomlLines = ReadonlyMap<string, number>;

/** Where a path is said, or the nearest thing around it that is. */
export interface FoundLine {
  readonly line: number;
  /** The part of the path that was found. */
  readonly where: string;
}

/** Lines from 1 of every table, key, and entry of a list; the text must be one that the TOML parser has taken. */
export function tomlLines(text: string): TomlLines {
  return new Scanner(text).read();
}

/** Undefined where not even the outermost table of the path is said. */
export function findLine(lines: TomlLines, where: string): FoundLine | undefined {
  for (let path = where; path !== ''; path = path.replace(LAST_PART, '')) {
    const line = lines.get(path);
    if (line !== undefined) return { line, where: path };
  }
  return undefined;
}

/** The path of `inner` where its beginning is `outer`; either may be empty. */
export function joinPaths(outer: string, inner: string): string {
  return outer === '' || inner === '' || inner.startsWith('[') ? `${outer}${inner}` : `${outer}.${inner}`;
}

/** Matches the end of every path that is not empty. */
const LAST_PART = /(?:\[\d+\]|(?:^|\.)"(?:[^"\\]|\\.)*"|(?:^|\.)[^.[\]"]+|.)$/s;
const BLANK = /[ \t\r\n]|#[^\n]*/y;
const KEY = /"((?:[^"\\]|\\.)*)"|'([^']*)'|([\w-]+)/y;
const STRING = /"""(?:[^\\]|\\[\s\S])*?"{3,5}|'''[\s\S]*?'{3,5}|"(?:[^"\\]|\\.)*"|'[^']*'/y;
const BARE = /[^,\]}#\n]+/y;

class Scanner {
  readonly #text: string;
  readonly #lines = new Map<string, number>();
  /** Index of the last entry of each list of tables. */
  readonly #lists = new Map<string, number>();
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): TomlLines {
    let table: KeyPath = [];
    for (this.#skip(); this.#at < this.#text.length; this.#skip()) {
      const start = this.#at;
      if (this.#take('[[')) table = this.#header(start, true);
      else if (this.#take('[')) table = this.#header(start, false);
      else this.#pair(table);
    }
    return this.#lines;
  }

  #header(start: number, isList: boolean): KeyPath {
    const keys = this.#keys();
    this.#take(isList ? ']]' : ']');
    let path: KeyPath = [];
    for (const [depth, key] of keys.entries()) {
      path = [...path, key];
      const list = formatPath(path);
      if (isList && depth === keys.length - 1) this.#lists.set(list, (this.#lists.get(list) ?? -1) + 1);
      this.#note(path, start);
      const entry = this.#lists.get(list);
      if (entry !== undefined) path = [...path, entry];
    }
    this.#note(path, start);
    return path;
  }

  #pair(table: KeyPath): void {
    const start = this.#at;
    let path = table;
    for (const key of this.#keys()) {
      path = [...path, key];
      this.#note(path, start);
    }
    this.#take('=');
    this.#value(path);
  }

  #value(path: KeyPath): void {
    this.#skip();
    this.#note(path, this.#at);
    if (this.#take('[')) {
      for (let entry = 0; !this.#ends(']'); entry += 1) this.#value([...path, entry]);
    } else if (this.#take('{')) {
      while (!this.#ends('}')) this.#pair(path);
    } else if (this.#match(STRING) === undefined && this.#match(BARE) === undefined) {
      this.#at += 1;
    }
  }

  #ends(mark: string): boolean {
    this.#skip();
    this.#take(',');
    this.#skip();
    return this.#at >= this.#text.length || this.#take(mark);
  }

  #keys(): readonly string[] {
    const keys: string[] = [];
    do {
      this.#skip();
      const [whole = '', quoted, literal] = this.#match(KEY) ?? [];
      if (whole === '') this.#at += 1;
      keys.push(quoted ?? literal ?? whole);
      this.#skip();
    } while (this.#take('.'));
    return keys;
  }

  /** The first place counts: a table may be gone on with. */
  #note(path: KeyPath, offset: number): void {
    const key = formatPath(path);
    if (!this.#lines.has(key)) this.#lines.set(key, this.#text.slice(0, offset).split('\n').length);
  }

  #skip(): void {
    while (this.#match(BLANK) !== undefined);
  }

  #take(mark: string): boolean {
    if (!this.#text.startsWith(mark, this.#at)) return false;
    this.#at += mark.length;
    return true;
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found === null) return undefined;
    this.#at += found[0].length;
    return found;
  }
}

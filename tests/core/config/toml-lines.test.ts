import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import { formatPath, type KeyPath } from '../../../src/core/config/schema-walk.ts';
import { findLine, tomlLines } from '../../../src/core/config/toml-lines.ts';
import { MODELS_DIRECTORY } from '../models/profiles.ts';

const TEXT = `# a comment with = and [brackets]
title = "one # no comment"
"quoted.key" = 'literal'
list = [
  1, # first
  [2, 3],
  { deep = true, "x y" = [4] },
]
a.b.c = 1

[table]
text = """
not = a key
[nor.a.table] \\"""
"""
raw = '''
other = 1'''
more = 2

[[entries]]
name = "first"

[entries.below]
key = 1

[[entries]]
name = "second"
inner = { x = 1, y = { z = 2 } }

[[entries.parts]]
size = 1_000

[[entries.parts]]
when = 2026-11-20T10:00:00Z
`;

describe('tomlLines', () => {
  it.each([
    ['title', 2],
    ['"quoted.key"', 3],
    ['list', 4],
    ['list[0]', 5],
    ['list[1][1]', 6],
    ['list[2].deep', 7],
    ['list[2]."x y"[0]', 7],
    ['a.b.c', 9],
    ['table', 11],
    ['table.text', 12],
    ['table.raw', 16],
    ['table.more', 18],
    ['entries', 20],
    ['entries[0].name', 21],
    ['entries[0].below.key', 24],
    ['entries[1]', 26],
    ['entries[1].inner.y.z', 28],
    ['entries[1].parts[0].size', 31],
    ['entries[1].parts[1].when', 34],
  ])('finds %s in line %i', (where, line) => {
    expect(findLine(tomlLines(TEXT), where)).toEqual({ where, line });
  });

  it('takes no text for a key', () => {
    const lines = tomlLines(TEXT);
    expect(lines.has('table.not')).toBe(false);
    expect(lines.has('nor')).toBe(false);
  });

  it('has the nearest thing around what is not there', () => {
    const lines = tomlLines(TEXT);
    expect(findLine(lines, 'entries[1].parts[0].missing.deep[3]')).toEqual({
      where: 'entries[1].parts[0]',
      line: 30,
    });
    expect(findLine(lines, 'nothing.of."the.kind"[0]')).toBeUndefined();
    expect(findLine(lines, '')).toBeUndefined();
  });

  it('ends with a text that is no TOML, too', () => {
    for (const text of ['[', '[[', 'a', 'a = ', 'a = [', 'a = {', '= 1', '"""', 'a = """', ']', '}'])
      expect(tomlLines(text)).toBeInstanceOf(Map);
  });

  const files = readdirSync(MODELS_DIRECTORY, { recursive: true, encoding: 'utf8' });
  it.each(files.filter((file) => file.endsWith('.toml')))('knows every value of %s', (file) => {
    const text = readFileSync(join(MODELS_DIRECTORY, file), 'utf8');
    const lines = tomlLines(text);
    const written = text.split('\n');
    for (const path of pathsOf(parse(text))) {
      const line = lines.get(formatPath(path));
      expect(line, formatPath(path)).toBeGreaterThan(0);
      const key = path.at(-1);
      if (typeof key === 'string') expect(written[(line ?? 0) - 1]).toContain(key);
    }
  });
});

function pathsOf(value: unknown, path: KeyPath = []): readonly KeyPath[] {
  if (typeof value !== 'object' || value === null) return [path];
  const entries: readonly (readonly [string | number, unknown])[] = Array.isArray(value)
    ? [...value.entries()]
    : Object.entries(value);
  return [
    ...(path.length > 0 ? [path] : []),
    ...entries.flatMap(([key, inner]) => pathsOf(inner, [...path, key])),
  ];
}

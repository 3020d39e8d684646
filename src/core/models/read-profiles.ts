import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parse, TomlError } from 'smol-toml';
import { type SourceText, withLines } from '../config/problem-lines.ts';
import { type Checked, CosmosError, invalid, type Problem, valid } from '../errors.ts';
import { nearest } from '../nearest.ts';
import { systemCode } from '../system-code.ts';
import { mergeTables, type Table } from './merge-tables.ts';
import { parseProfile } from './parse-profile.ts';
import type { Profile } from './profile.ts';

/** Where the parts lie that several profiles share, below the folder of the profiles. */
const FAMILIES = 'families';

export interface ReadProfile {
  readonly profile: Profile;
  /** As written, with what it extends, for merging overrides into it. */
  readonly table: Table;
  /** The file itself, the family that it extends, and what that one extends. */
  readonly texts: readonly SourceText[];
}

export interface ReadFolder {
  readonly profiles: readonly ReadProfile[];
  readonly problems: readonly Problem[];
  /** Of all files, those of a profile with a problem included. */
  readonly ids: readonly string[];
}

/** What a folder of profiles is to whoever reads about its files. */
export interface ProfileFolder {
  readonly directory: string;
  /** Where problems name its files by their whole paths, and what it extends may lie in `shared`, too. */
  readonly shared?: string;
}

/**
 * Reads every `*.toml` of a folder, in order of name. One that says `extends = "<family>"` is laid over
 * `families/<family>.toml`, which is a part of a profile and none by itself, and may extend another. All problems at once, with the line where
 * it is known (`parseProfile`, `config.syntax`), beside the profiles that have none; throws `config.file_unreadable`
 * {file, detail} where the folder or a file cannot be read.
 */
export async function readProfiles(folder: ProfileFolder): Promise<ReadFolder> {
  const families = await readFamilies(folder);
  const files = await tomlFiles(folder.directory);
  const read = await Promise.all(files.map((file) => readProfile(folder, file, families)));
  return {
    profiles: read.flatMap((checked) => (checked.ok ? [checked.value] : [])),
    problems: read.flatMap((checked) => (checked.ok ? [] : checked.problems)),
    ids: files.map((file) => basename(file, '.toml')),
  };
}

/** The path of each family's file; one of the folder's own goes before one that is shared. */
async function readFamilies({ directory, shared }: ProfileFolder): Promise<ReadonlyMap<string, ProfilePath>> {
  const found = new Map<string, ProfilePath>();
  for (const from of [shared, directory]) {
    if (from === undefined) continue;
    const isNamedWhole = from === directory && shared !== undefined;
    for (const file of await tomlFiles(join(from, FAMILIES), { optional: true })) {
      const path = join(from, FAMILIES, file);
      found.set(basename(file, '.toml'), { path, file: isNamedWhole ? path : join(FAMILIES, file) });
    }
  }
  return found;
}

interface ProfilePath {
  readonly path: string;
  /** What problems call it. */
  readonly file: string;
}

async function tomlFiles(directory: string, { optional = false } = {}): Promise<readonly string[]> {
  const entries = await readable(directory, async () => {
    try {
      return await readdir(directory);
    } catch (error) {
      if (optional && systemCode(error) === 'ENOENT') return [];
      throw error;
    }
  });
  return entries.filter((entry) => entry.endsWith('.toml')).toSorted();
}

async function readProfile(
  { directory, shared }: ProfileFolder,
  name: string,
  families: ReadonlyMap<string, ProfilePath>,
): Promise<Checked<ReadProfile>> {
  const path = join(directory, name);
  const file = shared === undefined ? name : path;
  const own = await readToml({ path, file });
  if (!own.ok) return own;
  const whole = await withFamilies(own.value, families);
  if (!whole.ok) return whole;
  const { table, texts } = whole.value;
  const parsed = parseProfile(table, file);
  if (!parsed.ok) return { ok: false, problems: withLines(parsed.problems, texts) };
  if (`${parsed.value.id}.toml` !== name) {
    const detail = 'must be the name of the file without .toml';
    const problem = { code: 'config.profile_invalid', parameters: { file, where: 'id', detail } } as const;
    return { ok: false, problems: withLines([problem], texts) };
  }
  return valid({ profile: parsed.value, table, texts });
}

interface ReadText {
  readonly table: Table;
  readonly text: SourceText;
}

/** The table, laid over what it extends. `path` is the way to it, from the profile: a family that leads back to itself has no end. */
async function withFamilies(
  { table: { extends: family, ...given }, text }: ReadText,
  families: ReadonlyMap<string, ProfilePath>,
  path: readonly string[] = [],
): Promise<Checked<Pick<ReadProfile, 'table' | 'texts'>>> {
  if (family === undefined) return valid({ table: given, texts: [text] });
  const found = families.get(String(family));
  if (found === undefined || path.includes(found.path)) {
    const near = found === undefined && nearest(String(family), [...families.keys()]);
    const detail =
      found === undefined
        ? `must be the name of a file in ${FAMILIES}/ without .toml`
        : 'is a family that extends itself in the end';
    const parameters = { file: text.file, where: 'extends', detail, ...(near && { nearest: near }) };
    return { ok: false, problems: withLines([{ code: 'config.profile_invalid', parameters }], [text]) };
  }
  const read = await readToml(found);
  if (!read.ok) return read;
  const base = await withFamilies(read.value, families, [...path, found.path]);
  if (!base.ok) return base;
  return valid({ table: mergeTables(base.value.table, given), texts: [text, ...base.value.texts] });
}

async function readToml({ path, file }: ProfilePath): Promise<Checked<ReadText>> {
  const text = await readable(path, () => readFile(path, 'utf8'));
  const table = parseToml(text, file);
  return table.ok ? valid({ table: table.value, text: { file, text } }) : table;
}

function parseToml(text: string, file: string): Checked<Table> {
  try {
    return valid(parse(text));
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const detail = (error.message.split('\n')[0] ?? '').replace('Invalid TOML document: ', '');
    return invalid('config.syntax', { file, line: error.line, column: error.column, detail });
  }
}

async function readable<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw new CosmosError(
      'config.file_unreadable',
      { file: path, detail: systemCode(error) ?? 'unknown' },
      { cause: error },
    );
  }
}

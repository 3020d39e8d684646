import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parse, TomlError } from 'smol-toml';
import { type Checked, CosmosError, invalid, type Problem, valid } from '../errors.ts';
import { nearest } from '../nearest.ts';
import { systemCode } from '../system-code.ts';
import { mergeTables, type Table } from './merge-tables.ts';
import { parseProfile } from './parse-profile.ts';
import type { Profile } from './profile.ts';

/** Where the parts lie that several profiles share, below the folder of the profiles. */
const FAMILIES = 'families';

export interface ShippedProfile {
  readonly profile: Profile;
  /** As written, with what it extends, for merging overrides into it. */
  readonly table: Table;
}

/**
 * Reads every `*.toml` of a folder, in order of name. One that says `extends = "<family>"` is laid over
 * `families/<family>.toml`, which is a part of a profile and none by itself. All problems at once (`parseProfile`,
 * `config.syntax`); throws `config.file_unreadable` {file, detail} where the folder or a file cannot be read.
 */
export async function readProfiles(directory: string): Promise<Checked<readonly ShippedProfile[]>> {
  const families = await tomlFiles(join(directory, FAMILIES), { optional: true });
  const files = await tomlFiles(directory);
  const read = await Promise.all(files.map((file) => readProfile(directory, file, families)));
  const [first, ...rest]: readonly Problem[] = read.flatMap((checked) =>
    checked.ok ? [] : checked.problems,
  );
  if (first !== undefined) return { ok: false, problems: [first, ...rest] };
  return valid(read.flatMap((checked) => (checked.ok ? [checked.value] : [])));
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
  directory: string,
  file: string,
  families: readonly string[],
): Promise<Checked<ShippedProfile>> {
  const table = await readExtended(directory, file, families);
  if (!table.ok) return table;
  const parsed = parseProfile(table.value, file);
  if (!parsed.ok) return parsed;
  if (`${parsed.value.id}.toml` !== file) {
    const detail = 'must be the name of the file without .toml';
    return invalid('config.profile_invalid', { file, where: 'id', detail });
  }
  return valid({ profile: parsed.value, table: table.value });
}

/** The table of a file, laid over that of the family that it extends. */
async function readExtended(
  directory: string,
  file: string,
  families: readonly string[],
): Promise<Checked<Table>> {
  const own = await readToml(directory, file);
  if (!own.ok || !Object.hasOwn(own.value, 'extends')) return own;
  const { extends: family, ...table } = own.value;
  if (!families.includes(`${family}.toml`)) {
    const known = families.map((each) => basename(each, '.toml'));
    const near = nearest(String(family), known);
    const detail = `must be the name of a file in ${FAMILIES}/ without .toml`;
    return invalid('config.profile_invalid', {
      file,
      where: 'extends',
      detail,
      ...(near && { nearest: near }),
    });
  }
  const base = await readToml(directory, join(FAMILIES, `${family}.toml`));
  return base.ok ? valid(mergeTables(base.value, table)) : base;
}

async function readToml(directory: string, file: string): Promise<Checked<Table>> {
  const path = join(directory, file);
  return parseToml(await readable(path, () => readFile(path, 'utf8')), file);
}

function parseToml(text: string, file: string): Checked<Table> {
  try {
    return valid(parse(text));
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [detail = ''] = error.message.split('\n');
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

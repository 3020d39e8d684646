import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parse, TomlError } from 'smol-toml';
import { type Checked, CosmosError, invalid, type Problem, valid } from '../errors.ts';
import { systemCode } from '../system-code.ts';
import type { Table } from './merge-tables.ts';
import { parseProfile } from './parse-profile.ts';
import type { Profile } from './profile.ts';

export interface ShippedProfile {
  readonly profile: Profile;
  /** As written, for merging overrides into it. */
  readonly table: Table;
}

/**
 * Reads every `*.toml` of a folder, in order of name. All problems at once (`parseProfile`, `config.syntax`); throws
 * `config.file_unreadable` {file, detail} where the folder or a file cannot be read.
 */
export async function readProfiles(directory: string): Promise<Checked<readonly ShippedProfile[]>> {
  const entries = await readable(directory, () => readdir(directory));
  const files = entries.filter((entry) => entry.endsWith('.toml')).toSorted();
  const read = await Promise.all(files.map((file) => readProfile(join(directory, file))));
  const [first, ...rest]: readonly Problem[] = read.flatMap((checked) =>
    checked.ok ? [] : checked.problems,
  );
  if (first !== undefined) return { ok: false, problems: [first, ...rest] };
  return valid(read.flatMap((checked) => (checked.ok ? [checked.value] : [])));
}

async function readProfile(path: string): Promise<Checked<ShippedProfile>> {
  const file = basename(path);
  const table = parseToml(await readable(path, () => readFile(path, 'utf8')), file);
  if (!table.ok) return table;
  const parsed = parseProfile(table.value, file);
  if (!parsed.ok) return parsed;
  if (`${parsed.value.id}.toml` !== file) {
    const detail = 'must be the name of the file without .toml';
    return invalid('config.profile_invalid', { file, where: 'id', detail });
  }
  return valid({ profile: parsed.value, table: table.value });
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

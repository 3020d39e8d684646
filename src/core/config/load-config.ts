import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parse, TomlError } from 'smol-toml';
import { type Checked, invalid, type Problem, valid } from '../errors.ts';
import { systemCode } from '../system-code.ts';
import type { Config, ConfigOverride, ConfigSource } from './config.ts';
import { CONFIG_VARIABLE, type Environment } from './environment.ts';
import { hostProblems } from './host-problems.ts';
import { locator, type SourceText } from './problem-lines.ts';
import { type ProfileSettings, profileSettings } from './profile-settings.ts';
import { LATER_VALUES } from './reserved.ts';
import { settingsSchema } from './schema.ts';
import { schemaProblems } from './schema-problems.ts';
import { defaultWorkDirectory, toConfig } from './to-config.ts';
import { applyVariables } from './variables.ts';
import { withoutSecretParameters } from './without-secrets.ts';

/** The name that is looked for where nobody names a file. */
const USUAL_NAME = 'cosmos.toml';

export interface LoadOptions {
  readonly environment: Environment;
  /** File named on the command line; wins over `COSMOS_BOT_CONFIG`, which counts as absent where it is empty. */
  readonly path?: string;
  /** Working directory: `cosmos.toml` is looked for here, and everything outside a file is relative to it. */
  readonly directory: string;
}

/** What was read: the configuration, and what of it profiles are checked with even where it is refused. */
export interface Reading {
  readonly config: Checked<Config>;
  /** Absent where the file could not be read as TOML. */
  readonly profiles?: ProfileSettings;
}

/** The configuration alone: `readConfiguration` says which problems there may be. */
export function loadConfig(options: LoadOptions): Checked<Config> {
  return readConfiguration(options).config;
}

/**
 * Reads the configuration: the named file, else `cosmos.toml` in the directory, else the embedded default; over it the
 * `COSMOS_BOT_…` variables. Reports all problems at once:
 * - `config.file_missing` (`file`), `config.file_unreadable` (`file`, `detail`: the system's error code)
 * - `config.syntax` (`file`, `line`, `column`, `detail`: the parser's words, without any line of the file)
 * - those of `schemaProblems` and `hostProblems`, with `file` and `line`, or with `variable` where that holds the value
 * - `config.unknown_variable` (`variable`, `nearest`?)
 * - `config.unsupported` (`where`, `given`): kept for a later version
 *
 * No parameter of them holds what looks like a secret.
 */
export function readConfiguration(options: LoadOptions): Reading {
  const read = readSettings(options);
  if (!read.ok) return { config: read };
  const { table, source, written, directory } = read.value;
  const overridden = applyVariables(settingsSchema, table, options.environment);
  const parameters = source.kind === 'file' ? { file: source.path } : {};

  const parsed = settingsSchema.safeParse(overridden.table);
  const baseOf = (key: string): string =>
    isOverridden(overridden.overrides, key) ? options.directory : directory;
  const dataDirectory = resolve(baseOf('data_dir'), dataDirOf(overridden.table));
  const { models_directory: models } = overridden.table;
  const origin = {
    ...{ directory, dataDirectory },
    ...(written !== undefined && { written }),
    ...(typeof models === 'string' && { modelsDirectory: resolve(baseOf('models_directory'), models) }),
  };
  const paths = { directory, defaultWorkDirectory: defaultWorkDirectory(dataDirectory) };
  const wrong = parsed.success
    ? []
    : schemaProblems(parsed.error, { schema: settingsSchema, input: overridden.table, parameters })
        .map(laterVersion)
        .map((problem) => nameVariable(problem, overridden.overrides));
  const [first, ...rest] = [
    ...[...wrong, ...hostProblems(overridden.table.hosts, paths, parameters)].map(
      locator(written === undefined ? [] : [written]),
    ),
    ...overridden.problems,
  ];
  if (first) {
    const problems = [withoutSecretParameters(first), ...rest.map(withoutSecretParameters)] as const;
    return { config: { ok: false, problems }, profiles: profileSettings(overridden.table, origin) };
  }
  if (!parsed.success) throw new Error('a refused configuration has at least one problem');
  const config = toConfig(parsed.data, { ...origin, source, overrides: overridden.overrides });
  return { config: valid(config), profiles: config };
}

interface SettingsFile {
  readonly table: Readonly<Record<string, unknown>>;
  readonly source: ConfigSource;
  readonly written?: SourceText;
  readonly directory: string;
}

function readSettings({ environment, path, directory }: LoadOptions): Checked<SettingsFile> {
  const variable = environment[CONFIG_VARIABLE];
  // An empty variable is how many tools unset one.
  const named = path ?? (variable === '' ? undefined : variable);
  const file = resolve(directory, named ?? USUAL_NAME);
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    const code = systemCode(error) ?? 'unknown';
    if (code !== 'ENOENT') return invalid('config.file_unreadable', { file, detail: code });
    if (named !== undefined) return invalid('config.file_missing', { file });
    return valid({ table: {}, source: { kind: 'embedded' }, directory: resolve(directory) });
  }
  const parsed = parseToml(bytes, file);
  if (!parsed.ok) return parsed;
  const { table, text } = parsed.value;
  return valid({
    table,
    source: { kind: 'file', path: file },
    written: { file, text },
    directory: dirname(file),
  });
}

interface ParsedText {
  readonly table: Readonly<Record<string, unknown>>;
  readonly text: string;
}

function parseToml(bytes: Uint8Array, file: string): Checked<ParsedText> {
  if (!isUtf8(bytes)) return invalid('config.syntax', { file, detail: 'not UTF-8' });
  try {
    const text = new TextDecoder().decode(bytes);
    return valid({ table: parse(text, { unsafeKeyBehaviour: 'throw' }), text });
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    // The message goes on with lines of the file, which may hold what nobody should see.
    const detail = (error.message.split('\n')[0] ?? '').replace('Invalid TOML document: ', '');
    return invalid('config.syntax', { file, line: error.line, column: error.column, detail });
  }
}

/** Also of a file that the schema refuses, so that its hosts can be compared. */
function dataDirOf(table: Readonly<Record<string, unknown>>): string {
  return typeof table.data_dir === 'string' ? table.data_dir : settingsSchema.parse({}).data_dir;
}

function isOverridden(overrides: readonly ConfigOverride[], key: string): boolean {
  return overrides.some((override) => override.key === key);
}

/** What the format keeps for later is not a mistake of the person, and gets its own answer. */
function laterVersion(problem: Problem): Problem {
  const { where, given, file } = problem.parameters;
  if (typeof where !== 'string') return problem;
  const origin = file === undefined ? {} : { file };
  const later = LATER_VALUES.get(where.replaceAll(/\[\d+\]/g, '[]')) ?? [];
  if (problem.code !== 'config.unknown_choice' || typeof given !== 'string') return problem;
  const value = later.find((choice) => JSON.stringify(choice) === given);
  return value === undefined
    ? problem
    : { code: 'config.unsupported', parameters: { where, given: value, ...origin } };
}

function nameVariable(problem: Problem, overrides: readonly ConfigOverride[]): Problem {
  const override = overrides.find(({ key }) => key === problem.parameters.where);
  if (!override) return problem;
  const { file: _, ...parameters } = problem.parameters;
  return { code: problem.code, parameters: { ...parameters, variable: override.variable } };
}

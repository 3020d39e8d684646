import { CONTAINER_ENGINES } from '../config/config.ts';
import { type SourceText, withLines } from '../config/problem-lines.ts';
import { formatPath } from '../config/schema-walk.ts';
import { type Checked, CosmosError, type Problem, valid } from '../errors.ts';
import type { HostName, ProfileId } from '../ids.ts';
import { nearest } from '../nearest.ts';
import type { Table } from './merge-tables.ts';
import { OverrideProblems } from './override-problems.ts';
import type { Profile } from './profile.ts';
import { type ReadFolder, type ReadProfile, readProfiles } from './read-profiles.ts';
import { type HostShape, unfitModels } from './unfit-models.ts';

/** Keys of profiles with other values, as the configuration writes them. A loaded `Config` is one of these. */
export interface CatalogueOverrides {
  /** The file of the configuration, which problems of overrides name with their line. */
  readonly written?: SourceText;
  readonly models: Readonly<Record<string, Table>>;
  readonly hosts: readonly (HostShape & {
    readonly models?: readonly ProfileId[];
    readonly engine?: string;
    readonly modelOverrides: Readonly<Record<string, Table>>;
  })[];
}

export interface CatalogueOptions {
  /** Folder of the shipped `*.toml`. */
  readonly directory: string;
  /** Folder with further ones, of this installation. */
  readonly ownDirectory?: string | undefined;
  readonly overrides?: CatalogueOverrides;
}

/** All models that the bot knows, with the configuration's overrides merged and validated. */
export class Catalogue {
  readonly #profiles: ReadonlyMap<string, Profile>;
  readonly #ofHosts: ReadonlyMap<string, ReadonlyMap<string, Profile>>;

  constructor(
    profiles: ReadonlyMap<string, Profile>,
    ofHosts: ReadonlyMap<string, ReadonlyMap<string, Profile>> = new Map(),
  ) {
    this.#profiles = profiles;
    this.#ofHosts = ofHosts;
  }

  /** The profile as it is on hosts that override nothing of it. */
  get(id: string): Profile | undefined {
    return this.#profiles.get(id);
  }

  /** In order of id. */
  list(): readonly Profile[] {
    return [...this.#profiles.values()];
  }

  /** The profile as it is on `host`; throws `config.unknown_model` {model, known, nearest?}. */
  resolve(id: ProfileId, host: HostName): Profile {
    const profile = this.#ofHosts.get(host)?.get(id) ?? this.#profiles.get(id);
    if (profile !== undefined) return profile;
    const { code, parameters } = unknownModel(id, [...this.#profiles.keys()]);
    throw new CosmosError(code, parameters);
  }
}

/**
 * Reads the profiles, those of the installation beside the shipped ones, and lays the overrides over them: first those
 * of `[models]`, then those of a host. All problems at once, of files and of overrides: those of `readProfiles`, and
 * `config.unknown_model` {model, known, where, nearest?}, and those of `unfitModels`; an id of the installation that a
 * shipped profile has is `config.profile_invalid`. What the configuration says has its `file`, its `line` and its
 * `where` there; without `written`, `file` is `models.<id>` or `hosts.<name>.<id>`. Throws `config.file_unreadable`.
 */
export async function loadCatalogue(options: CatalogueOptions): Promise<Checked<Catalogue>> {
  const folder = await readAll(options);
  const problems: Problem[] = [...folder.problems];
  const take = (checked: Checked<Profile>): Profile | undefined => {
    if (checked.ok) return checked.value;
    problems.push(...checked.problems);
    return undefined;
  };

  const { models = {}, hosts = [], written } = options.overrides ?? {};
  const says = new OverrideProblems(written);
  const known = [...new Set(folder.ids)].toSorted();
  const unknown = (ids: readonly string[], whereOf: (id: string) => string) =>
    ids.filter((id) => !known.includes(id)).map((id) => says.located(unknownModel(id, known, whereOf(id))));
  problems.push(...unknown(Object.keys(models), (id) => formatPath(['models', id])));
  const everywhere = new Map<string, Profile>();
  for (const entry of folder.profiles) {
    const { id } = entry.profile;
    const profile = take(says.override(entry, [models[id]], { id }));
    if (profile !== undefined) everywhere.set(id, profile);
  }
  const ofHosts = new Map<string, ReadonlyMap<string, Profile>>();
  for (const [index, host] of hosts.entries()) {
    const { name, engine = '', models: named = [], modelOverrides } = host;
    const ids = [...new Set([...named, ...Object.keys(modelOverrides)])];
    const whereOf = (id: string): string => {
      const entry = Object.hasOwn(modelOverrides, id) ? id : named.map(String).indexOf(id);
      return formatPath(['hosts', index, 'models', entry]);
    };
    problems.push(...unknown(ids, whereOf));
    const ofHost = new Map<string, Profile>();
    for (const entry of folder.profiles) {
      const { id } = entry.profile;
      if (modelOverrides[id] === undefined) continue;
      const layers = [everywhere.has(id) ? models[id] : undefined, modelOverrides[id]];
      const profile = take(says.override(entry, layers, { id, host: { index, name } }));
      if (profile !== undefined) ofHost.set(id, profile);
    }
    ofHosts.set(name, ofHost);
    const profiles = ids.flatMap((id) => ofHost.get(id) ?? everywhere.get(id) ?? []);
    if (CONTAINER_ENGINES.has(engine))
      problems.push(...profiles.flatMap((profile) => says.missingContainer(profile, { index, name })));
    problems.push(...unfitModels(host, profiles, index).map((problem) => says.located(problem)));
  }
  problems.push(
    ...typeConflicts(
      [...everywhere.values(), ...[...ofHosts.values()].flatMap((of) => [...of.values()])],
      new Map(folder.profiles.map((entry) => [entry.profile.id, entry])),
    ),
  );

  const [first, ...rest] = problems;
  if (first !== undefined) return { ok: false, problems: [first, ...rest] };
  return valid(new Catalogue(everywhere, ofHosts));
}

async function readAll({ directory, ownDirectory }: CatalogueOptions): Promise<ReadFolder> {
  const shipped = await readProfiles({ directory });
  if (ownDirectory === undefined) return shipped;
  const own = await readOwn(ownDirectory, directory);
  const twice = own.profiles.filter(({ profile }) => shipped.ids.includes(profile.id));
  const problems = twice.flatMap(({ profile: { id }, texts }) => {
    const detail = `"${id}" is the id of a model that comes with the bot: take another one, or change that one in [models."${id}"] of the configuration`;
    const parameters = { file: texts[0]?.file ?? '', where: 'id', detail };
    return withLines([{ code: 'config.profile_invalid', parameters }], texts);
  });
  const profiles = [...shipped.profiles, ...own.profiles.filter((entry) => !twice.includes(entry))];
  return {
    profiles: profiles.toSorted((a, b) => (a.profile.id < b.profile.id ? -1 : 1)),
    problems: [...shipped.problems, ...own.problems, ...problems],
    ids: [...shipped.ids, ...own.ids],
  };
}

/** A folder that the configuration names, and that cannot be read, is a mistake of the configuration. */
async function readOwn(directory: string, shared: string): Promise<ReadFolder> {
  try {
    return await readProfiles({ directory, shared });
  } catch (error) {
    if (!(error instanceof CosmosError) || error.code !== 'config.file_unreadable') throw error;
    return { profiles: [], problems: [error.toProblem()], ids: [] };
  }
}

function unknownModel(model: string, known: readonly string[], where?: string): Problem {
  const near = nearest(model, known);
  const parameters = { model, known, ...(where && { where }), ...(near && { nearest: near }) };
  return { code: 'config.unknown_model', parameters };
}

/** People learn a parameter once: the same name must not take a number here and a word there. */
function typeConflicts(
  profiles: readonly Profile[],
  read: ReadonlyMap<string, ReadProfile>,
): readonly Problem[] {
  const first = new Map<string, { readonly type: string; readonly id: string }>();
  return profiles.flatMap(({ id, parameters }) =>
    Object.entries(parameters).flatMap(([name, { type }]) => {
      const known = first.get(name);
      if (known === undefined) first.set(name, { type, id });
      if (known === undefined || known.type === type) return [];
      const detail = `is of type ${type} here and of type ${known.type} in ${known.id}`;
      const where = `parameters.${name}.type`;
      const texts = read.get(id)?.texts ?? [];
      const file = texts[0]?.file ?? `${id}.toml`;
      return withLines([{ code: 'config.profile_invalid', parameters: { file, where, detail } }], texts);
    }),
  );
}

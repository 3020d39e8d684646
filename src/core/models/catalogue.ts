import { CONTAINER_ENGINES } from '../config/config.ts';
import { type Checked, CosmosError, invalid, type Problem, valid } from '../errors.ts';
import type { HostName, ProfileId } from '../ids.ts';
import { nearest } from '../nearest.ts';
import { mergeTables, type Table } from './merge-tables.ts';
import { parseProfile } from './parse-profile.ts';
import { withLines } from './problem-lines.ts';
import type { Profile } from './profile.ts';
import { type ReadProfile, readProfiles } from './read-profiles.ts';
import { type HostShape, unfitModels } from './unfit-models.ts';

/** Keys of profiles with other values, as the configuration writes them. A loaded `Config` is one of these. */
export interface CatalogueOverrides {
  readonly models: Readonly<Record<string, Table>>;
  readonly hosts: readonly (HostShape & {
    readonly name: HostName;
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
 * of `[models]`, then those of a host. All problems at once: those of `readProfiles` (`file` is then `models.<id>` or
 * `hosts.<name>.<id>`), and `config.unknown_model` {model, known, where, nearest?}, and those of `unfitModels`; an id
 * of the installation that a shipped profile has is `config.profile_invalid`. Throws `config.file_unreadable`.
 */
export async function loadCatalogue(options: CatalogueOptions): Promise<Checked<Catalogue>> {
  const { overrides } = options;
  const shipped = await readAll(options);
  if (!shipped.ok) return shipped;
  const problems: Problem[] = [];
  const take = (checked: Checked<Profile>): Profile | undefined => {
    if (checked.ok) return checked.value;
    problems.push(...checked.problems);
    return undefined;
  };

  const { models = {}, hosts = [] } = overrides ?? {};
  problems.push(...unknownModels(shipped.value, Object.keys(models), 'models'));
  const everywhere = new Map<string, Profile>();
  for (const entry of shipped.value) {
    const profile = take(override(entry, [models[entry.profile.id]], `models.${entry.profile.id}`));
    if (profile !== undefined) everywhere.set(profile.id, profile);
  }
  const ofHosts = new Map<string, ReadonlyMap<string, Profile>>();
  for (const host of hosts) {
    const { name, engine = '', models: named = [], modelOverrides } = host;
    const ids = [...new Set([...named, ...Object.keys(modelOverrides)])];
    problems.push(...unknownModels(shipped.value, ids, `hosts.${name}`));
    const ofHost = new Map<string, Profile>();
    for (const entry of shipped.value) {
      const { id } = entry.profile;
      if (modelOverrides[id] === undefined || !everywhere.has(id)) continue;
      const profile = take(override(entry, [models[id], modelOverrides[id]], `hosts.${name}.${id}`));
      if (profile !== undefined) ofHost.set(id, profile);
    }
    ofHosts.set(name, ofHost);
    const profiles = ids.flatMap((id) => ofHost.get(id) ?? everywhere.get(id) ?? []);
    if (CONTAINER_ENGINES.has(engine)) problems.push(...missingContainers(name, profiles));
    problems.push(...unfitModels(host, profiles));
  }
  problems.push(
    ...typeConflicts(
      [...everywhere.values(), ...[...ofHosts.values()].flatMap((of) => [...of.values()])],
      new Map(shipped.value.map((entry) => [entry.profile.id, entry])),
    ),
  );

  const [first, ...rest] = problems;
  if (first !== undefined) return { ok: false, problems: [first, ...rest] };
  return valid(new Catalogue(everywhere, ofHosts));
}

async function readAll({
  directory,
  ownDirectory,
}: CatalogueOptions): Promise<Checked<readonly ReadProfile[]>> {
  const shipped = await readProfiles({ directory });
  if (ownDirectory === undefined || !shipped.ok) return shipped;
  const own = await readOwn(ownDirectory, directory);
  if (!own.ok) return own;
  const [first, ...rest] = own.value.flatMap(({ profile: { id }, texts }) => {
    if (!shipped.value.some(({ profile }) => profile.id === id)) return [];
    const detail = `"${id}" is the id of a model that comes with the bot: take another one, or change that one in [models."${id}"] of the configuration`;
    const parameters = { file: texts[0]?.file ?? '', where: 'id', detail };
    return withLines([{ code: 'config.profile_invalid', parameters }], texts);
  });
  if (first !== undefined) return { ok: false, problems: [first, ...rest] };
  return valid([...shipped.value, ...own.value].toSorted((a, b) => (a.profile.id < b.profile.id ? -1 : 1)));
}

/** A folder that the configuration names, and that cannot be read, is a mistake of the configuration. */
async function readOwn(directory: string, shared: string): Promise<Checked<readonly ReadProfile[]>> {
  try {
    return await readProfiles({ directory, shared });
  } catch (error) {
    if (!(error instanceof CosmosError) || error.code !== 'config.file_unreadable') throw error;
    return invalid(error.code, error.parameters);
  }
}

function override(
  { profile, table }: ReadProfile,
  layers: readonly (Table | undefined)[],
  file: string,
): Checked<Profile> {
  const given = layers.filter((layer) => layer !== undefined);
  if (given.length === 0) return valid(profile);
  for (const layer of given) {
    const fixed = ['id', 'schema'].find((key) => Object.hasOwn(layer, key));
    if (fixed !== undefined)
      return invalid('config.profile_invalid', { file, where: fixed, detail: 'cannot be overridden' });
  }
  return parseProfile(given.reduce(mergeTables, table), file);
}

/** A host that runs models in containers needs to know in which. */
function missingContainers(host: HostName, profiles: readonly Profile[]): readonly Problem[] {
  return profiles.flatMap((profile) => {
    if (profile.container !== undefined) return [];
    const detail = 'is missing, and this host runs models in containers only';
    const file = `hosts.${host}.${profile.id}`;
    return [{ code: 'config.profile_invalid', parameters: { file, where: 'container', detail } } as const];
  });
}

function unknownModels(shipped: readonly ReadProfile[], ids: readonly string[], where: string): Problem[] {
  const known = shipped.map(({ profile }) => profile.id);
  return ids.filter((id) => !known.some((other) => other === id)).map((id) => unknownModel(id, known, where));
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

import { CONTAINER_ENGINES } from '../config/config.ts';
import { type Checked, CosmosError, invalid, type Problem, valid } from '../errors.ts';
import type { HostName, ProfileId } from '../ids.ts';
import { nearest } from '../nearest.ts';
import { mergeTables, type Table } from './merge-tables.ts';
import { parseProfile } from './parse-profile.ts';
import type { Profile } from './profile.ts';
import { readProfiles, type ShippedProfile } from './read-profiles.ts';
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
  /** Folder of the `*.toml`. */
  readonly directory: string;
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
 * Reads the shipped profiles and lays the overrides over them: first those of `[models]`, then those of a host. All
 * problems at once: those of `readProfiles` (`file` is then `models.<id>` or `hosts.<name>.<id>`), and
 * `config.unknown_model` {model, known, where, nearest?}, and those of `unfitModels`. Throws `config.file_unreadable`.
 */
export async function loadCatalogue({ directory, overrides }: CatalogueOptions): Promise<Checked<Catalogue>> {
  const shipped = await readProfiles(directory);
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
    ...typeConflicts([...everywhere.values(), ...[...ofHosts.values()].flatMap((of) => [...of.values()])]),
  );

  const [first, ...rest] = problems;
  if (first !== undefined) return { ok: false, problems: [first, ...rest] };
  return valid(new Catalogue(everywhere, ofHosts));
}

function override(
  { profile, table }: ShippedProfile,
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

function unknownModels(shipped: readonly ShippedProfile[], ids: readonly string[], where: string): Problem[] {
  const known = shipped.map(({ profile }) => profile.id);
  return ids.filter((id) => !known.some((other) => other === id)).map((id) => unknownModel(id, known, where));
}

function unknownModel(model: string, known: readonly string[], where?: string): Problem {
  const near = nearest(model, known);
  const parameters = { model, known, ...(where && { where }), ...(near && { nearest: near }) };
  return { code: 'config.unknown_model', parameters };
}

/** People learn a parameter once: the same name must not take a number here and a word there. */
function typeConflicts(profiles: readonly Profile[]): readonly Problem[] {
  const first = new Map<string, { readonly type: string; readonly id: string }>();
  return profiles.flatMap(({ id, parameters }) =>
    Object.entries(parameters).flatMap(([name, { type }]) => {
      const known = first.get(name);
      if (known === undefined) first.set(name, { type, id });
      if (known === undefined || known.type === type) return [];
      const detail = `is of type ${type} here and of type ${known.type} in ${known.id}`;
      const where = `parameters.${name}.type`;
      return [{ code: 'config.profile_invalid', parameters: { file: `${id}.toml`, where, detail } }];
    }),
  );
}

import type { HostConfig } from '../config/config.ts';
import { type Checked, invalid, valid } from '../errors.ts';
import type { HostName } from '../ids.ts';
import { nearest } from '../nearest.ts';
import type { PromptInput } from '../prompts/prompt.ts';
import type { Catalogue } from './catalogue.ts';
import { checkRun } from './check-run.ts';
import { profileHash } from './parse-profile.ts';
import type { Profile } from './profile.ts';

/** A model as a host runs it. */
export interface ModelChoice {
  readonly profile: Profile;
  /** The first host that runs it: where its profile is resolved for. */
  readonly host: HostName;
  readonly hosts: readonly HostName[];
}

/** Which models can be run here: those of the catalogue that some host names. */
export class Models {
  readonly #catalogue: Catalogue;
  readonly #hosts: readonly HostConfig[];

  constructor(catalogue: Catalogue, hosts: readonly HostConfig[]) {
    this.#catalogue = catalogue;
    this.#hosts = hosts;
  }

  /** In the order of the configuration, each once, as its first host runs it. */
  list(): ModelChoice[] {
    const ids = new Set(this.#hosts.flatMap((host) => host.models));
    return [...ids].flatMap((id) => {
      const hosts = this.#hosts.filter(({ models }) => models.includes(id)).map(({ name }) => name);
      const [host] = hosts;
      return host === undefined ? [] : [{ profile: this.#catalogue.resolve(id, host), host, hosts }];
    });
  }

  /** The profiles that `host` has of its own where hosts differ: a run that it takes is executed with these. */
  ownProfiles(host: HostConfig): ReadonlyMap<string, Profile> {
    const differing = host.models.filter((id) => {
      const resolved = this.#hosts
        .filter(({ models }) => models.includes(id))
        .map(({ name }) => profileHash(this.#catalogue.resolve(id, name)));
      return new Set(resolved).size > 1;
    });
    return new Map(differing.map((id) => [id, this.#catalogue.resolve(id, host.name)]));
  }

  /** Every profile that some host runs, as that host runs it. */
  profiles(): Profile[] {
    return this.#hosts.flatMap(({ name, models }) => models.map((id) => this.#catalogue.resolve(id, name)));
  }

  /** The named model, or the first that takes these inputs as it is. */
  choose(name: string | undefined, inputs: readonly PromptInput[]): Checked<ModelChoice> {
    const available = this.list();
    if (name === undefined) {
      const [first] = available;
      if (first === undefined) return invalid('input.model_unavailable', { model: '' });
      return valid(available.find(({ profile }) => checkRun(profile, inputs, {}).ok) ?? first);
    }
    const found = available.find(({ profile }) => profile.id === name);
    if (found !== undefined) return valid(found);
    if (this.#catalogue.list().some(({ id }) => id === name))
      return invalid('input.model_unavailable', { model: name });
    const known = available.map(({ profile }) => profile.id);
    const guess = nearest(name, known);
    return invalid('input.model_unknown', { model: name, known, ...(guess && { nearest: guess }) });
  }
}

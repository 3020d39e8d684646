import type { HostConfig } from '../config/config.ts';
import { type Checked, invalid, valid } from '../errors.ts';
import type { HostName, ProfileId } from '../ids.ts';
import { nearest } from '../nearest.ts';
import type { PromptInput } from '../prompts/prompt.ts';
import type { Catalogue } from './catalogue.ts';
import { checkRun } from './check-run.ts';
import { profileHash } from './parse-profile.ts';
import type { Profile } from './profile.ts';
import type { ModelTask } from './tasks.ts';

/** A model as a host runs it. */
export interface ModelChoice {
  readonly profile: Profile;
  /** The first host that runs it: where its profile is resolved for. */
  readonly host: HostName;
  readonly hosts: readonly HostName[];
}

/** What a model shall do, and whose relative it had better be. */
export interface ModelWish {
  readonly task?: ModelTask;
  readonly family?: string;
}

/** Which models can be run here: those of the catalogue that some host names. */
export class Models {
  readonly #catalogue: Catalogue;
  readonly #hosts: readonly HostConfig[];
  readonly #smallHosts: (id: ProfileId) => readonly HostName[];

  /** `smallHosts`: those that are known to have too little GPU memory for a model. */
  constructor(
    catalogue: Catalogue,
    hosts: readonly HostConfig[],
    smallHosts: (id: ProfileId) => readonly HostName[] = () => [],
  ) {
    this.#catalogue = catalogue;
    this.#hosts = hosts;
    this.#smallHosts = smallHosts;
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

  /**
   * The named model, or the first that takes these inputs as it is, and that has a host that is not known to be too small. Of those that do `task`; without a name, those of
   * `family` come first. Problems: `input.model_unavailable` {model, reason?}, `input.model_other_task` {model, task}, `input.no_model_for_task` {task}, `input.model_unknown` {model, known, nearest?}.
   */
  choose(
    name: string | undefined,
    inputs: readonly PromptInput[],
    { task = 'generate', family }: ModelWish = {},
  ): Checked<ModelChoice> {
    const all = this.list();
    const available = all.filter(({ profile }) => profile.task === task);
    if (name === undefined) {
      const isRelated = ({ profile }: ModelChoice): boolean => familyOf(profile) === family;
      const ordered = [...available.filter(isRelated), ...available.filter((each) => !isRelated(each))];
      const [first] = ordered;
      if (first === undefined) {
        return task === 'generate'
          ? invalid('input.model_unavailable', { model: '' })
          : invalid('input.no_model_for_task', { task });
      }
      const fits = ({ profile }: ModelChoice): boolean => checkRun(profile, inputs, {}).ok;
      // A relative that does not fit says why; a stranger would make something else of it.
      if (family !== undefined && isRelated(first))
        return valid(ordered.filter(isRelated).find(fits) ?? first);
      return valid(ordered.find((each) => fits(each) && this.#hasRoom(each)) ?? ordered.find(fits) ?? first);
    }
    const found = available.find(({ profile }) => profile.id === name);
    if (found !== undefined) return valid(found);
    const other = all.find(({ profile }) => profile.id === name)?.profile.task;
    if (other !== undefined) return invalid('input.model_other_task', { model: name, task: other });
    if (this.#catalogue.list().some(({ id }) => id === name))
      return invalid('input.model_unavailable', { model: name });
    const known = available.map(({ profile }) => profile.id);
    const guess = nearest(name, known);
    return invalid('input.model_unknown', { model: name, known, ...(guess && { nearest: guess }) });
  }

  #hasRoom({ profile, hosts }: ModelChoice): boolean {
    const small = this.#smallHosts(profile.id);
    return hosts.some((host) => !small.includes(host));
  }
}

/** What a model belongs to: itself where its profile names no family. */
export function familyOf({ family, id }: Profile): string {
  return family ?? id;
}

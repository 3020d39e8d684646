import type { HostConfig } from '../config/config.ts';
import { type Checked, invalid, valid } from '../errors.ts';
import type { HostName } from '../ids.ts';
import { nearest } from '../nearest.ts';
import type { PromptInput } from '../prompts/prompt.ts';
import type { Catalogue } from './catalogue.ts';
import { checkInputs } from './check-inputs.ts';
import type { Profile } from './profile.ts';

/** A model as a host runs it. */
export interface ModelChoice {
  readonly profile: Profile;
  readonly host: HostName;
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
    const choices = new Map<string, ModelChoice>();
    for (const host of this.#hosts) {
      for (const id of host.models) {
        if (!choices.has(id))
          choices.set(id, { profile: this.#catalogue.resolve(id, host.name), host: host.name });
      }
    }
    return [...choices.values()];
  }

  /** The named model, or the first that takes these inputs. */
  choose(name: string | undefined, inputs: readonly PromptInput[]): Checked<ModelChoice> {
    const available = this.list();
    if (name === undefined) {
      const [first] = available;
      if (first === undefined) return invalid('input.model_unavailable', { model: '' });
      return valid(available.find(({ profile }) => checkInputs(profile, inputs).ok) ?? first);
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

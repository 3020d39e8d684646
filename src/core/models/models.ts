import type { HostConfig } from '../config/config.ts';
import { type Checked, invalid, type Problem, valid } from '../errors.ts';
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

  private constructor(catalogue: Catalogue, hosts: readonly HostConfig[]) {
    this.#catalogue = catalogue;
    this.#hosts = hosts;
  }

  /** Refuses hosts that name a model which the catalogue does not have (`config.unknown_model`). */
  static of(catalogue: Catalogue, hosts: readonly HostConfig[]): Checked<Models> {
    const known: string[] = catalogue.list().map(({ id }) => id);
    const [first, ...rest] = hosts.flatMap(({ name, models }) =>
      models
        .filter((id) => !known.includes(id))
        .map((id): Problem => {
          const guess = nearest(id, known);
          const parameters = { where: `hosts.${name}.models`, given: id, known, ...(guess && { nearest: guess }) };
          return { code: 'config.unknown_model', parameters };
        }),
    );
    return first === undefined ? valid(new Models(catalogue, hosts)) : { ok: false, problems: [first, ...rest] };
  }

  /** In the order of the configuration, each once, as its first host runs it. */
  list(): ModelChoice[] {
    const choices = new Map<string, ModelChoice>();
    for (const host of this.#hosts) {
      for (const id of host.models) {
        const profile = this.#catalogue.resolve(id, host.name);
        if (profile !== undefined && !choices.has(id)) choices.set(id, { profile, host: host.name });
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
    if (this.#catalogue.list().some(({ id }) => id === name)) return invalid('input.model_unavailable', { model: name });
    const known = available.map(({ profile }) => profile.id);
    const guess = nearest(name, known);
    return invalid('input.model_unknown', { model: name, known, ...(guess && { nearest: guess }) });
  }
}

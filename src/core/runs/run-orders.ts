import { type Checked, invalid, valid } from '../errors.ts';
import { usedParameters } from '../models/controls.ts';
import type { Models } from '../models/models.ts';
import type { ParameterValues, Profile } from '../models/profile.ts';
import type { StoredProfiles } from '../models/stored-profiles.ts';
import type { Random } from '../ports/random.ts';
import type { Store } from '../store/store.ts';
import { newSeed, seedIn } from './new-seed.ts';
import { isFinished, type Run } from './run.ts';
import type { RerunOrder, RunChange, RunOrder } from './run-service.ts';

export interface RunOrdersParts {
  readonly store: Pick<Store, 'prompts'>;
  readonly models: Models;
  readonly profiles: StoredProfiles;
  readonly random: Random;
}

/** What is asked for where a run is run again; nothing is queued. */
export class RunOrders {
  readonly #parts: RunOrdersParts;

  constructor(parts: RunOrdersParts) {
    this.#parts = parts;
  }

  /**
   * The same run with other parameters, or as a draft, or as none any more; where nothing shall be different, with a new
   * seed if its model has one.
   */
  rerun(run: Run, change: RunChange): Checked<RerunOrder> {
    const same = this.#same(run);
    if (!same.ok) return same;
    const { draft: wasDraft = false, parameters: _, ...order } = same.value;
    const { model, parameters: changed } = change;
    const isSameModel = model === undefined || model === run.profileId;
    const chosen = this.#parts.models.choose(model ?? run.profileId, run.inputs, order);
    if (!chosen.ok) return chosen;
    const { profile } = chosen.value;
    const draft = change.draft ?? (wasDraft && isSameModel);
    const before = isSameModel ? this.#parametersAs(run, profile, draft) : {};
    const isChanged = !isSameModel || Object.keys(changed).length > 0 || draft !== wasDraft;
    const other: Readonly<Record<string, unknown>> = isChanged
      ? changed
      : newSeed(profile, seedIn(run.parameters), this.#parts.random);
    const isReset = (name: string): boolean =>
      other[name] === '' && profile.parameters[name]?.type !== 'string';
    const kept = Object.entries(before).filter(([name]) => !Object.hasOwn(other, name));
    // What is different comes last, as it was typed: lists vary in that order.
    const parameters = [...kept, ...Object.entries(other)].filter(([name]) => !isReset(name));
    const relation = isChanged || Object.keys(other).length > 0 ? 'vary' : 'retry';
    return valid({
      ...order,
      ...(draft && { draft }),
      model: profile.id,
      parameters: Object.fromEntries(parameters),
      parent: { run: run.id, relation },
      change,
    });
  }

  /** The same once more; only a finished run has that. */
  retry(run: Run): Checked<RunOrder> {
    if (!isFinished(run.state)) return invalid('queue.run_not_finished', { run: run.id, state: run.state });
    return this.#same(run);
  }

  /** The same run without what made it a draft: its seed stays. Fails with `input.not_a_draft`. */
  promote(run: Run, changed: RunOrder['parameters'] = {}): Checked<RerunOrder> {
    const { draft = [] } = run;
    if (draft.length === 0) return invalid('input.not_a_draft', { run: run.id });
    const same = this.#same(run);
    if (!same.ok) return same;
    const { draft: _, parameters, ...order } = same.value;
    const kept = Object.entries(parameters).filter(([name]) => !draft.includes(name));
    return valid({
      ...order,
      parameters: { ...Object.fromEntries(kept), ...changed },
      parent: { run: run.id, relation: 'promote' },
    });
  }

  #same(run: Run): Checked<RunOrder> {
    const prompt = this.#parts.store.prompts.get(run.promptId);
    if (prompt === undefined) return promptUnknown(run.promptId);
    return valid({
      prompt: { ...prompt, text: run.text, negativeText: run.negativeText, inputs: run.inputs },
      model: run.profileId,
      task: this.#parts.profiles.get(run.profileHash)?.task ?? 'generate',
      parameters: this.#usedParameters(run),
      ...(run.draft && { draft: true }),
    });
  }

  /** What a run had, without what the values of a draft are to replace, or without those values. */
  #parametersAs(run: Run, profile: Profile, draft: boolean): ParameterValues {
    const used = this.#usedParameters(run);
    const ofDraft = run.draft ?? [];
    if (draft === ofDraft.length > 0) return used;
    const isUsual = (name: string): boolean => used[name] === profile.parameters[name]?.default;
    const left = draft ? Object.keys(profile.draft?.parameters ?? {}).filter(isUsual) : ofDraft;
    return Object.fromEntries(Object.entries(used).filter(([name]) => !left.includes(name)));
  }

  /** Defaults of weights that had no effect are left out: the model may have other defaults by now. */
  #usedParameters(run: Run): ParameterValues {
    const profile = this.#parts.profiles.get(run.profileHash);
    return profile === undefined ? run.parameters : usedParameters(profile, run.inputs, run.parameters);
  }
}

export function promptUnknown(given: string): Checked<never> {
  return invalid('input.id_unknown', { kind: 'prompt', given });
}

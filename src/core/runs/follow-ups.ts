import type { DataDirectory } from '../data-directory.ts';
import { type Checked, invalid, valid } from '../errors.ts';
import { familyOf } from '../models/models.ts';
import type { StoredProfiles } from '../models/stored-profiles.ts';
import type { AssetFolder } from '../prompts/asset-folder.ts';
import type { Prompt } from '../prompts/prompt.ts';
import type { Store } from '../store/store.ts';
import { readBundle } from './bundle.ts';
import { type Comparison, compareBundles } from './compare-bundles.ts';
import { isFinished, type Run, type RunOutput } from './run.ts';
import type { RerunOrder, RunOrder } from './run-service.ts';

/** What somebody wants of a model that goes on with something. */
export interface FollowUp {
  /** The one of the same family, else the first that does it, where absent. */
  readonly model?: string;
  /** What guides it; nothing where absent. */
  readonly text?: string;
  /** As typed. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** Orders that go on with a prompt or with the result of a run; none of them queues anything. */
export class FollowUps {
  readonly #store: Store;
  readonly #profiles: StoredProfiles;
  readonly #folder: AssetFolder;
  readonly #data: DataDirectory;

  constructor(parts: {
    store: Store;
    profiles: StoredProfiles;
    folder: AssetFolder;
    data: DataDirectory;
  }) {
    this.#store = parts.store;
    this.#profiles = parts.profiles;
    this.#folder = parts.folder;
    this.#data = parts.data;
  }

  /**
   * The result of a run, made larger. Fails with `queue.run_not_finished`, `queue.no_result`, `input.upscaled_already`
   * {run, from?}, `input.no_video` {id}, `input.result_changed` {run, reason}, and `input.id_unknown` where its prompt
   * was discarded. Throws as `AssetFolder.adopt`.
   */
  async upscaleRun(run: Run, wish: FollowUp): Promise<Checked<RerunOrder>> {
    if (!isFinished(run.state)) return invalid('queue.run_not_finished', { run: run.id, state: run.state });
    if (run.state !== 'done') return invalid('queue.no_result', { run: run.id, state: run.state });
    const profile = this.#profiles.get(run.profileHash);
    if (profile?.task === 'upscale') {
      const from = this.#upscaledFrom(run);
      return invalid('input.upscaled_already', { run: run.id, ...(from && { from }) });
    }
    const output = run.outputs.find(({ purpose }) => purpose === 'primary');
    if (output?.facts?.kind !== 'video') return invalid('input.no_video', { id: run.id });
    const prompt = this.#store.prompts.get(run.promptId);
    if (prompt === undefined) return invalid('input.id_unknown', { kind: 'prompt', given: run.promptId });
    const taken = await this.#folder.take({ ...output, facts: output.facts });
    if (!taken.ok) return invalid('input.result_changed', { run: run.id, reason: taken.reason });
    const inputs = [{ role: 'color', asset: taken.asset, originalName: `${run.id}.mp4` }] as const;
    return valid({
      ...upscaleOrder({ ...prompt, inputs }, wish),
      ...(profile && { family: familyOf(profile) }),
      parent: { run: run.id, relation: 'upscale' },
    });
  }

  /** The video of a prompt, made larger. Fails with `input.no_video` {id}. */
  upscalePrompt(prompt: Prompt, wish: FollowUp): Checked<RunOrder> {
    const hasVideo = prompt.inputs.some(
      ({ role, asset }) => role === 'color' && asset.facts.kind === 'video',
    );
    return hasVideo ? valid(upscaleOrder(prompt, wish)) : invalid('input.no_video', { id: prompt.id });
  }

  /** A better text for a prompt, by its text and its video. */
  enhancePrompt(prompt: Prompt, { model, parameters }: FollowUp): RunOrder {
    return { prompt, task: 'enhance', parameters, ...(model !== undefined && { model }) };
  }

  /** The other upscaled videos of what this one was made of, those that failed left out. */
  upscalesOf({ id, parent }: Run): Run[] {
    if (parent?.relation !== 'upscale') return [];
    return this.#store.runs
      .childrenOf(parent.run)
      .filter((run) => run.id !== id && run.parent?.relation === 'upscale')
      .filter(({ state }) => state === 'queued' || state === 'active' || state === 'done');
  }

  /** The prompt with the better text that a run has found, and whether somebody has discarded it. */
  enhancedBy({ id }: Run): { readonly prompt: Prompt; readonly isDiscarded: boolean } | undefined {
    return this.#store.prompts.ofEnhancement(id);
  }

  /** The result of an enhancement that is too long to be the text of a prompt. */
  unusedText(run: Run): RunOutput | undefined {
    if (run.state !== 'done' || this.#profiles.get(run.profileHash)?.task !== 'enhance') return undefined;
    if (this.enhancedBy(run) !== undefined) return undefined;
    return run.outputs.find(({ purpose, kind }) => purpose === 'primary' && kind === 'text');
  }

  /**
   * The same run once more with the profile that was stored with it, whatever the model has become since. Fails with
   * `queue.no_result` where there is nothing to compare with, and with `input.id_unknown` where its prompt is gone.
   */
  reproduce(run: Run): Checked<RerunOrder> {
    if (!isFinished(run.state)) return invalid('queue.run_not_finished', { run: run.id, state: run.state });
    if (run.state !== 'done') return invalid('queue.no_result', { run: run.id, state: run.state });
    const prompt = this.#store.prompts.get(run.promptId);
    if (prompt === undefined) return invalid('input.id_unknown', { kind: 'prompt', given: run.promptId });
    const profile = this.#profiles.get(run.profileHash);
    return valid({
      prompt: { ...prompt, text: run.text, negativeText: run.negativeText, inputs: run.inputs },
      model: run.profileId,
      parameters: run.parameters,
      ...(profile && { profile, task: profile.task }),
      ...(run.draft && { draft: true }),
      parent: { run: run.id, relation: 'reproduce' },
    });
  }

  /** How a reproduction is to what it was made after; undefined for other runs, and where it has no result. */
  comparison({ id, parent }: Run): Comparison | undefined {
    if (parent?.relation !== 'reproduce') return undefined;
    const now = readBundle(this.#data.bundle(id));
    return now && compareBundles(readBundle(this.#data.bundle(parent.run)), now);
  }

  /** What an upscaled video was made of, whatever was tried in between. */
  #upscaledFrom(run: Run): string | undefined {
    for (let each: Run | undefined = run; each?.parent !== undefined; ) {
      if (each.parent.relation === 'upscale') return each.parent.run;
      each = this.#store.runs.get(each.parent.run);
    }
    return run.promptId;
  }
}

/** The text of the prompt says how the video was made, not what is to become of it. */
function upscaleOrder(prompt: Prompt, { model, text = '', parameters }: FollowUp): RunOrder {
  return {
    prompt: { ...prompt, text: text.trim(), negativeText: '' },
    task: 'upscale',
    parameters,
    ...(model !== undefined && { model }),
  };
}

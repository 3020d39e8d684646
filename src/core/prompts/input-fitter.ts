import type { Principal } from '../access/principal.ts';
import { type Checked, invalid, type Problem, valid } from '../errors.ts';
import type { HostName, ProfileId } from '../ids.ts';
import { checkRun } from '../models/check-run.ts';
import { type FitChange, fitChange } from '../models/fit-change.ts';
import type { SmallHost } from '../models/gpu-memory.ts';
import type { GpuRoom } from '../models/gpu-room.ts';
import type { ModelChoice, Models } from '../models/models.ts';
import { preparedExtension } from '../models/prepare.ts';
import type { Profile } from '../models/profile.ts';
import { type SoundEnd, soundEnd } from '../models/sound-end.ts';
import type { ModelTask } from '../models/tasks.ts';
import { textProblems } from '../models/text-problems.ts';
import type { WorkProgress } from '../sequences/sequence-maker.ts';
import type { Store } from '../store/store.ts';
import type { Wakeup } from '../wakeup.ts';
import type { AssetFolder } from './asset-folder.ts';
import type { PreparedAssets } from './prepared-assets.ts';
import type { Prompt } from './prompt.ts';
import type { Exchange, PromptFiles } from './prompt-files.ts';

/** Whether a model takes the files of a prompt, and where. */
export interface ModelFit {
  readonly model: ModelChoice;
  /** Hosts that can run it, in the order of the configuration. */
  readonly hosts: readonly HostName[];
  /** Hosts whose GPUs are known to be too small for it. */
  readonly tooSmall: readonly SmallHost[];
  /** Why it does not go; empty where it does. */
  readonly problems: readonly Problem[];
  /** What would make it take the files. */
  readonly change?: FitChange;
  /** The sound that makes the video shorter than what is asked for without parameters of one's own. */
  readonly soundEnd?: SoundEnd;
}

export interface FitWork {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: WorkProgress) => void) | undefined;
  /** The same key again answers the prompt and has no second effect; a failure uses up none. */
  readonly idempotencyKey?: string;
}

export interface InputFitterParts {
  readonly store: Store;
  readonly models: Models;
  /** What is known of the memory of GPUs now. */
  readonly room: () => GpuRoom;
  readonly wakeup: Wakeup;
  readonly folder: AssetFolder;
  readonly files: PromptFiles;
  readonly prepared: PreparedAssets;
}

/** Says which models take the files of a prompt, and makes of them what a model would take. */
export class InputFitter {
  readonly #parts: InputFitterParts;

  constructor(parts: InputFitterParts) {
    this.#parts = parts;
  }

  /**
   * For each model that does `task`, in the order of the configuration. `problems` are those that a run without parameters of
   * its own would have, of `checkRun` and `textProblems`, and `input.gpu_too_small` {model, hosts, bytes, wantedGb, gpus?}:
   * the host that comes nearest.
   */
  fits(prompt: Prompt, task: ModelTask = 'generate'): ModelFit[] {
    const models = this.#parts.models.list().filter(({ profile }) => profile.task === task);
    const room = this.#parts.room();
    return models.map((model) => fitOf(model, prompt, room.smallHosts(model.profile.id)));
  }

  /**
   * Makes files that the model takes and puts them in the place of those of the prompt, which are kept beside it. Fails with
   * `input.nothing_to_change` {model}, or `input.no_change_helps` {model} and what is wrong. Throws as `PreparedAssets.of`.
   */
  async change(
    actor: Principal,
    prompt: Prompt,
    { profile }: ModelChoice,
    { signal, onProgress, idempotencyKey }: FitWork = {},
  ): Promise<Checked<Prompt>> {
    const { store } = this.#parts;
    if (idempotencyKey !== undefined && store.idempotency.get(idempotencyKey) !== undefined)
      return valid(store.prompts.get(prompt.id) ?? prompt);
    const problems = problemsOf(profile, prompt);
    if (problems.length === 0) return invalid('input.nothing_to_change', { model: profile.id });
    const change = fitChange(profile, prompt.inputs);
    if (change === undefined) {
      const none: Problem = { code: 'input.no_change_helps', parameters: { model: profile.id } };
      return { ok: false, problems: [none, ...problems] };
    }
    const made: Exchange[] = [];
    for (const [index, { input, way }] of change.files.entries()) {
      const { role, originalName: file } = input;
      const tell = (share: number): void =>
        onProgress?.({ file, making: role, share: (index + share) / change.files.length });
      tell(0);
      const asset = await this.#parts.prepared.of(input.asset, way, { signal, onProgress: tell });
      await this.#parts.folder.ensurePoster(asset);
      const originalName = `${stemOf(file)}.${preparedExtension(way)}`;
      made.push({ old: input, by: { asset, originalName } });
    }
    const changed = store.write(() => {
      const exchanged = this.#parts.files.exchange(actor, prompt, made);
      if (exchanged.ok && idempotencyKey !== undefined) store.idempotency.set(idempotencyKey, prompt.id);
      return exchanged;
    });
    this.#parts.wakeup.notify();
    return changed;
  }

  /** Puts back what `change` has taken the place of. Fails with `input.nothing_to_change` {prompt}. */
  undo(actor: Principal, prompt: Prompt): Checked<Prompt> {
    const exchanges = this.#undoable(prompt);
    if (exchanges.length === 0) return invalid('input.nothing_to_change', { prompt: prompt.id });
    const undone = this.#parts.files.exchange(actor, prompt, exchanges);
    this.#parts.wakeup.notify();
    return undone;
  }

  /** Whether `undo` has something to do. */
  canUndo(prompt: Prompt): boolean {
    return this.#undoable(prompt).length > 0;
  }

  #undoable(prompt: Prompt): readonly Exchange[] {
    const { store, files } = this.#parts;
    const offers = files.offers(prompt);
    return prompt.inputs.flatMap((old) => {
      const by = offers.find(({ asset }) => store.assets.isPreparedOf(old.asset.sha256, asset.sha256));
      return by === undefined ? [] : [{ old, by }];
    });
  }
}

function fitOf(model: ModelChoice, prompt: Prompt, tooSmall: readonly SmallHost[]): ModelFit {
  const { profile } = model;
  const hosts = model.hosts.filter((name) => !tooSmall.some(({ host }) => host === name));
  const change = fitChange(profile, prompt.inputs);
  const checked = checkRun(profile, prompt.inputs, {});
  const end = checked.ok ? soundEnd(profile, prompt.inputs, checked.value) : undefined;
  const noHost = hosts.length > 0 ? [] : tooSmallProblem(profile.id, tooSmall);
  return {
    ...{ model, hosts, tooSmall },
    problems: [...noHost, ...problemsOf(profile, prompt)],
    ...(change && { change }),
    ...(end && { soundEnd: end }),
  };
}

/** As if it were run now with nothing but what its profile says. */
function problemsOf(profile: Profile, prompt: Prompt): readonly Problem[] {
  const checked = checkRun(profile, prompt.inputs, {});
  return [...(checked.ok ? [] : checked.problems), ...textProblems(profile, prompt)];
}

function tooSmallProblem(model: ProfileId, tooSmall: readonly SmallHost[]): Problem[] {
  const [nearest] = tooSmall.toSorted((one, other) => other.bytes - one.bytes);
  if (nearest === undefined) return [];
  const { host: _, ...figures } = nearest;
  const hosts = tooSmall.map(({ host }) => host);
  return [{ code: 'input.gpu_too_small', parameters: { model, hosts, ...figures } }];
}

function stemOf(name: string): string {
  return name.replace(/(?<=.)\.[^.]*$/, '');
}

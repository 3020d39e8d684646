import type { Principal } from '../access/principal.ts';
import { type Checked, invalid, valid } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { FrameRate } from '../ports/media.ts';
import type { PictureWishes, PlannedVideo, SequenceWishes } from '../sequences/sequence-maker.ts';
import type { Store } from '../store/store.ts';
import { addedInputs, type TakenRole } from './added-inputs.ts';
import type { AssetFolder } from './asset-folder.ts';
import { assignRoles, type UnassignedInput } from './assign-roles.ts';
import { changedRoles } from './changed-roles.ts';
import type { OfferedFile, Prompt, PromptInput, Role } from './prompt.ts';
import { showPromptAgain } from './show-prompt.ts';
import { type GivenFile, lookAtPictures, stageFiles } from './stage-files.ts';

/** Files that somebody sends for a prompt. */
export interface FilesToAdd {
  readonly files: readonly GivenFile[];
  /** Of videos that are made of pictures. */
  readonly frameRate?: FrameRate;
  /** Told while videos are made of pictures. */
  readonly onProgress?: SequenceWishes['onProgress'];
  /** The same key again has no second effect. */
  readonly idempotencyKey?: string;
  /** Called in the transaction that adds them: what is told of it is as durable as the files. */
  readonly told?: (added: AddedFiles) => void;
}

/** A file of a prompt, and the one that takes its place. */
export interface Exchange {
  readonly old: PromptInput;
  readonly by: OfferedFile;
}

export interface AddedFiles {
  /** With the files that were added. */
  readonly prompt: Prompt;
  readonly added: readonly PromptInput[];
  /** Kept beside the prompt until somebody says which one it shall be. */
  readonly taken: readonly TakenRole[];
}

/** Adds files to prompts, and changes what they are used as. Runs that are queued keep the files that they have. */
export class PromptFiles {
  readonly #store: Store;
  readonly #folder: AssetFolder;
  readonly #clock: Clock;

  constructor({ store, folder, clock }: { store: Store; folder: AssetFolder; clock: Clock }) {
    this.#store = store;
    this.#folder = folder;
    this.#clock = clock;
  }

  /** The videos that would be made of pictures, for a new prompt or for `prompt`; nothing is kept. As `lookAtPictures`. */
  async look(
    path: string,
    wishes: PictureWishes = {},
    prompt?: Prompt,
  ): Promise<Checked<readonly PlannedVideo[]>> {
    const needsColor = prompt?.inputs.some(({ role }) => role === 'color') !== true;
    return await lookAtPictures(this.#folder, path, { ...wishes, needsColor });
  }

  /** All that is wrong with the files is reported at once, and then none is added. */
  async add(
    actor: Principal,
    prompt: Prompt,
    request: FilesToAdd,
    signal?: AbortSignal,
  ): Promise<Checked<AddedFiles>> {
    const { frameRate, onProgress } = request;
    const needsColor = !prompt.inputs.some(({ role }) => role === 'color');
    const wishes = { signal, onProgress, needsColor, ...(frameRate && { frameRate }) };
    await using staged = await stageFiles(this.#folder, request.files, wishes);
    if (!staged.checked.ok) return staged.checked;
    const files = staged.checked.value;
    // Nothing is kept of what is refused.
    const possible = addedInputs(prompt, files);
    if (!possible.ok) return possible;
    await staged.keep();
    return this.#store.write(() => this.#insert(actor, prompt, files, request));
  }

  /**
   * Gives files of a prompt other roles, and offered files one: `changes` as in `changedRoles`. Where the prompt was
   * changed since it was read, the files are those that it has now.
   */
  changeRoles(actor: Principal, prompt: Prompt, changes: ReadonlyMap<string, Role>): Checked<Prompt> {
    return this.#store.write(() => {
      const present = this.#store.prompts.get(prompt.id) ?? prompt;
      const changed = changedRoles({ inputs: present.inputs, offers: this.offers(prompt) }, changes);
      if (!changed.ok) return changed;
      const { inputs } = changed.value;
      this.#store.prompts.replaceInputs(prompt.id, inputs);
      this.#store.prompts.offers.replace(prompt.id, changed.value.offers, this.#clock.now());
      this.#store.events.append(
        { type: 'prompt.roles_changed', payload: { prompt: prompt.id } },
        { actor: actor.id },
      );
      showPromptAgain(this.#store, prompt.id);
      return valid({ ...present, inputs });
    });
  }

  /**
   * Puts files in the place of others, which are kept beside the prompt. Fails as `assignRoles`, and with
   * `input.file_missing` {file} where the prompt has not the other file any more; then nothing changes.
   */
  exchange(actor: Principal, prompt: Prompt, files: readonly Exchange[]): Checked<Prompt> {
    return this.#store.write(() => {
      const present = this.#store.prompts.get(prompt.id) ?? prompt;
      const gone = files.find(({ old }) => !present.inputs.some((input) => isSame(input, old)));
      if (gone !== undefined) return invalid('input.file_missing', { file: gone.old.originalName });
      const exchanged = present.inputs.map((input) => {
        const file = files.find(({ old }) => isSame(input, old));
        return file === undefined ? input : { ...file.by, role: input.role };
      });
      const assigned = assignRoles(exchanged);
      if (!assigned.ok) return assigned;
      const inputs = assigned.value;
      const used = new Set(inputs.map(({ asset }) => asset.sha256));
      const old = files.map(({ old: { role: _, ...file } }) => file);
      const offers = [...this.offers(prompt), ...old].filter(({ asset }) => !used.has(asset.sha256));
      this.#store.prompts.replaceInputs(prompt.id, inputs);
      this.#store.prompts.offers.replace(prompt.id, offers, this.#clock.now());
      const payload = { prompt: prompt.id };
      this.#store.events.append({ type: 'prompt.roles_changed', payload }, { actor: actor.id });
      showPromptAgain(this.#store, prompt.id);
      return valid({ ...present, inputs });
    });
  }

  /** Files that were sent for a prompt and that it does not use, in the order in which they were sent. */
  offers({ id }: Prompt): OfferedFile[] {
    return this.#store.prompts.offers.of(id);
  }

  /** Looks again for what somebody else may have done while the files were looked at. */
  #insert(
    actor: Principal,
    { id }: Prompt,
    files: readonly UnassignedInput[],
    { idempotencyKey, told }: FilesToAdd,
  ): Checked<AddedFiles> {
    const store = this.#store;
    const prompt = store.prompts.get(id);
    if (prompt === undefined) return invalid('input.id_unknown', { kind: 'prompt', given: id });
    if (idempotencyKey !== undefined && store.idempotency.get(idempotencyKey) !== undefined)
      return valid({ prompt, added: [], taken: [] });
    const assigned = addedInputs(prompt, files);
    if (!assigned.ok) return assigned;
    const { inputs, added, taken } = assigned.value;
    store.prompts.replaceInputs(id, inputs);
    const offers = taken.map(({ sent }) => sent);
    store.prompts.offers.add(id, offers, this.#clock.now());
    const payload = { prompt: id, added: added.length, offered: taken.length };
    store.events.append({ type: 'prompt.files_added', payload }, { actor: actor.id });
    showPromptAgain(store, id);
    if (idempotencyKey !== undefined) store.idempotency.set(idempotencyKey, id);
    const result = { prompt: { ...prompt, inputs }, added, taken };
    told?.(result);
    return valid(result);
  }
}

function isSame(left: PromptInput, right: PromptInput): boolean {
  return left.role === right.role && left.asset.sha256 === right.asset.sha256;
}

import type { Principal } from '../access/principal.ts';
import { type Checked, invalid, type Problem, valid } from '../errors.ts';
import type { PromptId, ThreadId } from '../ids.ts';
import type { Clock, UtcMs } from '../ports/clock.ts';
import type { FrameRate } from '../ports/media.ts';
import type { SequenceWishes } from '../sequences/sequence-maker.ts';
import type { Store } from '../store/store.ts';
import type { AssetFolder } from './asset-folder.ts';
import { assignRoles } from './assign-roles.ts';
import { checkText } from './check-text.ts';
import { displayName } from './display-name.ts';
import type { Prompt } from './prompt.ts';
import { checkName, promptName } from './prompt-name.ts';
import { promptDeliveryKey, showPromptAgain } from './show-prompt.ts';
import { type GivenFile, stageFiles } from './stage-files.ts';

export interface NewPrompt {
  readonly text: string;
  /** The configured text where absent. */
  readonly negativeText?: string;
  readonly name?: string;
  readonly files: readonly GivenFile[];
  /** Names of further files that were sent with them and cannot be an input. */
  readonly leftOut?: readonly string[];
  /** Of videos that are made of pictures. */
  readonly frameRate?: FrameRate;
  /** Told while videos are made of pictures. */
  readonly onProgress?: SequenceWishes['onProgress'];
  /** They may be given later, where the prompt is shown. */
  readonly filesMayFollow?: boolean;
  /** Where its card is shown. */
  readonly thread?: ThreadId;
  /** Opens the thread once everything is checked, where there is none yet. */
  readonly openThread?: () => Promise<ThreadId>;
  /** The same key again answers the same prompt. */
  readonly idempotencyKey?: string;
}

/** Makes prompts, and takes them out of listings. */
export class PromptService {
  readonly #store: Store;
  readonly #folder: AssetFolder;
  readonly #clock: Clock;
  readonly #negativeText: string;

  constructor(parts: {
    store: Store;
    folder: AssetFolder;
    clock: Clock;
    negativeText: string;
  }) {
    this.#store = parts.store;
    this.#folder = parts.folder;
    this.#clock = parts.clock;
    this.#negativeText = parts.negativeText;
  }

  /** All that is wrong with text and files is reported at once; nothing is kept of a refused prompt. */
  async create(actor: Principal, request: NewPrompt, signal?: AbortSignal): Promise<Checked<Prompt>> {
    const known = this.#madeBefore(request.idempotencyKey);
    if (known !== undefined) return valid(known);
    const problems: Problem[] = [];
    const collect = <T>(checked: Checked<T>): T | undefined => {
      if (checked.ok) return checked.value;
      problems.push(...checked.problems);
      return undefined;
    };
    const text = collect(checkText(request.text));
    const negativeText = collect(this.#checkNegativeText(request.negativeText));
    if (request.name !== undefined) collect(this.#checkName(request.name));
    if (request.files.length === 0 && request.filesMayFollow !== true)
      problems.push({ code: 'input.no_files', parameters: {} });
    const { frameRate, onProgress } = request;
    const wishes = { signal, onProgress, ...(frameRate && { frameRate }) };
    await using staged = await stageFiles(this.#folder, request.files, wishes);
    const files = collect(staged.checked);
    const inputs = files && collect(assignRoles(files));
    const [first, ...rest] = problems;
    if (first !== undefined) return { ok: false, problems: [first, ...rest] };
    if (text === undefined || negativeText === undefined || inputs === undefined)
      return invalid('input.text_empty');
    await staged.keep();
    const thread = request.thread ?? (await request.openThread?.());
    return this.#insert(actor, { ...request, ...(thread && { thread }) }, { text, negativeText, inputs });
  }

  /** Takes a prompt without runs out of all listings; `restore` brings it back. Fails with `input.prompt_has_runs`. */
  discard(actor: Principal, prompt: Prompt): Checked<Prompt> {
    return this.#store.write(() => {
      const runs = this.#store.runs.count({ promptId: prompt.id });
      if (runs > 0) return invalid('input.prompt_has_runs', { prompt: prompt.id, runs });
      this.#setDiscarded(actor, prompt.id, this.#clock.now());
      return valid(prompt);
    });
  }

  /** Brings a discarded prompt back as it was. */
  restore(actor: Principal, prompt: Prompt): Prompt {
    this.#store.write(() => this.#setDiscarded(actor, prompt.id, undefined));
    return prompt;
  }

  #setDiscarded(actor: Principal, id: PromptId, at: UtcMs | undefined): void {
    if (!this.#store.prompts.setDiscarded(id, at)) return;
    const type = at === undefined ? 'prompt.restored' : 'prompt.discarded';
    this.#store.events.append({ type, payload: { prompt: id } }, { actor: actor.id });
    showPromptAgain(this.#store, id);
  }

  #checkNegativeText(text: string | undefined): Checked<string> {
    if (text === undefined) return valid(this.#negativeText);
    return text.trim() === '' ? valid('') : checkText(text);
  }

  #checkName(name: string): Checked<string> {
    const checked = checkName(name);
    if (!checked.ok || !this.#store.prompts.isNameTaken(name)) return checked;
    return invalid('input.name_taken', { name });
  }

  #madeBefore(key: string | undefined): Prompt | undefined {
    const known = key === undefined ? undefined : this.#store.idempotency.get<PromptId>(key);
    return known && this.#store.prompts.get(known);
  }

  /** Looks again for what somebody else may have done while the files were looked at. */
  #insert(
    actor: Principal,
    { name, thread, idempotencyKey, leftOut = [] }: NewPrompt,
    content: Pick<Prompt, 'text' | 'negativeText' | 'inputs'>,
  ): Checked<Prompt> {
    return this.#store.write(() => {
      const known = this.#madeBefore(idempotencyKey);
      if (known !== undefined) return valid(known);
      if (name !== undefined && this.#store.prompts.isNameTaken(name))
        return invalid('input.name_taken', { name });
      const prompt: Prompt = {
        id: this.#store.ids.make('ps'),
        name: name ?? promptName(content.text, (taken) => this.#store.prompts.isNameTaken(taken)),
        owner: actor.id,
        createdAt: this.#clock.now(),
        ...content,
        ...(leftOut.length > 0 && { leftOut: leftOut.map(displayName) }),
      };
      this.#store.prompts.insert(prompt);
      this.#store.events.append(
        { type: 'prompt.created', payload: { prompt: prompt.id } },
        { actor: actor.id },
      );
      if (thread !== undefined) {
        this.#store.threads.linkPrompt(prompt.id, thread);
        this.#store.deliveries.ensure(promptDeliveryKey(prompt.id, thread), thread, {
          purpose: 'prompt',
          promptId: prompt.id,
        });
      }
      if (idempotencyKey !== undefined) this.#store.idempotency.set(idempotencyKey, prompt.id);
      return valid(prompt);
    });
  }
}

import { basename } from 'node:path';
import type { Principal } from '../access/principal.ts';
import { type Checked, CosmosError, invalid, type Problem, valid } from '../errors.ts';
import type { PromptId, ThreadId } from '../ids.ts';
import type { Clock } from '../ports/clock.ts';
import type { Store } from '../store/store.ts';
import type { AssetFolder } from './asset-folder.ts';
import { assignRoles, type UnassignedInput } from './assign-roles.ts';
import { checkText } from './check-text.ts';
import type { Prompt, Role } from './prompt.ts';
import { promptName } from './prompt-name.ts';

export interface NewPrompt {
  readonly text: string;
  /** The configured text where absent. */
  readonly negativeText?: string;
  readonly name?: string;
  readonly files: readonly { readonly path: string; readonly name?: string; readonly role?: Role }[];
  /** Where its card is shown. */
  readonly thread?: ThreadId;
  /** The same key again answers the same prompt. */
  readonly idempotencyKey?: string;
}

/** Makes prompts and changes what their files are used as. */
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
  async create(actor: Principal, request: NewPrompt): Promise<Checked<Prompt>> {
    const done = request.idempotencyKey && this.#store.idempotency.get<PromptId>(request.idempotencyKey);
    const known = done ? this.#store.prompts.get(done) : undefined;
    if (known !== undefined) return valid(known);
    const problems: Problem[] = [];
    const collect = <T>(checked: Checked<T>): T | undefined => {
      if (checked.ok) return checked.value;
      problems.push(...checked.problems);
      return undefined;
    };
    const text = collect(checkText(request.text));
    const negativeText =
      request.negativeText === undefined || request.negativeText.trim() === ''
        ? (request.negativeText ?? this.#negativeText)
        : collect(checkText(request.negativeText));
    if (request.files.length === 0) problems.push({ code: 'input.no_files', parameters: {} });
    if (request.name !== undefined && this.#store.prompts.isNameTaken(request.name)) {
      problems.push({ code: 'input.name_taken', parameters: { name: request.name } });
    }
    const files: UnassignedInput[] = [];
    for (const file of request.files) {
      const added = collect(await this.#add(file));
      if (added !== undefined) files.push(added);
    }
    const inputs = problems.length === 0 ? collect(assignRoles(files)) : undefined;
    const [first, ...rest] = problems;
    if (first !== undefined) return { ok: false, problems: [first, ...rest] };
    if (text === undefined || negativeText === undefined || inputs === undefined)
      return invalid('input.text_empty');
    return valid(this.#insert(actor, request, { text, negativeText, inputs }));
  }

  /** Gives files of a prompt other roles: `changes` by original file name. */
  changeRoles(actor: Principal, prompt: Prompt, changes: ReadonlyMap<string, Role>): Checked<Prompt> {
    for (const name of changes.keys()) {
      if (!prompt.inputs.some((input) => input.originalName === name)) {
        return invalid('input.file_missing', { file: name });
      }
    }
    const assigned = assignRoles(
      prompt.inputs.map(({ asset, originalName, role }) => ({
        asset,
        originalName,
        role: changes.get(originalName) ?? role,
      })),
    );
    if (!assigned.ok) return assigned;
    this.#store.write(() => {
      this.#store.prompts.replaceInputs(prompt.id, assigned.value);
      this.#store.events.append(
        { type: 'prompt.roles_changed', payload: { prompt: prompt.id } },
        { actor: actor.id },
      );
      for (const thread of this.#store.threads.ofPrompt(prompt.id)) {
        this.#store.deliveries.reopen(promptDeliveryKey(prompt.id, thread.id));
      }
    });
    return valid({ ...prompt, inputs: assigned.value });
  }

  async #add(file: NewPrompt['files'][number]): Promise<Checked<UnassignedInput>> {
    const originalName = file.name ?? basename(file.path);
    try {
      const asset = await this.#folder.add(file.path, originalName);
      return valid({ asset, originalName, ...(file.role && { role: file.role }) });
    } catch (error) {
      if (error instanceof CosmosError && error.layer === 'input')
        return { ok: false, problems: [error.toProblem()] };
      throw error;
    }
  }

  #insert(
    actor: Principal,
    { name, thread, idempotencyKey }: NewPrompt,
    content: Pick<Prompt, 'text' | 'negativeText' | 'inputs'>,
  ): Prompt {
    return this.#store.write(() => {
      const prompt: Prompt = {
        id: this.#store.ids.make('ps'),
        name: name ?? promptName(content.text, (taken) => this.#store.prompts.isNameTaken(taken)),
        owner: actor.id,
        createdAt: this.#clock.now(),
        ...content,
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
      return prompt;
    });
  }
}

function promptDeliveryKey(prompt: PromptId, thread: ThreadId): string {
  return `prompt:${prompt}:${thread}`;
}

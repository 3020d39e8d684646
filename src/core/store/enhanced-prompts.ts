import type { PromptId, RunId } from '../ids.ts';
import type { Clock } from '../ports/clock.ts';
import { checkText } from '../prompts/check-text.ts';
import { enhancedName } from '../prompts/prompt-name.ts';
import type { RunOutput } from '../runs/run.ts';
import type { Connection } from './database.ts';
import type { EventStore } from './events.ts';
import type { FreshIds } from './fresh-ids.ts';
import type { PromptStore } from './prompts.ts';

interface Parts {
  readonly ids: FreshIds;
  readonly clock: Clock;
  readonly events: EventStore;
  readonly prompts: PromptStore;
}

/** The prompts that models have found a better text for; each belongs to the run that found it. */
export class EnhancedPrompts {
  readonly #connection: Connection;
  readonly #parts: Parts;

  constructor(connection: Connection, parts: Parts) {
    this.#connection = connection;
    this.#parts = parts;
  }

  /**
   * A copy of the run's prompt with the text that it has found, where the run is an enhancement; to be called in the
   * transaction that ends the run, so that there is never none and never a second one. A text that no prompt may have
   * makes none: it stays the result of its run.
   */
  add(run: RunId, outputs: readonly RunOutput[]): void {
    const found = outputs.find(({ purpose, kind }) => purpose === 'primary' && kind === 'text')?.text;
    const text = found === undefined ? undefined : checkText(found);
    const row = this.#connection
      .prepare<[string], { id: PromptId; owner: string }>(
        `SELECT prompt_id AS id, owner_id AS owner FROM runs JOIN profiles ON profiles.hash = runs.profile_hash
         WHERE runs.id = ? AND json_extract(profiles.content, '$.task') = 'enhance'`,
      )
      .get(run);
    const { ids, clock, events, prompts } = this.#parts;
    const parent = row && prompts.get(row.id);
    if (row === undefined || parent === undefined || text?.ok !== true) return;
    const id = ids.make('ps');
    prompts.insert({
      ...parent,
      id,
      name: enhancedName(parent.name, (taken) => prompts.isNameTaken(taken)),
      owner: row.owner as typeof parent.owner,
      text: text.value,
      createdAt: clock.now(),
      parent: { prompt: parent.id, run },
    });
    events.append({ type: 'prompt.enhanced', payload: { prompt: id, parent: parent.id } }, { run });
  }
}

import { type Checked, invalid } from './errors.ts';
import { normalised, pick } from './pick.ts';
import type { Prompt } from './prompts/prompt.ts';
import type { RunRequest } from './requests/request.ts';
import type { Run } from './runs/run.ts';
import type { Store } from './store/store.ts';

/** Matches that an ambiguous id is answered with. */
const LISTED_MATCHES = 6;
/** Newest ids among which a mistyped one is looked for. */
const NEAREST_AMONG = 50;

/** Finds prompts, runs and requests by what people type of them; fails as `pick` does. */
export class Lookup {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** A prompt by its id or its name, or by the beginning of one: of a name at least three characters. */
  prompt(reference: string): Checked<Prompt> {
    const { prompts } = this.#store;
    const given = normalised(reference);
    const matches = prompts.matching(given, LISTED_MATCHES);
    return pick('prompt', given, matches, namesOf, () => prompts.newest(NEAREST_AMONG));
  }

  /** A discarded prompt, as `prompt` finds the others. */
  discardedPrompt(reference: string): Checked<Prompt> {
    const given = normalised(reference);
    const matches = this.#store.prompts.matchingDiscarded(given, LISTED_MATCHES);
    return pick('prompt', given, matches, namesOf, () => []);
  }

  /** Prompts whose id or name begins with the text, then those with it in text or name, newest first. */
  prompts(text: string, limit: number): Prompt[] {
    const { prompts } = this.#store;
    const given = normalised(text);
    if (given === '') return prompts.newest(limit);
    const named = prompts.matching(given, limit);
    const known = new Set(named.map(({ id }) => id));
    const found = prompts.search(text.trim(), limit).filter(({ id }) => !known.has(id));
    return [...named, ...found].slice(0, limit);
  }

  /** A run by its id or the beginning of it; what names a prompt instead fails with `prompt`, its name, too. */
  run(reference: string): Checked<Run> {
    const { runs } = this.#store;
    const given = normalised(reference);
    const matches = runs.matching(given, LISTED_MATCHES);
    const found = pick(
      'run',
      given,
      matches,
      (run) => [run.id],
      () => runs.list({ limit: NEAREST_AMONG }),
    );
    const prompt = found.ok || matches.length > 0 ? undefined : this.prompt(reference);
    if (prompt?.ok !== true) return found;
    return invalid('input.id_unknown', { kind: 'run', given, prompt: prompt.value.name });
  }

  /** A request with many runs by its id or the beginning of it. */
  request(reference: string): Checked<RunRequest> {
    const { requests } = this.#store;
    const given = normalised(reference);
    const matches = requests.matching(given, LISTED_MATCHES);
    return pick(
      'request',
      given,
      matches,
      ({ id }) => [id],
      () => requests.newest(NEAREST_AMONG),
    );
  }
}

function namesOf({ id, name }: Prompt): string[] {
  return [id, name];
}

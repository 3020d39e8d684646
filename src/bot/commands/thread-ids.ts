import { isIdLike, type ThreadId } from '../../core/ids.ts';
import type { ChatReference } from '../../core/ports/chat.ts';
import type { Prompt } from '../../core/prompts/prompt.ts';
import type { Run } from '../../core/runs/run.ts';
import type { Store } from '../../core/store/store.ts';
import type { CommandWords } from './arguments.ts';
import type { ArgumentDefinition, CommandDefinition } from './definition.ts';

/** The id that an argument means where it is left out; undefined where nothing there is meant. */
export type AbsentId = (argument: ArgumentDefinition) => string | undefined;

/** Ids that may be left out in a thread that belongs to a prompt or to runs: those of its latest fitting ones. */
export function idsOfThread(
  store: Pick<Store, 'threads' | 'runs' | 'prompts' | 'requests'>,
  where: ChatReference,
): AbsentId {
  const thread = where.thread === undefined ? undefined : store.threads.find(where)?.id;
  if (thread === undefined) return () => undefined;
  return (argument) => {
    switch (argument.kind) {
      case 'run_id':
        return runOf(store, thread, argument)?.id;
      case 'prompt_id':
        return promptOf(store, thread)?.id;
      case 'run_or_request':
        return runOrRequest(store, runOf(store, thread, argument));
      case 'request_id':
        return undefined;
      case 'any_id':
        return runOrRequest(store, runOf(store, thread, argument)) ?? promptOf(store, thread)?.id;
      case 'prompt_or_run':
        return (runOf(store, thread, argument) ?? promptOf(store, thread))?.id;
      default:
        return undefined;
    }
  };
}

/** The words with the id that was left out: `rate 5` in the thread of a run is `rate rs_3fq8w1zz 5`. */
export function withAbsentId(
  definition: CommandDefinition,
  words: CommandWords,
  absent: AbsentId,
): CommandWords {
  const [first] = definition.arguments;
  const [given] = words.positional;
  if (first === undefined) return words;
  const required = definition.arguments.filter(({ required: isRequired }) => isRequired).length;
  const isLeftOut =
    given === undefined || (words.positional.length < required && !isIdLike(given.toLowerCase()));
  const id = isLeftOut ? absent(first) : undefined;
  return id === undefined ? words : { ...words, positional: [id, ...words.positional] };
}

/** Where none fits, the latest of all: the answer then says what is wrong with it. */
function runOf(
  { runs }: Pick<Store, 'runs'>,
  thread: ThreadId,
  { states }: ArgumentDefinition,
): Run | undefined {
  const [fitting] = runs.list({ thread, limit: 1, ...(states && { states }) });
  return fitting ?? runs.list({ thread, limit: 1 })[0];
}

/** A run that was asked for with others stands for all of them. */
function runOrRequest({ requests }: Pick<Store, 'requests'>, run: Run | undefined): string | undefined {
  const request = run && requests.get(run.requestId);
  return request?.isBatch === true ? request.id : run?.id;
}

/** The prompt that a thread is about: its own, or that of its latest run. */
export function promptOfThread(
  store: Pick<Store, 'threads' | 'runs' | 'prompts' | 'requests'>,
  where: ChatReference,
): Prompt | undefined {
  const thread = where.thread === undefined ? undefined : store.threads.find(where)?.id;
  return thread && promptOf(store, thread);
}

function promptOf(
  store: Pick<Store, 'threads' | 'runs' | 'prompts' | 'requests'>,
  thread: ThreadId,
): Prompt | undefined {
  const id = store.threads.promptOf(thread) ?? store.runs.list({ thread, limit: 1 })[0]?.promptId;
  return id && store.prompts.get(id);
}

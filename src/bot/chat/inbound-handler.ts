import type { AccessPolicy } from '../../core/access/access-policy.ts';
import type { Principal } from '../../core/access/principal.ts';
import type { CosmosApi } from '../../core/cosmos-api.ts';
import type { DataDirectory } from '../../core/data-directory.ts';
import type { ThreadId } from '../../core/ids.ts';
import type { Card, ChatPort, Inbound } from '../../core/ports/chat.ts';
import type { Clock } from '../../core/ports/clock.ts';
import { checkText } from '../../core/prompts/check-text.ts';
import { displayName } from '../../core/prompts/display-name.ts';
import type { Prompt } from '../../core/prompts/prompt.ts';
import type { Store } from '../../core/store/store.ts';
import type { Wakeup } from '../../core/wakeup.ts';
import { requiredPermission } from '../commands/arguments.ts';
import type { CommandContext, CommandResult } from '../commands/command-context.ts';
import { parseEvent, readEvent } from '../commands/read-event.ts';
import { COMMANDS } from '../commands/registry.ts';
import { idsOfThread, promptOfThread } from '../commands/thread-ids.ts';
import { HANDLERS } from '../commands/verbs/index.ts';
import { addedFilesCard } from '../thread-view/added-files-card.ts';
import { problemCard } from '../thread-view/answer-card.ts';
import type { ViewBuilder } from '../thread-view/view-builder.ts';
import { receiveFiles } from './receive-files.ts';
import { WorkNote } from './work-note.ts';

/** How far before an event its thread is looked for, ms: clocks of platforms differ from ours. */
const FIND_MARGIN_MS = 60_000;
/** Longest title of a thread, in characters; every platform takes that. */
const MAXIMUM_TITLE = 80;

export interface InboundHandlerParts {
  readonly store: Store;
  readonly api: CosmosApi;
  readonly views: ViewBuilder;
  readonly port: ChatPort;
  readonly access: AccessPolicy;
  readonly clock: Clock;
  readonly data: DataDirectory;
  readonly wakeup: Wakeup;
  /** Largest file that is taken, bytes. */
  readonly maxUploadBytes: number;
  /** Age from which a command is answered instead of executed, ms. */
  readonly staleCommandMs: number;
}

/** What an event is answered; no card where the thread shows the effect by itself. */
export interface Answer {
  readonly card?: Card;
  /** Nobody but the person has to read the card. */
  readonly isPrivate?: boolean;
  /** Where it was asked if absent. */
  readonly thread?: ThreadId;
}

export interface Handling {
  /** An earlier try may have had effects on the platform. */
  readonly isRepeated: boolean;
  readonly signal: AbortSignal;
  /** Stores the answer and ends the event; called once, in the transaction of the effect where that is possible. */
  readonly complete: (answer: Answer) => void;
}

type Upload = Extract<Inbound, { kind: 'upload' }>;
type Command = Exclude<Inbound, Upload>;

/**
 * Turns what people do in a chat into calls of CosmosAPI. Handling an event again has no second effect: either its
 * effect and its completion are one transaction, or the effect is keyed by the event.
 */
export class InboundHandler {
  readonly #parts: InboundHandlerParts;

  constructor(parts: InboundHandlerParts) {
    this.#parts = parts;
  }

  async handle(arrived: Inbound, handling: Handling): Promise<void> {
    const { port, store } = this.#parts;
    const event = { ...arrived, user: await port.person(arrived.user, arrived.where) };
    const actor = store.principals.ensure({
      platform: event.where.platform,
      tenant: event.where.tenant,
      user: event.user.id,
      name: event.user.name,
    });
    if (event.kind === 'upload') await this.#upload(event, actor, handling);
    else await this.#command(event, actor, handling);
  }

  async #command(event: Command, actor: Principal, handling: Handling): Promise<void> {
    const { store, access, clock, staleCommandMs } = this.#parts;
    const { complete } = handling;
    // An earlier try has done it and could not say so: its thread shows it.
    if (store.idempotency.get(event.dedupeKey) !== undefined) return complete({});
    const ageMs = clock.now() - event.at;
    if (ageMs > staleCommandMs) {
      return complete({ card: problemCard([{ code: 'chat.stale_command', parameters: { ageMs } }]) });
    }
    const parsed = parseEvent(event, idsOfThread(store, event.where));
    if (!parsed.ok) {
      // Who may not use it at all has nothing to correct.
      const refused = this.#refused(event);
      return complete({ card: problemCard(refused ?? parsed.problems) });
    }
    const command = parsed.value;
    const needed = requiredPermission(COMMANDS[command.verb], command);
    const allowed = access.check(event.user, event.where, needed.role, needed.what);
    if (!allowed.ok) return complete({ card: problemCard(allowed.problems) });
    const { signal } = handling;
    const note = this.#workNote(event, () => store.threads.ensure(event.where).id);
    const context = {
      ...this.#context(event, actor, handling),
      role: allowed.value,
      signal,
      // Elsewhere there is no place that is about this work.
      ...(event.where.thread !== undefined && { onProgress: note.tell }),
    };
    const later = store.write(() => {
      const result = HANDLERS[command.verb](context, command);
      if (result instanceof Promise) return { result };
      complete(answerOf(result));
      return undefined;
    });
    if (later === undefined) return;
    complete(answerOf(await note.during(later.result, ({ failed }) => !failed, signal)));
  }

  /** Why somebody may not use the verb that they typed, whatever else is wrong with it. */
  #refused(event: Command) {
    const read = readEvent(event);
    if (!read.ok) return undefined;
    const { verb } = read.value;
    const allowed = this.#parts.access.check(event.user, event.where, COMMANDS[verb].role, verb);
    return allowed.ok ? undefined : allowed.problems;
  }

  async #upload(event: Upload, actor: Principal, handling: Handling): Promise<void> {
    const { access, store } = this.#parts;
    const { complete } = handling;
    const allowed = access.check(event.user, event.where, COMMANDS.create.role, 'create');
    if (!allowed.ok) return complete({ card: problemCard(allowed.problems) });
    if (store.idempotency.get(event.dedupeKey) !== undefined) return complete({});
    const prompt = promptOfThread(store, event.where);
    if (prompt !== undefined) return await this.#addFiles(event, actor, prompt, handling);
    // The answer goes where the prompt's card would.
    const thread = await this.#openThread(event, event.text, handling);
    const refused = await this.#createPrompt(event, actor, thread, handling.signal);
    complete(refused === undefined ? {} : { thread, card: problemCard(refused) });
  }

  /** What is wrong with it; undefined where the prompt is there. No downloaded file is left when it returns. */
  async #createPrompt(event: Upload, actor: Principal, thread: ThreadId, signal: AbortSignal) {
    const { api, data, port, maxUploadBytes: maxBytes } = this.#parts;
    await using files = await receiveFiles(event, { port, directory: data.incoming, maxBytes, signal });
    const note = this.#workNote(event, () => thread);
    if (!files.received.ok) {
      const text = checkText(event.text);
      const [first, ...rest] = files.received.problems;
      return [first, ...rest, ...(text.ok ? [] : text.problems)] as const;
    }
    const { text, negativeText, name, leftOut, dedupeKey: idempotencyKey } = event;
    const creating = api.createPrompt(
      actor,
      {
        ...{ text, files: files.received.value, thread, idempotencyKey, onProgress: note.tell },
        ...(leftOut !== undefined && { leftOut }),
        ...(negativeText !== undefined && { negativeText }),
        ...(name !== undefined && { name }),
      },
      signal,
    );
    const created = await note.during(creating, ({ ok }) => ok, signal);
    return created.ok ? undefined : created.problems;
  }

  /** Files in the thread of a prompt are for that prompt; the words with them are for the people there. */
  async #addFiles(
    event: Upload,
    actor: Principal,
    prompt: Prompt,
    { signal, complete }: Handling,
  ): Promise<void> {
    const { api, data, port, maxUploadBytes: maxBytes } = this.#parts;
    await using files = await receiveFiles(event, { port, directory: data.incoming, maxBytes, signal });
    if (!files.received.ok) return complete({ card: problemCard(files.received.problems) });
    const note = this.#workNote(event, () => this.#parts.store.threads.ensure(event.where).id);
    const adding = api.addFiles(
      actor,
      prompt,
      {
        files: files.received.value,
        idempotencyKey: event.dedupeKey,
        onProgress: note.tell,
        told: (result) => complete({ card: addedFilesCard(result, event.leftOut?.map(displayName)) }),
      },
      signal,
    );
    const added = await note.during(adding, ({ ok }) => ok, signal);
    if (!added.ok) complete({ card: problemCard(added.problems) });
  }

  #workNote({ dedupeKey }: Inbound, thread: () => ThreadId): WorkNote {
    const { store, clock, wakeup } = this.#parts;
    return new WorkNote({ store, clock, wakeup }, `work:${dedupeKey}`, thread);
  }

  #context(event: Inbound, actor: Principal, handling: Handling): Omit<CommandContext, 'role'> {
    const { api, views, port } = this.#parts;
    return {
      api,
      views,
      actor,
      localFiles: port.capabilities.localFiles,
      idempotencyKey: event.dedupeKey,
      openThread: async (title) => await this.#openThread(event, title, handling),
    };
  }

  /** The thread of the event, or a new one under it. */
  async #openThread(event: Inbound, title: string, { isRepeated }: Handling): Promise<ThreadId> {
    const { store, port } = this.#parts;
    if (event.where.thread !== undefined) return store.threads.ensure(event.where).id;
    const since = isRepeated ? event.at - FIND_MARGIN_MS : undefined;
    const opened = await port.openThread(`thread:${event.dedupeKey}`, event.where, threadTitle(title), since);
    return store.threads.ensure(opened).id;
  }
}

function answerOf({ card, isPrivate = false }: CommandResult): Answer {
  return card === undefined ? {} : { card, isPrivate };
}

/** One line of visible characters. */
function threadTitle(text: string): string {
  const characters = [...text.replace(/[\p{Cc}\s]+/gu, ' ').trim()];
  if (characters.length === 0) return 'prompt';
  return characters.length <= MAXIMUM_TITLE
    ? characters.join('')
    : `${characters.slice(0, MAXIMUM_TITLE - 1).join('')}…`;
}

import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { AccessPolicy } from '../../core/access/access-policy.ts';
import type { Principal } from '../../core/access/principal.ts';
import type { CosmosApi } from '../../core/cosmos-api.ts';
import type { DataDirectory } from '../../core/data-directory.ts';
import { type Checked, type Problem, toCosmosError } from '../../core/errors.ts';
import type { ThreadId } from '../../core/ids.ts';
import type { Card, ChatPort, ChatReference, Inbound } from '../../core/ports/chat.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Store } from '../../core/store/store.ts';
import { type ParsedCommand, requiredRole } from '../commands/arguments.ts';
import type { CommandContext } from '../commands/command-context.ts';
import { parseCommand, parseWords } from '../commands/parse.ts';
import { COMMANDS, type CommandVerb } from '../commands/registry.ts';
import { HANDLERS } from '../commands/verbs/index.ts';
import { problemCard } from '../thread-view/answer-card.ts';
import type { ViewBuilder } from '../thread-view/view-builder.ts';
import { shortHash } from './card-hash.ts';

export interface InboundHandlerParts {
  readonly store: Store;
  readonly api: CosmosApi;
  readonly views: ViewBuilder;
  readonly port: ChatPort;
  readonly access: AccessPolicy;
  readonly clock: Clock;
  readonly data: DataDirectory;
  /** Largest file that is taken, bytes. */
  readonly maxUploadBytes: number;
  /** Age from which a command is answered instead of executed, ms. */
  readonly staleCommandMs: number;
}

type Upload = Extract<Inbound, { kind: 'upload' }>;

/** Turns what people do in a chat into calls of CosmosAPI. */
export class InboundHandler {
  readonly #parts: InboundHandlerParts;

  constructor(parts: InboundHandlerParts) {
    this.#parts = parts;
  }

  /** The answer to give; undefined where the thread shows the effect by itself. */
  async handle(event: Inbound): Promise<Card | undefined> {
    const { store, access, clock, staleCommandMs } = this.#parts;
    const actor = store.principals.ensure({
      platform: event.where.platform,
      tenant: event.where.tenant,
      user: event.user.id,
      name: event.user.name,
    });
    if (event.kind === 'upload') return await this.#upload(event, actor);
    const ageMs = clock.now() - event.at;
    if (ageMs > staleCommandMs) return problemCard([{ code: 'chat.stale_command', parameters: { ageMs } }]);
    const parsed = parse(event);
    if (!parsed.ok) return problemCard(parsed.problems);
    const command = parsed.value;
    const allowed = access.check(event.user, event.where, requiredRole(COMMANDS[command.verb], command), command.verb);
    if (!allowed.ok) return problemCard(allowed.problems);
    return (await HANDLERS[command.verb](this.#context(event, actor), command)).card;
  }

  async #upload(event: Upload, actor: Principal): Promise<Card | undefined> {
    const { access, api, data } = this.#parts;
    const allowed = access.check(event.user, event.where, COMMANDS.create.role, 'create');
    if (!allowed.ok) return problemCard(allowed.problems);
    const directory = join(data.incoming, shortHash(event.dedupeKey));
    try {
      await mkdir(directory, { recursive: true });
      const files = await this.#download(event, directory);
      if (!files.ok) return problemCard(files.problems);
      const thread = await this.#openThread(event, event.text);
      const created = await api.createPrompt(actor, {
        text: event.text,
        files: files.value,
        thread,
        idempotencyKey: event.dedupeKey,
      });
      return created.ok ? undefined : problemCard(created.problems);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  }

  async #download(event: Upload, directory: string): Promise<Checked<{ path: string; name: string }[]>> {
    const { port, maxUploadBytes } = this.#parts;
    const files: { path: string; name: string }[] = [];
    const problems: Problem[] = [];
    for (const [index, file] of event.files.entries()) {
      const path = join(directory, String(index));
      try {
        await port.download(file, path, maxUploadBytes);
        files.push({ path, name: file.name });
      } catch (error) {
        const failure = toCosmosError(error);
        if (failure.layer !== 'input') throw error;
        problems.push({ code: failure.code, parameters: { ...failure.parameters, file: file.name } });
      }
    }
    const [first, ...rest] = problems;
    return first === undefined ? { ok: true, value: files } : { ok: false, problems: [first, ...rest] };
  }

  #context(event: Inbound, actor: Principal): CommandContext {
    const { api, views } = this.#parts;
    return {
      api,
      views,
      actor,
      idempotencyKey: event.dedupeKey,
      openThread: async (title) => await this.#openThread(event, title),
    };
  }

  /** The thread of the event, or a new one under it. */
  async #openThread(event: Inbound, title: string): Promise<ThreadId> {
    const { store, port } = this.#parts;
    const where: ChatReference =
      event.where.thread === undefined
        ? await port.openThread(`thread:${event.dedupeKey}`, event.where, title)
        : event.where;
    return store.threads.ensure(where).id;
  }
}

function parse(event: Exclude<Inbound, Upload>): Checked<ParsedCommand<CommandVerb>> {
  switch (event.kind) {
    case 'command':
      return parseCommand(event.text, COMMANDS);
    case 'click':
      return parseWords([event.verb, event.target, ...event.arguments], COMMANDS);
  }
}

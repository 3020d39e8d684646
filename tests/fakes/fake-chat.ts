import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { cardHash } from '../../src/bot/chat/card-hash.ts';
import { CosmosError } from '../../src/core/errors.ts';
import type {
  Answered,
  Card,
  ChatCapabilities,
  ChatFile,
  ChatPort,
  ChatReference,
  ChatUser,
  EditOutcome,
  Inbound,
  Platform,
  Receive,
  UploadFile,
  UploadOutcome,
} from '../../src/core/ports/chat.ts';
import type { Clock, UtcMs } from '../../src/core/ports/clock.ts';
import type { HashedFile } from '../../src/core/ports/hashed-file.ts';
import { writeHashed } from '../../src/core/write-hashed.ts';

export const FAKE = 'fake' as Platform;
export const CHANNEL: ChatReference = { platform: FAKE, tenant: 'studio', channel: 'renders' };

const CAPABILITIES: ChatCapabilities = {
  maxCardCharacters: 3_500,
  maxButtons: 25,
  maxActionBytes: 100,
  edit: { minIntervalMs: 3_000, scope: 'tenant' },
  lateEffectMs: 10_000,
  uploadNeedsVerification: true,
  localFiles: false,
  commandInThread: false,
  nativeAutocomplete: false,
  typedOptions: false,
  modalMustBeFirstResponse: false,
  replyTokenMs: 0,
};

/** When an accepted upload that was not seen yet appears, ms. */
const APPEARS_MS = 90_000;

export interface FakeMessage {
  readonly id: string;
  readonly key: string;
  readonly where: ChatReference;
  readonly postedAt: UtcMs;
  card: Card;
  edits: number;
  readonly file?: { readonly name: string; readonly content: string };
  readonly answered?: Answered;
}

/** What goes wrong with one call. */
export type Fault =
  /** It never reached the platform. */
  | 'lost'
  /** It took effect, and the answer was lost. */
  | 'unanswered'
  /** The answer was lost; it takes effect when the test calls `land`. */
  | 'late'
  /** It waits until the test calls `release`. */
  | 'slow'
  /** An upload: accepted, appears when the test calls `land`. */
  | 'unverified'
  /** An upload: accepted, never appears. */
  | 'swallowed'
  | { readonly throttledMs: number }
  | { readonly refused: string }
  | CosmosError;

type Faulty = 'person' | 'openThread' | 'post' | 'edit' | 'upload' | 'find' | 'shown' | 'delete' | 'download';

/**
 * A chat platform in memory that does what the test says. Like Slack it knows no keys: posting twice makes two messages,
 * and finding them is the bot's business.
 */
export class FakeChat implements ChatPort {
  readonly platform = FAKE;
  readonly capabilities: ChatCapabilities;
  /** The tenants that this port serves, where it does not serve all; known once the port has started. */
  readonly serves?: (tenant: string) => boolean;
  /** What is shown, in the order in which it was posted. */
  readonly messages: FakeMessage[] = [];
  /** Names of the calls, in order. */
  readonly calls: string[] = [];
  /** The most calls that were under way for one message at a time. */
  mostEditsAtOnce = 0;
  maxBytes = 1_000_000;
  /** What `person` tells, by user; people who are not in it are in the groups of their event. */
  readonly groups = new Map<string, readonly string[]>();
  readonly #clock: Clock;
  readonly #onChange: () => void;
  readonly #faults = new Map<Faulty, Fault[]>();
  readonly #late: { readonly dueAt: UtcMs; readonly effect: () => void }[] = [];
  readonly #slow: (() => void)[] = [];
  readonly #gone = new Set<string>();
  readonly #files = new Map<string, string | Buffer>();
  readonly #editing = new Map<string, number>();
  #count = 0;
  #receive: Receive | undefined;

  constructor(options: {
    clock: Clock;
    capabilities?: Partial<ChatCapabilities>;
    /** Called after every change of what is shown. */
    onChange?: () => void;
    tenant?: string;
  }) {
    this.#clock = options.clock;
    const { tenant } = options;
    if (tenant !== undefined) this.serves = (each) => this.#receive !== undefined && each === tenant;
    this.#onChange = options.onChange ?? (() => undefined);
    this.capabilities = { ...CAPABILITIES, ...options.capabilities };
  }

  /** The next calls of `method` go wrong, one fault each. */
  fail(method: Faulty, ...faults: readonly Fault[]): void {
    this.#faults.set(method, [...(this.#faults.get(method) ?? []), ...faults]);
  }

  /** What was late takes effect now: all of it, or what was sent so long ago that it is late no longer. */
  land(which: 'all' | 'due' = 'all'): void {
    const now = this.#clock.now();
    const landing = this.#late.filter(({ dueAt }) => which === 'all' || dueAt <= now);
    for (const each of landing) {
      this.#late.splice(this.#late.indexOf(each), 1);
      each.effect();
    }
  }

  /** Time until something late takes effect by itself, ms. */
  get landsInMs(): number {
    return Math.min(...this.#late.map(({ dueAt }) => dueAt - this.#clock.now()));
  }

  /** Calls that wait go on. */
  release(): void {
    for (const resume of this.#slow.splice(0)) resume();
  }

  /** How many calls wait for `release`. */
  get waiting(): number {
    return this.#slow.length;
  }

  /** Somebody deletes a thread: nothing can be posted there any more. */
  loseThread(thread: string): void {
    this.#gone.add(thread);
  }

  /** Puts a file on the platform, as an upload event names it. */
  offer(name: string, content: string | Buffer): ChatFile {
    const id = `F${this.#files.size + 1}`;
    this.#files.set(id, content);
    return { id, name, bytes: content.length };
  }

  /** Somebody does something; false where the bot has refused to take it, so that the platform sends it again. */
  async deliver(event: Inbound): Promise<boolean> {
    try {
      await this.#receive?.(event);
      return this.#receive !== undefined;
    } catch {
      return false;
    }
  }

  withKey(key: string): FakeMessage[] {
    return this.messages.filter((message) => message.key === key);
  }

  async start(receive: Receive): Promise<void> {
    this.#receive = receive;
  }

  async stop(): Promise<void> {
    this.#receive = undefined;
  }

  async person(user: ChatUser): Promise<ChatUser> {
    return await this.#call('person', () => {
      const groups = this.groups.get(user.id);
      return groups === undefined ? user : { ...user, groups };
    });
  }

  async openThread(key: string, parent: ChatReference, title: string, since?: UtcMs): Promise<ChatReference> {
    return await this.#call('openThread', () => {
      const earlier = since === undefined ? undefined : this.withKey(key)[0];
      if (parent.message !== undefined) return { ...CHANNEL, thread: parent.message };
      const card: Card = { mark: 'none', title: [title], blocks: [], actions: [] };
      const root = earlier ?? this.#add({ key, where: parent, card });
      return { ...CHANNEL, thread: root.id };
    });
  }

  async post(key: string, where: ChatReference, card: Card, answered?: Answered): Promise<ChatReference> {
    return await this.#call('post', () => {
      this.#checkPlace(where);
      return this.#reference(this.#add({ key, where, card, ...(answered && { answered }) }));
    });
  }

  async edit(target: ChatReference, card: Card): Promise<EditOutcome> {
    const id = target.message ?? '';
    const editing = (this.#editing.get(id) ?? 0) + 1;
    this.#editing.set(id, editing);
    this.mostEditsAtOnce = Math.max(this.mostEditsAtOnce, editing);
    try {
      const [fault] = this.#faults.get('edit') ?? [];
      if (typeof fault === 'object' && 'throttledMs' in fault) {
        this.#faults.get('edit')?.shift();
        return { state: 'throttled', retryAfterMs: fault.throttledMs };
      }
      return await this.#call('edit', () => {
        const message = this.#message(target);
        if (message === undefined) return { state: 'gone' };
        message.card = card;
        message.edits += 1;
        this.#onChange();
        return { state: 'edited' };
      });
    } finally {
      this.#editing.set(id, (this.#editing.get(id) ?? 1) - 1);
    }
  }

  async upload(key: string, where: ChatReference, file: UploadFile, card: Card): Promise<UploadOutcome> {
    const content = await readFile(file.path, 'utf8');
    if (content.length > this.maxBytes) return { state: 'too_large', maxBytes: this.maxBytes };
    const [fault] = this.#faults.get('upload') ?? [];
    if (typeof fault === 'object' && 'refused' in fault) {
      this.#faults.get('upload')?.shift();
      return { state: 'refused', detail: fault.refused };
    }
    const effect = (): UploadOutcome => {
      this.#checkPlace(where);
      const message = this.#add({ key, where, card, file: { name: file.name, content } });
      return { state: 'posted', reference: this.#reference(message) };
    };
    if (fault === 'unverified' || fault === 'swallowed') {
      this.#faults.get('upload')?.shift();
      this.calls.push('upload');
      if (fault === 'unverified') this.#addLate(effect, APPEARS_MS);
      return { state: 'unverified' };
    }
    return await this.#call('upload', effect);
  }

  async find(key: string, _where: ChatReference, since: UtcMs): Promise<readonly ChatReference[]> {
    return await this.#call('find', () => {
      const found = this.withKey(key).filter(({ postedAt }) => postedAt >= since);
      return found.map((message) => this.#reference(message));
    });
  }

  async shown(target: ChatReference): Promise<string | null> {
    return await this.#call('shown', () => {
      const message = this.#message(target);
      return message === undefined ? null : cardHash(message.card);
    });
  }

  async delete(target: ChatReference): Promise<void> {
    await this.#call('delete', () => {
      const index = this.messages.findIndex(({ id }) => id === target.message);
      if (index >= 0) this.messages.splice(index, 1);
      this.#onChange();
    });
  }

  async maxUploadBytes(): Promise<number> {
    return this.maxBytes;
  }

  async download(file: ChatFile, to: string, maxBytes: number, signal?: AbortSignal): Promise<HashedFile> {
    const content = await this.#call('download', () => this.#files.get(file.id));
    signal?.throwIfAborted();
    if (content === undefined) throw new CosmosError('input.file_missing', { file: file.name });
    if (content.length > maxBytes)
      throw new CosmosError('input.file_too_large', { file: file.name, maxBytes });
    return await writeHashed(Readable.from([Buffer.from(content)]), to, { maxBytes, signal });
  }

  async #call<T>(method: Faulty, effect: () => T): Promise<T> {
    this.calls.push(method);
    const fault = this.#faults.get(method)?.shift();
    if (fault instanceof CosmosError) throw fault;
    if (fault === 'slow') await new Promise<void>((resolve) => this.#slow.push(resolve));
    if (fault === 'late') this.#addLate(effect, this.capabilities.lateEffectMs - 1);
    if (fault === 'unanswered') effect();
    if (fault === 'lost' || fault === 'late' || fault === 'unanswered') {
      throw new CosmosError('chat.unavailable', { platform: FAKE, detail: fault });
    }
    return effect();
  }

  #addLate(effect: () => void, ms: number): void {
    this.#late.push({ dueAt: this.#clock.now() + ms, effect });
  }

  #add(message: Omit<FakeMessage, 'id' | 'postedAt' | 'edits'>): FakeMessage {
    this.#count += 1;
    const added = { ...message, id: `M${this.#count}`, postedAt: this.#clock.now(), edits: 0 };
    this.messages.push(added);
    this.#onChange();
    return added;
  }

  #checkPlace({ thread }: ChatReference): void {
    if (thread !== undefined && this.#gone.has(thread))
      throw new CosmosError('chat.place_gone', { platform: FAKE });
  }

  #message(target: ChatReference): FakeMessage | undefined {
    return this.messages.find(({ id }) => id === target.message);
  }

  #reference({ id, where }: FakeMessage): ChatReference {
    return { ...where, message: id };
  }
}

import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { CosmosError } from '../../core/errors.ts';
import { openRegularFile } from '../../core/media/open-regular-file.ts';
import type {
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
} from '../../core/ports/chat.ts';
import type { HashedFile } from '../../core/ports/hashed-file.ts';
import type { TranscriptMessage, TranscriptStore } from '../../core/store/transcript.ts';
import { writeHashed } from '../../core/write-hashed.ts';
import { cardHash } from '../chat/card-hash.ts';

export const TERMINAL = 'terminal' as Platform;

/** The one place of the terminal chat. */
export const TERMINAL_PLACE: ChatReference = { platform: TERMINAL, tenant: 'local', channel: 'terminal' };

/** A terminal has next to no limits; edits are bounded by what an eye can follow. */
const CAPABILITIES: ChatCapabilities = {
  maxCardCharacters: 20_000,
  maxButtons: 20,
  maxActionBytes: 1_000,
  edit: { minIntervalMs: 100, scope: 'tenant' },
  lateEffectMs: 0,
  uploadNeedsVerification: false,
  localFiles: true,
  commandInThread: true,
  nativeAutocomplete: false,
  typedOptions: false,
  modalMustBeFirstResponse: false,
  replyTokenMs: Number.MAX_SAFE_INTEGER,
};

/** The chat of the machine's own terminal: its platform is the transcript in the store, a screen is a view of it. */
export class TerminalChat implements ChatPort {
  readonly platform = TERMINAL;
  readonly capabilities = CAPABILITIES;
  readonly #transcript: TranscriptStore;
  readonly #directory: string;
  readonly #onChange: (message: TranscriptMessage) => void;
  #receive: Receive | undefined;

  constructor(parts: {
    transcript: TranscriptStore;
    /** What typed paths are relative to. */
    directory: string;
    /** Called with each message that was posted or edited. */
    onChange: (message: TranscriptMessage) => void;
  }) {
    this.#transcript = parts.transcript;
    this.#directory = parts.directory;
    this.#onChange = parts.onChange;
  }

  async start(receive: Receive): Promise<void> {
    this.#receive = receive;
  }

  async stop(): Promise<void> {
    this.#receive = undefined;
  }

  /** Something was typed on this terminal. Resolves once it is durable. */
  async submit(event: Inbound): Promise<void> {
    if (this.#receive === undefined) throw new CosmosError('chat.unavailable', { platform: TERMINAL });
    await this.#receive(event);
  }

  /** The terminal has one conversation; nothing is opened. */
  async person(user: ChatUser): Promise<ChatUser> {
    return user;
  }

  async openThread(_key: string, parent: ChatReference): Promise<ChatReference> {
    return parent;
  }

  async post(key: string, where: ChatReference, card: Card): Promise<ChatReference> {
    return this.#post(key, where, card);
  }

  async edit(target: ChatReference, card: Card): Promise<EditOutcome> {
    const id = Number(target.message);
    if (!this.#transcript.edit(id, card, cardHash(card))) return { state: 'gone' };
    this.#changed(id);
    return { state: 'edited' };
  }

  async upload(key: string, where: ChatReference, file: UploadFile, card: Card): Promise<UploadOutcome> {
    return { state: 'posted', reference: this.#post(key, where, card, file.path) };
  }

  async find(key: string, where: ChatReference): Promise<readonly ChatReference[]> {
    const message = this.#transcript.find(key);
    return message === undefined ? [] : [{ ...where, message: String(message.id) }];
  }

  async shown(target: ChatReference): Promise<string | null> {
    return this.#transcript.get(Number(target.message))?.hash ?? null;
  }

  async delete(target: ChatReference): Promise<void> {
    this.#transcript.delete(Number(target.message));
  }

  /** The file stays where it is; the card names its path. */
  async maxUploadBytes(): Promise<number> {
    return Number.MAX_SAFE_INTEGER;
  }

  async download(file: ChatFile, to: string, maxBytes: number, signal?: AbortSignal): Promise<HashedFile> {
    try {
      await using source = await openRegularFile(resolve(this.#directory, file.id), maxBytes);
      return await writeHashed(source.createReadStream({ autoClose: false }), to, { maxBytes, signal });
    } catch (error) {
      if (!(error instanceof CosmosError)) throw error;
      throw new CosmosError(error.code, { ...error.parameters, file: file.name }, { cause: error });
    }
  }

  async folder(file: ChatFile): Promise<string | undefined> {
    const path = resolve(this.#directory, file.id);
    // What cannot be looked at is told of by whoever reads it.
    const isFolder = await stat(path).then(
      (status) => status.isDirectory(),
      () => false,
    );
    return isFolder ? path : undefined;
  }

  #post(key: string, where: ChatReference, card: Card, file?: string): ChatReference {
    const { tenant, channel, thread } = where;
    const message = this.#transcript.post({
      key,
      tenant,
      channel,
      author: 'cosmos',
      card,
      hash: cardHash(card),
      ...(thread !== undefined && { thread }),
      ...(file !== undefined && { file }),
    });
    this.#changed(message.id);
    return { ...where, message: String(message.id) };
  }

  #changed(id: number): void {
    const message = this.#transcript.get(id);
    if (message !== undefined) this.#onChange(message);
  }
}

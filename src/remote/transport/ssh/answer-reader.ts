import { ANSWER_BYTES, PACKET } from './sftp-packets.ts';

/** More than any answer without content of a file needs. */
const LARGEST_ANSWER_BYTES = 64 * 1024;
/** Length, type, number, and the length of the content. */
const DATA_HEADER_BYTES = ANSWER_BYTES + 4;

/** What a server said to a request. */
export interface SftpAnswer {
  readonly type: number;
  /** The status; an answer that fits no request is a failure. */
  readonly code: number;
  /** Bytes of a file that were put into the request's buffer. */
  readonly count: number;
  /** A handle, or the names of the server's extensions. */
  readonly content?: Buffer;
}

export interface AnswerReaderOptions {
  /** Where the content goes that a request asked for. */
  readonly bufferOf: (id: number) => Buffer | undefined;
  readonly onAnswer: (id: number, answer: SftpAnswer) => void;
}

const FAILURE = 4;

/** Reads the answers of an SFTP server as they come in; the content of files is put where it was asked for at once. */
export class AnswerReader {
  readonly #options: AnswerReaderOptions;
  #packet = Buffer.allocUnsafe(DATA_HEADER_BYTES);
  #filled = 0;
  #needed = ANSWER_BYTES;
  #into: Buffer | undefined;
  #count = 0;
  #copied = 0;

  constructor(options: AnswerReaderOptions) {
    this.#options = options;
  }

  /** False where this is no answer that makes sense: what follows cannot be read either. */
  read(chunk: Buffer): boolean {
    for (let at = 0; at < chunk.length; ) {
      const from = at;
      if (this.#into === undefined) {
        at += chunk.copy(this.#packet, this.#filled, at, at + this.#needed - this.#filled);
        this.#filled += at - from;
        if (this.#filled === this.#needed && !this.#advance()) return false;
      } else {
        at += chunk.copy(this.#into, this.#copied, at, at + this.#count - this.#copied);
        this.#copied += at - from;
        if (this.#copied === this.#count) {
          this.#answer({ type: PACKET.data, code: FAILURE, count: this.#count });
        }
      }
    }
    return true;
  }

  /** All bytes that were needed are here: more are, or the answer is complete. */
  #advance(): boolean {
    const type = this.#packet[4] ?? 0;
    const bytes = 4 + this.#packet.readUInt32BE(0);
    if (type === PACKET.data)
      return this.#filled < DATA_HEADER_BYTES ? this.#need(DATA_HEADER_BYTES) : this.#begin(bytes);
    if (bytes < ANSWER_BYTES || bytes > LARGEST_ANSWER_BYTES) return false;
    if (this.#filled < bytes) return this.#need(bytes);
    const rest = this.#packet.subarray(ANSWER_BYTES, bytes);
    if (type === PACKET.status && rest.length >= 4) {
      this.#answer({ type, code: rest.readUInt32BE(0), count: 0 });
      return true;
    }
    if (type === PACKET.handle)
      this.#answer({ type, code: FAILURE, count: 0, content: Buffer.from(rest.subarray(4)) });
    else this.#answer({ type, code: FAILURE, count: 0, content: Buffer.from(rest) });
    return true;
  }

  #need(bytes: number): boolean {
    this.#needed = bytes;
    if (this.#packet.length < bytes) this.#packet = Buffer.concat([this.#packet], bytes);
    return true;
  }

  /** The content of a file comes next. */
  #begin(bytes: number): boolean {
    const count = this.#packet.readUInt32BE(ANSWER_BYTES);
    const into = this.#options.bufferOf(this.#id);
    if (into === undefined || count > into.length || bytes !== DATA_HEADER_BYTES + count) return false;
    this.#into = into;
    this.#count = count;
    this.#copied = 0;
    if (count === 0) this.#answer({ type: PACKET.data, code: FAILURE, count });
    return true;
  }

  get #id(): number {
    return this.#packet.readUInt32BE(5);
  }

  #answer(answer: SftpAnswer): void {
    const id = this.#id;
    this.#into = undefined;
    this.#filled = 0;
    this.#needed = ANSWER_BYTES;
    this.#options.onAnswer(id, answer);
  }
}

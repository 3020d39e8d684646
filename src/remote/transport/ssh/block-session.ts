import type { Client, ClientChannel } from 'ssh2';
import { CosmosError } from '../../../core/errors.ts';
import { AnswerReader, type SftpAnswer } from './answer-reader.ts';
import {
  closePacket,
  fillWriteHeader,
  GREETING,
  openPacket,
  PACKET,
  readPacket,
  writeHeaderBytes,
} from './sftp-packets.ts';
import { unreachable } from './ssh-failure.ts';

/** The largest request that OpenSSH's server answers in one piece (its `limits@openssh.com`). */
const OPENSSH_REQUEST_BYTES = 255 * 1024;
/** What every server has to take. */
const REQUEST_BYTES = 32 * 1024;
const END_OF_FILE = 1;

/** What a server answered instead of doing it; `code` is of the SFTP protocol. */
export class SftpStatus extends Error {
  readonly code: number;

  constructor(code: number) {
    super(`SFTP status ${code}`);
    this.name = 'SftpStatus';
    this.code = code;
  }
}

/** Where the content of a block is put before it is written, with room for what goes before it. */
export interface WriteBuffers {
  /** Where the content of the file goes, in order. */
  readonly contents: readonly Buffer[];
  readonly packets: readonly Buffer[];
}

interface Pending {
  readonly into: Buffer | undefined;
  readonly resolve: (answer: SftpAnswer) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * An SFTP channel that moves the content of files and nothing else. The library's own copies each byte into a buffer of
 * every request once more, which costs less for the copy than for the memory that is to be collected after it. Throws
 * `SftpStatus`, and `engine.host_unreachable` where no answer comes.
 */
export class BlockSession {
  readonly #channel: ClientChannel;
  readonly #answers: AnswerReader;
  readonly #pending = new Map<number, Pending>();
  #requestBytes = REQUEST_BYTES;
  #lastId = 0;
  #over: CosmosError | undefined;

  private constructor(channel: ClientChannel) {
    this.#channel = channel;
    this.#answers = new AnswerReader({
      bufferOf: (id) => this.#pending.get(id)?.into,
      onAnswer: (id, answer) => this.#settle(id, answer),
    });
    channel.on('data', (chunk: Buffer) => {
      if (this.#over === undefined && !this.#answers.read(chunk)) this.end();
    });
    channel.stderr.resume();
    for (const event of ['end', 'close', 'error']) channel.on(event, () => this.#finish());
  }

  static async open(client: Client): Promise<BlockSession> {
    const channel = await new Promise<ClientChannel>((resolve, reject) => {
      client.subsys('sftp', (error, opened) => {
        if (error === undefined) resolve(opened);
        else reject(error);
      });
    });
    const session = new BlockSession(channel);
    const version = await session.#ask(VERSION_ID, undefined, () => channel.write(GREETING));
    if (version.content?.includes('@openssh.com')) session.#requestBytes = OPENSSH_REQUEST_BYTES;
    return session;
  }

  /** True when the channel can be used no more. */
  get isOver(): boolean {
    return this.#over !== undefined;
  }

  end(): void {
    this.#finish();
    this.#channel.destroy();
  }

  async open(path: string, flags: 'r' | 'r+'): Promise<Buffer> {
    const answer = await this.#request((id) => this.#channel.write(openPacket(id, path, flags)));
    return requireHandle(answer);
  }

  async closeHandle(handle: Buffer): Promise<void> {
    requireOk(await this.#request((id) => this.#channel.write(closePacket(id, handle))));
  }

  /** Reads all of `into` in requests that are under way at once: the bytes that were there, fewer at the end of the file. */
  async read(handle: Buffer, position: number, into: Buffer): Promise<number> {
    const parts = split(into, this.#requestBytes);
    const counts = await allEnded(
      parts.map((part, index) => this.#readAll(handle, position + index * this.#requestBytes, part)),
    );
    return counts.reduce((sum, count) => sum + count, 0);
  }

  /** Buffers for blocks of up to `bytes` of this file. */
  writeBuffers(handle: Buffer, bytes: number): WriteBuffers {
    const header = writeHeaderBytes(handle);
    const count = Math.ceil(bytes / this.#requestBytes);
    const memory = Buffer.allocUnsafeSlow(bytes + count * header);
    const packets = split(memory, header + this.#requestBytes);
    return { packets, contents: packets.map((packet) => packet.subarray(header)) };
  }

  /** Writes the first `bytes` of the buffers, which must not be touched until it ends. */
  async write(handle: Buffer, position: number, buffers: WriteBuffers, bytes: number): Promise<void> {
    const header = writeHeaderBytes(handle);
    const works: Promise<void>[] = [];
    for (let done = 0, index = 0; done < bytes; index += 1) {
      const packet = buffers.packets[index];
      if (packet === undefined) throw new Error('more bytes than the buffers hold');
      const count = Math.min(bytes - done, packet.length - header);
      const request = { handle, position: position + done, bytes: count };
      works.push(
        this.#request((id) => {
          fillWriteHeader(packet, { id, ...request });
          this.#channel.write(packet.subarray(0, header + count));
        }).then(requireOk),
      );
      done += count;
    }
    await allEnded(works);
  }

  async #readAll(handle: Buffer, position: number, into: Buffer): Promise<number> {
    let done = 0;
    while (done < into.length) {
      const rest = into.subarray(done);
      const at = position + done;
      const { type, count, code } = await this.#request(
        (id) => this.#channel.write(readPacket(id, handle, at, rest.length)),
        rest,
      );
      if (type === PACKET.status && code === END_OF_FILE) break;
      if (type !== PACKET.data) throw new SftpStatus(code);
      if (count === 0) break;
      done += count;
    }
    return done;
  }

  #request(send: (id: number) => void, into?: Buffer): Promise<SftpAnswer> {
    this.#lastId = (this.#lastId + 1) % VERSION_ID;
    return this.#ask(this.#lastId, into, send);
  }

  #ask(id: number, into: Buffer | undefined, send: (id: number) => void): Promise<SftpAnswer> {
    return new Promise((resolve, reject) => {
      if (this.#over !== undefined) {
        reject(this.#over);
        return;
      }
      this.#pending.set(id, { into, resolve, reject });
      send(id);
    });
  }

  #settle(id: number, answer: SftpAnswer): void {
    const pending = this.#pending.get(answer.type === PACKET.version ? VERSION_ID : id);
    this.#pending.delete(answer.type === PACKET.version ? VERSION_ID : id);
    pending?.resolve(answer);
  }

  #finish(): void {
    if (this.#over !== undefined) return;
    const over = unreachable(new CosmosError('ssh.closed'));
    this.#over = over;
    for (const { reject } of this.#pending.values()) reject(over);
    this.#pending.clear();
  }
}

/** No request has this number; the answer to the greeting has none. */
const VERSION_ID = 2 ** 32 - 1;

function requireOk({ type, code }: SftpAnswer): void {
  if (type !== PACKET.status || code !== 0) throw new SftpStatus(code);
}

function requireHandle({ type, code, content }: SftpAnswer): Buffer {
  if (type !== PACKET.handle || content === undefined) throw new SftpStatus(code);
  return content;
}

function split(buffer: Buffer, bytes: number): Buffer[] {
  const count = Math.ceil(buffer.length / bytes);
  return Array.from({ length: count }, (_, index) => buffer.subarray(index * bytes, (index + 1) * bytes));
}

/** Waits until all have ended: until then the channel reads from and writes to the buffers. */
async function allEnded<T>(works: readonly Promise<T>[]): Promise<T[]> {
  const ends = await Promise.allSettled(works);
  return ends.map((end) => {
    if (end.status === 'rejected') throw end.reason;
    return end.value;
  });
}

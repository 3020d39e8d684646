import type { StoredFile } from '../../../core/ports/media.ts';
import { quote } from '../../bash-script.ts';
import { BLOCK_BYTES } from '../../transfer/block-queue.ts';
import type { GrowingHash } from '../../transfer/growing-hash.ts';
import { boundedWait } from './bounded-wait.ts';
import type { CommandChannel } from './command-channel.ts';
import { GROWING_HASH_SCRIPT, readHash } from './hash-script.ts';
import { collectResult } from './ssh-command.ts';
import type { SshConnection } from './ssh-connection.ts';

/** The host starts a process for each step. */
const STEP_BLOCKS = 8;
/** As long as timers go, ms: the transfer has its own bounds. */
const NO_DEADLINE_MS = 2 ** 31 - 1;
/** From the last byte to the answer; whoever needs longer is asked anew in the usual way, ms. */
const LAST_ANSWER_MS = 60_000;

/** Has the host hash a file of its own while it grows. One at a time: a second one finds that it was not followed. */
export class HostGrowingHash implements GrowingHash {
  readonly #answer: Promise<StoredFile | undefined>;
  readonly #stop = new AbortController();
  #channel: CommandChannel | undefined;
  #blocks = 0;
  #told = 0;

  constructor(connection: SshConnection, path: string) {
    const words = ['/bin/sh', '-c', GROWING_HASH_SCRIPT, 'sh', path, String(BLOCK_BYTES)];
    const bounds = { deadlineMs: NO_DEADLINE_MS, signal: this.#stop.signal, isCompanion: true };
    this.#answer = connection
      .command(words.map(quote).join(' '), bounds, (channel) => {
        this.#channel = channel;
        return { done: collectResult(channel, ''), giveUp: () => channel.kill() };
      })
      .then(
        ({ exitCode, stdout }) => (exitCode === 0 ? readHash(stdout) : undefined),
        // The plain way, afterwards, meets the same trouble again and tells it.
        () => undefined,
      );
  }

  grow(bytes: number): void {
    this.#blocks = Math.ceil(bytes / BLOCK_BYTES);
    if (this.#blocks - this.#told >= STEP_BLOCKS) this.#tell();
  }

  async finish(): Promise<StoredFile | undefined> {
    if (this.#channel === undefined) {
      this.stop();
      return undefined;
    }
    if (this.#blocks > this.#told) this.#tell();
    this.#channel.stream.write('end\n');
    const bounds = { deadlineMs: LAST_ANSWER_MS, signals: [this.#stop.signal] };
    return boundedWait(this.#answer, bounds).catch(() => undefined);
  }

  stop(): void {
    this.#stop.abort();
  }

  #tell(): void {
    if (this.#channel === undefined) return;
    this.#channel.stream.write(`${this.#blocks - this.#told}\n`);
    this.#told = this.#blocks;
  }
}

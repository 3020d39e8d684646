import { EventEmitter, once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { startCosmos } from '../../support/run-cosmos.ts';

const SHIFTED_CLOCK = fileURLToPath(new URL('shifted-clock.js', import.meta.url));

export interface BotOptions {
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  /** How far its clock is ahead of the machine's, ms. */
  readonly shiftMs: number;
}

/** `cosmos start` in a process of its own. */
export class BotProcess implements AsyncDisposable {
  readonly #child: ReturnType<typeof startCosmos>;
  readonly #ended: Promise<unknown>;
  readonly #heard = new EventEmitter();
  #said = '';

  constructor({ directory, environment, shiftMs }: BotOptions) {
    const clock = { NODE_OPTIONS: `--import=${SHIFTED_CLOCK}`, COSMOS_TEST_CLOCK_SHIFT_MS: String(shiftMs) };
    this.#child = startCosmos(['start'], { directory, environment: { ...environment, ...clock } });
    this.#ended = once(this.#child, 'close');
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.on('data', (chunk) => {
        this.#said += String(chunk);
        this.#heard.emit('more');
      });
    }
  }

  /** All that it printed. */
  get said(): string {
    return this.#said;
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error('the bot could not be started');
    return this.#child.pid;
  }

  /** Types a line at its terminal. */
  type(line: string): void {
    this.#child.stdin.write(`${line}\n`);
  }

  /** Resolves with the first match in what it has printed since the start. */
  async saying(words: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = words.exec(this.#said);
      if (found !== null) return found;
      await once(this.#heard, 'more');
    }
  }

  /** It does nothing more, and hears nothing. */
  freeze(): void {
    this.#child.kill('SIGSTOP');
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  /** Tells it to stop; resolves with its exit code. */
  async stop(): Promise<number | null> {
    this.#child.kill('SIGTERM');
    await this.#ended;
    return this.#child.exitCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}

import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { stringify } from 'smol-toml';
import { BotProcess } from './bot-process.ts';
import {
  type Asking,
  type ChatWorld,
  isControl,
  isLive,
  isPrompt,
  isResult,
  isRunning,
  isStatus,
  promptOf,
  type Written,
} from './chat-world.ts';
import type { GpuBox } from './gpu-box.ts';
import { ModelPlace } from './model-place.ts';
import { patiently } from './patiently.ts';
import { WorldClock } from './world-clock.ts';

const TEXT = 'A rainy neon street';
const LOOK_AGAIN_MS = 50;

export interface SessionOptions<W extends ChatWorld> {
  /** A directory of its own, which is made. */
  readonly directory: string;
  /** What the model makes. */
  readonly clip: string;
  /** What is dropped into the channel. */
  readonly upload: string;
  readonly box: GpuBox;
  readonly openWorld: (clock: WorldClock) => Promise<W>;
  /** Further tables of the configuration. */
  readonly config?: object;
}

interface Parts<W extends ChatWorld> {
  readonly world: W;
  readonly clock: WorldClock;
  readonly place: ModelPlace;
  readonly options: SessionOptions<W>;
  readonly stack: AsyncDisposableStack;
}

/**
 * Somebody in a channel of a chat, a bot in a process of its own, and the host of its model. What people do is a step;
 * every step but the first can be asked for again, and resolves when the chat shows what it leads to.
 */
export class Session<W extends ChatWorld> implements AsyncDisposable {
  readonly world: W;
  readonly place: ModelPlace;
  readonly #clock: WorldClock;
  readonly #options: SessionOptions<W>;
  readonly #stack: AsyncDisposableStack;
  #bot: BotProcess | undefined;

  private constructor({ world, clock, place, options, stack }: Parts<W>) {
    this.world = world;
    this.place = place;
    this.#clock = clock;
    this.#options = options;
    this.#stack = stack;
  }

  static async open<W extends ChatWorld>(options: SessionOptions<W>): Promise<Session<W>> {
    const { directory, clip, box, openWorld } = options;
    await using stack = new AsyncDisposableStack();
    await mkdir(directory, { recursive: true });
    await chmod(directory, 0o755);
    const clock = new WorldClock();
    const world = stack.use(await openWorld(clock));
    const place = stack.use(await ModelPlace.make(directory, clip, box));
    const config = { data_dir: 'data', ...(await place.config()), chat: world.config, ...options.config };
    await writeFile(join(directory, 'cosmos.toml'), stringify(config));
    return new Session({ world, clock, place, options, stack: stack.move() });
  }

  /** A bot, connected. */
  async start(): Promise<void> {
    const { directory } = this.#options;
    const { environment } = this.world;
    this.#bot = new BotProcess({ directory, environment, shiftMs: this.#clock.shiftMs });
    await this.#patiently('the bot is connected', this.world.connected());
  }

  get bot(): BotProcess {
    if (this.#bot === undefined) throw new Error('the bot was not started');
    return this.#bot;
  }

  /** The bot is killed, and the chat has seen that it is not there any more. */
  async kill(): Promise<void> {
    await this.bot.kill();
    await this.#patiently('no bot is connected', this.world.gone());
  }

  /** What was held or lost is so no longer. */
  mend(): void {
    this.world.mend();
    this.place.link.release();
  }

  /** Time passes in which there is no bot. */
  pass(ms: number): void {
    this.#clock.shiftMs += ms;
  }

  async upload(): Promise<void> {
    await this.world.upload(this.#options.upload, TEXT);
  }

  async promptShown(): Promise<Written> {
    return await this.#patiently('the prompt card', this.#shows(isPrompt));
  }

  /** Asks for a run; resolves as soon as that is taken. */
  async ask(how: Asking): Promise<void> {
    const card = await this.promptShown();
    const prompt = { id: promptOf(card), card };
    await this.#patiently('the request is taken', this.world.ask(how, prompt));
  }

  /** The model has begun. */
  async running(): Promise<Written> {
    return await this.#patiently('a running model', this.#shows(isRunning));
  }

  /** The model goes on, to its end. */
  async release(): Promise<void> {
    await this.place.release();
  }

  /** The result is there, the controls after it, the status is final, and nothing of the run is left on the host. */
  async finished(): Promise<void> {
    const work = async (): Promise<void> => {
      await this.#shows(isResult);
      await this.#shows((message) => isControl(message) && message.words.includes('vis'));
      await this.#shows((message) => isStatus(message) && !isLive(message));
      while ((await this.place.leftOnHost()).length > 0) await after(LOOK_AGAIN_MS);
    };
    await this.#patiently('the result', work());
  }

  /** Resolves with what `promise` does; where it takes too long, throws with all that can be seen. */
  async reached<T>(promise: Promise<T>): Promise<T> {
    return await this.#patiently('the place', promise);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#bot?.[Symbol.asyncDispose]();
    await this.#stack[Symbol.asyncDispose]();
  }

  #shows(fits: (message: Written) => boolean): Promise<Written> {
    return this.world.until(() => this.world.written.find(fits));
  }

  #patiently<T>(what: string, promise: Promise<T>): Promise<T> {
    const seen = (): readonly string[] => this.world.written.map(({ words }) => words);
    return patiently(what, promise, () => [...seen(), ...this.world.calls, this.#bot?.said]);
  }
}

import { once } from 'node:events';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { stringify } from 'smol-toml';
import type { App, Installation } from '../../fakes/slack/app.ts';
import { FakeSlack } from '../../fakes/slack/fake-slack.ts';
import type { SlackChannel } from '../../fakes/slack/people/channel.ts';
import type { Person } from '../../fakes/slack/people/person.ts';
import type { SeenMessage } from '../../fakes/slack/people/seen.ts';
import type { Workspace } from '../../fakes/slack/workspace.ts';
import { BotProcess } from './bot-process.ts';
import type { GpuBox } from './gpu-box.ts';
import { ModelPlace } from './model-place.ts';
import { WorldClock } from './world-clock.ts';

const PROMPT = 'A rainy neon street';
/** What somebody waits for on a slow machine at most, ms. */
const PATIENCE_MS = 90_000;
const LOOK_AGAIN_MS = 50;

/** What the events of the shipped manifest are. */
const SUBSCRIPTIONS = [
  ...(['app_home_opened', 'app_mention', 'app_uninstalled', 'tokens_revoked'] as const),
  ...(['message.channels', 'message.groups', 'message.im', 'message.mpim'] as const),
];

export interface SessionOptions {
  /** A directory of its own, which is made. */
  readonly directory: string;
  /** What the model makes. */
  readonly clip: string;
  /** What is dropped into the channel. */
  readonly upload: string;
  readonly box?: GpuBox | undefined;
}

interface Parts {
  readonly slack: FakeSlack;
  readonly clock: WorldClock;
  readonly place: ModelPlace;
  readonly options: SessionOptions;
  readonly stack: AsyncDisposableStack;
}

/**
 * Somebody in a channel of a fake Slack, a bot in a process of its own, and the host of its model. What people do is a
 * step; every step but the first can be asked for again, and resolves when Slack shows what it leads to.
 */
export class Session implements AsyncDisposable {
  readonly slack: FakeSlack;
  readonly place: ModelPlace;
  readonly workspace: Workspace;
  readonly app: App;
  readonly installation: Installation;
  readonly anna: Person;
  readonly channel: SlackChannel;
  readonly #clock: WorldClock;
  readonly #options: SessionOptions;
  readonly #stack: AsyncDisposableStack;
  #bot: BotProcess | undefined;
  #root: SeenMessage | undefined;

  private constructor({ slack, clock, place, options, stack }: Parts) {
    this.slack = slack;
    this.place = place;
    this.#clock = clock;
    this.#options = options;
    this.#stack = stack;
    this.workspace = slack.addWorkspace('Studio');
    this.app = slack.addApp('cosmos');
    this.app.subscriptions = SUBSCRIPTIONS;
    this.installation = this.app.install(this.workspace);
    this.anna = slack.addPerson(this.workspace, 'anna');
    this.channel = slack.addChannel(this.workspace, 'renders', [this.anna, this.installation]);
  }

  static async open(options: SessionOptions): Promise<Session> {
    const { directory, clip, box } = options;
    await using stack = new AsyncDisposableStack();
    await mkdir(directory, { recursive: true });
    await chmod(directory, 0o755);
    const clock = new WorldClock();
    const slack = await FakeSlack.start({ clock });
    stack.defer(() => slack.close());
    const place = stack.use(await ModelPlace.make(directory, clip, box));
    const chat = { slack: { api_url: slack.apiUrl, bot_token: { env: 'BOT' }, app_token: { env: 'APP' } } };
    const config = { data_dir: 'data', ...(await place.config()), chat };
    await writeFile(join(directory, 'cosmos.toml'), stringify(config));
    return new Session({ slack, clock, place, options, stack: stack.move() });
  }

  /** A bot, connected. */
  async start(): Promise<void> {
    const { directory } = this.#options;
    const environment = { BOT: this.installation.botToken, APP: this.app.appToken };
    this.#bot = new BotProcess({ directory, environment, shiftMs: this.#clock.shiftMs });
    await this.#patiently('the bot is connected', this.slack.sockets.ready(this.app, 2));
  }

  get bot(): BotProcess {
    if (this.#bot === undefined) throw new Error('the bot was not started');
    return this.#bot;
  }

  get root(): SeenMessage {
    if (this.#root === undefined) throw new Error('nothing was uploaded');
    return this.#root;
  }

  /** What was held or lost is so no longer. */
  mend(): void {
    this.slack.injections.clear();
    this.place.link?.release();
  }

  /** Time passes in which there is no bot. */
  pass(ms: number): void {
    this.#clock.shiftMs += ms;
  }

  /** Drops a video with a text. */
  async upload(): Promise<void> {
    const { upload } = this.#options;
    this.#root = await this.anna.uploads(this.channel, [{ name: 'street.mp4', path: upload }], {
      text: PROMPT,
    });
  }

  async promptShown(): Promise<SeenMessage> {
    return await this.#patiently('the prompt card', this.#shows(isPrompt));
  }

  /** Asks for a run; resolves as soon as that is acknowledged. */
  async ask(how: 'command' | 'button'): Promise<void> {
    const card = await this.promptShown();
    const [, id = ''] = /\b(ps_\w+)/.exec(card.words) ?? [];
    const { outcome } =
      how === 'button'
        ? await this.anna.clicks(card, 'Run')
        : await this.anna.command(this.channel, '/cosmos', `inference ${id}`);
    if (outcome !== 'acked') throw new Error(`the ${how} was not taken: ${outcome}`);
  }

  /** The model has begun. */
  async running(): Promise<SeenMessage> {
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

  /** All that the bot has written, in whatever thread. */
  get written(): readonly SeenMessage[] {
    const roots = this.channel.timeline;
    const all = roots.flatMap((root) => [
      root,
      ...this.channel.thread(root).filter(({ ts }) => ts !== root.ts),
    ]);
    return all.filter(({ fromBot }) => fromBot);
  }

  /** Resolves with what `promise` does; where it takes too long, throws with all that can be seen. */
  async reached<T>(promise: Promise<T>): Promise<T> {
    return await this.#patiently('the place', promise);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#bot?.[Symbol.asyncDispose]();
    await this.#stack[Symbol.asyncDispose]();
  }

  #shows(fits: (message: SeenMessage) => boolean): Promise<SeenMessage> {
    return this.slack.until(() => this.written.find(fits));
  }

  async #patiently<T>(what: string, promise: Promise<T>): Promise<T> {
    const deadline = AbortSignal.timeout(PATIENCE_MS);
    const late = once(deadline, 'abort').then(() => {
      const seen = this.written.map(({ words }) => words);
      const calls = this.slack.calls.all.slice(-12).map(({ method, outcome }) => `${method}: ${outcome}`);
      throw new Error([`not seen: ${what}`, ...seen, ...calls, this.#bot?.said].join('\n---\n'));
    });
    return await Promise.race([promise, late]);
  }
}

export function isPrompt({ words, files }: SeenMessage): boolean {
  return files.length === 0 && /\bps_\w+/.test(words) && !/\brs_\w+/.test(words);
}

/** The first line names the run, and a bar or a sentence follows. */
export function isStatus({ words, files }: SeenMessage): boolean {
  return files.length === 0 && /\brs_\w+/.test(words);
}

function isRunning(message: SeenMessage): boolean {
  return isStatus(message) && message.words.includes('denoising');
}

export function isResult({ files: [file] }: SeenMessage): boolean {
  return file !== undefined && /-rs_[0-9a-z]+\.mp4$/.test(file.name);
}

export function isControl({ files: [file] }: SeenMessage): boolean {
  return file !== undefined && /-rs_[0-9a-z]+-.+$/.test(file.name);
}

/** It can still be cancelled. */
function isLive({ controls }: SeenMessage): boolean {
  return controls.some(({ text }) => text === 'Cancel');
}

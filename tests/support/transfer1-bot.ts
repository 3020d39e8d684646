import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { stringify } from 'smol-toml';
import type { Bot } from '../../src/bot/bot.ts';
import { openBot } from '../../src/bot/main.ts';
import type { ViewBuilder } from '../../src/bot/thread-view/view-builder.ts';
import type { Principal } from '../../src/core/access/principal.ts';
import { loadConfig } from '../../src/core/config/load-config.ts';
import type { CosmosApi } from '../../src/core/cosmos-api.ts';
import type { Sha256 } from '../../src/core/ids.ts';
import type { Asset, Prompt, Role } from '../../src/core/prompts/prompt.ts';
import { type Bundle, readBundle } from '../../src/core/runs/bundle.ts';
import type { Run } from '../../src/core/runs/run.ts';
import { isFinished } from '../../src/core/runs/run.ts';
import { Waiter } from '../../src/core/wakeup.ts';
import { type DockerDaemon, TEST_IMAGE } from './docker-daemon.ts';
import { type ClipOptions, makeClip } from './sample-clips.ts';
import { must } from './workbench.ts';

/** The folder of the stand-in for torchrun, which writes the clip that `TRANSFER1_CLIP` names. */
const STAND_IN = fileURLToPath(new URL('../fixtures/transfer1', import.meta.url));
const SCRIPTS = [
  'cosmos_transfer1/diffusion/inference/transfer.py',
  'cosmos_transfer1/auxiliary/upsampler/inference/upsampler_pipeline.py',
];
const MODELS = ['transfer1', 'transfer1-upscale', 'transfer1-enhance'];

/** A whole bot on this machine whose GPU model is transfer1, with a stand-in where its program would be. */
export class Transfer1Bot implements AsyncDisposable {
  readonly #bot: Bot;
  readonly #clip: string;
  readonly #changes = new Waiter();

  private constructor(bot: Bot, clip: string) {
    this.#bot = bot;
    this.#clip = clip;
    bot.parts.wakeup.subscribe(this.#changes.wake);
  }

  /** In containers of `daemon`, or as plain processes where there is none. */
  static async open(
    directory: string,
    daemon?: DockerDaemon,
    environment: Readonly<Record<string, string>> = {},
    clipOptions: ClipOptions = {},
  ): Promise<Transfer1Bot> {
    const code = join(directory, 'code');
    for (const script of SCRIPTS) {
      await mkdir(join(code, script, '..'), { recursive: true });
      await writeFile(join(code, script), '');
    }
    await mkdir(join(code, 'checkpoints'));
    const clip = await makeClip(join(directory, 'made.mp4'), { frames: 5, ...clipOptions });
    const host = { name: 'gpu', models: MODELS, lanes: [{ name: 'both', gpus: [0, 1] }] };
    const config = daemon
      ? {
          hosts: [{ ...host, engine: 'docker', docker_command: [...daemon.command] }],
          models: ofEach(inContainers(code, clip, environment)),
        }
      : { hosts: [host], models: ofEach(asProcesses(code, clip, environment)) };
    await writeFile(join(directory, 'cosmos.toml'), stringify(config));
    const loaded = must(loadConfig({ environment: {}, directory }));
    const bot = must(await openBot(loaded, pino({ level: 'silent' })));
    bot.startLanes('daemon');
    return new Transfer1Bot(bot, clip);
  }

  /** Queues a run of `text` with a new prompt, whose files are the same clip in each role. */
  async queue(
    text: string,
    parameters: Readonly<Record<string, unknown>> = {},
    roles: readonly Role[] = ['color'],
  ): Promise<Run> {
    const { api } = this.#bot.parts;
    const files = roles.map((role) => ({ path: this.#clip, name: `${role}.mp4`, role }));
    const prompt = must(await api.createPrompt(this.actor, { text, files }));
    return must(api.queueRun(this.actor, { prompt, parameters }));
  }

  /** A prompt whose video is the clip. */
  async prompt(text: string): Promise<Prompt> {
    const files = [{ path: this.#clip, name: 'color.mp4' }];
    return must(await this.api.createPrompt(this.actor, { text, files }));
  }

  /** Everything that made a result. */
  bundle(run: Run): Bundle {
    const bundle = readBundle(this.#bot.parts.data.bundle(run.id));
    if (bundle === undefined) throw new Error(`${run.id} has no bundle`);
    return bundle;
  }

  /** The file of that content, as the bot knows it. */
  asset(sha256: Sha256): Asset | undefined {
    return this.#bot.parts.store.assets.get(sha256);
  }

  /** Queues a run of each text with the same parameters while nothing starts: the lane finds all of them at once. */
  async queueTogether(
    texts: readonly string[],
    parameters: Readonly<Record<string, unknown>> = {},
  ): Promise<Run[]> {
    const { api } = this.#bot.parts;
    api.pauseQueue(this.actor);
    const runs: Run[] = [];
    for (const text of texts) runs.push(await this.queue(text, parameters));
    api.resumeQueue(this.actor);
    return runs;
  }

  /** What became of a run, in order. */
  eventsOf(run: Run): string[] {
    return this.#bot.parts.store.events.ofRun(run.id).map(({ type }) => type);
  }

  cancel(run: Run): void {
    must(this.#bot.parts.api.cancelRun(this.actor, run));
  }

  /** Resolves with the run as soon as it is as asked for, or finished. */
  async until(run: Run, isThere: (run: Run) => boolean = () => false): Promise<Run> {
    for (;;) {
      const now = this.#bot.parts.api.getRun(run.id);
      if (now === undefined) throw new Error(`there is no run ${run.id}`);
      if (isThere(now) || isFinished(now.state)) return now;
      await this.#changes.wait(Infinity, new AbortController().signal);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#bot.close();
  }

  get api(): CosmosApi {
    return this.#bot.parts.api;
  }

  get views(): ViewBuilder {
    return this.#bot.parts.views;
  }

  get actor(): Principal {
    const name = { user: 'U_ana', name: 'ana' };
    return this.#bot.parts.store.principals.ensure({ platform: 'fake', tenant: 'studio', ...name });
  }
}

function ofEach<T>(overrides: T): Readonly<Record<string, T>> {
  return Object.fromEntries(MODELS.map((id) => [id, overrides]));
}

function asProcesses(code: string, clip: string, more: Readonly<Record<string, string>>) {
  const environment = {
    PYTHONPATH: code,
    PATH: `${STAND_IN}:/usr/local/bin:/usr/bin:/bin`,
    TRANSFER1_CLIP: clip,
    ...more,
  };
  return { command: { working_directory: code, environment } };
}

function inContainers(code: string, clip: string, more: Readonly<Record<string, string>>) {
  const mounts = [
    { source: code, target: '/workspace' },
    { source: join(STAND_IN, 'torchrun'), target: '/bin/torchrun' },
    { source: clip, target: '/clip.mp4' },
  ];
  return {
    command: { environment: { TRANSFER1_CLIP: '/clip.mp4', ...more } },
    container: { image: TEST_IMAGE, gpu_flags: [], network: 'none', mounts },
  };
}

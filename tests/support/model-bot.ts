import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
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
import type { DockerDaemon } from './docker-daemon.ts';
import type { OpenSshServer } from './openssh-server.ts';
import { type ClipOptions, makePng, makeWav } from './sample-clips.ts';
import { asProcesses, inContainers, makeStandInFiles, type StandIn, type StandInFiles } from './stand-ins.ts';
import { must } from './workbench.ts';

export interface ModelBotOptions {
  /** Runs are containers of it; plain processes where there is none. */
  readonly daemon?: DockerDaemon;
  /** The host of the containers is reached over it. */
  readonly server?: OpenSshServer;
  /** Further variables of the stand-in. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly clip?: ClipOptions;
  /** Of its one lane; two where it is not said. */
  readonly gpus?: readonly number[];
  /** What the profiles have instead, where the usual replacements do not do. */
  readonly overrides?: (files: StandInFiles) => object;
}

/** A whole bot on this machine whose GPU models are those of one stand-in. */
export class ModelBot implements AsyncDisposable {
  readonly #bot: Bot;
  readonly #files: Readonly<Record<'video' | 'image' | 'audio', string>>;
  readonly #changes = new Waiter();

  private constructor(bot: Bot, files: Readonly<Record<'video' | 'image' | 'audio', string>>) {
    this.#bot = bot;
    this.#files = files;
    bot.parts.wakeup.subscribe(this.#changes.wake);
  }

  static async open(
    directory: string,
    standIn: StandIn,
    { daemon, server, environment, clip, gpus = [0, 1], overrides: given }: ModelBotOptions = {},
  ): Promise<ModelBot> {
    const files = await makeStandInFiles(standIn, directory, clip);
    const host = { name: 'gpu', models: [...standIn.models], lanes: [{ name: 'both', gpus }] };
    const engine = daemon && { engine: 'docker', docker_command: [...daemon.command] };
    const overrides = given?.(files) ?? (daemon ? inContainers : asProcesses)(standIn, files, environment);
    const config = {
      hosts: [{ ...host, ...engine, ...(server && (await reachedOver(server))) }],
      models: Object.fromEntries(standIn.models.map((id) => [id, overrides])),
    };
    await writeFile(join(directory, 'cosmos.toml'), stringify(config));
    const loaded = must(loadConfig({ environment: {}, directory }));
    const bot = must(await openBot(loaded, pino({ level: 'silent' })));
    bot.startLanes('daemon');
    const image = await makePng(join(directory, 'image.png'));
    const audio = await makeWav(join(directory, 'audio.wav'));
    return new ModelBot(bot, { video: files.clip, image, audio });
  }

  /** Queues a run of `text` with a new prompt that has a file for each role; of the first model that takes it. */
  async queue(
    text: string,
    parameters: Readonly<Record<string, unknown>> = {},
    roles: readonly Role[] = ['color'],
    model?: string,
  ): Promise<Run> {
    const prompt = await this.prompt(text, roles);
    return must(this.api.queueRun(this.actor, { prompt, parameters, ...(model && { model }) }));
  }

  /** A prompt with a file for each role. */
  async prompt(text: string, roles: readonly Role[] = ['color']): Promise<Prompt> {
    const { video, image, audio } = this.#files;
    const files = roles.map((role) => {
      if (role === 'audio') return { path: audio, name: 'audio.wav', role };
      return role === 'image'
        ? { path: image, name: 'image.png', role }
        : { path: video, name: `${role}.mp4`, role };
    });
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
    roles?: readonly Role[],
    model?: string,
  ): Promise<Run[]> {
    this.api.pauseQueue(this.actor);
    const runs: Run[] = [];
    for (const text of texts) runs.push(await this.queue(text, parameters, roles, model));
    this.api.resumeQueue(this.actor);
    return runs;
  }

  /** What became of a run, in order. */
  eventsOf(run: Run): string[] {
    return this.#bot.parts.store.events.ofRun(run.id).map(({ type }) => type);
  }

  cancel(run: Run): void {
    must(this.api.cancelRun(this.actor, run));
  }

  /** Resolves with the run as soon as it is as asked for, or finished. */
  async until(run: Run, isThere: (run: Run) => boolean = () => false): Promise<Run> {
    for (;;) {
      const now = this.api.getRun(run.id);
      if (now === undefined) throw new Error(`there is no run ${run.id}`);
      if (isThere(now) || isFinished(now.state)) return now;
      await this.#changes.wait(Infinity, new AbortController().signal);
    }
  }

  /** The runs as they ended, in order. One after the other: only one can wait. */
  async ended(runs: readonly Run[]): Promise<Run[]> {
    const all: Run[] = [];
    for (const run of runs) all.push(await this.until(run));
    return all;
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

async function reachedOver(server: OpenSshServer) {
  return {
    transport: 'ssh',
    address: '127.0.0.1',
    port: server.port,
    user: server.user,
    key_file: server.path('user-key'),
    known_hosts: server.path('known_hosts'),
    work_dir: await server.makeDirectory(`work-${process.hrtime.bigint()}`),
  };
}

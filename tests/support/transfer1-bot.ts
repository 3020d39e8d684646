import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { stringify } from 'smol-toml';
import type { Bot } from '../../src/bot/bot.ts';
import { openBot } from '../../src/bot/main.ts';
import { loadConfig } from '../../src/core/config/load-config.ts';
import type { Role } from '../../src/core/prompts/prompt.ts';
import type { Run } from '../../src/core/runs/run.ts';
import { isFinished } from '../../src/core/runs/run.ts';
import { Waiter } from '../../src/core/wakeup.ts';
import { type DockerDaemon, TEST_IMAGE } from './docker-daemon.ts';
import { makeClip } from './sample-clips.ts';
import { must } from './workbench.ts';

/** The folder of the stand-in for torchrun, which writes the clip that `TRANSFER1_CLIP` names. */
const STAND_IN = fileURLToPath(new URL('../fixtures/transfer1', import.meta.url));
const SCRIPT = 'cosmos_transfer1/diffusion/inference/transfer.py';

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
  static async open(directory: string, daemon?: DockerDaemon): Promise<Transfer1Bot> {
    const code = join(directory, 'code');
    await mkdir(join(code, SCRIPT, '..'), { recursive: true });
    await mkdir(join(code, 'checkpoints'));
    await writeFile(join(code, SCRIPT), '');
    const clip = await makeClip(join(directory, 'made.mp4'), { frames: 5 });
    const host = { name: 'gpu', models: ['transfer1'], lanes: [{ name: 'both', gpus: [0, 1] }] };
    const config = daemon
      ? {
          hosts: [{ ...host, engine: 'docker', docker_command: [...daemon.command] }],
          models: { transfer1: inContainers(code, clip) },
        }
      : { hosts: [host], models: { transfer1: asProcesses(code, clip) } };
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
    const prompt = must(await api.createPrompt(this.#actor, { text, files }));
    return must(api.queueRun(this.#actor, { prompt, parameters }));
  }

  cancel(run: Run): void {
    must(this.#bot.parts.api.cancelRun(this.#actor, run));
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

  get #actor() {
    const name = { user: 'U_ana', name: 'ana' };
    return this.#bot.parts.store.principals.ensure({ platform: 'fake', tenant: 'studio', ...name });
  }
}

function asProcesses(code: string, clip: string) {
  const environment = {
    PYTHONPATH: code,
    PATH: `${STAND_IN}:/usr/local/bin:/usr/bin:/bin`,
    TRANSFER1_CLIP: clip,
  };
  return { command: { working_directory: code, environment } };
}

function inContainers(code: string, clip: string) {
  const mounts = [
    { source: code, target: '/workspace' },
    { source: join(STAND_IN, 'torchrun'), target: '/bin/torchrun' },
    { source: clip, target: '/clip.mp4' },
  ];
  return {
    command: { environment: { TRANSFER1_CLIP: '/clip.mp4' } },
    container: { image: TEST_IMAGE, gpu_flags: [], network: 'none', mounts },
  };
}

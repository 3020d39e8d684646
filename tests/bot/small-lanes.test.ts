import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { stringify } from 'smol-toml';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Bot } from '../../src/bot/bot.ts';
import { openBot } from '../../src/bot/main.ts';
import { promptCard } from '../../src/bot/thread-view/prompt-card.ts';
import { queuePlanCard } from '../../src/bot/thread-view/queue-plan-card.ts';
import { statusCard } from '../../src/bot/thread-view/status-card.ts';
import type { Principal } from '../../src/core/access/principal.ts';
import { loadConfig } from '../../src/core/config/load-config.ts';
import type { AttemptId, HostName } from '../../src/core/ids.ts';
import type { Card } from '../../src/core/ports/chat.ts';
import type { Prompt } from '../../src/core/prompts/prompt.ts';
import type { Run } from '../../src/core/runs/run.ts';
import { Waiter } from '../../src/core/wakeup.ts';
import { gpuFacts } from '../core/models/gpu-host.ts';
import { MINIMAL } from '../core/models/profiles.ts';
import { FactMedia, factVideo } from '../fakes/fact-media.ts';
import { FakeHost } from '../fakes/fake-host.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { must } from '../support/workbench.ts';
import { rendered } from './terminal/rendered.ts';

const DONE = { outputs: { 'video.mp4': factVideo() } };
const never = new AbortController().signal;

interface HostTable {
  readonly name: string;
  readonly gpus: readonly (readonly number[])[];
  readonly models: readonly string[];
}

const SMALL: HostTable = { name: 'gpu1', gpus: [[0]], models: ['big', 'little'] };
const LARGE: HostTable = { name: 'gpu2', gpus: [[1]], models: ['big'] };
const SIZES = [24, 80];

/** A whole bot that drives lanes on hosts in memory; `big` wants more than the first GPU has, by the number of GPUs. */
class Desk {
  readonly #bot: Bot;
  readonly #directory: string;
  readonly #changes = new Waiter();
  #closed: Promise<void> | undefined;

  private constructor(bot: Bot, directory: string) {
    this.#bot = bot;
    this.#directory = directory;
    bot.parts.wakeup.subscribe(this.#changes.wake);
  }

  static async open(directory: string, hosts: readonly HostTable[], sizes = SIZES): Promise<Desk> {
    const models = join(directory, 'own');
    await mkdir(models, { recursive: true });
    for (const [id, requires] of [
      ['big', { min_gpus: 1, min_vram_gb: { 1: 66, 2: 20 } }],
      ['little', { min_gpus: 1 }],
    ] as const)
      await writeFile(join(models, `${id}.toml`), stringify({ ...MINIMAL, id, requires }));
    const config = {
      models_directory: 'own',
      hosts: hosts.map(({ name, gpus, models }) => ({
        ...{ name, models, work_dir: name },
        lanes: gpus.map((own, index) => ({ name: `lane${index}`, gpus: own })),
      })),
    };
    await writeFile(join(directory, 'cosmos.toml'), stringify(config));
    const opened = await openBot(
      must(loadConfig({ environment: {}, directory })),
      pino({ level: 'silent' }),
      {
        wrapHost: ({ name }) => fakeHost(name, sizes),
        wrapMedia: () => new FactMedia(),
      },
    );
    const bot = must(opened);
    const desk = new Desk(bot, directory);
    onTestFinished(async () => await desk.close());
    bot.startLanes('daemon');
    const { store } = bot.parts;
    await desk.until(() =>
      hosts.every(({ name }) => store.hostReadings.get(name as HostName)?.answer !== undefined),
    );
    return desk;
  }

  async close(): Promise<void> {
    this.#closed ??= this.#bot.close();
    await this.#closed;
  }

  pause(): void {
    this.#bot.parts.api.pauseQueue(this.#actor);
  }

  resume(): void {
    this.#bot.parts.api.resumeQueue(this.#actor);
  }

  async queue(model: string): Promise<Run> {
    const prompt = await this.#prompt();
    return must(this.#bot.parts.api.queueRun(this.#actor, { prompt, model, parameters: {} }));
  }

  /** What the card of a new prompt says. */
  async fits(): Promise<string> {
    return textOf(promptCard(this.#bot.parts.views.prompt(await this.#prompt())));
  }

  now({ id }: Run): Run {
    const run = this.#bot.parts.api.getRun(id);
    if (run === undefined) throw new Error(`there is no run ${id}`);
    return run;
  }

  card(run: Run): string {
    return textOf(statusCard(this.#bot.parts.views.status(this.now(run))));
  }

  plan(): string {
    return textOf(queuePlanCard(this.#bot.parts.api.queuePlan()));
  }

  /** The same, of a process that has loaded no profile: the command line. */
  async planElsewhere(): Promise<string> {
    const config = must(loadConfig({ environment: {}, directory: this.#directory }));
    const outside = { wrapHost: ({ name }: { name: string }) => fakeHost(name, []) };
    const logger = pino({ level: 'silent' });
    const other = must(await openBot(config, logger, outside, { models: false }));
    try {
      return textOf(queuePlanCard(other.parts.api.queuePlan()));
    } finally {
      await other.close();
    }
  }

  /** Its job ends well. */
  async finish(run: Run): Promise<void> {
    const host = this.#host(this.now(run).lane?.split('/')[0] ?? '');
    const attemptOf = (): AttemptId | undefined =>
      this.#bot.parts.store.attempts.allOpen().find((open) => open.run === run.id)?.id;
    const hasStarted = (attempt = attemptOf()) => attempt !== undefined && host.starts(attempt) === 1;
    await this.until(hasStarted);
    const attempt = attemptOf();
    if (attempt === undefined) throw new Error(`${run.id} has no attempt`);
    host.finish(attempt, DONE);
    await this.until(() => this.now(run).state === 'done');
  }

  /** The host is asked again, as it is from time to time, and its GPUs are of these sizes now. */
  exchange(name: string, sizes: readonly number[]): void {
    const host = this.#host(name);
    const { store, clock, wakeup } = this.#bot.parts;
    const facts = gpuFacts(...sizes);
    host.hostFacts = { gpus: facts.gpus };
    store.hostReadings.setAnswer(host.name, facts, clock.now());
    wakeup.notify();
  }

  async until(isTrue: () => boolean): Promise<void> {
    while (!isTrue()) await this.#changes.wait(20, never);
  }

  get #actor(): Principal {
    const { principals } = this.#bot.parts.store;
    return principals.ensure({ platform: 'fake', tenant: 'studio', user: 'ana', name: 'ana' });
  }

  async #prompt(): Promise<Prompt> {
    const path = join(this.#directory, 'street.mp4');
    await writeFile(path, factVideo());
    const order = { text: 'A rainy street', files: [{ path }] };
    return must(await this.#bot.parts.api.createPrompt(this.#actor, order));
  }

  #host(name: string): FakeHost {
    const host = this.#bot.parts.hosts.get(name as HostName);
    if (!(host instanceof FakeHost)) throw new Error(`there is no fake ${name}`);
    return host;
  }
}

/** Without the lines that the width of a terminal makes. */
function textOf(card: Card): string {
  return rendered(card).replaceAll(/\s+/g, ' ');
}

function fakeHost(name: string, sizes: readonly number[]): FakeHost {
  const host = new FakeHost({ instance: 'in_fake0000' as never, name, hostId: `ho_${name}` });
  host.hostFacts = { gpus: gpuFacts(...sizes).gpus };
  // It is made before the bot has an instance id.
  const prepare = host.prepare.bind(host);
  host.prepare = (plan, signal) => prepare({ ...plan, instance: host.instance }, signal);
  return host;
}

describe('a run of which the free lane is too small', () => {
  it('waits for the busy larger one on another host, and its card says so', async () => {
    const desk = await Desk.open(await temporaryDirectory(), [SMALL, LARGE]);
    const first = await desk.queue('big');
    await desk.until(() => desk.now(first).state === 'active');
    expect(desk.now(first).lane).toBe('gpu2/lane0');
    const waits = await desk.queue('big');
    const words =
      'Not on gpu1/lane0, which is free sooner: its GPUs have 24 GB, and big wants 66 GB on a single GPU.';
    expect(desk.card(waits)).toContain(words);
    expect(desk.plan()).toContain(words);
    expect(await desk.planElsewhere()).toContain(words);
    // The free lane has looked at the queue: it has taken what came later.
    const later = await desk.queue('little');
    await desk.until(() => desk.now(later).state === 'active');
    expect(desk.now(later).lane).toBe('gpu1/lane0');
    await desk.finish(later);
    expect(desk.now(waits).state).toBe('queued');
    await desk.finish(first);
    await desk.until(() => desk.now(waits).state === 'active');
    expect(desk.now(waits).lane).toBe('gpu2/lane0');
    expect(await desk.fits()).toContain(
      'Not on gpu1: its GPUs have 24 GB, and it wants 66 GB on a single GPU.',
    );
  });

  it('is taken by it where the configuration has no larger one, since somebody insists', async () => {
    const directory = await temporaryDirectory();
    const desk = await Desk.open(directory, [SMALL]);
    expect(await desk.fits()).toContain(
      'Not for big: big wants 66 GB of memory on a single GPU, and gpu1 has 24 GB.',
    );
    const run = await desk.queue('big');
    await desk.until(() => desk.now(run).state === 'active');
    expect(desk.now(run).lane).toBe('gpu1/lane0');
  });

  it('goes to it once the larger one is taken from the configuration, as the model or as its host', async () => {
    for (const hosts of [[SMALL, { ...LARGE, models: ['little'] }], [SMALL]]) {
      const directory = await temporaryDirectory();
      const before = await Desk.open(directory, [SMALL, LARGE]);
      const first = await before.queue('big');
      await before.until(() => before.now(first).state === 'active');
      const waits = await before.queue('big');
      before.pause();
      await before.finish(first);
      await before.close();
      const after = await Desk.open(directory, hosts);
      after.resume();
      await after.until(() => after.now(waits).state === 'active');
      expect(after.now(waits).lane).toBe('gpu1/lane0');
    }
  });

  it('goes to a lane with more GPUs of the same size, and to one whose GPU was exchanged', async () => {
    const two = { ...SMALL, gpus: [[0], [1, 2]] };
    const desk = await Desk.open(await temporaryDirectory(), [two], [24, 24, 24]);
    const first = await desk.queue('big');
    await desk.until(() => desk.now(first).state === 'active');
    expect(desk.now(first).lane).toBe('gpu1/lane1');
    const waits = await desk.queue('big');
    expect(desk.card(waits)).toContain('Not on gpu1/lane0');
    desk.exchange('gpu1', [80, 24, 24]);
    await desk.until(() => desk.now(waits).state === 'active');
    expect(desk.now(waits).lane).toBe('gpu1/lane0');
  });
});

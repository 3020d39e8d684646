import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import type { Bot } from '../../src/bot/bot.ts';
import { openBot } from '../../src/bot/main.ts';
import type { Principal } from '../../src/core/access/principal.ts';
import { loadConfig } from '../../src/core/config/load-config.ts';
import type { CosmosApi } from '../../src/core/cosmos-api.ts';
import type { Checked, Problem } from '../../src/core/errors.ts';
import type { LaneName, RunId, ThreadId } from '../../src/core/ids.ts';
import type { Clock } from '../../src/core/ports/clock.ts';
import type { Prompt } from '../../src/core/prompts/prompt.ts';
import type { Run, RunOutcome, RunOutput, RunProgress } from '../../src/core/runs/run.ts';
import type { Store } from '../../src/core/store/store.ts';
import { FactMedia, factVideo } from '../fakes/fact-media.ts';
import { FakeClock } from '../fakes/fake-clock.ts';
import { FakeHost } from '../fakes/fake-host.ts';
import { FakeRandom } from '../fakes/fake-random.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const LANE = 'here/cpu' as LaneName;

export interface WorkbenchOptions<C extends Clock> {
  /** Another workbench's directory: the same data after a restart. */
  readonly directory?: string;
  /** Content of `cosmos.toml`, beyond the usual host. */
  readonly config?: string;
  readonly clock?: C;
  readonly seed?: number;
}

/**
 * A whole bot without a process or a network: its host and its media worker are fakes, and no lane is driven. The test
 * moves runs along itself.
 */
export class Workbench<C extends Clock = FakeClock> implements AsyncDisposable {
  readonly directory: string;
  readonly bot: Bot;
  readonly clock: C;
  readonly media: FactMedia;

  constructor(parts: { directory: string; bot: Bot; clock: C; media: FactMedia }) {
    this.directory = parts.directory;
    this.bot = parts.bot;
    this.clock = parts.clock;
    this.media = parts.media;
  }

  get store(): Store {
    return this.bot.parts.store;
  }

  get api(): CosmosApi {
    return this.bot.parts.api;
  }

  actor(name = 'ana'): Principal {
    return this.store.principals.ensure({ platform: 'fake', tenant: 'studio', user: `U_${name}`, name });
  }

  /** A file outside the data directory. */
  async file(name: string, content: string | Uint8Array = factVideo()): Promise<string> {
    const path = join(this.directory, 'files', name);
    await mkdir(join(this.directory, 'files'), { recursive: true });
    await writeFile(path, content);
    return path;
  }

  async prompt(text = 'A rainy neon street', thread?: ThreadId): Promise<Prompt> {
    const files = [{ path: await this.file('street.mp4') }];
    return must(await this.api.createPrompt(this.actor(), { text, files, ...(thread && { thread }) }));
  }

  run(prompt: Prompt, thread?: ThreadId): Run {
    return must(this.api.queueRun(this.actor(), { prompt, parameters: {} }, { ...(thread && { thread }) }));
  }

  /** A lane takes the next run. */
  claim(): Run {
    const attempt = this.store.attempts.claim(LANE, ['preview'], this.store.instance);
    if (attempt === undefined) throw new Error('there is no run to claim');
    this.bot.parts.wakeup.notify();
    return this.reload(attempt.run);
  }

  progress(run: RunId, percent: number, progress: Partial<RunProgress> = {}): void {
    this.store.runs.setStage(run, 'running');
    this.store.runs.setProgress(run, { percent, logTail: [], updatedAt: this.clock.now(), ...progress });
    this.bot.parts.wakeup.notify();
  }

  /** What the lane has copied of the log of its run. */
  async log(text: string): Promise<void> {
    const attempt = this.store.attempts.open(LANE);
    if (attempt === undefined) throw new Error('no run is executed');
    const path = this.bot.parts.data.log(attempt.run, attempt.id);
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, text);
  }

  /** The run that the lane executes ends; `controls` are the names of what the model was conditioned on. */
  async end(
    outcome: RunOutcome = 'done',
    problem?: Problem,
    controls: Readonly<Record<string, string>> = {},
  ): Promise<Run> {
    const attempt = this.store.attempts.open(LANE);
    if (attempt === undefined) throw new Error('no run is executed');
    const path = join(this.bot.parts.data.outputs(attempt.run), '0-preview.mp4');
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, factVideo({}, attempt.run));
    const output = {
      kind: 'video' as const,
      purpose: 'primary' as const,
      label: 'preview',
      path,
      bytes: factVideo({}, attempt.run).length,
      sha256: 'ab'.repeat(32),
    };
    const outputs: RunOutput[] = outcome === 'done' ? [output] : [];
    for (const [label, content] of Object.entries(controls)) {
      const controlPath = join(path, '..', `${outputs.length}-${label}.mp4`);
      await writeFile(controlPath, content);
      outputs.push({ ...output, purpose: 'control', label, path: controlPath, bytes: content.length });
    }
    this.store.attempts.end(attempt, { outcome, outputs, ...(problem && { problem }) });
    this.bot.parts.wakeup.notify();
    return this.reload(attempt.run);
  }

  /** Names of what lies among the files that are still being copied. */
  async incoming(): Promise<string[]> {
    return await readdir(this.bot.parts.data.incoming).catch(() => []);
  }

  reload(id: RunId): Run {
    const run = this.store.runs.get(id);
    if (run === undefined) throw new Error(`there is no run ${id}`);
    return run;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.bot.close();
  }
}

export async function openWorkbench(options?: WorkbenchOptions<FakeClock>): Promise<Workbench<FakeClock>>;
export async function openWorkbench<C extends Clock>(
  options: WorkbenchOptions<C> & { clock: C },
): Promise<Workbench<C>>;
export async function openWorkbench(options: WorkbenchOptions<Clock> = {}): Promise<Workbench<Clock>> {
  const directory = options.directory ?? (await temporaryDirectory());
  if (options.config !== undefined) await writeFile(join(directory, 'cosmos.toml'), options.config);
  const clock = options.clock ?? new FakeClock();
  const media = new FactMedia();
  const opened = await openBot(must(loadConfig({ environment: {}, directory })), pino({ level: 'silent' }), {
    clock,
    random: new FakeRandom(options.seed),
    wrapHost: (host) => new FakeHost({ instance: 'in_fake0000' as never, name: host.name }),
    wrapMedia: () => media,
  });
  return new Workbench({ directory, bot: must(opened), clock, media });
}

export function must<T>(checked: Checked<T>): T {
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems, undefined, 2));
  return checked.value;
}

/** Codes of what was refused; empty where nothing was. */
export function codes(checked: Checked<unknown>): string[] {
  return checked.ok ? [] : checked.problems.map(({ code }) => code);
}

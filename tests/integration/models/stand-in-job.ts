import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { buildBatchJob } from '../../../src/core/models/build-batch-job.ts';
import type { JobRequest } from '../../../src/core/models/build-job.ts';
import type { Profile } from '../../../src/core/models/profile.ts';
import type { JobPaths } from '../../../src/core/ports/host.ts';
import { ProgressTracker } from '../../../src/core/runs/progress-tracker.ts';
import { requestFor } from '../../core/models/profiles.ts';
import { type StandIn, standInEnvironment } from '../../support/stand-ins.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

/** What a stand-in has made of a job. */
export interface StandInEnd {
  readonly code: number | null;
  /** Below out/, in order. */
  readonly written: readonly string[];
  readonly failure: string | undefined;
  readonly hasMarker: boolean;
  readonly percent: number | undefined;
  readonly said: string;
}

/** A folder with the code of a model, an attempt in it, and a file of some bytes for each name. */
export class StandInBench {
  readonly #standIn: StandIn;
  readonly #profile: Profile;
  readonly #directory: string;

  private constructor(standIn: StandIn, profile: Profile, directory: string) {
    this.#standIn = standIn;
    this.#profile = profile;
    this.#directory = directory;
  }

  static async make(
    standIn: StandIn,
    profile: Profile,
    inputs: readonly string[] = [],
  ): Promise<StandInBench> {
    const directory = await temporaryDirectory();
    const paths = [
      ...standIn.code.map((file) => join('code', file)),
      ...inputs.map((name) => join('in', name)),
    ];
    for (const path of [...paths, 'made.mp4', 'made.jpg']) {
      await mkdir(join(directory, dirname(path)), { recursive: true });
      await writeFile(join(directory, path), 'some bytes');
    }
    return new StandInBench(standIn, profile, directory);
  }

  get paths(): JobPaths {
    const attempt = this.#directory;
    return { attempt, input: join(attempt, 'in'), output: join(attempt, 'out') };
  }

  path(name: string): string {
    return join(this.#directory, name);
  }

  /** Runs the very job that the bot builds for these runs. */
  async runJob(...requests: readonly [Partial<JobRequest>, ...Partial<JobRequest>[]]): Promise<StandInEnd> {
    const [lead, ...others] = requests.map((over) =>
      requestFor(this.#profile, { paths: this.paths, ...over }),
    );
    if (lead === undefined) throw new Error('there is no run');
    const plan = buildBatchJob([lead, ...others]);
    for (const { path, content } of plan.files) await writeFile(this.path(path), content);
    for (const { path } of plan.inputs) await this.#put(path);
    return await this.run(plan.argv, plan.environment);
  }

  /** Runs the stand-in with the words of a command, the first of which is its name. */
  async run(
    [, ...words]: readonly string[],
    environment: Readonly<Record<string, string>> = {},
  ): Promise<StandInEnd> {
    const files = {
      code: this.path('code'),
      clip: this.path('made.mp4'),
      picture: this.path('made.jpg'),
    };
    // Both streams into one log, in the order in which they were written: as the bot's own script does it.
    const child = spawn('/bin/sh', ['-c', 'exec torchrun "$@" 2>&1', 'torchrun', ...words], {
      cwd: files.code,
      env: { ...environment, ...standInEnvironment(this.#standIn, files) },
    });
    const [said, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
    const log = new ProgressTracker(this.#profile, { frames: 150 });
    log.feed(Buffer.from(said));
    return {
      code,
      written: await this.#written(),
      failure: log.failures[0]?.signature.key,
      hasMarker: log.hasMarker,
      percent: log.snapshot().percent,
      said,
    };
  }

  async #put(path: string): Promise<void> {
    await mkdir(dirname(this.path(path)), { recursive: true });
    await writeFile(this.path(path), 'some bytes');
  }

  async #written(): Promise<readonly string[]> {
    const entries = await readdir(this.path('out'), { recursive: true, withFileTypes: true }).catch(() => []);
    return entries
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name).slice(this.path('out').length + 1))
      .toSorted();
  }
}

/** What the stand-in says that it has read, in order: the text behind "stand-in: ". */
export function taken({ said }: StandInEnd): readonly string[] {
  return [...said.matchAll(/stand-in: (.*)/g)].map(([, words]) => words ?? '');
}

import { dirname } from 'node:path/posix';
import { CosmosError } from '../core/errors.ts';
import type { AttemptId, InstanceId } from '../core/ids.ts';
import type { AttemptPlan, JobInput, JobPaths, OutputFile } from '../core/ports/host.ts';
import type { Random } from '../core/ports/random.ts';
import type { AssetStore } from './assets.ts';
import { EXIT_FILE_BYTES } from './bash-script.ts';
import { tidyUp } from './clean-up.ts';
import { SECRET_DIRECTORY, SECRET_FILE, safeAttemptName, safeRelativePath, temporaryName } from './paths.ts';
import { secretsText } from './secret-script.ts';
import { inRole, isFault } from './transport/file-fault.ts';
import type { Transport } from './transport/transport.ts';

/** Version of the attempt directory's layout; a directory of another version is left alone. */
const FORMAT = '1\n';

export interface AttemptDirectoriesOptions {
  readonly transport: Transport;
  /** Absolute path on the host. */
  readonly workDir: string;
  readonly instance: InstanceId;
  readonly assets: AssetStore;
  readonly random: Random;
}

/**
 * The directories `<work_dir>/attempts/<attempt>`, the contract with every engine. Each is complete or absent, and
 * the name `started` in it is the start guard: a directory is made by the job that begins, a file by whoever makes
 * sure that it never does. Both are made exclusively, in one step, so that there is one winner and no half guard.
 */
export class AttemptDirectories {
  readonly workDir: string;
  readonly #transport: Transport;
  readonly #instance: InstanceId;
  readonly #assets: AssetStore;
  readonly #random: Random;

  constructor(options: AttemptDirectoriesOptions) {
    this.workDir = options.workDir;
    this.#transport = options.transport;
    this.#instance = options.instance;
    this.#assets = options.assets;
    this.#random = options.random;
  }

  /** The attempt's name, if it is fit for a path and a marker. */
  checkedName(attempt: AttemptId): string {
    return safeAttemptName(attempt);
  }

  path(attempt: AttemptId): string {
    return `${this.#all}/${safeAttemptName(attempt)}`;
  }

  /** Where the job finds its files when it runs on the host itself. */
  paths(attempt: AttemptId, tool: readonly string[] | undefined): JobPaths {
    const path = this.path(attempt);
    const paths = { attempt: path, input: `${path}/in`, output: `${path}/out` };
    return tool === undefined ? paths : { ...paths, tool };
  }

  /**
   * Makes the directory as planned. One that is there already is kept where it is the same or where the guard is
   * taken; another one that never started is replaced.
   */
  async prepare(plan: AttemptPlan, runScript: string, signal?: AbortSignal): Promise<void> {
    const path = this.path(plan.attempt);
    const files = contents(plan, runScript);
    while (!(await this.#build(plan.attempt, files, plan.inputs, signal))) {
      await this.requireOurs(plan.attempt);
      if (await inRole('attempt', this.#isComplete(path, files, plan.inputs, signal))) return;
      if ((await this.#takeGuard(path)) !== 'taken') return;
      await this.remove(plan.attempt);
    }
  }

  /** Takes the start guard for "never". */
  async abandon(attempt: AttemptId): Promise<'abandoned' | 'already_started'> {
    const path = this.path(attempt);
    for (;;) {
      if (await this.#exists(attempt)) await this.requireOurs(attempt);
      const guard = await this.#takeGuard(path);
      if (guard === 'started') return 'already_started';
      if (guard !== 'absent') return 'abandoned';
      // Nothing was prepared: a directory that holds the taken guard keeps a later `prepare` from starting it.
      const files = [...identity(this.#instance), { path: 'started', content: '', mode: 0o444 }];
      if (await this.#build(attempt, files, [])) return 'abandoned';
    }
  }

  /** Throws `engine.work_dir_unusable` where the directory is missing, another bot's, or of another format. */
  async requireOurs(attempt: AttemptId): Promise<void> {
    const path = this.path(attempt);
    const instance = await this.#text(`${path}/instance`);
    if (instance === null) await this.#refuse('missing');
    if (instance !== `${this.#instance}\n`) await this.#refuse('not_ours');
    if ((await this.#text(`${path}/format`)) !== FORMAT) await this.#refuse('other_format');
  }

  /** Bytes of the log; none where there is no log yet. */
  async readLog(attempt: AttemptId, offset: number, maxBytes: number): Promise<Uint8Array> {
    const log = `${this.path(attempt)}/run.log`;
    return (await inRole('log', this.#transport.readRange(log, offset, maxBytes))) ?? new Uint8Array();
  }

  /** Regular files below `out/`. A job that removed `out/` has none; an attempt without directory is an error. */
  async listOutputs(attempt: AttemptId): Promise<readonly OutputFile[]> {
    try {
      const entries = await this.#transport.list(`${this.path(attempt)}/out`);
      return entries.filter((entry) => entry.kind === 'file').map(({ path, bytes }) => ({ path, bytes }));
    } catch (thrown) {
      if (!isFault(thrown, 'missing')) return inRole('output', Promise.reject(thrown));
      await this.requireOurs(attempt);
      return [];
    }
  }

  /** The real path of one output; refuses what is no regular file inside `out/`. */
  async resolveOutput(attempt: AttemptId, path: string): Promise<string> {
    const out = `${this.path(attempt)}/out`;
    const named = `${out}/${safeRelativePath(path, 'output')}`;
    const root = await inRole('output', this.#transport.realPath(out));
    const real = await inRole('output', this.#transport.realPath(named));
    if (root === null || real === null) {
      throw new CosmosError('engine.work_dir_unusable', { role: 'output', reason: 'missing' });
    }
    if (!real.startsWith(`${root}/`)) {
      throw new CosmosError('engine.work_dir_unusable', { role: 'output', reason: 'unsafe_path' });
    }
    return real;
  }

  /** Names of this bot's attempts. */
  async own(): Promise<readonly AttemptId[]> {
    const names = await inRole('work_dir', this.#transport.names(this.#all));
    const own: AttemptId[] = [];
    for (const name of names.filter((each) => !each.startsWith('.')).sort()) {
      const instance = await this.#text(`${this.#all}/${name}/instance`);
      if (instance === `${this.#instance}\n`) own.push(safeAttemptName(name) as AttemptId);
    }
    return own;
  }

  /** Removes the directory and what broken preparations have left; first out of sight, so that no half is seen. */
  async remove(attempt: AttemptId): Promise<void> {
    const hidden = `${this.#all}/${temporaryName(attempt, this.#random)}`;
    try {
      await this.#transport.rename(this.path(attempt), hidden);
    } catch (thrown) {
      if (!isFault(thrown, 'missing')) await inRole('attempt', Promise.reject(thrown));
    }
    for (const name of await inRole('work_dir', this.#transport.names(this.#all))) {
      if (name.startsWith(`.${attempt}.`))
        await inRole('attempt', this.#transport.remove(`${this.#all}/${name}`));
    }
  }

  get #all(): string {
    return `${this.workDir}/attempts`;
  }

  async #exists(attempt: AttemptId): Promise<boolean> {
    return (await inRole('attempt', this.#transport.stat(this.path(attempt)))) !== null;
  }

  /** Builds the directory under a hidden name; false where the attempt has one already. */
  async #build(
    attempt: AttemptId,
    files: readonly PlannedFile[],
    inputs: readonly JobInput[],
    signal?: AbortSignal,
  ): Promise<boolean> {
    if (await this.#exists(attempt)) return false;
    const hidden = `${this.#all}/${temporaryName(attempt, this.#random)}`;
    await inRole('work_dir', this.#transport.makeDirectory(hidden));
    try {
      await this.#fill(attempt, hidden, files, inputs, signal);
      await inRole('attempt', this.#transport.rename(hidden, this.path(attempt)));
      return true;
    } catch (thrown) {
      await tidyUp(this.#transport.remove(hidden));
      if (thrown instanceof CosmosError && isFault(thrown.cause, 'exists') && (await this.#exists(attempt))) {
        return false;
      }
      throw thrown;
    }
  }

  async #fill(
    attempt: AttemptId,
    path: string,
    files: readonly PlannedFile[],
    inputs: readonly JobInput[],
    signal?: AbortSignal,
  ): Promise<void> {
    const directories = new Set(['out', 'in', ...[...files, ...inputs].map((file) => dirname(file.path))]);
    for (const directory of directories) {
      if (directory !== '.') await inRole('attempt', this.#transport.makeDirectories(`${path}/${directory}`));
    }
    // Closed before anything is in it.
    if (directories.has(SECRET_DIRECTORY))
      await inRole('attempt', this.#transport.changeMode(`${path}/${SECRET_DIRECTORY}`, 0o700));
    signal?.throwIfAborted();
    const written = await Promise.allSettled(
      files.map((file) => this.#transport.createFile(`${path}/${file.path}`, file.content, file.mode)),
    );
    const failed = written.find(({ status }) => status === 'rejected');
    if (failed?.status === 'rejected') await inRole('attempt', Promise.reject(failed.reason));
    for (const input of inputs) {
      signal?.throwIfAborted();
      await this.#assets.place(input.asset, attempt, `${path}/${input.path}`, signal);
    }
  }

  async #isComplete(
    path: string,
    files: readonly PlannedFile[],
    inputs: readonly JobInput[],
    signal?: AbortSignal,
  ): Promise<boolean> {
    for (const file of files) {
      const bytes = Buffer.from(file.content);
      const found = await this.#transport.readRange(`${path}/${file.path}`, 0, bytes.length + 1);
      if (found === null || !bytes.equals(found)) return false;
    }
    for (const input of inputs) {
      const named = `${path}/${input.path}`;
      if ((await this.#transport.stat(named))?.kind !== 'file') return false;
      if ((await this.#transport.hash(named, signal)).sha256 !== input.asset) return false;
    }
    return true;
  }

  /** `taken` by this call, `abandoned` or `started` before it, or `absent`: there is no directory. */
  async #takeGuard(path: string): Promise<'taken' | 'abandoned' | 'started' | 'absent'> {
    try {
      await this.#transport.createFile(`${path}/started`, '', 0o444);
      return 'taken';
    } catch (thrown) {
      if (isFault(thrown, 'missing')) return 'absent';
      if (!isFault(thrown, 'exists')) return inRole('attempt', Promise.reject(thrown));
      const guard = await inRole('attempt', this.#transport.stat(`${path}/started`));
      return guard?.kind === 'directory' ? 'started' : 'abandoned';
    }
  }

  async #text(path: string): Promise<string | null> {
    const bytes = await inRole('attempt', this.#transport.readRange(path, 0, EXIT_FILE_BYTES));
    return bytes === null ? null : Buffer.from(bytes).toString('utf8');
  }

  async #refuse(reason: string): Promise<never> {
    throw new CosmosError('engine.work_dir_unusable', { role: 'attempt', reason });
  }
}

interface PlannedFile {
  readonly path: string;
  readonly content: string;
  readonly mode: number;
}

function contents(plan: AttemptPlan, runScript: string): readonly PlannedFile[] {
  return [
    ...identity(plan.instance),
    { path: 'run.sh', content: runScript, mode: 0o755 },
    { path: 'exit.json.new', content: `${' '.repeat(EXIT_FILE_BYTES - 1)}\n`, mode: 0o644 },
    ...secretFiles(plan),
    ...plan.files.map((file) => ({ ...file, mode: 0o644 })),
  ];
}

function secretFiles({ secretEnvironment }: AttemptPlan): readonly PlannedFile[] {
  if (secretEnvironment === undefined) return [];
  const revealed = Object.entries(secretEnvironment).map(
    ([name, secret]) => [name, secret.reveal()] as const,
  );
  return [{ path: SECRET_FILE, content: secretsText(Object.fromEntries(revealed)), mode: 0o600 }];
}

function identity(instance: InstanceId): readonly PlannedFile[] {
  return [
    { path: 'format', content: FORMAT, mode: 0o444 },
    { path: 'instance', content: `${instance}\n`, mode: 0o444 },
  ];
}

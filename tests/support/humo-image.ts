import { type ExecFileException, execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type DockerDaemon, TEST_IMAGE } from './docker-daemon.ts';

const run = promisify(execFile);

export const HUMO_IMAGE = 'cosmos-bot-humo:test';
/** What is built: the very files that are shipped. */
export const HUMO_CONTEXT = fileURLToPath(new URL('../../config/images/humo', import.meta.url));

const FIXTURES = fileURLToPath(new URL('../fixtures', import.meta.url));
const BASE_IMAGE = 'cosmos-bot-humo-base:test';
const BUSYBOX_PROGRAMS = [
  'cp',
  'cut',
  'df',
  'du',
  'find',
  'ln',
  'mktemp',
  'printf',
  'sed',
  'sha256sum',
  'stat',
];
const MORE_PROGRAMS = ['sync', 'tr', 'true'];
const SET_UP_PROGRAMS = ['apt-get', 'git', 'python3'];

/**
 * Builds the shipped Dockerfile upon the tests' image, where stand-ins take the place of all that installs something, of
 * the model and of the tool of the hub. `flags` are further flags of `docker build`.
 */
export async function buildHumoImage(daemon: DockerDaemon, ...flags: readonly string[]): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'cosmos-test-'));
  try {
    await makeBase(join(directory, 'root'));
    const lines = [`FROM ${TEST_IMAGE}`, 'ENV PATH=/usr/bin:/bin', 'COPY root /', 'RUN chmod 1777 /tmp'];
    await writeFile(join(directory, 'Dockerfile'), lines.join('\n'));
    const build = ['build', '--quiet', '--network', 'none'];
    await daemon.docker(...build, '--tag', BASE_IMAGE, directory);
    const base = ['--build-arg', `BASE_IMAGE=${BASE_IMAGE}`];
    await daemon.docker(...build, ...base, ...flags, '--tag', HUMO_IMAGE, HUMO_CONTEXT);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function makeBase(root: string): Promise<void> {
  const bin = join(root, 'bin');
  await mkdir(bin, { recursive: true });
  for (const name of [...BUSYBOX_PROGRAMS, ...MORE_PROGRAMS]) await symlink('busybox', join(bin, name));
  for (const name of ['humo/hf', 'humo/set-up', 'humo/torchrun', 'stand-in/model-kit']) {
    await cp(join(FIXTURES, name), join(bin, name.replace(/^.*\//, '')));
  }
  for (const name of SET_UP_PROGRAMS) await symlink('set-up', join(bin, name));
  // Busybox has none.
  const { stdout: flock } = await run('/bin/sh', ['-c', 'command -v flock']);
  await cp(flock.trim(), join(bin, 'flock'), { dereference: true });
  const { stdout: libraries } = await run('ldd', [flock.trim()]);
  for (const [, path = ''] of libraries.matchAll(/(\/\S+) \(0x/g)) {
    await mkdir(join(root, dirname(path)), { recursive: true });
    await cp(path, join(root, path), { dereference: true });
  }
}

export interface ContainerEnd {
  readonly code: number;
  /** What it printed, on either output. */
  readonly said: string;
}

/** Runs Docker with the words and an environment; resolves however it ends. */
export function dockerEnd(
  daemon: DockerDaemon,
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<ContainerEnd> {
  const [program, ...parameters] = daemon.command;
  const options = { env: { ...process.env, ...environment } };
  return new Promise((resolve) => {
    const ended = (error: ExecFileException | null, stdout: string, stderr: string) => {
      resolve({
        code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1,
        said: stdout + stderr,
      });
    };
    execFile(program, [...parameters, ...words], options, ended);
  });
}

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { AttemptId, Sha256 } from '../../../src/core/ids.ts';
import type { HostAsset } from '../../../src/core/ports/host.ts';
import { untilState } from '../../contracts/host.contract.ts';
import { INSTANCE, makeHost, ProcessHost, scriptPlan, WAIT } from './process-host.ts';

const run = promisify(execFile);
let local: ProcessHost;
beforeEach(async () => {
  local = await ProcessHost.create();
});
afterEach(() => local[Symbol.asyncDispose]());

const ATTEMPT = 'jb_files000-a1' as AttemptId;
const ignore = (): void => undefined;
const unusable = (reason: string): object => ({ code: 'engine.work_dir_unusable', parameters: { reason } });
const rejection = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'passed',
    (error: unknown) => error,
  );

async function asset(content: string | Uint8Array, directory = local.directory): Promise<HostAsset> {
  const bytes = Buffer.from(content);
  const sha256 = createHash('sha256').update(bytes).digest('hex') as Sha256;
  const path = join(directory, `source-${sha256}`);
  await writeFile(path, bytes);
  return { path, bytes: bytes.length, sha256 };
}

const stored = (one: HostAsset): string => join(local.workDir, 'assets', one.sha256);

it('keeps an asset once, read-only, as a hard link in each attempt', async () => {
  const input = await asset(Buffer.alloc(3 << 20, 7));
  const done: number[] = [];
  await local.host.putAsset(input, (bytes) => done.push(bytes));
  expect(done).toEqual([0, 1 << 20, 2 << 20, 3 << 20]);
  await local.host.prepare({
    ...scriptPlan(ATTEMPT, 'true'),
    inputs: [
      { path: 'in/color.mp4', asset: input.sha256 },
      { path: 'in/edge.mp4', asset: input.sha256 },
    ],
  });
  const facts = await stat(stored(input));
  expect([facts.mode & 0o777, facts.nlink]).toEqual([0o444, 3]);
  expect((await stat(local.path(ATTEMPT, 'in/color.mp4'))).ino).toBe(facts.ino);
  expect(await readdir(join(local.workDir, 'assets'))).toEqual([input.sha256]);
});

it('replaces an asset that has become corrupt on the host, and the input of what did not start yet', async () => {
  const input = await asset('pixels');
  const plan = {
    ...scriptPlan(ATTEMPT, 'cat in/a.mp4'),
    inputs: [{ path: 'in/a.mp4', asset: input.sha256 }],
  };
  await local.host.putAsset(input, ignore);
  await local.host.prepare(plan);
  await chmod(stored(input), 0o644);
  await writeFile(stored(input), 'pixelz');
  await local.host.putAsset(input, ignore);
  expect(await readFile(stored(input), 'utf8')).toBe('pixels');
  await local.host.prepare(plan);
  await local.host.start(ATTEMPT);
  await untilState(local.host, ATTEMPT, 'exited');
  expect(await local.log(ATTEMPT)).toBe('pixels');
});

it('leaves nothing behind of an upload that failed or was given up', async () => {
  const input = await asset(Buffer.alloc(4 << 20, 1));
  const giveUp = new AbortController();
  const upload = local.host.putAsset(input, () => giveUp.abort(new Error('given up')), giveUp.signal);
  await expect(upload).rejects.toThrow('given up');
  await writeFile(input.path, Buffer.alloc(4 << 20, 2));
  await expect(local.host.putAsset(input, ignore)).rejects.toMatchObject({ code: 'transfer.corrupt' });
  await rm(input.path);
  await expect(local.host.putAsset(input, ignore)).rejects.toMatchObject({ name: 'CosmosError' });
  expect(await readdir(join(local.workDir, 'assets'))).toEqual([]);
});

it('takes nothing for an output but regular files, and follows no link out of the directory', async () => {
  await writeFile(join(local.directory, 'secret'), 'secret');
  const script = `mkdir out/sub && echo a >out/sub/a.txt && ln -s ../../../../secret out/leak.txt
    ln -s .. out/up; ln -s sub out/inside; mkfifo out/pipe; ln -s nowhere out/dangling; mkdir out-side; echo s >out-side/s.txt; ln -s ../out-side out/beside; echo r >'out/ -r "ü".txt'`;
  await local.startScript(ATTEMPT, script);
  await untilState(local.host, ATTEMPT, 'exited');
  const paths = (await local.host.listOutputs(ATTEMPT)).map(({ path }) => path);
  expect(paths).toEqual([' -r "ü".txt', 'sub/a.txt']);
  const to = join(local.directory, 'fetched');
  const fetch = (path: string): Promise<unknown> => local.host.fetchOutput(ATTEMPT, path, to, ignore);
  await expect(fetch('leak.txt')).rejects.toMatchObject(unusable('unsafe_path'));
  await expect(fetch('up/run.sh')).rejects.toMatchObject(unusable('unsafe_path'));
  await expect(fetch('beside/s.txt')).rejects.toMatchObject(unusable('unsafe_path'));
  await expect(fetch('pipe')).rejects.toMatchObject(unusable('wrong_kind'));
  await expect(fetch('sub')).rejects.toMatchObject({ name: 'CosmosError' });
  await expect(fetch('dangling')).rejects.toMatchObject(unusable('missing'));
  for (const path of ['', '.', '..', 'sub/', 'a\0b', 'x'.repeat(300)]) {
    await expect(fetch(path)).rejects.toMatchObject(unusable('unsafe_path'));
  }
  await fetch('inside/a.txt');
  await fetch(' -r "ü".txt');
  expect(await readFile(to, 'utf8')).toBe('r\n');
  expect(
    (await readdir(local.directory)).filter((name) => name.endsWith('.part') || name[0] === '.'),
  ).toEqual([]);
});

it('keeps what was at the destination when a fetch fails, and says which side failed', async () => {
  await local.startScript(ATTEMPT, 'echo new >out/a.txt');
  await untilState(local.host, ATTEMPT, 'exited');
  const nowhere = join(local.directory, 'nowhere', 'a.txt');
  await expect(local.host.fetchOutput(ATTEMPT, 'a.txt', nowhere, ignore)).rejects.toMatchObject({
    parameters: { role: 'destination', reason: 'missing' },
  });
  const to = join(local.directory, 'a.txt');
  await writeFile(to, 'old');
  // Progress is told between the copy and the comparison.
  const change = (done: number): void => {
    if (done > 0) writeFileSync(local.path(ATTEMPT, 'out/a.txt'), 'other');
  };
  const changing = local.host.fetchOutput(ATTEMPT, 'a.txt', to, change);
  await expect(changing).rejects.toMatchObject({ code: 'transfer.corrupt' });
  expect(await readFile(to, 'utf8')).toBe('old');
});

it('has no outputs where the job removed the directory, and an error where the attempt is gone', async () => {
  await local.startScript(ATTEMPT, 'rm -r out');
  await untilState(local.host, ATTEMPT, 'exited');
  expect(await local.host.listOutputs(ATTEMPT)).toEqual([]);
  await rm(local.path(ATTEMPT), { recursive: true });
  await expect(local.host.listOutputs(ATTEMPT)).rejects.toMatchObject(unusable('missing'));
});

it.each([
  ['a link', 'ln -s /etc/hostname run.log'],
  ['a pipe', 'mkfifo run.log'],
])('reads no log from %s that the job has put in its place', async (_, put) => {
  await local.startScript(ATTEMPT, `rm run.log; ${put}`);
  await untilState(local.host, ATTEMPT, 'exited');
  await expect(local.host.readLog(ATTEMPT, 0, 100)).rejects.toMatchObject({ code: 'engine.log_unreadable' });
});

it('refuses names that are no attempt, and plans that meet the files of the contract', async () => {
  for (const name of ['../x', '-rf', '', '.', '..', 'a/b', 'a b', 'x'.repeat(300), '.hidden', 'a\0b']) {
    const attempt = name as AttemptId;
    await expect(local.host.prepare(scriptPlan(attempt, 'true'))).rejects.toMatchObject(
      unusable('unsafe_path'),
    );
    await expect(local.host.inspect(attempt)).rejects.toMatchObject(unusable('unsafe_path'));
    await expect(local.host.discard(attempt)).rejects.toMatchObject(unusable('unsafe_path'));
  }
  for (const path of [
    'run.sh',
    'started/process',
    'out/x',
    'exit.json',
    'exit.json.new',
    'run.log',
    'format',
    'instance',
    'in',
    'in/color.mp4',
  ]) {
    const plan = scriptPlan(ATTEMPT, 'true', { files: [{ path, content: '' }] });
    await expect(local.host.prepare(plan)).rejects.toMatchObject(unusable('reserved_path'));
  }
  const outside = scriptPlan(ATTEMPT, 'true', { inputs: [{ path: 'spec.mp4', asset: 'a' as Sha256 }] });
  await expect(local.host.prepare(outside)).rejects.toMatchObject(unusable('unsafe_path'));
  const twice = scriptPlan(ATTEMPT, 'true', { files: [1, 2].map(() => ({ path: 'a', content: '' })) });
  await local.host.identify();
  await expect(local.host.prepare(twice)).rejects.toMatchObject(unusable('exists'));
  expect(await readdir(join(local.workDir, 'attempts'))).toEqual([]);
});

it('builds again what a loss of power has left empty', async () => {
  const plan = scriptPlan(ATTEMPT, 'printf x >>runs');
  await local.host.prepare(plan);
  await writeFile(local.path(ATTEMPT, 'run.sh'), '');
  await local.host.prepare(plan);
  await local.host.start(ATTEMPT);
  await untilState(local.host, ATTEMPT, 'exited');
  expect(await readFile(local.path(ATTEMPT, 'runs'), 'utf8')).toBe('x');
});

it('leaves a directory of another format alone', async () => {
  await local.host.prepare(scriptPlan(ATTEMPT, 'true'));
  await chmod(local.path(ATTEMPT, 'format'), 0o644);
  await writeFile(local.path(ATTEMPT, 'format'), '2\n');
  await expect(local.host.start(ATTEMPT)).rejects.toMatchObject(unusable('other_format'));
  await expect(local.host.abandon(ATTEMPT)).rejects.toMatchObject(unusable('other_format'));
});

it('writes a file again where it began with what is planned now', async () => {
  for (const content of ['edge 0.85', 'edge 0.8']) {
    await local.host.prepare(scriptPlan(ATTEMPT, 'true', { files: [{ path: 'spec', content }] }));
    expect(await readFile(local.path(ATTEMPT, 'spec'), 'utf8')).toBe(content);
  }
});

it('takes no half-made directory for an attempt', async () => {
  await local.host.prepare(scriptPlan(ATTEMPT, 'true'));
  await rename(local.path(ATTEMPT), join(local.workDir, 'attempts', `.${ATTEMPT}.0123456789ab`));
  expect(await local.host.leftovers(INSTANCE)).toEqual([]);
});

it('removes what a broken preparation of the same attempt has left', async () => {
  await local.host.prepare(scriptPlan(ATTEMPT, 'true'));
  await mkdir(join(local.workDir, 'attempts', `.${ATTEMPT}.dead`));
  await mkdir(join(local.workDir, 'attempts', `.${ATTEMPT}0.other`));
  await local.host.discard(ATTEMPT);
  expect(await readdir(join(local.workDir, 'attempts'))).toEqual([`.${ATTEMPT}0.other`]);
});

it('notices that the work directory was wiped, and has another id after it', async () => {
  const id = await local.host.identify();
  await local.startScript(ATTEMPT, WAIT);
  await local.host.stop(ATTEMPT, 'kill');
  await rm(local.workDir, { recursive: true });
  const code = 'engine.host_replaced';
  await expect(local.host.prepare(scriptPlan(ATTEMPT, 'true'))).rejects.toMatchObject({ code });
  await expect(local.host.abandon(ATTEMPT)).rejects.toMatchObject({ code });
  expect(await local.host.identify()).not.toBe(id);
});

it('says that the work directory was wiped where an upload finds its file missing', async () => {
  await local.host.identify();
  const input = await asset(Buffer.alloc(1 << 20));
  const wipe = (): void => rmSync(local.workDir, { recursive: true, force: true });
  await expect(local.host.putAsset(input, wipe)).rejects.toMatchObject({ code: 'engine.host_replaced' });
  await local.host.identify();
});

it('does not read a work directory that cannot be entered as an attempt that never started', async () => {
  await mkdir(local.workDir);
  await writeFile(join(local.workDir, 'attempts'), '');
  await expect(local.host.inspect(ATTEMPT)).rejects.toMatchObject(unusable('denied'));
  await rm(join(local.workDir, 'attempts'));
});

it('tells no path of ours in the parameters of an error', async () => {
  await writeFile(join(local.directory, 'file'), '');
  const host = makeHost({ workDir: join(local.directory, 'file', 'work') });
  const error = await rejection(host.identify());
  expect(error).toMatchObject({
    code: 'engine.work_dir_unusable',
    parameters: { host: 'here', role: 'work_dir' },
  });
  expect(JSON.stringify((error as { parameters: unknown }).parameters)).not.toContain('/');
  expect(String((error as Error).cause)).not.toBe('undefined');
  await host.close();
});

it('refuses a host id that is none', async () => {
  await local.host.identify();
  await rename(join(local.workDir, 'host-id'), join(local.workDir, 'old'));
  await writeFile(join(local.workDir, 'host-id'), 'garbage');
  await expect(local.host.identify()).rejects.toMatchObject(unusable('invalid_host_id'));
  await rename(join(local.workDir, 'old'), join(local.workDir, 'host-id'));
});

const canMount = await run('sh', [
  '-c',
  'd=$(mktemp -d) && mount -t tmpfs none "$d" && umount "$d" && rmdir "$d"',
]).then(
  () => true,
  () => false,
);

it.skipIf(!canMount)(
  'says disk_full (needs the right to mount) and still writes the end of a job there',
  async () => {
    const mount = join(local.directory, 'small');
    await mkdir(mount);
    await run('mount', ['-t', 'tmpfs', '-o', 'size=400k', 'none', mount]);
    const host = makeHost({ workDir: join(mount, 'work') });
    try {
      const input = await asset(Buffer.alloc(1 << 20));
      await expect(host.putAsset(input, ignore)).rejects.toMatchObject({ code: 'transfer.disk_full' });
      await host.prepare(scriptPlan(ATTEMPT, 'head -c 1000000 /dev/zero >out/big; exit 8'));
      await host.start(ATTEMPT);
      expect(await untilState(host, ATTEMPT, 'exited')).toMatchObject({ exitCode: 8 });
      const next = scriptPlan('jb_files000-a2' as AttemptId, 'true');
      await expect(host.prepare(next)).rejects.toMatchObject({ code: 'transfer.disk_full' });
      await run('mount', ['-o', 'remount,ro', mount]);
      await expect(host.prepare(next)).rejects.toMatchObject(unusable('read_only'));
    } finally {
      await host.close();
      await run('umount', [mount]);
    }
  },
);

it.skipIf(!canMount)(
  'copies inputs where the file system has no link to them (needs the right to mount)',
  async () => {
    await local.host.identify();
    await run('mount', ['-t', 'tmpfs', 'none', join(local.workDir, 'assets')]);
    try {
      const input = await asset('pixels');
      await local.host.putAsset(input, ignore);
      await local.host.prepare({
        ...scriptPlan(ATTEMPT, 'cat in/a.mp4'),
        inputs: [{ path: 'in/a.mp4', asset: input.sha256 }],
      });
      const { mode, nlink } = await stat(local.path(ATTEMPT, 'in/a.mp4'));
      expect([mode & 0o777, nlink]).toEqual([0o444, 1]);
    } finally {
      await run('umount', [join(local.workDir, 'assets')]);
    }
  },
);

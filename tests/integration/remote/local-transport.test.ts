import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { LocalTransport } from '../../../src/remote/transport/local-transport.ts';
import { PATH } from './process-host.ts';
import { untilFile, untilGone } from './processes.ts';

const transport = new LocalTransport({ PATH, HOME: '/' });
let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'cosmos-bot-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

it('keeps both outputs and the exit code of a command', async () => {
  const result = await transport.run(['sh', '-c', 'cat; echo err >&2; exit 3'], { input: 'in' });
  expect(result).toEqual({ exitCode: 3, stdout: 'in', stderr: 'err\n', truncated: false });
});

it('tells 128 and the signal of a command that a signal ended', async () => {
  expect(await transport.runScript('kill -KILL $$', [])).toMatchObject({ exitCode: 137 });
});

it('keeps no more of an output than it was told to', async () => {
  const result = await transport.runScript('head -c 300000 /dev/zero', [], { maxOutputBytes: 1000 });
  expect([result.stdout.length, result.truncated, result.exitCode]).toEqual([1000, true, 0]);
});

it('gives a command that does not read its input its exit code all the same', async () => {
  expect(await transport.run(['true'], { input: Buffer.alloc(5_000_000) })).toMatchObject({ exitCode: 0 });
});

it('kills a command at its deadline and says that the host does not answer', async () => {
  const pidFile = join(directory, 'pid');
  const command = transport.runScript('echo $$ >"$1"; exec sleep 60', [pidFile], { deadlineMs: 200 });
  await expect(command).rejects.toMatchObject({ code: 'engine.host_unreachable' });
  await untilGone(Number(await untilFile(pidFile)));
});

it('kills a command whose caller gave up', async () => {
  const pidFile = join(directory, 'pid');
  const giveUp = new AbortController();
  const command = transport.runScript('echo $$ >"$1"; exec sleep 60', [pidFile], { signal: giveUp.signal });
  const ended = expect(command).rejects.toThrow('given up');
  const pid = Number(await untilFile(pidFile));
  giveUp.abort(new Error('given up'));
  await ended;
  await untilGone(pid);
});

it('says start_failed for a program that is missing', async () => {
  await expect(transport.run(['no-such-program'])).rejects.toMatchObject({ code: 'engine.start_failed' });
  const options = { workingDirectory: join(directory, 'nowhere'), environment: {}, deadlineMs: 1000 };
  await expect(transport.launch(['true'], options)).rejects.toMatchObject({ code: 'engine.start_failed' });
});

it('leaves a launched program running at the deadline', async () => {
  const options = { workingDirectory: directory, environment: {}, deadlineMs: 100 };
  const launched = transport.launch(['sh', '-c', 'echo $$ >pid; exec sleep 60'], options);
  await expect(launched).rejects.toMatchObject({ code: 'engine.host_unreachable' });
  process.kill(Number(await untilFile(join(directory, 'pid'))), 'SIGKILL');
});

it('makes a file or a directory only where the name is free', async () => {
  const path = join(directory, 'name');
  await transport.createFile(path, 'x', 0o600);
  for (const again of [() => transport.createFile(path, '', 0o600), () => transport.makeDirectory(path)]) {
    await expect(again()).rejects.toMatchObject({ name: 'FileFault', reason: 'exists' });
  }
  await expect(transport.makeDirectory(join(directory, 'a/b'))).rejects.toMatchObject({ reason: 'missing' });
  await transport.makeDirectories(join(directory, 'a/b'));
  expect(await transport.list(directory)).toEqual([
    { path: 'a', kind: 'directory', bytes: expect.any(Number), modifiedAt: expect.any(Number) },
    { path: 'a/b', kind: 'directory', bytes: expect.any(Number), modifiedAt: expect.any(Number) },
    { path: 'name', kind: 'file', bytes: 1, modifiedAt: expect.any(Number) },
  ]);
});

it('removes what is there, and nothing where nothing is', async () => {
  await transport.makeDirectories(join(directory, 'a/b'));
  await transport.remove(join(directory, 'a'));
  await transport.remove(join(directory, 'a'));
  expect(await transport.stat(join(directory, 'a'))).toBeNull();
});

it('tells the name of what changes in a watched directory', async () => {
  const changed = Promise.withResolvers<string>();
  const stop = transport.watch(directory, changed.resolve);
  await writeFile(join(directory, 'run.log'), 'x');
  expect(await changed.promise).toBe('run.log');
  stop?.();
});

it('says that it cannot watch a directory that is not there, and lets a watched one vanish', async () => {
  expect(transport.watch(join(directory, 'nowhere'), () => undefined)).toBeUndefined();
  const changed = Promise.withResolvers<string>();
  const stop = transport.watch(directory, changed.resolve);
  await rm(directory, { recursive: true });
  await changed.promise;
  stop?.();
  stop?.();
});

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rename, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { AttemptId } from '../../../src/core/ids.ts';
import { untilState } from '../../contracts/host.contract.ts';
import { INSTANCE, makeHost, PATH, ProcessHost, scriptPlan } from './process-host.ts';

let local: ProcessHost;
beforeEach(async () => {
  local = await ProcessHost.create();
});
afterEach(() => local[Symbol.asyncDispose]());

const ATTEMPT = 'jb_job00000-a1' as AttemptId;
const HOSTILE = [
  "it's",
  'a "b" c',
  'line\nbreak\n',
  '$(touch pwned) `touch pwned` $HOME',
  '\\n\\\\',
  '🦀 مرحبا שלום',
  '-rf',
  '../../x',
  'x'.repeat(3000),
  '',
  ' ',
  '*',
  '~',
  '!',
];

it('gives the job exactly the planned environment beside PATH, HOME and the marker', async () => {
  process.env.COSMOS_BOT_SECRET_FOR_TEST = 'secret';
  try {
    await local.host.prepare(
      scriptPlan(ATTEMPT, '', { argv: ['env', '-0'], environment: { A: HOSTILE.join('|') } }),
    );
    await local.host.start(ATTEMPT);
    await untilState(local.host, ATTEMPT, 'exited');
  } finally {
    delete process.env.COSMOS_BOT_SECRET_FOR_TEST;
  }
  const lines = (await local.log(ATTEMPT)).split('\0').filter((line) => line !== '');
  expect(lines.sort()).toEqual(
    [
      `A=${HOSTILE.join('|')}`,
      `COSMOS_BOT_ATTEMPT=${INSTANCE}/${ATTEMPT}`,
      `HOME=${tmpdir()}`,
      `PATH=${PATH}`,
    ].sort(),
  );
});

it.each<[string, Readonly<Record<string, string>>, readonly string[], readonly string[]]>([
  ['the GPUs of its lane', {}, ['2', '3'], ['CUDA_DEVICE_ORDER=PCI_BUS_ID', 'CUDA_VISIBLE_DEVICES=2,3']],
  [
    'the GPUs that its profile names, in place of those of its lane',
    { CUDA_VISIBLE_DEVICES: '7' },
    ['2'],
    ['CUDA_DEVICE_ORDER=PCI_BUS_ID', 'CUDA_VISIBLE_DEVICES=7'],
  ],
  ['no word of GPUs on a lane without any', {}, [], []],
])('gives the job %s', async (_, environment, gpus, expected) => {
  await local.host.prepare(scriptPlan(ATTEMPT, '', { argv: ['env', '-0'], environment, gpus }));
  await local.host.start(ATTEMPT);
  await untilState(local.host, ATTEMPT, 'exited');
  const lines = (await local.log(ATTEMPT)).split('\0').filter((line) => line.startsWith('CUDA_'));
  expect(lines.sort()).toEqual(expected);
});

it('gives the job exactly the planned words, working directory and an empty input', async () => {
  const script =
    'const { readFileSync } = require("node:fs");' +
    'console.log(JSON.stringify([process.argv.slice(1), process.cwd(), readFileSync(0).length]))';
  await local.host.prepare(
    scriptPlan(ATTEMPT, '', {
      argv: [process.execPath, '-e', script, '--', ...HOSTILE],
      files: [{ path: "dir $(x) '/spec.json", content: '{}' }],
      workingDirectory: "dir $(x) '",
    }),
  );
  await local.host.start(ATTEMPT);
  expect(await untilState(local.host, ATTEMPT, 'exited')).toMatchObject({ exitCode: 0 });
  expect(JSON.parse(await local.log(ATTEMPT))).toEqual([HOSTILE, local.path(ATTEMPT, "dir $(x) '"), 0]);
});

it('says so where nothing has begun, and can still be started once it can be', async () => {
  await local.host.prepare(scriptPlan(ATTEMPT, 'true'));
  await rename(local.path(ATTEMPT, 'run.sh'), local.path(ATTEMPT, 'away'));
  await expect(local.host.start(ATTEMPT)).rejects.toMatchObject({
    code: 'engine.start_failed',
    parameters: { reason: 'not_begun' },
  });
  await rename(local.path(ATTEMPT, 'away'), local.path(ATTEMPT, 'run.sh'));
  await local.host.start(ATTEMPT);
  expect(await untilState(local.host, ATTEMPT, 'exited')).toMatchObject({ exitCode: 0 });
});

it('tells 127 and the reason in the log for a program that is missing', async () => {
  await local.host.prepare(scriptPlan(ATTEMPT, '', { argv: ['no-such-program', 'x'] }));
  await local.host.start(ATTEMPT);
  expect(await untilState(local.host, ATTEMPT, 'exited')).toMatchObject({ exitCode: 127 });
  expect(await local.log(ATTEMPT)).toContain('no-such-program');
});

it('tells 126 for a working directory that is missing', async () => {
  await local.startScript(ATTEMPT, 'true', { workingDirectory: 'nowhere' });
  expect(await untilState(local.host, ATTEMPT, 'exited')).toMatchObject({ exitCode: 126 });
});

it('tells 128 and the signal for a job that a signal ended', async () => {
  await local.startScript(ATTEMPT, 'kill -SEGV $$');
  expect(await untilState(local.host, ATTEMPT, 'exited')).toMatchObject({ exitCode: 139 });
});

it('keeps a log of many megabytes and of any bytes, readable in pieces', async () => {
  const script =
    'const b = Buffer.alloc(1 << 20); for (let i = 0; i < b.length; i++) b[i] = i * 7;' +
    'for (let i = 0; i < 20; i++) require("node:fs").writeSync(i % 2 + 1, b)';
  await local.host.prepare(scriptPlan(ATTEMPT, '', { argv: [process.execPath, '-e', script] }));
  await local.host.start(ATTEMPT);
  await untilState(local.host, ATTEMPT, 'exited');
  const read: Uint8Array[] = [];
  for (let offset = 0; ; ) {
    const piece = await local.host.readLog(ATTEMPT, offset, 777_777);
    if (piece.length === 0) break;
    expect(piece.length).toBeLessThanOrEqual(777_777);
    read.push(piece);
    offset += piece.length;
  }
  const whole = Buffer.concat(read);
  expect(whole.length).toBe(20 << 20);
  expect(whole.equals(await readFile(local.path(ATTEMPT, 'run.log')))).toBe(true);
  expect(whole.every((byte, index) => byte === ((index % (1 << 20)) * 7) % 256)).toBe(true);
});

it('goes on with the job when its starter was killed', async () => {
  const url = new URL('./kill-after-start.ts', import.meta.url).pathname;
  const bot = spawn(process.execPath, [url, local.workDir, ATTEMPT], { stdio: 'inherit' });
  const [, signal] = await once(bot, 'exit');
  expect(signal).toBe('SIGKILL');
  await local.release(ATTEMPT);
  expect(await untilState(local.host, ATTEMPT, 'exited')).toMatchObject({ exitCode: 0 });
  expect(await local.log(ATTEMPT)).toBe('begun\ndone\n');
});

it('refuses plans that no shell can start safely', async () => {
  const refusals = [
    { environment: { 'A B': 'x' } },
    { environment: { COSMOS_BOT_ATTEMPT: 'x' } },
    { environment: { A: 'x\0y' } },
    { argv: ['-x'] as [string] },
    { argv: [''] as [string] },
    { argv: ['echo', 'x\0y'] as [string, string] },
  ];
  for (const refusal of refusals) {
    const code = 'engine.start_failed';
    await expect(local.host.prepare(scriptPlan(ATTEMPT, 'true', refusal))).rejects.toMatchObject({ code });
  }
});

it('says what an unfit host lacks', async () => {
  const bare = makeHost({ workDir: local.workDir, searchPath: local.directory });
  const error = {
    code: 'engine.host_unsupported',
    parameters: { missing: expect.arrayContaining(['grep', 'mkdir']) },
  };
  await expect(bare.identify()).rejects.toMatchObject(error);
  await bare.close();
});

it('makes no work directory where its path is relative', () => {
  expect(() => makeHost({ workDir: 'data/host' })).toThrow(
    expect.objectContaining({ code: 'engine.work_dir_unusable' }),
  );
});

it('begins nothing in the session of its starter, whose processes a stop would reach', async () => {
  await local.host.prepare(scriptPlan(ATTEMPT, 'echo job'));
  const started = promisify(execFile)('/bin/sh', ['run.sh'], { cwd: local.path(ATTEMPT), env: { PATH } });
  await expect(started).rejects.toMatchObject({ code: 1, stdout: '' });
  expect(await local.host.inspect(ATTEMPT)).toEqual({ state: 'never_started' });
});

it('runs the same script on each shell that is here', async () => {
  let number = 1;
  for (const shell of ['/bin/dash', '/bin/bash', '/bin/busybox']) {
    if (
      await stat(shell).then(
        () => false,
        () => true,
      )
    )
      continue;
    const attempt = `jb_shell000-a${number}` as AttemptId;
    number += 1;
    await local.host.prepare(scriptPlan(attempt, 'echo "$A"; exit 4', { environment: { A: "it's" } }));
    const words = [shell, ...(shell.endsWith('busybox') ? ['sh'] : []), 'run.sh'];
    const { stdout } = await promisify(execFile)('setsid', words, {
      cwd: local.path(attempt),
      env: { PATH },
    });
    expect(stdout).toBe('started\n');
    expect(await untilState(local.host, attempt, 'exited')).toMatchObject({ exitCode: 4 });
    expect(await local.log(attempt)).toBe("it's\n");
  }
  expect(number).toBeGreaterThan(1);
});

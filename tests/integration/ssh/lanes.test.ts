import { appendFile, chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { stringify } from 'smol-toml';
import { expect, it, onTestFinished } from 'vitest';
import { openBot } from '../../../src/bot/main.ts';
import { loadConfig } from '../../../src/core/config/load-config.ts';
import type { Run } from '../../../src/core/runs/run.ts';
import { isFinished } from '../../../src/core/runs/run.ts';
import { Waiter } from '../../../src/core/wakeup.ts';
import type { OpenSshServer } from '../../support/openssh-server.ts';
import { makeClip } from '../../support/sample-clips.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { must } from '../../support/workbench.ts';
import { describeWithSshd, startServer } from './ssh-server.ts';

/**
 * A job that ends well only while one of the other lane runs beside it; parameters: the marks, the clip, the output
 * folder. The n-th job of a lane waits for the n-th of the other: one lane after the other would wait for ever.
 */
const SCRIPT = `
lane=$CUDA_VISIBLE_DEVICES
if ! mkdir "$1/busy-$lane"; then
  mkdir "$1/two-at-once-on-$lane"
  exit 8
fi
n=1
while ! mkdir "$1/begun-$lane-$n" 2>/dev/null; do n=$((n + 1)); done
looks=0
until [ -d "$1/begun-$((1 - lane))-$n" ]; do
  looks=$((looks + 1))
  [ "$looks" -lt 1000 ] || exit 9
  sleep 0.05
done
cp "$2" "$3/output.mp4"
rmdir "$1/busy-$lane"
echo 'Saved video to output.mp4'
`;

const GPUS = `#!/bin/sh
echo '0, GPU-aaaa, 1024, 81559, 97, 71, 612.40, 570.86.15, NVIDIA H100 80GB HBM3'
echo '1, GPU-bbbb, 0, 81559, [N/A], [Not Supported], [N/A], [N/A], NVIDIA H100 80GB HBM3'
`;

/** A bot with two lanes on the server, whose model is the script. */
async function openTwoLanes(server: OpenSshServer) {
  const marks = await server.makeDirectory('marks');
  const clip = await makeClip(server.path('made.mp4'), { frames: 5 });
  const directory = await temporaryDirectory();
  const host = {
    ...{ name: 'gpu1', transport: 'ssh', address: '127.0.0.1', port: server.port, user: server.user },
    ...{ key_file: server.path('user-key'), known_hosts: server.path('known_hosts') },
    work_dir: join(await server.makeDirectory('work'), 'dir'),
    lanes: [
      { name: 'gpu0', gpus: [0], batch: false },
      { name: 'gpu1', gpus: [1], batch: false },
    ],
    models: ['transfer1'],
  };
  const argv = ['/bin/sh', '-c', SCRIPT, 'sh', marks, clip, '{output}'];
  const models = { transfer1: { command: { argv, working_directory: marks } } };
  await writeFile(join(directory, 'cosmos.toml'), stringify({ hosts: [host], models }));
  const bot = must(
    await openBot(must(loadConfig({ environment: {}, directory })), pino({ level: 'silent' })),
  );
  onTestFinished(() => bot.close());
  const { api, store, wakeup } = bot.parts;
  const actor = store.principals.ensure({ platform: 'fake', tenant: 'studio', user: 'U_ana', name: 'ana' });
  const changes = new Waiter();
  wakeup.subscribe(changes.wake);
  const queue = async (): Promise<Run> => {
    const prompt = must(await api.createPrompt(actor, { text: 'a street', files: [{ path: clip }] }));
    return must(api.queueRun(actor, { prompt, parameters: {} }));
  };
  const ended = async (run: Run): Promise<Run | undefined> => {
    for (;;) {
      const now = api.getRun(run.id);
      if (now === undefined || isFinished(now.state)) return now;
      await changes.wait(Infinity, new AbortController().signal);
    }
  };
  return { bot, marks, queue, ended };
}

/** A server whose host has two GPUs, of which one tells little of itself. */
async function startGpuServer(): Promise<OpenSshServer> {
  const server = await startServer();
  await mkdir(server.path('bin'));
  await writeFile(server.path('bin/nvidia-smi'), GPUS);
  await chmod(server.path('bin/nvidia-smi'), 0o755);
  await appendFile(server.path('sshd_config'), `SetEnv PATH=${server.path('bin')}:/usr/bin:/bin\n`);
  await server.stop();
  await server.restart();
  return server;
}

describeWithSshd('several lanes of one host', () => {
  it('work side by side, each one run after the other on its own GPU', async () => {
    const { bot, marks, queue, ended } = await openTwoLanes(await startServer());
    const runs = [await queue(), await queue(), await queue(), await queue()];
    bot.startLanes('daemon');
    for (const run of runs) expect(await ended(run)).toMatchObject({ state: 'done' });
    const marked = await readdir(marks);
    expect(marked.filter((name) => !name.startsWith('begun'))).toEqual([]);
    expect(marked.sort()).toEqual(['begun-0-1', 'begun-0-2', 'begun-1-1', 'begun-1-2']);
  });
});

describeWithSshd('the status of a host over SSH', () => {
  it('is what its own tools say, asked by the bot that drives its lanes', async () => {
    const { bot } = await openTwoLanes(await startGpuServer());
    const [before] = bot.parts.api.queue().hosts;
    expect(before).toMatchObject({ state: 'unknown' });
    bot.startLanes('daemon');
    await expect.poll(() => bot.parts.api.queue().hosts[0]?.state, { timeout: 30_000 }).toBe('reachable');
    const [host] = bot.parts.api.queue().hosts;
    expect(host).toMatchObject({ isCurrent: true, isLocal: false });
    expect(host?.facts?.diskFreeBytes).toBeGreaterThan(0);
    const name = 'NVIDIA H100 80GB HBM3';
    const full = { memoryUsedBytes: 1024 * 2 ** 20, utilisation: 97, temperature: 71, power: 612.4 };
    expect(host?.facts?.gpus).toMatchObject({
      gpus: [
        { index: '0', name, ...full },
        { index: '1', name },
      ],
    });
  });

  it('says why it does not answer', async () => {
    const server = await startServer();
    const { bot } = await openTwoLanes(server);
    await server.stop();
    bot.startLanes('daemon');
    await expect.poll(() => bot.parts.api.queue().hosts[0]?.state, { timeout: 30_000 }).toBe('unreachable');
    expect(bot.parts.api.queue().hosts[0]).toMatchObject({
      problem: { code: 'engine.host_unreachable', parameters: { host: 'gpu1', reason: 'refused' } },
    });
  });
});

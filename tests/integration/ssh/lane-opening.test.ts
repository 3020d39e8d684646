import { appendFile, chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { stringify } from 'smol-toml';
import { expect, it, onTestFinished } from 'vitest';
import { openBot } from '../../../src/bot/main.ts';
import { loadConfig } from '../../../src/core/config/load-config.ts';
import type { LaneName } from '../../../src/core/ids.ts';
import type { Run } from '../../../src/core/runs/run.ts';
import { isFinished } from '../../../src/core/runs/run.ts';
import { Waiter } from '../../../src/core/wakeup.ts';
import { runCosmos } from '../../support/run-cosmos.ts';
import { makeClip } from '../../support/sample-clips.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { must } from '../../support/workbench.ts';
import { describeWithSshd, startServer } from './ssh-server.ts';

const LANE = 'gpu1/gpu0' as LaneName;

/**
 * Notes where it runs beside another job that is alive. The first one never ends where that is wished for. Parameters:
 * the marks, the clip, the output folder.
 */
const SCRIPT = `
for file in "$1"/pid-*; do
  [ -e "$file" ] && kill -0 "$(cat "$file")" 2>/dev/null && mkdir "$1/two-at-once"
done
echo $$ >"$1/pid-$$"
if rmdir "$1/endless" 2>/dev/null; then
  mkdir "$1/runs"
  while :; do sleep 0.1; done
fi
cp "$2" "$3/output.mp4"
echo 'Saved video to output.mp4'
`;

/** A host over SSH with one GPU, of whose memory as many MiB are used as a file says, and the bot that drives it. */
async function openGpuHost(usedMib: number) {
  const server = await startServer();
  const used = server.path('used');
  await writeFile(used, String(usedMib));
  await mkdir(server.path('bin'));
  const tool = `#!/bin/sh\necho "0, GPU-aaaa, $(cat '${used}'), 24576, 0, 31, 18.0, 570.86.15, NVIDIA L4"\n`;
  await writeFile(server.path('bin/nvidia-smi'), tool);
  await chmod(server.path('bin/nvidia-smi'), 0o755);
  await appendFile(server.path('sshd_config'), `SetEnv PATH=${server.path('bin')}:/usr/bin:/bin\n`);
  await server.stop();
  await server.restart();

  const marks = await server.makeDirectory('marks');
  const clip = await makeClip(server.path('made.mp4'), { frames: 5 });
  const directory = await temporaryDirectory();
  const host = {
    ...{ name: 'gpu1', transport: 'ssh', address: '127.0.0.1', port: server.port, user: server.user },
    ...{ key_file: server.path('user-key'), known_hosts: server.path('known_hosts') },
    work_dir: join(await server.makeDirectory('work'), 'dir'),
    lanes: [{ name: 'gpu0', gpus: [0] }],
    models: ['transfer1'],
  };
  const argv = ['/bin/sh', '-c', SCRIPT, 'sh', marks, clip, '{output}'];
  const models = { transfer1: { command: { argv, working_directory: marks } } };
  await writeFile(join(directory, 'cosmos.toml'), stringify({ hosts: [host], models }));
  const config = must(loadConfig({ environment: {}, directory }));
  const bot = must(await openBot(config, pino({ level: 'silent' })));
  onTestFinished(() => bot.close());
  const { api, store, wakeup } = bot.parts;
  const actor = store.principals.ensure({ platform: 'fake', tenant: 'studio', user: 'U_ana', name: 'ana' });
  const queue = async (): Promise<Run> => {
    const prompt = must(await api.createPrompt(actor, { text: 'a street', files: [{ path: clip }] }));
    return must(api.queueRun(actor, { prompt, parameters: {} }));
  };
  const changes = new Waiter();
  wakeup.subscribe(changes.wake);
  const until = async (isTrue: () => boolean): Promise<void> => {
    while (!isTrue()) await changes.wait(100, new AbortController().signal);
  };
  return {
    ...{ server, bot, directory, marks, queue, until },
    run: ({ id }: Run) => api.getRun(id),
    blocked: () => store.lanes.get(LANE).blocked,
    use: async (mib: number) => await writeFile(used, String(mib)),
    marked: async () => (await readdir(marks)).filter((name) => !name.startsWith('pid-')),
  };
}

describeWithSshd('a lane with a GPU over SSH', () => {
  it('waits while somebody else uses the GPU, says so, and goes on by itself', async () => {
    const { bot, queue, until, run, blocked, use } = await openGpuHost(21_000);
    const waiting = await queue();
    bot.startLanes('daemon');
    await until(() => blocked() !== undefined);
    expect(blocked()).toMatchObject({
      code: 'engine.gpu_busy',
      parameters: { host: 'gpu1', lane: LANE, gpu: '0', usedBytes: 21_000 * 2 ** 20 },
    });
    expect(run(waiting)?.state).toBe('queued');
    expect(bot.parts.api.place(waiting)?.problem).toEqual(blocked());
    await use(3);
    await until(() => isFinished(run(waiting)?.state ?? 'lost'));
    expect(run(waiting)).toMatchObject({ state: 'done' });
    expect(blocked()).toBeUndefined();
  });

  it('whose host was given up is closed until it is back, and the job there ended before the next begins', async () => {
    const { server, bot, directory, marks, queue, until, run, blocked, marked } = await openGpuHost(3);
    await mkdir(join(marks, 'endless'));
    await server.give(join(marks, 'endless'));
    const lost = await queue();
    bot.startLanes('daemon');
    await until(() => run(lost)?.stage === 'running');
    await expect.poll(marked, { timeout: 30_000 }).toContain('runs');

    const refused = await runCosmos(['host', 'fence', 'gpu1', '--yes'], { directory });
    expect(refused).toMatchObject({ code: 1, error: expect.stringContaining(`cancel ${lost.id}`) });
    expect(run(lost)?.state).toBe('active');

    await server.stop();
    const shown = await runCosmos(['host', 'fence', 'gpu1'], { directory });
    expect(shown).toMatchObject({ code: 1, error: expect.stringContaining('--yes') });
    expect(shown.out).toContain(lost.id);
    expect(run(lost)?.state).toBe('active');

    const given = await runCosmos(['host', 'fence', 'gpu1', '--yes', '--json'], { directory });
    expect(given.code).toBe(0);
    expect(JSON.parse(given.out)).toMatchObject({
      ...{ host: 'gpu1', answers: false, fenced: true, attempts: [{ run: lost.id, lane: LANE }] },
    });
    await until(() => run(lost)?.state === 'lost');
    expect(run(lost)).toMatchObject({ problem: { code: 'engine.host_fenced' } });
    const next = await queue();
    expect(blocked()?.code).toBe('queue.lane_fenced');
    expect(run(next)?.state).toBe('queued');

    await server.restart();
    await until(() => isFinished(run(next)?.state ?? 'lost'));
    expect(run(next)).toMatchObject({ state: 'done' });
    expect(run(lost)).toMatchObject({ state: 'lost' });
    expect(blocked()).toBeUndefined();
    expect(await marked()).toEqual(['runs']);
  });
});

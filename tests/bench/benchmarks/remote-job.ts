import { randomBytes } from 'node:crypto';
import { chmod, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'smol-toml';
import type { Bot } from '../../../src/bot/bot.ts';
import { localPrincipal } from '../../../src/bot/cli/local-user.ts';
import { isFinished, type Run } from '../../../src/core/runs/run.ts';
import { Waiter } from '../../../src/core/wakeup.ts';
import { TEST_IMAGE } from '../../support/docker-daemon.ts';
import { makeClip } from '../../support/sample-clips.ts';
import { must, openQuietBot } from '../bot.ts';
import { type Benchmark, type Figure, median } from '../figure.ts';
import { wallTime } from '../processes.ts';
import { BenchGpuHost, bytesReceived, missingForGpuHost } from '../ssh/gpu-host.ts';

const ROUNDS = 5;
/** How long the job itself works, seconds. */
const WORK_SECONDS = 5;
const CLIP_BYTES = 20_000_000;
/** The goal: so much of the bare time over it, and a second for what is proved besides. */
const SHARE_OVER = 0.02;
const EXTRA_MS = 1_000;
const SCRIPT = `sleep ${WORK_SECONDS}; cat "$1" >"$2"`;

/**
 * A whole job over SSH and Docker through the bot, from the return of `queueRun` to the finished run, beside the same
 * work by hand: `sftp put`, `ssh docker run`, `sftp get`. Then the same inputs once more.
 */
export const remoteJob: Benchmark = {
  name: 'remote-job',
  measure: async (directory) => {
    const missing = await missingForGpuHost();
    if (missing !== undefined) {
      console.error(`remote-job is skipped: ${missing}`);
      return [];
    }
    await chmod(directory, 0o755);
    const log = join(directory, 'sftp.log');
    await writeFile(log, '', { mode: 0o666 });
    await chmod(log, 0o666);
    await using box = await BenchGpuHost.start(log);
    await writeFile(join(directory, 'cosmos.toml'), await configuration(box));
    const bot = await openQuietBot(directory);
    try {
      bot.startLanes('daemon');
      return await measureJobs(bot, box, { directory, log });
    } finally {
      await bot.close();
    }
  },
};

async function measureJobs(
  bot: Bot,
  box: BenchGpuHost,
  { directory, log }: { readonly directory: string; readonly log: string },
): Promise<readonly Figure[]> {
  const seed = await readFile(await makeClip(join(directory, 'seed.mp4'), { width: 1280, height: 704 }));
  const bare: number[] = [];
  const ours: number[] = [];
  const first: number[] = [];
  const again: number[] = [];
  for (let round = -1; round < ROUNDS; round += 1) {
    const clip = join(directory, `clip${round + 1}.mp4`);
    await writeFile(clip, padded(seed));
    const byHand = await jobByHand(box, clip, join(directory, 'by-hand.mp4'));
    const before = await bytesReceived(log, /\/assets\//);
    const { api, store } = bot.parts;
    const actor = localPrincipal(store);
    const prompt = must(await api.createPrompt(actor, { text: 'A street', files: [{ path: clip }] }));
    const through = await jobThroughBot(bot, () => must(api.queueRun(actor, { prompt, parameters: {} })));
    const after = await bytesReceived(log, /\/assets\//);
    // The first connects, and is for nothing else.
    if (round < 0) continue;
    bare.push(byHand);
    ours.push(through);
    first.push((after - before) / 1e6);
    if (round > 0) continue;
    await jobThroughBot(bot, () => must(api.queueRun(actor, { prompt, parameters: {} })));
    again.push(((await bytesReceived(log, /\/assets\//)) - after) / 1e6);
  }
  return [
    {
      name: `job of ${WORK_SECONDS} s over SSH and Docker, 20 MB in and out`,
      unit: 'ms',
      values: ours,
      baseline: { name: 'ms sftp, docker run, sftp', values: bare },
      goal: { kind: 'over_at_most', value: median(bare) * SHARE_OVER + EXTRA_MS },
    },
    {
      name: 'the same inputs again: uploaded, as the SFTP server counts',
      unit: 'MB',
      values: again,
      baseline: { name: 'MB the first time', values: first },
      goal: { kind: 'at_most', value: 0 },
    },
  ];
}

/** The whole in ms: each step a program of its own, as one would type it. */
async function jobByHand(box: BenchGpuHost, clip: string, result: string): Promise<number> {
  const { server, daemon } = box;
  const name = randomBytes(4).toString('hex');
  const work = await server.makeDirectory(name);
  const login = ['-o', `UserKnownHostsFile=${server.path('known_hosts')}`, '-i', server.path('user-key')];
  const where = `${server.user}@127.0.0.1`;
  const sftp = async (command: string): Promise<number> => {
    const batch = `${result}.batch`;
    await writeFile(batch, `${command}\n`);
    return await wallTime('sftp', ['-q', ...login, '-P', String(server.port), '-b', batch, where]);
  };
  const docker = [
    ...[
      ...daemon.command,
      'run',
      '--rm',
      '--network',
      'none',
      '--user',
      `${server.ids.uid}:${server.ids.gid}`,
    ],
    ...['--mount', `type=bind,source=${work},target=/job`, TEST_IMAGE],
    ...['/bin/sh', '-c', quote(SCRIPT), 'sh', '/job/in.mp4', '/job/out.mp4'],
  ];
  const put = await sftp(`put ${clip} ${work}/in.mp4`);
  const ran = await wallTime('ssh', [...login, '-p', String(server.port), where, ...docker]);
  const got = await sftp(`get ${work}/out.mp4 ${result}`);
  if ((await stat(result)).size !== CLIP_BYTES) throw new Error('the job by hand has no result');
  await rm(result);
  await rm(work, { recursive: true });
  return put + ran + got;
}

async function jobThroughBot({ parts: { api, wakeup } }: Bot, queue: () => Run): Promise<number> {
  const waiter = new Waiter();
  const unsubscribe = wakeup.subscribe(waiter.wake);
  try {
    const begun = performance.now();
    const { id } = queue();
    for (;;) {
      const run = api.getRun(id);
      if (run === undefined) throw new Error(`run ${id} is gone`);
      if (isFinished(run.state)) {
        const took = performance.now() - begun;
        if (run.state === 'done') return took;
        throw new Error(`run ended ${run.state}: ${JSON.stringify(run.problem)}`);
      }
      await waiter.wait(5_000, new AbortController().signal);
    }
  } finally {
    unsubscribe();
  }
}

async function configuration({ server, daemon }: BenchGpuHost): Promise<string> {
  const { options } = server;
  return stringify({
    hosts: [
      {
        ...{
          name: 'box',
          transport: 'ssh',
          address: options.address,
          port: options.port,
          user: options.user,
        },
        ...{ key_file: server.path('user-key'), known_hosts: server.path('known_hosts') },
        ...{
          engine: 'docker',
          docker_command: [...daemon.command],
          work_dir: await server.makeDirectory('work'),
        },
        lanes: [{ name: 'gpu0', gpus: [0] }],
        models: {
          transfer1: {
            inputs: { color: { required: true } },
            command: { argv: ['/bin/sh', '-c', SCRIPT, 'sh', '{input.color}', '{output}/output.mp4'] },
            container: { image: TEST_IMAGE, gpu_flags: [], mounts: [], user: 'host', network: 'none' },
            success: { marker: '^', outputs: [{ kind: 'video', path: 'output.mp4', label: 'video' }] },
          },
        },
      },
    ],
  });
}

/** The clip with a part of random bytes behind it that every player skips: another file each time, of one size. */
function padded(clip: Buffer): Buffer {
  const rest = randomBytes(CLIP_BYTES - clip.length);
  rest.writeUInt32BE(rest.length, 0);
  rest.write('free', 4, 'latin1');
  return Buffer.concat([clip, rest]);
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

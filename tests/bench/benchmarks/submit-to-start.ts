import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Bot } from '../../../src/bot/bot.ts';
import { localPrincipal } from '../../../src/bot/cli/local-user.ts';
import { makeSample } from '../../../src/core/media/make-sample.ts';
import { isFinished, type Run } from '../../../src/core/runs/run.ts';
import { Waiter } from '../../../src/core/wakeup.ts';
import { must, openQuietBot } from '../bot.ts';
import type { Benchmark } from '../figure.ts';

const ROUNDS = 20;
const WARM_UP = 3;
/** The lane is idle once it has removed what the last run left on the host, ms. */
const TIDY_UP_MS = 200;

/** The job: its first and only act is to write down the time, ns since 1970. */
const SCRIPT = 'exec date +%s%N >"$1"';
const ARGV = ['/bin/sh', '-c', SCRIPT, 'sh'] as const;

const CONFIG = `
data_dir = "data"
[limits]
max_queued_per_user = 100
[models.preview.command]
argv = ${JSON.stringify([...ARGV, '{output}/time.txt'])}
[models.preview.success]
marker = '^'
outputs = [{ kind = "text", path = "time.txt", label = "time" }]
`;

/**
 * From the return of `queueRun` on an idle lane to the first act of the job, whole and real: database on disk, asset
 * verified, attempt directory, wrapper. Beside it the same program, spawned bare.
 */
export const submitToStart: Benchmark = {
  name: 'submit-to-start',
  measure: async (directory) => {
    await writeFile(join(directory, 'cosmos.toml'), CONFIG);
    const clip = join(directory, 'clip.mp4');
    await makeSample(clip);
    const bot = await openQuietBot(directory);
    try {
      const { api, store } = bot.parts;
      const actor = localPrincipal(store);
      const prompt = must(await api.createPrompt(actor, { text: 'A street', files: [{ path: clip }] }));
      bot.startLanes('daemon');
      const submitted: number[] = [];
      const bare: number[] = [];
      for (let round = -WARM_UP; round < ROUNDS; round += 1) {
        await delay(TIDY_UP_MS);
        const bareMs = await bareStart(join(directory, 'bare.txt'));
        const run = must(api.queueRun(actor, { prompt, model: 'preview', parameters: {} }));
        const queuedAt = epochMs();
        const ended = await finished(bot, run);
        const [output] = ended.outputs;
        if (ended.state !== 'done' || output === undefined) throw new Error(`run ended ${ended.state}`);
        if (round < 0) continue;
        bare.push(bareMs);
        submitted.push((await writtenMs(output.path)) - queuedAt);
      }
      return [
        {
          name: 'submit to first act of the job',
          unit: 'ms',
          values: submitted,
          baseline: { name: 'ms spawned bare', values: bare },
          goal: { kind: 'over_at_most', value: 10 },
        },
      ];
    } finally {
      await bot.close();
    }
  },
};

async function bareStart(path: string): Promise<number> {
  const begun = epochMs();
  const [program, ...words] = ARGV;
  await once(spawn(program, [...words, path], { stdio: 'ignore' }), 'exit');
  return (await writtenMs(path)) - begun;
}

async function writtenMs(path: string): Promise<number> {
  return Number(BigInt((await readFile(path, 'utf8')).trim()) / 1000n) / 1000;
}

/** Finer than `Date.now()`; the offset between the two clocks is the same for both sides. */
function epochMs(): number {
  return performance.timeOrigin + performance.now();
}

async function finished({ parts: { api, wakeup } }: Bot, { id }: Run): Promise<Run> {
  const waiter = new Waiter();
  const unsubscribe = wakeup.subscribe(waiter.wake);
  try {
    for (;;) {
      const run = api.getRun(id);
      if (run === undefined) throw new Error(`run ${id} is gone`);
      if (isFinished(run.state)) return run;
      await waiter.wait(5_000, new AbortController().signal);
    }
  } finally {
    unsubscribe();
  }
}

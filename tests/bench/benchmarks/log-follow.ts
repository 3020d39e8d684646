import { fork } from 'node:child_process';
import { once } from 'node:events';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Benchmark } from '../figure.ts';
import { wallTime } from '../processes.ts';
import type { FollowRequest, FollowResult } from './log-follow-child.ts';

const ROUNDS = 5;
const RATE_LINES = 1_000_000;
const SMALL_LOG_BYTES = 1_000_000;
const LARGE_LOG_BYTES = 1_000_000_000;

/**
 * Follows a log as a lane does: read from the local host, copied, every line looked at by the patterns of a model.
 * In a process of its own each time, so that its peak memory is that of following alone.
 */
export const logFollow: Benchmark = {
  name: 'log-follow',
  measure: async (directory) => {
    const log = join(directory, 'run.log');
    const { lines, bytes } = await writeLog(log, ({ lines }) => lines < RATE_LINES);
    const rates: number[] = [];
    const copies: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const copy = join(directory, 'copy');
      copies.push(lines / ((await wallTime('cp', [log, copy])) / 1000));
      await rm(copy);
      const result = await follow({ log, bytes, directory: join(directory, `round-${round}`) });
      rates.push(lines / (result.ms / 1000));
    }
    const small = join(directory, 'small.log');
    const smallLog = await writeLog(small, (written) => written.bytes < SMALL_LOG_BYTES);
    const smallPeak = await follow({
      log: small,
      bytes: smallLog.bytes,
      directory: join(directory, 'small'),
    });
    await rm(log);
    const largeLog = await writeLog(log, (written) => written.bytes < LARGE_LOG_BYTES);
    const largePeak = await follow({ log, bytes: largeLog.bytes, directory: join(directory, 'large') });
    return [
      {
        name: 'log follow, lines of 75 bytes',
        unit: 'lines/s',
        values: rates,
        baseline: { name: 'lines/s cp', values: copies },
        goal: { kind: 'at_least', value: 100_000 },
      },
      {
        name: 'log follow, 1 GB: peak memory',
        unit: 'MB',
        values: [largePeak.peakMegabytes],
        baseline: { name: 'MB for a log of 1 MB', values: [smallPeak.peakMegabytes] },
        goal: { kind: 'over_at_most', value: 100 },
      },
    ];
  },
};

async function follow(request: FollowRequest): Promise<FollowResult> {
  const child = fork(new URL('./log-follow-child.ts', import.meta.url));
  const ended = once(child, 'exit');
  child.send(request);
  const [result] = (await Promise.race([once(child, 'message'), ended])) as [FollowResult | number | null];
  if (typeof result !== 'object' || result === null) throw new Error(`following ended with ${result}`);
  await ended;
  return result;
}

/** What a model prints: a bar that is drawn again and again, and a line for every tenth of it. */
async function writeLog(path: string, more: (written: { lines: number; bytes: number }) => boolean) {
  const written = { lines: 0, bytes: 0 };
  const file = await open(path, 'w');
  try {
    while (more(written)) {
      const block = logBlock(written.lines);
      await file.write(block.text);
      written.lines += block.lines;
      written.bytes += Buffer.byteLength(block.text);
    }
  } finally {
    await file.close();
  }
  return written;
}

function logBlock(first: number): { readonly text: string; readonly lines: number } {
  const lines: string[] = [];
  for (let line = 0; line < 10_000; line += 1) {
    const at = ((first + line) / 100) % 100;
    lines.push(
      line % 10 === 0
        ? `[rank0] INFO 2026-11-20 12:00:00 diffusion step done, loss 0.0${line}, memory 41.2 GB\n`
        : `Sampling:  ${at.toFixed(0).padStart(2)}%|${'█'.repeat(8)}${' '.repeat(8)}| ${at.toFixed(0)}/100 [00:12<00:24,  2.72it/s]\r`,
    );
  }
  return { text: lines.join(''), lines: lines.length };
}

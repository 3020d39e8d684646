import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { platform } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { LAUNCHER } from '../../support/launcher.ts';
import type { Benchmark } from '../figure.ts';
import { ENVIRONMENT } from '../processes.ts';

/** After this the start is over and garbage of it collected or not: what a person sees in `top`. */
const SETTLE_MS = 3_000;
const IDLE_SECONDS = 10;
/** Linux counts CPU time of processes in hundredths of a second, on every architecture that Node runs on. */
const TICKS_PER_SECOND = 100;

/** The daemon with the terminal chat and nothing to do: its memory, and its share of one core. */
export const idleDaemon: Benchmark = {
  name: 'idle-daemon',
  measure: async (directory) => {
    if (platform() !== 'linux') {
      console.error('idle-daemon is left out: it reads /proc, which only Linux has.');
      return [];
    }
    await using daemon = await startIdle([LAUNCHER, 'start'], directory);
    await using bare = await startIdle(['-e', 'process.stdin.resume()'], directory);
    await delay(SETTLE_MS);
    const before = await cpuSeconds(daemon.pid);
    await delay(IDLE_SECONDS * 1000);
    const share = (((await cpuSeconds(daemon.pid)) - before) / IDLE_SECONDS) * 100;
    return [
      {
        name: 'idle daemon: resident memory',
        unit: 'MB',
        values: [await residentMegabytes(daemon.pid)],
        baseline: { name: 'MB node', values: [await residentMegabytes(bare.pid)] },
      },
      {
        name: `idle daemon: CPU over ${IDLE_SECONDS} s`,
        unit: '% of a core',
        values: [share],
        goal: { kind: 'at_most', value: 1 },
      },
    ];
  },
};

async function startIdle(words: readonly string[], directory: string) {
  const child = spawn(process.execPath, words, {
    cwd: directory,
    env: ENVIRONMENT,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  await once(child, 'spawn');
  if (child.pid === undefined) throw new Error('the process has no id');
  return {
    pid: child.pid,
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode !== null) throw new Error(`${words.join(' ')} ended with ${child.exitCode}`);
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

async function cpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

async function residentMegabytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return (Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024) / 1e6;
}

import { writeSync } from 'node:fs';
import type { OnProgress } from '../../ports/media.ts';
import type { CallBounds, InspectAnswer, InspectProgress } from './answer.ts';

/** A decoder can take a gigabyte within a second. */
const MEMORY_CHECK_MS = 25;
/** The worker's own kill comes first; this one is for a worker that was killed itself. */
const DEADLINE_EXCESS_MS = 2_000;
const PROGRESS_MS = 250;

/**
 * Ends this process when it takes more memory than allowed or outlives its deadline. Node's own limit does not
 * see what FFmpeg allocates, and `ulimit -v` cannot be used: Node reserves far more addresses than it uses.
 */
export function enforceBounds(bounds: CallBounds): void {
  const limit = bounds.maxMemoryMb * 1024 * 1024;
  setInterval(() => {
    if (process.memoryUsage.rss() <= limit) return;
    const parameters = { detail: `memory above ${bounds.maxMemoryMb} MB` };
    writeAnswer({ ok: false, code: 'media.worker_failed', parameters });
    killThisProcess();
  }, MEMORY_CHECK_MS).unref();
  setTimeout(killThisProcess, bounds.deadlineMs + DEADLINE_EXCESS_MS).unref();
}

/** Written at once, because the process may be about to end. */
export function writeAnswer(answer: InspectAnswer): void {
  writeSync(1, `${JSON.stringify(answer)}\n`);
}

/** Says how much is done, several times a second at most, and that all of it is. */
export function writeProgress(): OnProgress {
  let last = 0;
  return (share) => {
    const now = performance.now();
    if (share < 1 && now - last < PROGRESS_MS) return;
    last = now;
    const line: InspectProgress = { progress: Math.min(1, Math.round(share * 1000) / 1000) };
    writeSync(1, `${JSON.stringify(line)}\n`);
  };
}

function killThisProcess(): void {
  process.kill(process.pid, 'SIGKILL');
}

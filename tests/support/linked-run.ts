import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ThreadId } from '../../src/core/ids.ts';
import type { Clock } from '../../src/core/ports/clock.ts';
import type { Run } from '../../src/core/runs/run.ts';
import type { Workbench } from './workbench.ts';

/** A run that has ended with exactly this as its result. */
export async function runWithResult<C extends Clock>(
  bench: Workbench<C>,
  content: Uint8Array,
  thread?: ThreadId,
): Promise<Run> {
  const queued = bench.run(await bench.prompt('A rainy neon street', thread), thread);
  bench.claim();
  const attempt = bench.store.attempts.open('here/cpu' as never);
  if (attempt === undefined) throw new Error('no run is executed');
  const directory = bench.bot.parts.data.outputs(queued.id);
  await mkdir(directory, { recursive: true });
  const path = join(directory, '0-preview.mp4');
  await writeFile(path, content);
  const sha256 = createHash('sha256').update(content).digest('hex');
  const facts = { kind: 'video', purpose: 'primary', label: 'preview' } as const;
  const outputs = [{ ...facts, path, bytes: content.length, sha256 }];
  bench.store.attempts.end(attempt, { outcome: 'done', outputs });
  bench.bot.parts.wakeup.notify();
  return bench.reload(queued.id);
}

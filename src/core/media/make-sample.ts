import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CosmosError } from '../errors.ts';
import { mediaToolCommand } from './media-tool-command.ts';

/** Draws the short sample video at `path` in a process of its own. Throws `media.worker_failed`. */
export async function makeSample(path: string, signal?: AbortSignal): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const [program, ...words] = mediaToolCommand(process.execPath);
  const child = spawn(program, [...words, 'sample', '--out', path], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {},
    ...(signal && { signal }),
  });
  const [code]: (number | null)[] = await once(child, 'close');
  if (code !== 0) throw new CosmosError('media.worker_failed', { detail: `exit code ${code}` });
}

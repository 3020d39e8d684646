import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { DataDirectory } from '../../../src/core/data-directory.ts';
import { sweepIncoming } from '../../../src/core/prompts/sweep-incoming.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const NOW = Date.UTC(2026, 0, 10);
const HOUR = 3600 * 1000;

it('removes files and folders that came in more than a day ago, and no younger ones', async () => {
  const data = new DataDirectory(await temporaryDirectory());
  await mkdir(join(data.incoming, 'old-folder'), { recursive: true });
  await writeFile(join(data.incoming, 'old-folder', '0'), 'half');
  await writeFile(join(data.incoming, 'old-file'), 'half');
  await writeFile(join(data.incoming, 'young-file'), 'half');
  for (const [name, hours] of [
    ['old-folder', 25],
    ['old-file', 25],
    ['young-file', 23],
  ] as const) {
    const time = new Date(NOW - hours * HOUR);
    await utimes(join(data.incoming, name), time, time);
  }
  await sweepIncoming(data, NOW);
  expect(await readdir(data.incoming)).toEqual(['young-file']);
});

it('has nothing to do where nothing ever came in', async () => {
  const data = new DataDirectory(await temporaryDirectory());
  await sweepIncoming(data, NOW);
  expect(await readdir(data.root)).toEqual([]);
});

import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { DataDirectory } from '../../../src/core/data-directory.ts';
import type { RunId } from '../../../src/core/ids.ts';
import { removeUnfinishedOutputs } from '../../../src/core/runner/unfinished-outputs.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const RUN = 'rs_00000000' as RunId;

it('removes what downloads have left, and neither outputs nor anything of other runs', async () => {
  const data = new DataDirectory(await temporaryDirectory());
  const outputs = data.outputs(RUN);
  const others = data.outputs('rs_11111111' as RunId);
  for (const directory of [outputs, others]) {
    await mkdir(directory, { recursive: true });
    await writeFile(join(directory, '.0-clip.mp4.0123456789ab'), 'half');
  }
  await writeFile(join(outputs, '0-clip.mp4'), 'whole');
  await removeUnfinishedOutputs({ data, logger: pino({ level: 'silent' }) }, RUN);
  expect(await readdir(outputs)).toEqual(['0-clip.mp4']);
  expect(await readdir(others)).toHaveLength(1);
});

it('has nothing to do for a run that never had outputs, and fails no run where it cannot look', async () => {
  const root = await temporaryDirectory();
  const logged: string[] = [];
  const logger = pino({ level: 'warn' }, { write: (line) => void logged.push(line) });
  await removeUnfinishedOutputs({ data: new DataDirectory(root), logger }, RUN);
  expect(logged).toEqual([]);
  await mkdir(join(root, 'runs', RUN), { recursive: true });
  await writeFile(join(root, 'runs', RUN, 'outputs'), 'no directory');
  await removeUnfinishedOutputs({ data: new DataDirectory(root), logger }, RUN);
  expect(logged).toHaveLength(1);
});

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runCosmos } from '../support/run-cosmos.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

it('a profile that cannot be used stops who chooses a model, and nobody who looks at runs', async () => {
  const directory = await temporaryDirectory();
  await writeFile(join(directory, 'cosmos.toml'), '[models.preview]\ntitel = "Controls"\n');
  expect(await runCosmos(['models'], { directory })).toMatchObject({ code: 2, out: '' });
  expect(await runCosmos(['status'], { directory })).toMatchObject({ code: 0, error: '' });
  expect(await runCosmos(['list', 'runs'], { directory })).toMatchObject({ code: 0, error: '' });
});

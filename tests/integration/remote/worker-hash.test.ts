import { createHash } from 'node:crypto';
import { appendFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { WorkerHash } from '../../../src/remote/transfer/worker-hash.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

/** The hash of a new file with that content. */
async function open(content: string): Promise<{ file: string; hash: WorkerHash }> {
  const file = join(await temporaryDirectory(), 'file');
  await writeFile(file, content);
  const hash = new WorkerHash(file);
  onTestFinished(() => hash.stop());
  return { file, hash };
}

it('hashes what was told of a file that grows, and no more', async () => {
  const { file, hash } = await open('frames');
  hash.grow(6);
  await appendFile(file, ' of a street, and what comes later');
  hash.grow(18);
  const sha256 = createHash('sha256').update('frames of a street').digest('hex');
  expect(await hash.finish()).toEqual({ sha256, bytes: 18 });
});

it('knows nothing of a file that it cannot follow', async () => {
  const { file, hash } = await open('frames');
  await truncate(file, 3);
  hash.grow(6);
  expect(await hash.finish()).toBeUndefined();
  expect(await new WorkerHash(`${file}/missing`).finish()).toBeUndefined();
});

it('ends with its thread when it is stopped', async () => {
  const { hash } = await open('frames');
  hash.grow(6);
  hash.stop();
  hash.stop();
  expect(await hash.finish()).toBeUndefined();
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A folder of the test's own, removed when the test has passed and kept when it has failed. */
export async function temporaryDirectory(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'cosmos-test-'));
  onTestFinished(async ({ task }) => {
    if (task.result?.state === 'pass') await rm(path, { recursive: true, force: true });
  });
  return path;
}

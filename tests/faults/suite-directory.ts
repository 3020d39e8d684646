import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** A folder for all tests of a file, removed when the file is through. */
export function suiteDirectory(): { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'cosmos-test-'));
  afterAll(async () => await rm(path, { recursive: true, force: true }));
  return { path };
}

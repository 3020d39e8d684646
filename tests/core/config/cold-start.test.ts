import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

it.each([
  'config/config.ts',
  'config/environment.ts',
  'config/reserved.ts',
  'config/run-timeouts.ts',
  'nearest.ts',
  'system-code.ts',
])('%s can be imported without waiting for the schema library', (path) => {
  const source = readFileSync(new URL(`../../../src/core/${path}`, import.meta.url), 'utf8');
  const imports = [...source.matchAll(/^import (?!type )[^;]*from '([^']+)'/gm)].map((match) => match[1]);

  expect(imports.filter((name) => name !== 'fastest-levenshtein')).toEqual([]);
});

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { stringify } from 'smol-toml';
import { expect, it } from 'vitest';
import { effectiveConfig } from '../../../src/core/config/effective-config.ts';
import { loadConfig } from '../../../src/core/config/load-config.ts';
import { settingsSchema } from '../../../src/core/config/schema.ts';
import { scalarsOf } from '../../../src/core/config/schema-walk.ts';
import { freshDirectory } from './config-files.ts';

const KEYS = [
  ...new Set(scalarsOf(settingsSchema).flatMap(([path]) => path)),
  ...[
    'hosts',
    'name',
    'lanes',
    'gpus',
    'models',
    'work_dir',
    'rules',
    'role',
    'users',
    'constructor',
    'a.b',
    'é"',
  ],
];

const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    fc.constantFrom<unknown>('here', 'local', 'ssh', 'admin', 'info', 0, 1, 5000, 1.5, true),
    fc.string(),
    fc.double({ noDefaultInfinity: true, noNaN: true }),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...KEYS), tie('value'), { maxKeys: 5 }),
  ),
}));

it('answers to any file with a configuration that can be printed, or with problems that say where', () => {
  const directory = freshDirectory();
  const path = join(directory, 'cosmos.toml');
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...KEYS), value, { maxKeys: 6 }), (table) => {
      writeFileSync(path, stringify(table));
      const loaded = loadConfig({ environment: {}, directory });

      if (loaded.ok) expect(effectiveConfig(loaded.value)).toContain('data_dir');
      else for (const problem of loaded.problems) expect(problem.parameters).toMatchObject({ file: path });
    }),
    { numRuns: 300, examples: [[{ hosts: [{ name: [{}] }] }]] },
  );
});

it('answers to any text with a configuration or with problems', () => {
  const directory = freshDirectory();
  const path = join(directory, 'cosmos.toml');
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.uint8Array()), (content) => {
      writeFileSync(path, content);
      const loaded = loadConfig({ environment: {}, directory });

      expect(loaded.ok || loaded.problems.every(({ parameters }) => parameters.file === path)).toBe(true);
    }),
    { numRuns: 300 },
  );
});

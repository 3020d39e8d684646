import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/core/config/load-config.ts';
import { settingsSchema } from '../../../src/core/config/schema.ts';
import { settableScalars } from '../../../src/core/config/variables.ts';
import { schemaFileContent, withReference } from '../../support/config-reference.ts';
import { configOf, directoryWith, freshDirectory, loadToml, problemsOf } from './config-files.ts';

function projectFile(path: string): string {
  return readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
}

const EXAMPLE = projectFile('config/cosmos.example.toml');
const PAGE = projectFile('docs/configuration.md');

describe('config/cosmos.schema.json', () => {
  it('is what `npm run schema` writes', () => {
    expect(projectFile('config/cosmos.schema.json')).toBe(schemaFileContent());
  });

  it('describes every key', () => {
    const described = new Map<string, boolean>();
    JSON.stringify(JSON.parse(schemaFileContent()), (key, value) => {
      if (key === 'properties') {
        for (const [name, node] of Object.entries(value)) described.set(name, hasDescription(node));
      }
      return value;
    });
    const undescribed = [...described].filter(([, has]) => !has).map(([name]) => name);

    expect(described.get('work_dir')).toBe(true);
    expect(undescribed).toEqual([]);
  });
});

describe('config/cosmos.example.toml', () => {
  it('loads, and changes nothing', () => {
    const directory = directoryWith(EXAMPLE);
    const { settings: _, written: _1, ...example } = configOf(loadConfig({ environment: {}, directory }));
    const { settings: _2, written: _3, ...standard } = configOf(loadToml(''));

    expect(JSON.parse(JSON.stringify(example).replaceAll(directory, '.'))).toEqual(
      JSON.parse(JSON.stringify(standard).replaceAll(standard.directory, '.')),
    );
  });

  it('loads with everything that is commented out, but for the other way to name models', () => {
    const uncommented = EXAMPLE.replaceAll(/^# (\[\[?[a-z.]+\]\]?|[a-z_]+ = .*)$/gm, '$1').replace(
      'models = ["preview"]\n',
      '',
    );
    const config = configOf(loadToml(uncommented));

    expect(config.access.rules).toEqual([
      {
        role: 'admin',
        platform: 'slack',
        tenant: 'T0123456789',
        users: ['U0123456789'],
        groups: ['S0123456789'],
        channels: ['C0123456789'],
      },
    ]);
    expect(config.hosts[0]?.modelOverrides).toEqual({ preview: { timeouts: { run: 300 } } });
    expect(config.models).toEqual({ preview: { timeouts: { run: 600 } } });
  });

  it('has every key', () => {
    const keys = new Set<string>();
    JSON.stringify(JSON.parse(schemaFileContent()), (key, value) => {
      if (key === 'properties') for (const name of Object.keys(value)) keys.add(name);
      return value;
    });

    expect([...keys].filter((key) => !new RegExp(`\\b${key}\\b`).test(EXAMPLE))).toEqual([]);
  });
});

describe('docs/configuration.md', () => {
  it('has the table that `npm run schema` writes', () => {
    expect(PAGE).toBe(withReference(PAGE));
  });

  const examples = [...PAGE.matchAll(/```toml\n([\s\S]*?)```/g)].map((match) => match[1] ?? '');
  const files = examples.filter((toml) => !/^token = /m.test(toml));

  it.each(files)('has an example that loads: %s', (toml) => {
    expect(problemsOf(loadToml(toml))).toEqual([]);
  });
});

describe('the variables of the settings', () => {
  it('are unlike each other', () => {
    const variables = settableScalars(settingsSchema).map(({ variable }) => variable);

    expect(new Set(variables).size).toBe(variables.length);
    expect(variables).toContain('COSMOS_BOT_DATA_DIR');
  });

  it('each set the key that the table says', () => {
    for (const { variable, path } of settableScalars(settingsSchema)) {
      const defaults = configOf(loadToml('')).settings;
      const value = path.reduce<unknown>((table, key) => Reflect.get(Object(table), key), defaults);
      // What has no default is a text that has to be given.
      const given = String(value ?? 'somewhere');
      const loaded = configOf(
        loadConfig({ environment: { [variable]: given }, directory: freshDirectory() }),
      );

      expect(loaded.settings).toEqual(
        value === undefined ? { ...defaults, [path.join('.')]: given } : defaults,
      );
      expect(loaded.overrides).toEqual([{ variable, key: path.join('.') }]);
    }
  });
});

function hasDescription(node: unknown): boolean {
  return typeof node === 'object' && node !== null && 'description' in node;
}

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import { effectiveConfig } from '../../../src/core/config/effective-config.ts';
import { loadConfig } from '../../../src/core/config/load-config.ts';
import { configOf, freshDirectory, loadToml } from './config-files.ts';

const EVERYTHING = `
  data_dir = "somewhere"
  [access]
  default = "viewer"
  [[access.rules]]
  role = "admin"
  users = ["U1", "U2"]
  [limits]
  max_video_seconds = 2.5
  [[hosts]]
  name = "a"
  lanes = [{ name = "x", gpus = [0, "GPU-1"] }, { name = "y" }]
  [hosts.models."some2.5".timeouts]
  run = 60
  [[hosts]]
  name = "b"
  work_dir = "b"
  models = ["preview"]
  [models.preview]
  title = "Quotes \\" and \\n lines"
`;

describe('the effective configuration', () => {
  it.each([
    ['the embedded default', ''],
    ['a file with everything', EVERYTHING],
  ])('says the same when it is loaded again: %s', (_, toml) => {
    const config = configOf(loadToml(toml));
    const directory = freshDirectory();
    writeFileSync(join(directory, 'cosmos.toml'), effectiveConfig(config));
    const again = configOf(loadConfig({ environment: {}, directory }));

    const { source: _s, written: _w, directory: _d, settings: _t, ...meaning } = again;
    expect(config).toMatchObject(meaning);
  });

  it('has every default, and absolute paths', () => {
    const config = configOf(loadToml(''));

    expect(parse(effectiveConfig(config))).toMatchObject({
      data_dir: config.dataDirectory,
      timeouts: { run: 14400, silence: 2400 },
      log: { level: 'info' },
      hosts: [
        { name: 'here', transport: 'local', engine: 'process', work_dir: join(config.dataDirectory, 'host') },
      ],
    });
  });

  it('says which variable has set what, and where the file is', () => {
    const config = configOf(loadToml('', { COSMOS_BOT_LOG_LEVEL: 'debug' }));
    const path = config.source.kind === 'file' ? config.source.path : '';

    expect(effectiveConfig(config).split('\n').slice(0, 2)).toEqual([
      `# ${JSON.stringify(path)}`,
      '# log.level = $COSMOS_BOT_LOG_LEVEL',
    ]);
    expect(effectiveConfig(configOf(loadConfig({ environment: {}, directory: freshDirectory() })))).toMatch(
      /^# embedded default\n/,
    );
  });

  it('shows where a secret is and never what it is, also where it should not be', () => {
    const text = effectiveConfig(
      configOf(
        loadToml(`
          [models.preview]
          max_tokens = 7
          secret_environment = { HF_TOKEN = { env = "HF_TOKEN" }, OTHER = "hunter2", FILE = { file = "f", x = "hunter2" } }
          environment = { HF_TOKEN = "hunter2", LIST_OF_PASSWORDS = ["hunter2"], LEVEL = "debug" }
        `),
      ),
    );

    expect(text).not.toContain('hunter2');
    expect(parse(text).models).toEqual({
      preview: {
        max_tokens: 7,
        secret_environment: {
          HF_TOKEN: { env: 'HF_TOKEN' },
          OTHER: '[hidden]',
          FILE: { file: '[hidden]', x: '[hidden]' },
        },
        environment: { HF_TOKEN: '[hidden]', LIST_OF_PASSWORDS: ['[hidden]'], LEVEL: 'debug' },
      },
    });
  });
});

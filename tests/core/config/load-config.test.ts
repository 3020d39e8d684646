import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/core/config/load-config.ts';
import { configOf, directoryWith, freshDirectory, linesOf, loadToml, problemsOf } from './config-files.ts';

describe('where the configuration comes from', () => {
  it('is the embedded default where there is no file, with paths in the working directory', () => {
    const directory = freshDirectory();
    const config = configOf(loadConfig({ environment: {}, directory }));

    expect(config).toMatchObject({
      source: { kind: 'embedded' },
      directory,
      dataDirectory: join(directory, 'data'),
      chat: { terminal: true, slack: [], quietChannels: [] },
      access: { defaultRole: 'operator', guestRole: 'viewer', strangerRole: 'none', rules: [] },
      limits: {
        maxQueuedPerUser: 100,
        maxRunsPerRequest: 50,
        confirmAboveRuns: 8,
        media: { maxBytes: 512 * 1024 * 1024, maxDurationMs: 120_000, maxPixels: 4096 * 2160 },
      },
      timeouts: {
        runMs: 14_400_000,
        silenceMs: 2_400_000,
        cancelGraceMs: 30_000,
        mediaMs: 300_000,
        staleCommandMs: 300_000,
      },
      models: {},
      log: { level: 'info' },
      overrides: [],
    });
    expect(config.hosts).toEqual([
      {
        name: 'here',
        transport: 'local',
        engine: 'process',
        workDirectory: join(directory, 'data', 'host'),
        lanes: [{ name: 'here/cpu', gpus: [] }],
        assetQuotaBytes: 100e9,
        gpuIdleBytes: 1e9,
        models: ['preview'],
        modelOverrides: {},
      },
    ]);
    expect(config.generation.negativePrompt).not.toBe('');
  });

  it('is cosmos.toml of the working directory where nobody names a file', () => {
    const directory = directoryWith('data_dir = "elsewhere"');
    const config = configOf(loadConfig({ environment: {}, directory }));

    expect(config.source).toEqual({ kind: 'file', path: join(directory, 'cosmos.toml') });
    expect(config.dataDirectory).toBe(join(directory, 'elsewhere'));
  });

  it('is the file that COSMOS_BOT_CONFIG names before cosmos.toml, and the named one before both', () => {
    const directory = directoryWith('data_dir = "usual"');
    writeFileSync(join(directory, 'variable.toml'), 'data_dir = "variable"');
    writeFileSync(join(directory, 'named.toml'), 'data_dir = "named"');
    const environment = { COSMOS_BOT_CONFIG: 'variable.toml' };

    const byVariable = configOf(loadConfig({ environment, directory }));
    const byName = configOf(loadConfig({ environment, path: 'named.toml', directory }));

    expect(byVariable.dataDirectory).toBe(join(directory, 'variable'));
    expect(byName.dataDirectory).toBe(join(directory, 'named'));
  });

  it('is looked for as usual where COSMOS_BOT_CONFIG is empty', () => {
    const directory = directoryWith('data_dir = "usual"');
    const config = configOf(loadConfig({ environment: { COSMOS_BOT_CONFIG: '' }, directory }));

    expect(config.dataDirectory).toBe(join(directory, 'usual'));
  });

  it('reads paths as relative to the file, not to the working directory', () => {
    const directory = directoryWith('');
    mkdirSync(join(directory, 'etc'));
    const toml = 'data_dir = "../data"\n[[hosts]]\nname = "a"\nmodels = ["preview"]\nwork_dir = "/srv/work"';
    writeFileSync(join(directory, 'etc', 'bot.toml'), toml);
    const config = configOf(loadConfig({ environment: {}, path: 'etc/bot.toml', directory }));

    expect(config.directory).toBe(join(directory, 'etc'));
    expect(config.dataDirectory).toBe(join(directory, 'data'));
    expect(config.hosts[0]?.workDirectory).toBe('/srv/work');
  });

  it('says so when a named file is missing, instead of taking the default', () => {
    const directory = directoryWith('');
    const file = join(directory, 'absent.toml');

    expect(loadConfig({ environment: {}, path: 'absent.toml', directory })).toEqual({
      ok: false,
      problems: [{ code: 'config.file_missing', parameters: { file } }],
    });
    expect(loadConfig({ environment: { COSMOS_BOT_CONFIG: 'absent.toml' }, directory })).toMatchObject({
      problems: [{ code: 'config.file_missing' }],
    });
  });

  it('says why a file cannot be read', () => {
    const directory = freshDirectory();
    mkdirSync(join(directory, 'cosmos.toml'));

    expect(loadConfig({ environment: {}, directory })).toEqual({
      ok: false,
      problems: [
        {
          code: 'config.file_unreadable',
          parameters: { file: join(directory, 'cosmos.toml'), detail: 'EISDIR' },
        },
      ],
    });
  });

  it('takes a file with a byte order mark and Windows line ends', () => {
    const config = configOf(loadToml('\uFEFFdata_dir = "d"\r\n[log]\r\nlevel = "debug"\r\n'));

    expect(config.log.level).toBe('debug');
  });
});

describe('syntax', () => {
  it('says line and column of a mistake, and shows no line of the file', () => {
    const loaded = loadToml('data_dir = "data"\ntoken = "hunter2\n[log]\n');

    expect(linesOf(loaded)).toEqual([['config.syntax', undefined, 2]]);
    expect(problemsOf(loaded)).toEqual([
      { code: 'config.syntax', parameters: { column: 17, detail: expect.any(String) } },
    ]);
    expect(JSON.stringify(loaded)).not.toContain('hunter2');
  });

  it.each([
    ['a key that is written twice', 'data_dir = "a"\ndata_dir = "b"', 2],
    ['a key of the runtime itself', '__proto__ = 1', 1],
    ['a number that no number can hold', '[limits]\nmax_pixels = 123456789012345678901234567890', 2],
  ])('refuses %s', (_, toml, line) => {
    expect(linesOf(loadToml(toml))).toEqual([['config.syntax', undefined, line]]);
  });

  it('refuses a file that is not UTF-8', () => {
    const directory = freshDirectory();
    writeFileSync(join(directory, 'cosmos.toml'), Buffer.from('data_dir = "d\xe4ta"', 'latin1'));

    expect(problemsOf(loadConfig({ environment: {}, directory }))).toEqual([
      { code: 'config.syntax', parameters: { detail: 'not UTF-8' } },
    ]);
  });
});

describe('the loaded configuration', () => {
  it('has lanes named after their host and GPUs as texts', () => {
    const config = configOf(
      loadToml(`
        [[hosts]]
        name = "box"
        models = ["preview", "some2.5"]
        lanes = [{ name = "left", gpus = [0, 1] }, { name = "right", gpus = ["GPU-8a2f"] }, { name = "cpu" }]
      `),
    );

    expect(config.hosts[0]?.models).toEqual(['preview', 'some2.5']);
    expect(config.hosts[0]?.lanes).toEqual([
      { name: 'box/left', gpus: ['0', '1'] },
      { name: 'box/right', gpus: ['GPU-8a2f'] },
      { name: 'box/cpu', gpus: [] },
    ]);
  });

  it('has how Docker is called only where the file says it', () => {
    const host = '[[hosts]]\nname = "gpu1"\nmodels = ["preview"]\nengine = "docker"\n';
    const [plain] = configOf(loadToml(host)).hosts;
    expect(plain).toMatchObject({ engine: 'docker' });
    expect(plain).not.toHaveProperty('dockerCommand');
    const [sudo] = configOf(loadToml(`${host}docker_command = ["sudo", "-n", "docker"]`)).hosts;
    expect(sudo?.dockerCommand).toEqual(['sudo', '-n', 'docker']);
    expect(problemsOf(loadToml(`${host}docker_command = []`))).toMatchObject([
      { code: 'config.out_of_range', parameters: { where: 'hosts[0].docker_command' } },
    ]);
    expect(problemsOf(loadToml(`${host}docker_command = [""]`))).toHaveLength(1);
  });

  it('keeps overrides of profiles as they were written, for all hosts and for one', () => {
    const config = configOf(
      loadToml(`
        [models.preview]
        title = "Controls"
        [models."some2.5".timeouts]
        run = 60
        [[hosts]]
        name = "here"
        [hosts.models.preview.parameters.edge]
        default = 0.5
        [hosts.models."some2.5"]
      `),
    );

    expect(config.models).toEqual({ preview: { title: 'Controls' }, 'some2.5': { timeouts: { run: 60 } } });
    expect(config.hosts[0]).toMatchObject({
      models: ['preview', 'some2.5'],
      modelOverrides: { preview: { parameters: { edge: { default: 0.5 } } }, 'some2.5': {} },
    });
  });

  it('has the access rules in the order of the file', () => {
    const config = configOf(
      loadToml(`
        [access]
        default = "viewer"
        guests = "none"
        strangers = "viewer"
        [[access.rules]]
        role = "admin"
        platform = "slack"
        users = ["U1"]
        [[access.rules]]
        role = "operator"
        channels = ["C1", "C2"]
      `),
    );

    expect(config.access).toEqual({
      defaultRole: 'viewer',
      guestRole: 'none',
      strangerRole: 'viewer',
      rules: [
        { role: 'admin', platform: 'slack', users: ['U1'] },
        { role: 'operator', channels: ['C1', 'C2'] },
      ],
    });
  });

  it('has durations in milliseconds, fractions included', () => {
    const config = configOf(
      loadToml('[timeouts]\nrun = 0.25\ncancel_grace = 0\n[limits]\nmax_video_seconds = 1.5'),
    );

    expect(config.timeouts).toMatchObject({ runMs: 250, cancelGraceMs: 0 });
    expect(
      configOf(loadToml('[timeouts]\nsilence = 1\nmedia = 2\nstale_command = 3')).timeouts,
    ).toMatchObject({ silenceMs: 1000, mediaMs: 2000, staleCommandMs: 3000 });
    expect(config.limits.media.maxDurationMs).toBe(1500);
  });

  it('cannot be changed', () => {
    const config = configOf(loadToml('[models.preview.timeouts]\nrun = 60'));

    for (const part of [config, config.hosts, config.hosts[0]?.lanes, config.models.preview?.timeouts]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
  });
});

describe('variables', () => {
  it('win over the file, and each is read as its key is', () => {
    const config = configOf(
      loadToml('[limits]\nmax_upload_mib = 5\n[log]\nlevel = "warn"', {
        COSMOS_BOT_LIMITS_MAX_UPLOAD_MIB: '7',
        COSMOS_BOT_TIMEOUTS_RUN: '1.5',
        COSMOS_BOT_LOG_LEVEL: 'debug',
        COSMOS_BOT_GENERATION_NEGATIVE_PROMPT: '12',
      }),
    );

    expect(config.limits.media.maxBytes).toBe(7 * 1024 * 1024);
    expect(config.timeouts.runMs).toBe(1500);
    expect(config.log.level).toBe('debug');
    expect(config.generation.negativePrompt).toBe('12');
    expect(config.overrides).toContainEqual({ variable: 'COSMOS_BOT_LOG_LEVEL', key: 'log.level' });
    expect(config.overrides).toHaveLength(4);
  });

  it('hold paths relative to the working directory, not to the file', () => {
    const directory = freshDirectory();
    mkdirSync(join(directory, 'etc'));
    writeFileSync(join(directory, 'etc', 'bot.toml'), 'data_dir = "data"');
    const environment = { COSMOS_BOT_DATA_DIR: 'other', COSMOS_BOT_CONFIG: 'etc/bot.toml' };
    const config = configOf(loadConfig({ environment, directory }));

    expect(config.dataDirectory).toBe(join(directory, 'other'));
    expect(config.hosts[0]?.workDirectory).toBe(join(directory, 'other', 'host'));
  });

  it('are refused under their own name where the value is wrong', () => {
    const problems = problemsOf(
      loadToml('[log]\nlevel = "warn"', {
        COSMOS_BOT_LOG_LEVEL: 'debugg',
        COSMOS_BOT_LIMITS_MAX_PIXELS: 'many',
        COSMOS_BOT_TIMEOUTS_RUN: '-1',
        COSMOS_BOT_DATA_DIR: '',
      }),
    );

    expect(problems).toEqual([
      {
        code: 'config.out_of_range',
        parameters: {
          where: 'data_dir',
          given: '""',
          measure: 'characters',
          minimum: 1,
          variable: 'COSMOS_BOT_DATA_DIR',
        },
      },
      {
        code: 'config.wrong_type',
        parameters: {
          where: 'limits.max_pixels',
          expected: ['whole_number'],
          given: '"many"',
          variable: 'COSMOS_BOT_LIMITS_MAX_PIXELS',
        },
      },
      {
        code: 'config.out_of_range',
        parameters: {
          where: 'timeouts.run',
          given: '-1',
          measure: 'value',
          minimum: 0.1,
          maximum: 1_728_000,
          variable: 'COSMOS_BOT_TIMEOUTS_RUN',
        },
      },
      {
        code: 'config.unknown_choice',
        parameters: expect.objectContaining({ nearest: 'debug', variable: 'COSMOS_BOT_LOG_LEVEL' }),
      },
    ]);
  });

  it('are refused where they are none, with the nearest one', () => {
    const environment = {
      COSMOS_BOT_LOGLEVEL: 'debug',
      COSMOS_BOT_BANANA: '1',
      COSMOS_SMOKE: '1',
      PATH: '/bin',
    };

    expect(problemsOf(loadToml('', environment))).toEqual([
      {
        code: 'config.unknown_variable',
        parameters: { variable: 'COSMOS_BOT_LOGLEVEL', nearest: 'COSMOS_BOT_LOG_LEVEL' },
      },
      { code: 'config.unknown_variable', parameters: { variable: 'COSMOS_BOT_BANANA' } },
    ]);
  });

  it('may also be the marker of an attempt, or the place of a secret that the file names', () => {
    const environment = { COSMOS_BOT_ATTEMPT: 'jb_1-a1', COSMOS_BOT_HUB_TOKEN: 'hunter2' };
    const toml = '[models.preview.secret_environment]\nHF_TOKEN = { env = "COSMOS_BOT_HUB_TOKEN" }';

    expect(configOf(loadToml(toml, environment)).overrides).toEqual([]);
    expect(problemsOf(loadToml('', environment))).toMatchObject([
      { code: 'config.unknown_variable', parameters: { variable: 'COSMOS_BOT_HUB_TOKEN' } },
    ]);
  });

  it('leave a file alone that has something else where their table should be', () => {
    expect(problemsOf(loadToml('log = 3', { COSMOS_BOT_LOG_LEVEL: 'debug' }))).toEqual([
      { code: 'config.wrong_type', parameters: { where: 'log', expected: ['table'], given: '3' } },
    ]);
  });
});

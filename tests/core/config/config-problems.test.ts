import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/core/config/load-config.ts';
import { directoryWith, loadToml, problemsOf } from './config-files.ts';

const HOST = 'name = "here"\nmodels = ["preview"]';

describe('what is wrong in a configuration file', () => {
  it('is said with the file it is in', () => {
    const directory = directoryWith('dat_dir = "data"');
    const loaded = loadConfig({ environment: {}, directory });

    expect(loaded).toMatchObject({ problems: [{ parameters: { file: `${directory}/cosmos.toml` } }] });
  });

  it.each([
    ['data-dir = "x"', 'data-dir', 'data_dir'],
    ['[limit]\n', 'limit', 'limits'],
    ['[limits]\nmax_upload = 1', 'limits.max_upload', 'max_upload_mib'],
    [`[[hosts]]\n${HOST}\nworkdir = "w"`, 'hosts[0].workdir', 'work_dir'],
    [
      `[[hosts]]\n${HOST}\nlanes = [{ name = "a" }, { name = "b", gpu = [1] }]`,
      'hosts[0].lanes[1].gpu',
      'gpus',
    ],
    ['[[access.rules]]\nrole = "admin"\nuser = ["U1"]', 'access.rules[0].user', 'users'],
    ['max_pixels = 4096', 'max_pixels', 'limits.max_pixels'],
    ['[chat.terminall]', 'chat.terminall', 'terminal'],
  ])('is an unknown key in %j, and the nearest one is named', (toml, where, nearest) => {
    expect(problemsOf(loadToml(toml))).toEqual([
      { code: 'config.unknown_key', parameters: expect.objectContaining({ where, nearest }) },
    ]);
  });

  it('is an unknown key that is like none, with those that are known', () => {
    expect(problemsOf(loadToml('[log]\nzebra = 1'))).toEqual([
      { code: 'config.unknown_key', parameters: { where: 'log.zebra', key: 'zebra', known: ['level'] } },
    ]);
  });

  it.each([
    ['data_dir = 3', 'data_dir', ['text'], '3'],
    ['data_dir = 2020-01-01', 'data_dir', ['text'], 'date'],
    ['hosts = "here"', 'hosts', ['list'], '"here"'],
    ['limits = []', 'limits', ['table'], '[]'],
    ['[limits]\nmax_pixels = 5000.5', 'limits.max_pixels', ['whole_number'], '5000.5'],
    ['[limits]\nmax_pixels = "5000"', 'limits.max_pixels', ['whole_number'], '"5000"'],
    ['[timeouts]\nrun = inf', 'timeouts.run', ['number'], 'Infinity'],
    ['[timeouts]\nrun = true', 'timeouts.run', ['number'], 'true'],
    ['[models]\npreview = 3', 'models.preview', ['table'], '3'],
    ['[[hosts]]\nname = "a"\nmodels = "preview"', 'hosts[0].models', ['list', 'table'], '"preview"'],
    ['[[hosts]]\nname = "a"\nmodels = [1]', 'hosts[0].models[0]', ['text'], '1'],
    [
      `[[hosts]]\n${HOST}\nlanes = [{name="a",gpus=[true]}]`,
      'hosts[0].lanes[0].gpus[0]',
      ['whole_number', 'text'],
      'true',
    ],
    [`[[hosts]]\n${HOST}\nlanes = [{name="a",gpus={}}]`, 'hosts[0].lanes[0].gpus', ['list'], 'table'],
  ])('is a wrong type in %j, with the expected and the given one', (toml, where, expected, given) => {
    expect(problemsOf(loadToml(toml))).toEqual([
      { code: 'config.wrong_type', parameters: { where, expected, given } },
    ]);
  });

  it.each([
    [
      '[limits]\nmax_pixels = 1',
      { where: 'limits.max_pixels', given: '1', measure: 'value', minimum: 4096, maximum: 268_435_456 },
    ],
    [
      '[timeouts]\nrun = 1e9',
      { where: 'timeouts.run', given: '1000000000', measure: 'value', minimum: 0.1, maximum: 1_728_000 },
    ],
    ['data_dir = ""', { where: 'data_dir', given: '""', measure: 'characters', minimum: 1 }],
    ['hosts = []', { where: 'hosts', given: '[]', measure: 'entries', minimum: 1 }],
    [
      '[[hosts]]\nname = "a"\nmodels = []',
      { where: 'hosts[0].models', given: '[]', measure: 'entries', minimum: 1 },
    ],
    [
      '[[hosts]]\nname = "a"\nmodels = {}',
      { where: 'hosts[0].models', given: 'table', measure: 'entries', minimum: 1 },
    ],
    [
      `[[hosts]]\n${HOST}\nlanes = []`,
      { where: 'hosts[0].lanes', given: '[]', measure: 'entries', minimum: 1 },
    ],
    [
      `[[hosts]]\n${HOST}\nlanes = [{name="a",gpus=[-1]}]`,
      { where: 'hosts[0].lanes[0].gpus[0]', given: '-1', measure: 'value', minimum: 0 },
    ],
  ])('is a value out of range in %j, with the range', (toml, parameters) => {
    expect(problemsOf(loadToml(toml))).toEqual([{ code: 'config.out_of_range', parameters }]);
  });

  it('is a value that is none of the choices, with the choices and the nearest', () => {
    expect(problemsOf(loadToml('[access]\ndefault = "Operater"\n[log]\nlevel = 3'))).toEqual([
      {
        code: 'config.unknown_choice',
        parameters: {
          where: 'access.default',
          given: '"Operater"',
          choices: ['none', 'viewer', 'operator', 'admin'],
          nearest: 'operator',
        },
      },
      {
        code: 'config.unknown_choice',
        parameters: {
          where: 'log.level',
          given: '3',
          choices: ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
        },
      },
    ]);
  });

  it('is a missing key, named with the table that lacks it', () => {
    expect(problemsOf(loadToml('[[hosts]]\n[[access.rules]]\nusers = ["U1"]'))).toEqual([
      { code: 'config.missing_key', parameters: { where: 'access.rules[0]', keys: ['role'] } },
      { code: 'config.missing_key', parameters: { where: 'hosts[0]', keys: ['name'] } },
      { code: 'config.missing_key', parameters: { where: 'hosts[0]', keys: ['models'] } },
    ]);
  });

  it('is an access rule without a condition, which would hold for everybody', () => {
    expect(problemsOf(loadToml('[[access.rules]]\nrole = "admin"'))).toEqual([
      {
        code: 'config.missing_key',
        parameters: { where: 'access.rules[0]', keys: ['platform', 'tenant', 'users', 'groups', 'channels'] },
      },
    ]);
  });

  it.each([
    ['name = "My Box!"\nmodels = ["preview"]', 'hosts[0].name', '"My Box!"', 'my-box'],
    ['name = "-"\nmodels = ["preview"]', 'hosts[0].name', '"-"', undefined],
    ['name = "../up"\nmodels = ["preview"]', 'hosts[0].name', '"../up"', 'up'],
    [`${HOST}\nlanes = [{ name = "gpu_0" }]`, 'hosts[0].lanes[0].name', '"gpu_0"', 'gpu-0'],
    ['name = "a"\nmodels = ["Pre view"]', 'hosts[0].models[0]', '"Pre view"', 'pre-view'],
    ['name = "a"\nmodels = { "Preview" = {} }', 'hosts[0].models.Preview', '"Preview"', 'preview'],
  ])('is a name that cannot be one in %j, with a mended one', (host, where, given, nearest) => {
    expect(problemsOf(loadToml(`[[hosts]]\n${host}`))).toEqual([
      {
        code: 'config.invalid_name',
        parameters: {
          where,
          given,
          pattern: expect.stringContaining('[a-z0-9]'),
          ...(nearest && { nearest }),
        },
      },
    ]);
  });

  it('is a NUL in a path or a text', () => {
    const toml = 'data_dir = "a\\u0000b"\n[generation]\nnegative_prompt = "\\u0000"';

    expect(problemsOf(loadToml(toml)).map(({ code, parameters }) => [code, parameters.where])).toEqual([
      ['config.invalid_value', 'data_dir'],
      ['config.invalid_value', 'generation.negative_prompt'],
    ]);
  });

  it('is shown short where it is long', () => {
    const [problem] = problemsOf(loadToml(`[log]\nlevel = "${'🎬'.repeat(500)}"`));

    expect(problem?.parameters.given).toBe(`"${'🎬'.repeat(60)}…"`);
  });

  it.each([[`[[hosts]]\n${HOST}\nengine = "slurm"`, { where: 'hosts[0].engine', given: 'slurm' }]])(
    'is what a later version will have: %j',
    (toml, parameters) => {
      expect(problemsOf(loadToml(toml))).toEqual([{ code: 'config.unsupported', parameters }]);
    },
  );

  it('is told all at once, comparisons of hosts included', () => {
    const toml = `
      dat_dir = "data"
      [log]
      level = "loud"
      [[hosts]]
      name = "A"
      models = ["preview"]
      lanes = [{ name = "a", gpus = [0] }, { name = "a", gpus = [0] }]
      zebra = 1
    `;

    expect(problemsOf(loadToml(toml)).map(({ code }) => code)).toEqual([
      'config.invalid_name',
      'config.unknown_key',
      'config.unknown_choice',
      'config.unknown_key',
      'config.duplicate_name',
      'config.lanes_share_gpu',
    ]);
  });
});

describe('hosts compared with each other', () => {
  it.each([
    [
      'two hosts with one name',
      '[[hosts]]\nname="a"\nmodels=["m"]\nwork_dir="1"\n[[hosts]]\nname="a"\nmodels=["m"]\nwork_dir="2"',
      { where: 'hosts[1].name', kind: 'host', name: 'a', other: 'hosts[0].name' },
    ],
    [
      'two lanes of a host with one name',
      `[[hosts]]\n${HOST}\nlanes=[{name="a"},{name="b"},{name="a"}]`,
      { where: 'hosts[0].lanes[2].name', kind: 'lane', name: 'a', other: 'hosts[0].lanes[0].name' },
    ],
    [
      'a model that is listed twice',
      '[[hosts]]\nname="a"\nmodels=["m","m"]',
      { where: 'hosts[0].models[1]', kind: 'model', name: 'm', other: 'hosts[0].models[0]' },
    ],
    [
      'a GPU twice in one lane',
      `[[hosts]]\n${HOST}\nlanes=[{name="a",gpus=[0,"0"]}]`,
      { where: 'hosts[0].lanes[0].gpus[1]', kind: 'gpu', name: '0', other: 'hosts[0].lanes[0].gpus[0]' },
    ],
  ])('may not be %s', (_, toml, parameters) => {
    expect(problemsOf(loadToml(toml))).toEqual([{ code: 'config.duplicate_name', parameters }]);
  });

  it.each([
    [
      'lanes of one host',
      `[[hosts]]\n${HOST}\nlanes=[{name="a",gpus=[0,1]},{name="b",gpus=["1"]}]`,
      {
        where: 'hosts[0].lanes[1].gpus',
        gpu: '1',
        other: 'hosts[0].lanes[0].gpus',
        lanes: ['here/a', 'here/b'],
      },
    ],
    [
      'two local hosts, which are one machine',
      '[[hosts]]\nname="a"\nmodels=["m"]\nwork_dir="1"\nlanes=[{name="a",gpus=[0]}]\n' +
        '[[hosts]]\nname="b"\nmodels=["m"]\nwork_dir="2"\nlanes=[{name="a",gpus=[0]}]',
      { where: 'hosts[1].lanes[0].gpus', gpu: '0', other: 'hosts[0].lanes[0].gpus', lanes: ['a/a', 'b/a'] },
    ],
  ])('may not share a GPU: %s', (_, toml, parameters) => {
    expect(problemsOf(loadToml(toml))).toEqual([{ code: 'config.lanes_share_gpu', parameters }]);
  });

  it('may be on machines of their own, each with its first GPU', () => {
    const toml =
      '[[hosts]]\nname="a"\ntransport="ssh"\naddress="a"\nwork_dir="/w"\nmodels=["m"]\nlanes=[{name="x",gpus=[0]},{name="y",gpus=[0]}]\n' +
      '[[hosts]]\nname="b"\nmodels=["m"]\nlanes=[{name="x",gpus=[0]}]';

    expect(problemsOf(loadToml(toml)).map(({ code, parameters }) => [code, parameters.where])).toEqual([
      ['config.lanes_share_gpu', 'hosts[0].lanes[1].gpus'],
    ]);
  });

  it('may not be two local ones with one work directory, written or by default', () => {
    const toml =
      'data_dir="d"\n[[hosts]]\nname="a"\nmodels=["m"]\n[[hosts]]\nname="b"\nmodels=["m"]\nwork_dir="./d/x/../host"';

    expect(problemsOf(loadToml(toml))).toMatchObject([
      {
        code: 'config.duplicate_name',
        parameters: { where: 'hosts[1].work_dir', kind: 'work_dir', other: 'hosts[0].work_dir' },
      },
    ]);
  });

  it('may be several with lanes of the same names and GPUs of their own', () => {
    const toml =
      '[[hosts]]\nname="a"\nmodels=["m"]\nwork_dir="1"\nlanes=[{name="x",gpus=[0]},{name="y"},{name="z"}]\n' +
      '[[hosts]]\nname="b"\nmodels=["m"]\nwork_dir="2"\nlanes=[{name="x",gpus=[1]}]';

    expect(problemsOf(loadToml(toml))).toEqual([]);
  });
});

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'smol-toml';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HostName, ProfileId } from '../../../src/core/ids.ts';
import { Catalogue, type CatalogueOverrides, loadCatalogue } from '../../../src/core/models/catalogue.ts';
import { mergeTables, type Table } from '../../../src/core/models/merge-tables.ts';
import { MINIMAL, MODELS_DIRECTORY } from './profiles.ts';

const PREVIEW = 'preview' as ProfileId;
const HERE = 'here' as HostName;

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'catalogue-'));
});
afterEach(async () => {
  await rm(directory, { recursive: true });
});

async function shipped(overrides?: CatalogueOverrides): Promise<Catalogue> {
  const checked = await loadCatalogue({ directory: MODELS_DIRECTORY, ...(overrides && { overrides }) });
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  return checked.value;
}

async function write(file: string, over: Table): Promise<void> {
  await writeFile(join(directory, file), stringify(mergeTables(MINIMAL, over)));
}

async function problems(overrides?: CatalogueOverrides, from = directory) {
  const checked = await loadCatalogue({ directory: from, ...(overrides && { overrides }) });
  return checked.ok ? [] : checked.problems.map(({ code, parameters }) => ({ code, ...parameters }));
}

describe('a profile that extends a family', () => {
  const SPEED = { type: 'number', minimum: 0, title: 'Speed', write: { flag: '--speed' } };
  beforeEach(async () => {
    await mkdir(join(directory, 'families'));
    const family = mergeTables(MINIMAL, { parameters: { speed: SPEED } });
    await writeFile(join(directory, 'families', 'minis.toml'), stringify({ ...family, id: 'none' }));
  });

  it('is laid over it key by key, and is a profile like any other', async () => {
    const text = 'extends = "minis"\nid = "fast"\nparameters.speed.default = 5\n';
    await writeFile(join(directory, 'fast.toml'), text);
    const checked = await loadCatalogue({ directory });
    if (!checked.ok) throw new Error(JSON.stringify(checked.problems));

    expect(checked.value.list().map(({ id }) => id)).toEqual(['fast']);
    expect(checked.value.get('fast')).toMatchObject({
      title: 'Minimal',
      parameters: { speed: { ...SPEED, default: 5 } },
    });
    const overridden = await loadCatalogue({
      directory,
      overrides: { models: { fast: { title: 'Ours' } }, hosts: [] },
    });
    expect(overridden.ok && overridden.value.get('fast')).toMatchObject({
      title: 'Ours',
      parameters: { speed: { default: 5 } },
    });
  });

  it('names the one that was meant where there is none of that name', async () => {
    await writeFile(join(directory, 'fast.toml'), 'extends = "mini"\nid = "fast"\n');
    expect(await problems()).toEqual([
      {
        code: 'config.profile_invalid',
        ...{ file: 'fast.toml', where: 'extends', line: 1, nearest: 'minis' },
        detail: 'must be the name of a file in families/ without .toml',
      },
    ]);
  });

  it('may extend one that extends another: what is nearer to the profile wins', async () => {
    await writeFile(
      join(directory, 'families', 'quick.toml'),
      'extends = "minis"\ntitle = "Quick"\ndescription = "Quick"\nparameters.speed.default = 5\n',
    );
    await writeFile(
      join(directory, 'fast.toml'),
      'extends = "quick"\nid = "fast"\ndescription = "Fast"\nparameters.speed.maximum = 9\n',
    );
    const checked = await loadCatalogue({ directory });

    expect(checked.ok && checked.value.get('fast')).toMatchObject({
      title: 'Quick',
      description: 'Fast',
      parameters: { speed: { ...SPEED, default: 5, maximum: 9 } },
    });
    expect(checked.ok && checked.value.get('fast')).not.toHaveProperty('extends');
    await writeFile(
      join(directory, 'fast.toml'),
      'extends = "quick"\nid = "fast"\nparameters.speed.maximum = 3\n',
    );
    expect(await problems()).toMatchObject([
      { file: 'families/quick.toml', where: 'parameters.speed.default', line: 4 },
    ]);
  });

  it.each([
    [
      'extends = "fats"\n',
      { detail: 'must be the name of a file in families/ without .toml', nearest: 'fast' },
    ],
    ['extends = "fast"\n', { detail: 'is a family that extends itself in the end' }],
    [
      'extends = "round"\n',
      { detail: 'is a family that extends itself in the end', file: 'families/round.toml' },
    ],
  ])('tells a family that leads nowhere: %j', async (text, problem) => {
    await writeFile(join(directory, 'families', 'fast.toml'), text);
    await writeFile(join(directory, 'families', 'round.toml'), 'extends = "fast"\n');
    await writeFile(join(directory, 'fast.toml'), 'extends = "fast"\nid = "fast"\n');

    expect(await problems()).toEqual([
      { code: 'config.profile_invalid', file: 'families/fast.toml', where: 'extends', line: 1, ...problem },
    ]);
  });

  it('never leaves the folder, and tells a mistake of the family', async () => {
    await writeFile(join(directory, 'fast.toml'), 'extends = "../families/minis"\nid = "fast"\n');
    expect(await problems()).toMatchObject([{ where: 'extends' }]);
    await writeFile(join(directory, 'fast.toml'), 'extends = "broken"\nid = "fast"\n');
    await writeFile(join(directory, 'families', 'broken.toml'), 'title = \n');
    expect(await problems()).toMatchObject([
      { code: 'config.syntax', file: 'families/broken.toml', line: 1 },
    ]);
  });
});

describe('loadCatalogue', () => {
  it('loads what is shipped', async () => {
    expect((await shipped()).list().map(({ id }) => id)).toEqual(
      expect.arrayContaining(['preview', 'transfer1', 'transfer2.5']),
    );
  });

  it('wants a container of every model on a host that runs models in containers', async () => {
    const host = { name: HERE, engine: 'docker', models: [PREVIEW] };
    expect(
      await problems({ models: {}, hosts: [{ ...host, modelOverrides: {} }] }, MODELS_DIRECTORY),
    ).toEqual([
      {
        code: 'config.profile_invalid',
        file: 'hosts.here.preview',
        where: 'container',
        detail: 'is missing, and this host runs models in containers only',
      },
    ]);
    const modelOverrides = { preview: { container: { image: 'ours:1' } } };
    expect(await problems({ models: {}, hosts: [{ ...host, modelOverrides }] }, MODELS_DIRECTORY)).toEqual(
      [],
    );
  });

  it('wants a model to fit the way to its host, and every lane of it', async () => {
    const host = { name: HERE, models: ['transfer1' as ProfileId], modelOverrides: {} };
    const found = (more: object) => problems({ models: {}, hosts: [{ ...host, ...more }] }, MODELS_DIRECTORY);
    const lanes = (...gpus: readonly (readonly string[])[]) => ({
      lanes: gpus.map((names, index) => ({ name: `here/${index}`, gpus: names })),
    });

    expect(await found({ transport: 'ssh', ...lanes(['0'], ['1', '2']) })).toEqual([]);
    expect(await found(lanes(['0'], []))).toEqual([
      {
        ...{ code: 'config.model_unfit', host: 'here', model: 'transfer1' },
        ...{ where: 'hosts[0].lanes[1].gpus', lane: 'here/1', gpus: 0, minimum: 1, maximum: 8 },
      },
    ]);
    expect(await found({ models: [PREVIEW], transport: 'ssh', ...lanes([]) })).toEqual([
      {
        ...{ code: 'config.model_unfit', host: 'here', model: 'preview' },
        ...{ where: 'hosts[0].transport', transport: 'ssh', allowed: ['local'] },
      },
    ]);
  });

  it('looks at what a host overrides before it says that a model does not fit', async () => {
    const modelOverrides = { transfer1: { requires: { min_gpus: 0 } } };
    const host = { name: HERE, lanes: [{ name: 'here/cpu', gpus: [] }], modelOverrides };

    expect(await problems({ models: {}, hosts: [host] }, MODELS_DIRECTORY)).toEqual([]);
  });

  it('lays overrides over a profile: for all hosts, and on top of that for one', async () => {
    const catalogue = await shipped({
      models: { preview: { title: 'Ours', parameters: { edge: { default: 0.6 } } } },
      hosts: [
        {
          name: HERE,
          models: [PREVIEW],
          modelOverrides: { preview: { parameters: { edge: { maximum: 0.9 } } } },
        },
      ],
    });

    expect(catalogue.get('preview')).toMatchObject({
      title: 'Ours',
      parameters: { edge: { default: 0.6, maximum: 1 } },
    });
    expect(catalogue.resolve(PREVIEW, HERE)).toMatchObject({
      title: 'Ours',
      parameters: { edge: { default: 0.6, maximum: 0.9 }, vis: { default: 0.2 } },
    });
    expect(catalogue.resolve(PREVIEW, 'there' as HostName)).toBe(catalogue.get('preview'));
  });

  it('replaces lists as a whole', async () => {
    const catalogue = await shipped({ models: { preview: { failures: [] } }, hosts: [] });

    expect(catalogue.get('preview')?.failures).toEqual([]);
  });

  it('says which override makes a profile invalid', async () => {
    const overrides: CatalogueOverrides = {
      models: { preview: { parameters: { edge: { defualt: 0.6 } } } },
      hosts: [{ name: HERE, modelOverrides: { preview: { title: 5 } } }],
    };

    expect(await problems(overrides, MODELS_DIRECTORY)).toEqual([
      expect.objectContaining({
        code: 'config.unknown_key',
        file: 'models.preview',
        where: 'parameters.edge.defualt',
        nearest: 'default',
      }),
      expect.objectContaining({ code: 'config.wrong_type', file: 'hosts.here.preview', where: 'title' }),
    ]);
  });

  it('says which host overrides a profile wrongly', async () => {
    const overrides: CatalogueOverrides = {
      models: {},
      hosts: [{ name: HERE, modelOverrides: { preview: { parameters: { edge: { default: 4 } } } } }],
    };

    expect(await problems(overrides, MODELS_DIRECTORY)).toEqual([
      expect.objectContaining({ file: 'hosts.here.preview', where: 'parameters.edge.default' }),
    ]);
  });

  it('says in which line of the configuration an override is wrong, or a model is named that is none', async () => {
    const text = [
      '[models.preview.parameters.edge]',
      'defualt = 0.6',
      '[models.preview.parameters.vis]',
      'maximum = 0.1',
      '[[hosts]]',
      'name = "here"',
      'transport = "ssh"',
      'models = [',
      '  "preview",',
      '  "prevew",',
      ']',
      '[[hosts]]',
      'name = "there"',
      '[hosts.models.preview]',
      'title = 5',
    ].join('\n');
    const overrides: CatalogueOverrides = {
      written: { file: 'cosmos.toml', text },
      models: { preview: { parameters: { edge: { defualt: 0.6 }, vis: { maximum: 0.1 } } } },
      hosts: [
        { name: HERE, models: [PREVIEW, 'prevew' as ProfileId], modelOverrides: {} },
        { name: 'there', models: [PREVIEW], modelOverrides: { preview: { title: 5 } } },
      ],
    };

    const found = await problems(overrides, MODELS_DIRECTORY);
    expect(found).toMatchObject([
      { code: 'config.unknown_key', where: 'models.preview.parameters.edge.defualt', line: 2 },
      { code: 'config.profile_invalid', where: 'models.preview.parameters.vis.default', line: 3 },
      { code: 'config.unknown_model', where: 'hosts[0].models[1]', line: 10, nearest: 'preview' },
      { code: 'config.wrong_type', where: 'hosts[1].models.preview.title', line: 15, model: 'preview' },
    ]);
    expect(found.every((problem) => 'file' in problem && problem.file === 'cosmos.toml')).toBe(true);
  });

  it('finds what two lines contradict at the one of the configuration', async () => {
    const overrides: CatalogueOverrides = {
      written: { file: 'cosmos.toml', text: '\n[models.preview.parameters.vis]\nmaximum = 0.1\n' },
      models: { preview: { parameters: { vis: { maximum: 0.1 } } } },
      hosts: [{ name: HERE, models: [PREVIEW], modelOverrides: {}, engine: 'docker' }],
    };

    expect(await problems(overrides, MODELS_DIRECTORY)).toMatchObject([
      {
        code: 'config.profile_invalid',
        file: 'cosmos.toml',
        where: 'models.preview.parameters.vis.default',
        line: 2,
      },
    ]);
  });

  it('tells the mistakes of files and of the configuration at once, and knows a model whose file has one', async () => {
    await write('one.toml', { id: 'one', titel: 'x' });
    await write('two.toml', { id: 'two' });
    const overrides: CatalogueOverrides = {
      models: { one: {}, two: { title: 5 } },
      hosts: [{ name: HERE, models: ['one', 'tow'] as ProfileId[], modelOverrides: {} }],
    };

    expect(await problems(overrides)).toMatchObject([
      { code: 'config.unknown_key', file: 'one.toml' },
      { code: 'config.wrong_type', file: 'models.two', where: 'title' },
      { code: 'config.unknown_model', model: 'tow', known: ['one', 'two'] },
    ]);
  });

  it.each(['id', 'schema'])('does not let %s be overridden', async (key) => {
    expect(await problems({ models: { preview: { [key]: 'x' } }, hosts: [] }, MODELS_DIRECTORY)).toEqual([
      { code: 'config.profile_invalid', file: 'models.preview', where: key, detail: 'cannot be overridden' },
    ]);
  });

  it('names the nearest model for a wrong one, in overrides and in the list of a host', async () => {
    const overrides: CatalogueOverrides = {
      models: { previw: {} },
      hosts: [{ name: HERE, models: ['prevew' as ProfileId], modelOverrides: {} }],
    };

    expect(await problems(overrides, MODELS_DIRECTORY)).toEqual([
      expect.objectContaining({
        code: 'config.unknown_model',
        where: 'models.previw',
        model: 'previw',
        nearest: 'preview',
      }),
      expect.objectContaining({
        code: 'config.unknown_model',
        where: 'hosts[0].models[0]',
        model: 'prevew',
        nearest: 'preview',
      }),
    ]);
  });

  it('reports the problems of all files at once', async () => {
    await write('one.toml', { id: 'one', titel: 'x' });
    await write('two.toml', { id: 'other' });
    await writeFile(join(directory, 'three.toml'), 'schema = \n');

    expect(await problems()).toEqual([
      expect.objectContaining({ code: 'config.unknown_key', file: 'one.toml' }),
      expect.objectContaining({ code: 'config.syntax', file: 'three.toml', line: 1 }),
      expect.objectContaining({ code: 'config.profile_invalid', file: 'two.toml', where: 'id' }),
    ]);
  });

  it('refuses one parameter name with two types', async () => {
    const parameter = (type: string) => ({
      parameters: { steps: { type, title: 's', write: { flag: '--steps' } } },
    });
    await write('one.toml', { id: 'one', ...parameter('integer') });
    await write('two.toml', { id: 'two', ...parameter('number') });

    expect(await problems()).toEqual([
      {
        code: 'config.profile_invalid',
        file: 'two.toml',
        line: 19,
        where: 'parameters.steps.type',
        detail: 'is of type number here and of type integer in one',
      },
    ]);
  });

  it('throws where the folder cannot be read', async () => {
    await expect(loadCatalogue({ directory: join(directory, 'none') })).rejects.toMatchObject({
      code: 'config.file_unreadable',
      parameters: { detail: 'ENOENT' },
    });
  });
});

describe('Catalogue', () => {
  it('does not know what was never loaded', () => {
    const catalogue = new Catalogue(new Map());

    expect(catalogue.get('preview')).toBeUndefined();
    expect(() => catalogue.resolve(PREVIEW, HERE)).toThrow(
      expect.objectContaining({ code: 'config.unknown_model' }),
    );
  });
});

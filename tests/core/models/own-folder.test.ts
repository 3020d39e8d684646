import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { explain } from '../../../src/bot/wording/explain.ts';
import { loadCatalogue } from '../../../src/core/models/catalogue.ts';
import { MODELS_DIRECTORY } from './profiles.ts';

const SKETCH = `schema = 1
id = "sketch"
title = "Sketch"
description = "Draws"
version = "1"

[inputs.color]
required = true

[parameters.lines]
type = "integer"
minimum = 1
maximum = 9
default = 5
title = "Lines"
write = { flag = "--lines" }

[command]
argv = [
  "sketch",
  "{input.color}",
  "{flags}",
]

[[success.outputs]]
kind = "video"
path = "out.mp4"
label = "video"
`;

let own: string;
beforeEach(async () => {
  own = await mkdtemp(join(tmpdir(), 'own-'));
});
afterEach(async () => {
  await rm(own, { recursive: true });
});

async function load() {
  return await loadCatalogue({ directory: MODELS_DIRECTORY, ownDirectory: own });
}

/** The problems of a folder with this one profile. */
async function problemsOf(text: string, name = 'sketch.toml') {
  await writeFile(join(own, name), text);
  const checked = await load();
  return checked.ok ? [] : checked.problems;
}

describe('profiles of an installation', () => {
  it('are beside the shipped ones, in order', async () => {
    expect(await problemsOf(SKETCH)).toEqual([]);
    const checked = await load();
    const ids = checked.ok ? checked.value.list().map(({ id }) => id) : [];

    expect(ids).toContain('sketch');
    expect(ids).toContain('transfer1');
    expect(ids).toEqual(ids.toSorted());
  });

  it('extend a shipped family, or one of their own, which goes before a shipped one', async () => {
    await writeFile(
      join(own, 'studio.toml'),
      'extends = "humo"\nid = "studio"\ntitle = "Ours"\ndescription = "Ours"\n[command]\nargv = ["x", "{cases}", "{output}", "{negative_prompt}", "{flags}"]\n',
    );
    const shipped = await load();
    expect(shipped.ok && shipped.value.get('studio')).toMatchObject({ family: 'humo' });

    await mkdir(join(own, 'families'));
    await writeFile(join(own, 'families', 'humo.toml'), SKETCH.replace('id = "sketch"', 'family = "ours"'));
    await writeFile(join(own, 'studio.toml'), 'extends = "humo"\nid = "studio"\n');
    const ours = await load();
    expect(ours.ok && ours.value.get('studio')).toMatchObject({ family: 'ours', title: 'Sketch' });
  });

  it('cannot have the id of a shipped one', async () => {
    await cp(join(MODELS_DIRECTORY, 'preview.toml'), join(own, 'preview.toml'));
    const checked = await load();

    expect(checked).toMatchObject({
      ok: false,
      problems: [
        {
          code: 'config.profile_invalid',
          parameters: { file: join(own, 'preview.toml'), where: 'id', line: 5 },
        },
      ],
    });
    if (!checked.ok) {
      expect(explain(checked.problems[0]).sentence).toContain('comes with the bot');
    }
  });

  it('are a mistake of the configuration where their folder is not there', async () => {
    const missing = join(own, 'none');
    expect(await loadCatalogue({ directory: MODELS_DIRECTORY, ownDirectory: missing })).toMatchObject({
      ok: false,
      problems: [{ code: 'config.file_unreadable', parameters: { file: missing, detail: 'ENOENT' } }],
    });
  });
});

describe('a mistake in a profile', () => {
  it.each([
    ['a key that is none', ['version = "1"', 'version = "1"\nwarm = true'], 'config.unknown_key', 'warm', 6],
    ['a wrong type', ['maximum = 9', 'maximum = "9"'], 'config.wrong_type', 'parameters.lines.maximum', 13],
    [
      'a wrong word',
      ['kind = "video"', 'kind = "film"'],
      'config.unknown_choice',
      'success.outputs[0].kind',
      26,
    ],
    ['a missing key', ['label = "video"\n', ''], 'config.missing_key', 'success.outputs[0]', 25],
    [
      'a default out of its own range',
      ['default = 5', 'default = 10'],
      'config.profile_invalid',
      'parameters.lines.default',
      14,
    ],
    [
      'a minimum above the maximum',
      ['minimum = 1', 'minimum = 11'],
      'config.profile_invalid',
      'parameters.lines',
      10,
    ],
    [
      'a placeholder that is none',
      ['"{input.color}"', '"{input.depth}"'],
      'config.profile_invalid',
      'command.argv[1]',
      21,
    ],
    ['another id than its name', ['id = "sketch"', 'id = "other"'], 'config.profile_invalid', 'id', 2],
    // What an engine is asked for has to be something that it knows.
    [
      'a way to a host that is none',
      ['[inputs.color]', '[requires]\ntransports = ["telepathy"]\n\n[inputs.color]'],
      'config.unknown_choice',
      'requires.transports[0]',
      8,
    ],
    [
      'a requirement that no engine knows',
      ['[inputs.color]', '[requires]\nmin_tpus = 1\n\n[inputs.color]'],
      'config.unknown_key',
      'requires.min_tpus',
      8,
    ],
    [
      'a feature that no container has',
      ['[command]', '[container]\nimage = "sketch"\nwarm_pool = true\n\n[command]'],
      'config.unknown_key',
      'container.warm_pool',
      20,
    ],
    [
      'a text that is forbidden by a word',
      ['[command]', '[text]\nforbids_json_object = "yes"\n\n[command]'],
      'config.wrong_type',
      'text.forbids_json_object',
      19,
    ],
    [
      'a network that no container has',
      ['[command]', '[container]\nimage = "sketch"\nnetwork = "mesh"\n\n[command]'],
      'config.unknown_choice',
      'container.network',
      20,
    ],
  ] as const)('such as %s is told with file and line', async (_what, [from, to], code, where, line) => {
    expect(SKETCH).toContain(from);
    const problems = await problemsOf(SKETCH.replace(from, to));
    const file = join(own, 'sketch.toml');

    expect(problems).toContainEqual({ code, parameters: expect.objectContaining({ file, where, line }) });
    const [problem] = problems;
    if (problem !== undefined) expect(explain(problem).sentence).toContain(`${file}, line `);
  });

  it('is told with the line of the family where that says it', async () => {
    await mkdir(join(own, 'families'));
    const family = SKETCH.replace('id = "sketch"\n', '').replace('default = 5', 'default = 10');
    await writeFile(join(own, 'families', 'pens.toml'), family);
    const problems = await problemsOf('extends = "pens"\nid = "sketch"\n');

    expect(problems).toMatchObject([
      {
        code: 'config.profile_invalid',
        parameters: { file: join(own, 'families', 'pens.toml'), where: 'parameters.lines.default', line: 13 },
      },
    ]);
  });

  it('that is no TOML is told with line and column', async () => {
    expect(await problemsOf('schema = 1\nid = \n')).toMatchObject([
      { code: 'config.syntax', parameters: { file: join(own, 'sketch.toml'), line: 2 } },
    ]);
  });
});

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readWholeConfig } from '../../../src/bot/cli/open-configured-bot.ts';
import { problemCard } from '../../../src/bot/thread-view/answer-card.ts';
import { directoryWith, linesOf, loadToml } from './config-files.ts';

describe('the line of a mistake in the configuration file', () => {
  it('is that of the key, of the entry of a list, or of the table that lacks one', () => {
    const toml = [
      'data_dir = 5',
      'dat_dir = "x"',
      '[limits]',
      '# a remark',
      'max_pixels = 1',
      '[[access.rules]]',
      'users = ["U1"]',
      '[log]',
      'level = "loud"',
      '[[hosts]]',
      'name = "A"',
      'models = [',
      '  "preview",',
      '  7,',
      ']',
      '[[hosts]]',
      'name = "b"',
      'models = ["preview"]',
      'work_dir = "w"',
      'lanes = [',
      '  { name = "a", gpus = [0] },',
      '  { name = "a", gpus = [0] },',
      ']',
    ].join('\n');

    expect(linesOf(loadToml(toml))).toEqual([
      ['config.wrong_type', 'data_dir', 1],
      ['config.missing_key', 'access.rules[0]', 6],
      ['config.out_of_range', 'limits.max_pixels', 5],
      ['config.invalid_name', 'hosts[0].name', 11],
      ['config.wrong_type', 'hosts[0].models[1]', 14],
      ['config.unknown_choice', 'log.level', 9],
      ['config.unknown_key', 'dat_dir', 2],
      ['config.duplicate_name', 'hosts[1].lanes[1].name', 22],
      ['config.lanes_share_gpu', 'hosts[1].lanes[1].gpus', 22],
    ]);
  });

  it('is not said of what a variable has set', () => {
    const loaded = loadToml('[log]\nlevel = "info"\nzebra = 1', { COSMOS_BOT_LOG_LEVEL: 'loud' });

    expect(linesOf(loaded)).toEqual([
      ['config.unknown_choice', 'log.level', undefined],
      ['config.unknown_key', 'log.zebra', 3],
    ]);
  });
});

describe('what `config check` and `start` read', () => {
  it('names the mistakes of the configuration, of its overrides and of profiles at once', async () => {
    const directory = directoryWith(
      [
        'models_directory = "own"',
        '[log]',
        'level = "loud"',
        '[models.preview]',
        'titel = "x"',
        '[[hosts]]',
        'name = "A"',
        'models = ["previw"]',
        '[[hosts]]',
        'name = "b"',
        'work_dir = "w"',
        'models = ["transfer1"]',
      ].join('\n'),
    );
    mkdirSync(join(directory, 'own'));
    writeFileSync(join(directory, 'own', 'mine.toml'), 'schema = 1\n\nid = 3\n');
    const path = join(directory, 'cosmos.toml');
    const read = await readWholeConfig(path);
    if (read.ok) throw new Error('it has mistakes');

    const told = read.problems.map(({ code, parameters: { file, line } }) => [code, file, line]);
    expect(told).toEqual(
      expect.arrayContaining([
        ['config.unknown_choice', path, 3],
        ['config.invalid_name', path, 7],
        ['config.wrong_type', join(directory, 'own', 'mine.toml'), 3],
        ['config.unknown_key', path, 5],
        ['config.unknown_model', path, 8],
        ['config.model_unfit', path, 9],
      ]),
    );
    const card = JSON.stringify(problemCard(read.problems));
    expect(card).toContain(`(${path}, line 3)`);
    expect(card).toContain(`(${path}, line 8)`);
  });

  it('is the configuration alone where the file is no TOML', async () => {
    const path = join(directoryWith('data_dir = "a"\n[log\n'), 'cosmos.toml');

    expect(await readWholeConfig(path)).toMatchObject({
      problems: [{ code: 'config.syntax', parameters: { file: path, line: 2 } }],
    });
  });

  it('goes on with the hosts that are well-formed beside one that is not even a table', async () => {
    const path = join(
      directoryWith('hosts = [3, { name = "b", models = ["prevew"] }]\nmodels = 7'),
      'cosmos.toml',
    );
    const read = await readWholeConfig(path);

    expect(linesOf(read)).toEqual([
      ['config.wrong_type', 'hosts[0]', 1],
      ['config.wrong_type', 'models', 2],
      ['config.unknown_model', 'hosts[1].models[0]', 1],
    ]);
  });
});

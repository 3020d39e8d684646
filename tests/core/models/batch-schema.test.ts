import { describe, expect, it } from 'vitest';
import { batchTraits } from '../../../src/core/models/batch-traits.ts';
import type { Table } from '../../../src/core/models/merge-tables.ts';
import { MINIMAL, minimal, problemsOf, video } from './profiles.ts';

/** A valid profile with a batch; `over` is laid over its batch, `more` over the rest. */
const BASE: Table = {
  ...MINIMAL,
  files: { spec: { path: 'spec.json', content: { prompt: '{prompt}' } } },
  command: { argv: ['run', '{spec}', '{input.color}'] },
  parameters: {
    seed: { type: 'integer', default: 1, title: 'Seed', write: { spec: 'seed' } },
    strength: { type: 'number', default: 1, title: 'Strength', write: { flag: '--strength' } },
  },
  success: {
    outputs: [
      { kind: 'video', path: 'out.mp4', label: 'video' },
      { kind: 'text', path: 'out.txt', label: 'words', required: false, purpose: 'control' },
    ],
  },
};
const BATCH = {
  max_items: 4,
  path: 'list.jsonl',
  content: { prompt: '{prompt}', video: '{input.color}' },
  argv: ['--list', '{items}'],
  folder: 'run_{index}',
  begins: '^begin',
  ends: '^end',
};

function flaws(over: Table, more: Table = {}): string[] {
  return problemsOf({ ...BASE, batch: { ...BATCH, ...over } }, more).map((problem) =>
    JSON.stringify(problem),
  );
}

describe('the batch of a profile', () => {
  it('is valid as it is written here, and with whole specs or an object in place of lines', () => {
    expect(flaws({})).toEqual([]);
    expect(flaws({ replaces: 'spec', whole: true, argv: [] })).toEqual([]);
    expect(flaws({ format: 'object', key: 'run_{index}' })).toEqual([]);
  });

  it.each<[string, Table, string]>([
    [
      'a placeholder that there is not',
      { content: { prompt: '{promt}' } },
      'there is no placeholder "promt"',
    ],
    ['several words in an entry', { content: { prompt: '{flags}' } }, 'stands for several words'],
    ['an index on the command line', { argv: ['{items}', '{index}'] }, 'there is no placeholder "index"'],
    ['a file that there is not', { replaces: 'spek' }, 'there is no file "spek"'],
    ['whole entries of nothing', { whole: true }, 'needs replaces'],
    ['a key without an object', { key: 'run_{index}' }, 'belongs to format = "object"'],
    ['one key for all', { format: 'object', key: 'run' }, 'needs {index}'],
    ['the path of another file', { path: 'spec.json' }, 'is the path of another file'],
    ['a list that nothing names', { argv: [] }, 'nothing names the list'],
    ['a key to leave out that there is not', { omit_when_empty: ['x'] }, 'there is no key "x"'],
    ['a parameter that there is not', { parameters: { sed: 'seed' } }, 'there is no parameter "sed"'],
    ['a parameter that all share as well', { parameters: { seed: 'seed' } }, 'may differ from run to run'],
    ['a flag in an entry', { content: { s: '{strength}' } }, 'may differ from run to run'],
    ['outputs at one place', { folder: 'all' }, 'lies at one place for all runs'],
    ['an output that there is not', { outputs: { film: 'x_{index}' } }, 'there is no output "film"'],
    ['an identity that is no text', { identity: 'video' }, 'is the label of no output with kind = "text"'],
  ])('is refused with %s', (_what, over, detail) => {
    expect(flaws(over)).toContainEqual(expect.stringContaining(JSON.stringify(detail).slice(1, -1)));
  });

  it('is refused where a file or a parameter has the name of a placeholder of its own', () => {
    const index = { type: 'integer', default: 1, title: 'Index', write: { spec: 'index' } };
    expect(flaws({}, { parameters: { index } })).toContainEqual(
      expect.stringContaining('is the name of a placeholder of batches'),
    );
  });
});

describe('what keeps runs apart', () => {
  const run = {
    text: 'snow',
    negativeText: '',
    inputs: [video('color')],
    parameters: { seed: 1, strength: 1 },
  };
  const profileWith = (over: Table) => minimal({ ...BASE, batch: { ...BATCH, ...over } });

  it('is everything that no entry carries', () => {
    expect([...(batchTraits(profileWith({}), run) ?? [])]).toEqual([
      ['negative_text', ''],
      ['seed', '1'],
      ['strength', '1'],
    ]);
    const whole = profileWith({ replaces: 'spec', whole: true, argv: [], content: {} });
    expect([...(batchTraits(whole, run) ?? [])].map(([name]) => name)).toEqual([
      'negative_text',
      'strength',
      'color',
    ]);
  });

  it('leaves a run alone under the conditions that the profile names', () => {
    const profile = profileWith({ unless: [{ parameters: { seed: { above: 5 } } }] });
    expect(batchTraits(profile, run)).toBeDefined();
    expect(batchTraits(profile, { ...run, parameters: { seed: 6, strength: 1 } })).toBeUndefined();
  });

  it('leaves a run alone whose entry would lack something, unless that may be left out', () => {
    const none = { ...run, inputs: [] };
    expect(batchTraits(profileWith({}), none)).toBeUndefined();
    expect(batchTraits(profileWith({ omit_when_empty: ['video'] }), none)).toBeDefined();
  });

  it('leaves alone every run of a model without a batch', () => {
    expect(batchTraits(minimal(), run)).toBeUndefined();
  });
});

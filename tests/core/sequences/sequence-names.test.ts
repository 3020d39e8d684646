import { describe, expect, it } from 'vitest';
import { type SequenceFacts, sortSequences } from '../../../src/core/sequences/sequence-names.ts';
import { must } from '../../support/workbench.ts';

const numbered = (stem: string, from: number, to: number, digits = 4) =>
  Array.from(
    { length: to - from + 1 },
    (_, index) => `${stem}${String(from + index).padStart(digits, '0')}.png`,
  );

function problems(paths: readonly string[], facts: SequenceFacts = {}) {
  const sorted = sortSequences(paths, facts);
  return sorted.ok ? [] : sorted.problems;
}

describe('numbered pictures', () => {
  it('are sorted by what they show and by their numbers, color first', () => {
    const paths = [...numbered('depth.', 8, 11, 1), ...numbered('color.', 8, 11, 1)].toReversed();

    expect(must(sortSequences(paths))).toEqual([
      { role: 'color', first: 8, frames: ['color.8.png', 'color.9.png', 'color.10.png', 'color.11.png'] },
      { role: 'depth', first: 8, frames: ['depth.8.png', 'depth.9.png', 'depth.10.png', 'depth.11.png'] },
    ]);
  });

  it.each([
    ['color.0001.png', 'color'],
    ['color.1.PNG', 'color'],
    ['rgb_000001.png', 'color'],
    ['shot12_segmentation.0001.png', 'seg'],
    ['render/depth/0001.png', 'depth'],
    ['render/depth/frame.0001.png', 'depth'],
    ['render/edge.0001.png', 'edge'],
    ['blur-0001.png', 'vis'],
    ['hdmap.0001.png', 'wsm'],
  ])('named %s are %s', (path, role) => {
    const color = role === 'color' ? [] : ['other/color.0001.png'];
    const found = must(sortSequences([...color, path]));
    expect(found.map((each) => each.role)).toContain(role);
  });

  it('may lie beside what file managers leave behind', () => {
    const clutter = ['.DS_Store', '__MACOSX/._color.0001.png', 'render/Thumbs.db', 'render/._color.0001.png'];

    expect(must(sortSequences([...clutter, 'render/color.0001.png']))).toHaveLength(1);
  });

  it.each([
    'normal.0001.png',
    'color.png',
    'color.0001.jpg',
    'color.0001.png.txt',
    'notes.txt',
    'depth/color.0001.png',
    '0001.png',
  ])('are refused with the name of %s, which is none of them', (path) => {
    expect(problems(['color.0001.png', path])).toEqual([
      expect.objectContaining({
        code: 'input.sequence_names',
        parameters: expect.objectContaining({ files: [path] }),
      }),
    ]);
  });

  it('are refused with all that is wrong: gaps, what is there twice, no color', () => {
    const found = problems([
      ...numbered('depth.', 1, 4),
      ...numbered('depth.', 6, 9),
      'depth.13.png',
      'seg.1.png',
      'seg.01.png',
    ]);

    expect(found).toEqual([
      {
        code: 'input.sequence_gaps',
        parameters: { role: 'depth', missing: ['5', '10–12'], first: 1, last: 13 },
      },
      { code: 'input.sequence_twice', parameters: { role: 'seg', files: ['seg.1.png', 'seg.01.png'] } },
      { code: 'input.sequence_no_color', parameters: { roles: ['depth', 'seg'] } },
    ]);
  });

  it('of one kind in two series are refused, also where their numbers follow each other', () => {
    const [problem] = problems(['color.1.png', 'a_depth.1.png', 'b_depth.2.png']);

    expect(problem).toEqual({
      code: 'input.sequence_twice',
      parameters: { role: 'depth', files: ['a_depth.1.png', 'b_depth.2.png'] },
    });
  });

  it('have the same numbers in each kind', () => {
    expect(
      problems([...numbered('color.', 1, 5), ...numbered('depth.', 2, 5), ...numbered('seg.', 2, 6)]),
    ).toEqual([
      {
        code: 'input.sequence_lengths',
        parameters: { role: 'depth', found: '2–5', other: 'color', expected: '1–5' },
      },
      {
        code: 'input.sequence_lengths',
        parameters: { role: 'seg', found: '2–6', other: 'color', expected: '1–5' },
      },
    ]);
  });

  it.each([
    ['beauty.1001.png … beauty.1004.png (4 files)', numbered('beauty.', 1001, 1004)],
    ['shot_040.1001.png', ['shot_040.1001.png']],
    ['0001.png', ['0001.png']],
    ['out/depth/color.1.png', ['out/depth/color.1.png']],
  ])(
    'of a single series that tells no kind, %s, can become color, and beside a color video anything else',
    (name, paths) => {
      expect(problems([...paths, '.DS_Store'])).toEqual([
        { code: 'input.sequence_unknown', parameters: { files: [name], roles: ['color'] } },
      ]);
      const [besideColor] = problems(paths, { needsColor: false });
      expect(besideColor?.parameters['roles']).toEqual(['depth', 'seg', 'edge', 'vis', 'wsm', 'mask']);
    },
  );

  it('of a single series that tells no kind are told of together with the files that are none', () => {
    expect(problems(['beauty.1.png', 'notes.txt']).map(({ code }) => code)).toEqual([
      'input.sequence_unknown',
      'input.sequence_names',
    ]);
  });

  it.each([
    ['no kind', 'beauty.'],
    ['the same kind', 'color.'],
    ['another kind', 'car_mask.'],
    ['two kinds', 'depth/edge.'],
  ])('of a single series are what somebody says, where its name tells %s', (_what, stem) => {
    const frames = numbered(stem, 1001, 1003);
    expect(must(sortSequences(frames, { role: 'color' }))).toEqual([{ role: 'color', first: 1001, frames }]);
  });

  it('of a single series are looked at as any others, whoever says what they are', () => {
    expect(problems(['a.1.png', 'a.3.png', 'a.03.png'], { role: 'seg' }).map(({ code }) => code)).toEqual([
      'input.sequence_twice',
      'input.sequence_gaps',
      'input.sequence_no_color',
    ]);
    expect(problems([], { role: 'color' }).map(({ code }) => code)).toEqual(['input.sequence_none']);
  });

  it('of several series are refused where somebody says what they all are, each by its name', () => {
    const paths = [...numbered('beauty.', 1, 4), 'color.1.png', 'notes.txt'];
    expect(problems(paths, { role: 'color' })).toEqual([
      {
        code: 'input.sequence_several',
        parameters: { role: 'color', files: ['beauty.0001.png … beauty.0004.png (4 files)', 'color.1.png'] },
      },
      expect.objectContaining({ code: 'input.sequence_names' }),
    ]);
  });

  it('of several series that tell no kind are refused by their names', () => {
    const [problem, ...others] = problems([...numbered('beauty.', 1, 4), ...numbered('z.', 1, 4)]);
    expect(others).toEqual([]);
    expect(problem).toMatchObject({
      code: 'input.sequence_names',
      parameters: {
        files: ['beauty.0001.png … beauty.0004.png (4 files)', 'z.0001.png … z.0004.png (4 files)'],
      },
    });
  });

  it.each([
    [['color.1.exr'], ['EXR']],
    [
      ['color.1.JPG', 'depth.1.jpeg', 'seg.1.exr'],
      ['JPEG', 'EXR'],
    ],
    [['color.1.txt'], undefined],
  ])('of other formats are refused with the formats: %j', (paths, formats) => {
    expect(problems(paths)[0]?.parameters['formats']).toEqual(formats);
  });

  it('are refused where there are none', () => {
    expect(problems([])).toEqual([{ code: 'input.sequence_none', parameters: {} }]);
    expect(problems(['__MACOSX/._x.png'])).toEqual([{ code: 'input.sequence_none', parameters: {} }]);
  });

  it('of which very many are wrong are named in part, with how many more there are', () => {
    const [problem] = problems(Array.from({ length: 500 }, (_, index) => `notes_${index}_about.txt`));

    expect(problem?.parameters['files']).toHaveLength(13);
    expect(problem?.parameters['files']).toContain('and 488 more');
  });

  it('of which a whole series is wrong are named by the first and the last', () => {
    const [problem] = problems([...numbered('beauty.', 1001, 1030), 'notes.txt', ...numbered('z.', 1, 3)]);

    expect(problem?.parameters['files']).toEqual([
      'beauty.1001.png … beauty.1030.png (30 files)',
      'notes.txt',
      ...numbered('z.', 1, 3),
    ]);
  });
});

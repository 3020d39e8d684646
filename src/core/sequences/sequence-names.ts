import { type Checked, type Problem, valid } from '../errors.ts';
import { recogniseRole } from '../media/recognise-role.ts';
import { ROLES, type Role } from '../prompts/prompt.ts';
import { asRanges } from './ranges.ts';

/** The pictures of one modality, in order. */
export interface Sequence {
  readonly role: Role;
  /** Paths within the folder or archive. */
  readonly frames: readonly [string, ...string[]];
  readonly first: number;
}

/** What file managers put beside files; never a picture of a sequence. */
const CLUTTER = /^(?:\.DS_Store|\._.*|Thumbs\.db|desktop\.ini)$/i;
const CLUTTER_FOLDERS = new Set(['__MACOSX', '@eaDir']);

/** `color.0001.png`, `shot_depth_12.png`, or `0001.png` in a folder that tells the modality. */
const FRAME = /^(?:(?<stem>.*?)[._-])?(?<number>\d{1,9})\.png$/i;

/** As many names as somebody can read; a further word says how many more there are. */
const MOST_NAMES = 12;
/** From so many on, pictures of one series are told by two of them. */
const SHORTEST_SERIES = 4;
const LAST_NUMBER = /\d+(?=\.[^./]*$)/;

interface Frame {
  readonly path: string;
  readonly role: Role;
  /** What comes before the number, folder included: a modality has one. */
  readonly series: string;
  readonly number: number;
}

/**
 * Sorts the files of a folder or an archive into sequences, `color` first. Nothing is left out but the clutter of file
 * managers; all that is wrong is said at once: `input.sequence_none`, `input.sequence_names` {files}, `input.sequence_twice`
 * {role, files}, `input.sequence_gaps` {role, missing, first, last}, `input.sequence_no_color` {roles},
 * `input.sequence_lengths` {role, found, expected}.
 */
export function sortSequences(
  paths: readonly string[],
  { needsColor = true }: { readonly needsColor?: boolean } = {},
): Checked<readonly [Sequence, ...Sequence[]]> {
  const files = paths.filter((path) => !isClutter(path));
  const frames = files.map((path) => readFrame(path) ?? path);
  const wrong = frames.filter((frame) => typeof frame === 'string');
  const byRole = Map.groupBy(
    frames.filter((frame) => typeof frame !== 'string'),
    ({ role }) => role,
  );
  const sequences = [...byRole]
    .toSorted(([left], [right]) => Number(right === 'color') - Number(left === 'color'))
    .map(([role, found]) => sequenceOf(role, found));
  const problems: Problem[] = [
    ...(files.length === 0 ? [{ code: 'input.sequence_none', parameters: {} } as const] : []),
    ...(wrong.length === 0
      ? []
      : [
          {
            code: 'input.sequence_names',
            parameters: { files: shortened(asSeries(wrong)), roles: videoRoles() },
          } as const,
        ]),
    ...[...byRole].flatMap(([role, found]) => [...twice(role, found), ...gaps(role, found)]),
    ...(!needsColor || byRole.size === 0 || byRole.has('color')
      ? []
      : [{ code: 'input.sequence_no_color', parameters: { roles: [...byRole.keys()] } } as const]),
  ];
  const [first, ...rest] = sequences;
  if (problems.length === 0 && first !== undefined) {
    problems.push(...rest.flatMap((each) => lengths(first, each)));
    if (problems.length === 0) return valid([first, ...rest]);
  }
  const [problem = { code: 'input.sequence_none', parameters: {} } as const, ...others] = problems;
  return { ok: false, problems: [problem, ...others] };
}

function isClutter(path: string): boolean {
  const parts = path.split('/');
  return CLUTTER.test(parts.at(-1) ?? '') || parts.slice(0, -1).some((folder) => CLUTTER_FOLDERS.has(folder));
}

/** The folder tells the modality, or the name does; where both do, they have to agree. */
function readFrame(path: string): Frame | undefined {
  const parts = path.split('/');
  const groups = FRAME.exec(parts.at(-1) ?? '')?.groups;
  if (groups === undefined) return undefined;
  const { stem = '', number = '' } = groups;
  const folder = parts.at(-2) ?? '';
  const told = modality(stem);
  const toldByFolder = parts.length > 1 ? modality(folder) : undefined;
  if (told !== undefined && toldByFolder !== undefined && told !== toldByFolder) return undefined;
  const role = told ?? toldByFolder;
  if (role === undefined) return undefined;
  return { path, role, series: `${parts.slice(0, -1).join('/')}/${stem}`, number: Number(number) };
}

function modality(word: string): Role | undefined {
  return word === '' ? undefined : recogniseRole(`${word.replace(/\.$/, '')}.png`, 'video');
}

function sequenceOf(role: Role, found: readonly Frame[]): Sequence {
  const sorted = found.toSorted((left, right) => left.number - right.number);
  const [first = { path: '', number: 0 }, ...rest] = sorted;
  return { role, frames: [first.path, ...rest.map(({ path }) => path)], first: first.number };
}

/** Two series of one modality, or one number written in two ways. */
function twice(role: Role, found: readonly Frame[]): Problem[] {
  const series = Map.groupBy(found, (frame) => frame.series);
  const same = [...Map.groupBy(found, ({ number }) => number).values()].filter(({ length }) => length > 1);
  const files =
    series.size > 1
      ? [...series.values()].flatMap(([first]) => first?.path ?? [])
      : same.flatMap((frames) => frames.map(({ path }) => path));
  return files.length === 0
    ? []
    : [{ code: 'input.sequence_twice', parameters: { role, files: shortened(files) } }];
}

function gaps(role: Role, found: readonly Frame[]): Problem[] {
  const numbers = [...new Set(found.map(({ number }) => number))].toSorted((a, b) => a - b);
  const missing = numbers.flatMap((number, index): [number, number][] => {
    const before = numbers[index - 1];
    return before === undefined || number === before + 1 ? [] : [[before + 1, number - 1]];
  });
  if (missing.length === 0) return [];
  const parameters = { role, missing: shortened(asRanges(missing)), ...ends(numbers) };
  return [{ code: 'input.sequence_gaps', parameters }];
}

function ends(numbers: readonly number[]): { first: number; last: number } {
  return { first: numbers[0] ?? 0, last: numbers.at(-1) ?? 0 };
}

/** The same numbers: else nobody knows which pictures belong together. */
function lengths(reference: Sequence, other: Sequence): Problem[] {
  const [expected, found] = [numbersOf(reference), numbersOf(other)];
  if (expected === found) return [];
  const parameters = { role: other.role, found, other: reference.role, expected };
  return [{ code: 'input.sequence_lengths', parameters }];
}

function numbersOf({ first, frames }: Sequence): string {
  return `${first}–${first + frames.length - 1}`;
}

/** Pictures that differ in their number alone are told by the first and the last: thirty names say no more. */
function asSeries(names: readonly string[]): string[] {
  const bySeries = Map.groupBy(names, (name) => name.replace(LAST_NUMBER, '#'));
  return [...bySeries.values()].flatMap((series) => {
    const [first = '', last = ''] = [series[0], series.at(-1)];
    return series.length < SHORTEST_SERIES ? series : [`${first} … ${last} (${series.length} files)`];
  });
}

function shortened(names: readonly string[]): string[] {
  const shown = names.slice(0, MOST_NAMES);
  return names.length > shown.length ? [...shown, `and ${names.length - shown.length} more`] : shown;
}

function videoRoles(): string[] {
  return Object.entries(ROLES).flatMap(([role, kind]) => (kind === 'video' ? [role] : []));
}

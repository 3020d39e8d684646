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

/** What pictures are often rendered as, and no video is made of. */
const OTHER_FORMATS: readonly (readonly [string, RegExp])[] = [
  ['JPEG', /\.jpe?g$/i],
  ['EXR', /\.exr$/i],
];

interface NumberedPicture {
  readonly path: string;
  /** What comes before the number, folder included: a modality has one. */
  readonly series: string;
  readonly number: number;
  /** Undefined where neither its name nor its folder tells one, or each another. */
  readonly told: Role | undefined;
}

interface Frame extends NumberedPicture {
  readonly role: Role;
}

/** What is known beside the names. */
export interface SequenceFacts {
  /** There is no color video yet. Default true. */
  readonly needsColor?: boolean;
  /** What the only series shows, whatever its name says. */
  readonly role?: Role;
}

/**
 * Sorts the files of a folder or an archive into sequences, `color` first. Nothing is left out but the clutter of file
 * managers; all that is wrong is said at once: `input.sequence_none`, `input.sequence_names` {files, roles, formats: those of
 * them that have to become PNG}, `input.sequence_unknown` {files: the only series, roles: what it may be taken as},
 * `input.sequence_several` {role, files: of each series}, `input.sequence_twice` {role, files}, `input.sequence_gaps` {role,
 * missing, first, last}, `input.sequence_no_color` {roles}, `input.sequence_lengths` {role, found, expected}.
 */
export function sortSequences(
  paths: readonly string[],
  facts: SequenceFacts = {},
): Checked<readonly [Sequence, ...Sequence[]]> {
  const files = paths.filter((path) => !isClutter(path));
  const { frames, wrong } = withRoles(files, facts);
  const byRole = Map.groupBy(frames, ({ role }) => role);
  const sequences = [...byRole]
    .toSorted(([left], [right]) => Number(right === 'color') - Number(left === 'color'))
    .map(([role, found]) => sequenceOf(role, found));
  const problems: Problem[] = [
    ...(files.length === 0 ? [{ code: 'input.sequence_none', parameters: {} } as const] : []),
    ...wrong,
    ...[...byRole].flatMap(([role, found]) => [...twice(role, found), ...gaps(role, found)]),
    ...(facts.needsColor === false || byRole.size === 0 || byRole.has('color')
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

/** The pictures whose modality is known, and what is wrong with the other files. */
function withRoles(
  files: readonly string[],
  { needsColor = true, role }: SequenceFacts,
): { readonly frames: readonly Frame[]; readonly wrong: readonly Problem[] } {
  const pictures = files.map((path) => readPicture(path) ?? path);
  const others = pictures.filter((picture) => typeof picture === 'string');
  const numbered = pictures.filter((picture) => typeof picture !== 'string');
  const series = Map.groupBy(numbered, (picture) => picture.series);
  if (role !== undefined) {
    if (series.size < 2)
      return { frames: numbered.map((picture) => ({ ...picture, role })), wrong: unknownNames(others) };
    const names = [...series.values()].flatMap((each) => asSeries(each.map(({ path }) => path)));
    const several = {
      code: 'input.sequence_several',
      parameters: { role, files: shortened(names) },
    } as const;
    return { frames: [], wrong: [several, ...unknownNames(others)] };
  }
  const frames = numbered.flatMap((picture) =>
    picture.told === undefined ? [] : [{ ...picture, role: picture.told }],
  );
  const untold = numbered.filter(({ told }) => told === undefined).map(({ path }) => path);
  if (untold.length > 0 && series.size === 1) {
    const roles = needsColor ? ['color'] : videoRoles().filter((each) => each !== 'color');
    const unknown = {
      code: 'input.sequence_unknown',
      parameters: { files: asSeries(untold), roles },
    } as const;
    return { frames, wrong: [unknown, ...unknownNames(others)] };
  }
  const untoldOrOther = new Set([...others, ...untold]);
  return { frames, wrong: unknownNames(files.filter((path) => untoldOrOther.has(path))) };
}

function unknownNames(files: readonly string[]): Problem[] {
  if (files.length === 0) return [];
  const formats = OTHER_FORMATS.flatMap(([format, ending]) =>
    files.some((path) => ending.test(path)) ? [format] : [],
  );
  const parameters = {
    ...{ files: shortened(asSeries(files)), roles: videoRoles() },
    ...(formats.length > 0 && { formats }),
  };
  return [{ code: 'input.sequence_names', parameters }];
}

/** The folder tells the modality, or the name does; where both do, they have to agree. */
function readPicture(path: string): NumberedPicture | undefined {
  const parts = path.split('/');
  const groups = FRAME.exec(parts.at(-1) ?? '')?.groups;
  if (groups === undefined) return undefined;
  const { stem = '', number = '' } = groups;
  const folder = parts.at(-2) ?? '';
  const byName = modality(stem);
  const byFolder = parts.length > 1 ? modality(folder) : undefined;
  const disagree = byName !== undefined && byFolder !== undefined && byName !== byFolder;
  return {
    ...{ path, series: `${parts.slice(0, -1).join('/')}/${stem}`, number: Number(number) },
    told: disagree ? undefined : (byName ?? byFolder),
  };
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

/** What pictures can become. */
export function videoRoles(): string[] {
  return Object.entries(ROLES).flatMap(([role, kind]) => (kind === 'video' ? [role] : []));
}

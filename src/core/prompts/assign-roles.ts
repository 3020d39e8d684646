import { type Checked, invalid, type Problem, valid } from '../errors.ts';
import { recogniseRole } from '../media/recognise-role.ts';
import { nearest } from '../nearest.ts';
import { type Asset, type PromptInput, ROLES, type Role } from './prompt.ts';

/** A stored file that still has to get its role. */
export interface UnassignedInput {
  readonly asset: Asset;
  readonly originalName: string;
  /** What the person said; else the name tells. */
  readonly role?: Role;
  readonly changes?: PromptInput['changes'];
}

/** `video` is another word for `color`. */
const ALIASES: Readonly<Record<string, Role>> = {
  video: 'color',
  segmentation: 'seg',
  blur: 'vis',
  canny: 'edge',
};

/** What several files become that nothing tells apart, in the order in which they come. */
const SERIES: readonly (readonly Role[])[] = [['image', 'image2', 'image3']];

/** A role as people write it. */
export function parseRole(word: string): Checked<Role> {
  const lower = word.toLowerCase();
  const role = ALIASES[lower] ?? (Object.keys(ROLES) as Role[]).find((known) => known === lower);
  if (role !== undefined) return valid(role);
  const known = [...Object.keys(ROLES), ...Object.keys(ALIASES)];
  const guess = nearest(lower, known);
  return invalid('input.role_unknown', {
    role: word,
    known: Object.keys(ROLES),
    ...(guess && { nearest: guess }),
  });
}

/** The role of a file: the one that was said, the one in its name, or `color` for a video without any. */
export function roleOf({ asset, originalName, role }: UnassignedInput): Role {
  const { kind } = asset.facts;
  return role ?? recogniseRole(originalName, kind) ?? (kind === 'video' ? 'color' : kind);
}

/** The roles that files share out among themselves, this one and those beside it. */
export function seriesOf(role: Role): readonly Role[] {
  return SERIES.find((series) => series.includes(role)) ?? [role];
}

/** Gives every file its role; no two have the same. Pictures without one become the first, the second and so on. */
export function assignRoles(files: readonly UnassignedInput[]): Checked<PromptInput[]> {
  const problems: Problem[] = [];
  const taken = new Map<Role, string>();
  const said = new Set(files.flatMap(({ role }) => role ?? []));
  const roleFor = (file: UnassignedInput): Role => {
    if (file.role !== undefined) return file.role;
    const series = seriesOf(roleOf(file));
    const free = series.find((role) => !said.has(role) && !taken.has(role));
    return free ?? series.at(-1) ?? roleOf(file);
  };
  const inputs = files.map((file): PromptInput => {
    const { asset, originalName, changes } = file;
    const { kind } = asset.facts;
    const role = roleFor(file);
    if (ROLES[role] !== kind) {
      problems.push({
        code: 'input.role_wrong_kind',
        parameters: { file: originalName, role, expected: ROLES[role], found: kind },
      });
    }
    const other = taken.get(role);
    if (other !== undefined) {
      problems.push({ code: 'input.role_taken', parameters: { role, file: originalName, other } });
    }
    taken.set(role, originalName);
    return { role, asset, originalName, ...(changes && { changes }) };
  });
  // Of two files with one role nobody knows yet which is meant: what differs is told of the others.
  const once = inputs.filter(({ role }) => inputs.filter((input) => input.role === role).length === 1);
  problems.push(...compareVideos(once));
  const [first, ...rest] = problems;
  return first === undefined ? valid(inputs) : { ok: false, problems: [first, ...rest] };
}

/** Frame rates that differ by less are the same rate, written differently (23.976 and 24000/1001). */
const SAME_RATE = 0.01;

/** All videos of one prompt have the same frames, rate and size. */
function compareVideos(inputs: readonly PromptInput[]): Problem[] {
  const videos = inputs.flatMap(({ role, asset }) =>
    asset.facts.kind === 'video' ? [{ role, facts: asset.facts }] : [],
  );
  const reference = videos.find(({ role }) => role === 'color') ?? videos[0];
  if (reference === undefined) return [];
  return videos.flatMap(({ role, facts }) => {
    const differ = (fact: string, found: string, expected: string): Problem => ({
      code: 'input.roles_differ',
      parameters: { fact, role, found, other: reference.role, expected },
    });
    const expected = reference.facts;
    const size = `${facts.width}×${facts.height}`;
    const expectedSize = `${expected.width}×${expected.height}`;
    if (size !== expectedSize) return [differ('size', size, expectedSize)];
    if (facts.frames !== expected.frames)
      return [differ('frames', String(facts.frames), String(expected.frames))];
    if (Math.abs(facts.fps - expected.fps) > SAME_RATE) {
      return [differ('fps', facts.fps.toFixed(2), expected.fps.toFixed(2))];
    }
    return [];
  });
}

import { type Checked, type Problem, valid } from '../errors.ts';
import { nearest } from '../nearest.ts';
import { assignRoles } from './assign-roles.ts';
import type { Asset, OfferedFile, PromptInput, Role } from './prompt.ts';

/** Enough of a content's hash to tell the few files of one prompt apart, short enough for a button. */
const REFERENCE_CHARACTERS = 12;

/** The files of a prompt: those that it uses, and those that were sent for it beside them. */
export interface PromptFileSet {
  readonly inputs: readonly PromptInput[];
  readonly offers: readonly OfferedFile[];
}

/** Names a file of a prompt where its name may be that of another one too. */
export function fileReference({ sha256 }: Asset): string {
  return sha256.slice(0, REFERENCE_CHARACTERS);
}

/**
 * The files of a prompt with other roles: `changes` by original file name, by the role that a file has now, or by
 * `fileReference`. An offered file that gets a role takes the place of the one that has it, unless that one gets another
 * role too. Fails with `input.file_missing` {file, nearest?} and whatever `assignRoles` finds.
 */
export function changedRoles(
  { inputs, offers }: PromptFileSet,
  changes: ReadonlyMap<string, Role>,
): Checked<PromptFileSet> {
  const inputRoles = new Map<PromptInput, Role>();
  const offerRoles = new Map<OfferedFile, Role>();
  const unknown: Problem[] = [];
  for (const [name, role] of changes) {
    const referred = offers.find(({ asset }) => fileReference(asset) === name);
    const named = inputs.filter((input) => isNamed(input, name));
    const offered = referred ? [referred] : offers.filter(({ originalName }) => originalName === name);
    if (referred === undefined && named.length > 0) for (const input of named) inputRoles.set(input, role);
    else if (offered.length > 0) for (const offer of offered) offerRoles.set(offer, role);
    else unknown.push(unknownFile(name, [...inputs, ...offers]));
  }
  const [first, ...rest] = unknown;
  if (first !== undefined) return { ok: false, problems: [first, ...rest] };
  const wanted = new Set(offerRoles.values());
  const displaced = inputs.filter((input) => !inputRoles.has(input) && wanted.has(input.role));
  const assigned = assignRoles([
    ...inputs
      .filter((input) => !displaced.includes(input))
      .map((input) => ({ ...input, role: inputRoles.get(input) ?? input.role })),
    ...[...offerRoles].map(([offer, role]) => ({ ...offer, role })),
  ]);
  if (!assigned.ok) return assigned;
  const left = offers.filter((offer) => !offerRoles.has(offer));
  const removed = displaced.map(({ role: _, ...file }) => file);
  return valid({ inputs: assigned.value, offers: [...left, ...removed] });
}

function isNamed({ originalName, role, asset }: PromptInput, name: string): boolean {
  return originalName === name || role === name || fileReference(asset) === name;
}

function unknownFile(name: string, files: readonly OfferedFile[]): Problem {
  const near = nearest(
    name,
    files.map(({ originalName }) => originalName),
  );
  return {
    code: 'input.file_missing',
    parameters: {
      file: name,
      known: files.map(({ originalName }) => originalName),
      ...(near !== undefined && { nearest: near }),
    },
  };
}

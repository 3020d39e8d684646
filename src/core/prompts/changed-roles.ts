import type { Checked, Problem } from '../errors.ts';
import { nearest } from '../nearest.ts';
import { assignRoles } from './assign-roles.ts';
import type { Prompt, PromptInput, Role } from './prompt.ts';

/**
 * The files of a prompt with other roles: `changes` by original file name, or by the role that a file has now. Fails with
 * `input.file_missing` {file, nearest?} and whatever `assignRoles` finds.
 */
export function changedRoles(prompt: Prompt, changes: ReadonlyMap<string, Role>): Checked<PromptInput[]> {
  const unknown = [...changes.keys()].filter(
    (name) => !prompt.inputs.some(({ originalName, role }) => originalName === name || role === name),
  );
  const [first, ...rest] = unknown.map((name): Problem => unknownFile(name, prompt));
  if (first !== undefined) return { ok: false, problems: [first, ...rest] };
  return assignRoles(
    prompt.inputs.map(({ asset, originalName, role }) => ({
      asset,
      originalName,
      role: changes.get(originalName) ?? changes.get(role) ?? role,
    })),
  );
}

function unknownFile(name: string, prompt: Prompt): Problem {
  const near = nearest(
    name,
    prompt.inputs.map(({ originalName }) => originalName),
  );
  return {
    code: 'input.file_missing',
    parameters: { file: name, ...(near !== undefined && { nearest: near }) },
  };
}

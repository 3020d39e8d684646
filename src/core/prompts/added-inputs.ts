import { type Checked, valid } from '../errors.ts';
import { assignRoles, roleOf, seriesOf, type UnassignedInput } from './assign-roles.ts';
import type { OfferedFile, Prompt, PromptInput, Role } from './prompt.ts';

/** A file that was sent for a role which another file has. */
export interface TakenRole {
  readonly role: Role;
  readonly now: PromptInput;
  readonly sent: OfferedFile;
}

/** What becomes of files that are sent for a prompt. */
export interface AddedInputs {
  /** All inputs of the prompt from now on. */
  readonly inputs: readonly PromptInput[];
  readonly added: readonly PromptInput[];
  /** Nobody but the person can tell which of the two is meant. */
  readonly taken: readonly TakenRole[];
}

/**
 * The inputs of a prompt with further files, each in the role that it has by its name; a file that the prompt has in
 * that role already, or a picture that it has, changes nothing. Fails as `assignRoles`, then nothing is added.
 */
export function addedInputs(
  prompt: Pick<Prompt, 'inputs'>,
  files: readonly UnassignedInput[],
): Checked<AddedInputs> {
  const taken: TakenRole[] = [];
  const free: UnassignedInput[] = [];
  for (const file of files) {
    const role = roleOf(file);
    const now = prompt.inputs.find((input) => input.role === role);
    const { asset, originalName, changes } = file;
    const sent = { asset, originalName, ...(changes && { changes }) };
    if (file.role === undefined && hasAlike(prompt, role, file)) continue;
    if (now === undefined) free.push(file);
    else if (now.asset.sha256 !== asset.sha256) taken.push({ role, now, sent });
  }
  const assigned = assignRoles([...prompt.inputs, ...free]);
  if (!assigned.ok) return assigned;
  const inputs = assigned.value;
  return valid({ inputs, added: inputs.slice(prompt.inputs.length), taken });
}

/** Nobody has said which picture it is to be: it is one of them already. */
function hasAlike({ inputs }: Pick<Prompt, 'inputs'>, role: Role, { asset }: UnassignedInput): boolean {
  const series = seriesOf(role);
  return inputs.some((input) => series.includes(input.role) && input.asset.sha256 === asset.sha256);
}

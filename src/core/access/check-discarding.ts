import type { AccessRole } from '../config/config.ts';
import { type Checked, invalid, valid } from '../errors.ts';
import type { Prompt } from '../prompts/prompt.ts';
import type { Principal } from './principal.ts';

/** Everybody discards their own prompts; those of others only an admin. Fails with `chat.forbidden`. */
export function checkDiscarding(
  role: AccessRole,
  actor: Principal,
  prompt: Prompt & { readonly ownerName: string },
): Checked<undefined> {
  if (prompt.owner === actor.id || role === 'admin') return valid(undefined);
  const { ownerName: owner } = prompt;
  return invalid('chat.forbidden', { verb: 'discard', kind: 'prompt', owner, role: 'admin' });
}

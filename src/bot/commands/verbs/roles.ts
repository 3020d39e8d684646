import type { Problem } from '../../../core/errors.ts';
import { parseRole } from '../../../core/prompts/assign-roles.ts';
import type { Role } from '../../../core/prompts/prompt.ts';
import { promptCard } from '../../thread-view/prompt-card.ts';
import { rolesCard } from '../../thread-view/roles-card.ts';
import { answered, type CommandHandler, refused, whereRead } from '../command-context.ts';

export const roles: CommandHandler = (context, command) => {
  const { api, views, actor } = context;
  const prompt = api.findPrompt(command.arguments['prompt'] ?? '');
  if (!prompt.ok) return refused(prompt.problems);
  if (command.assignments.length === 0) {
    const offers = api.offeredFiles(prompt.value);
    return answered(rolesCard(prompt.value, offers), prompt.value.inputs);
  }
  const changes = new Map<string, Role>();
  const problems: Problem[] = [];
  for (const { name, value } of command.assignments) {
    const role = parseRole(value);
    if (role.ok) changes.set(name, role.value);
    else problems.push(...role.problems);
  }
  const [first, ...rest] = problems;
  if (first !== undefined) return refused([first, ...rest]);
  const changed = api.changeRoles(actor, prompt.value, changes);
  if (!changed.ok) return refused(changed.problems);
  return answered(promptCard({ ...views.prompt(changed.value), ...whereRead(context) }), changed.value);
};

import { CosmosError } from '../core/errors.ts';
import type { InstanceId } from '../core/ids.ts';
import { type AttemptPlan, RESERVED_NAMES } from '../core/ports/host.ts';
import { safeAttemptName, safeRelativePath } from './paths.ts';

/**
 * Refuses a plan that cannot be written down safely: `engine.work_dir_unusable` for names and paths that leave the
 * directory or meet its own files, `engine.start_failed` for a program or an environment that no shell can start.
 * Another bot's plan is `not_ours`.
 */
export function checkPlan(plan: AttemptPlan, instance: InstanceId): void {
  if (plan.instance !== instance) refuse('engine.work_dir_unusable', 'not_ours');
  safeAttemptName(plan.attempt);
  for (const { path } of plan.files) {
    const [top = ''] = safeRelativePath(path, 'attempt').split('/');
    if (RESERVED_NAMES.has(top)) refuse('engine.work_dir_unusable', 'reserved_path');
  }
  for (const { path } of plan.inputs) {
    if (!safeRelativePath(path, 'attempt').startsWith('in/'))
      refuse('engine.work_dir_unusable', 'unsafe_path');
  }
  checkWorkingDirectory(plan.workingDirectory);
  if (/^(-|$)/.test(plan.argv[0])) refuse('engine.start_failed', 'invalid_program');
  const secrets = Object.entries(plan.secretEnvironment ?? {});
  const revealed = secrets.map(([name, secret]) => [name, secret.reveal()] as const);
  for (const [name, value] of [...Object.entries(plan.environment), ...revealed]) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) || name.startsWith('COSMOS_BOT_')) {
      refuse('engine.start_failed', 'invalid_variable');
    }
    if (value.includes('\0')) refuse('engine.start_failed', 'nul');
  }
  if (plan.argv.some((word) => word.includes('\0'))) refuse('engine.start_failed', 'nul');
}

/** An absolute one is the profile's own, as its argv is; a relative one stays in the attempt directory. */
function checkWorkingDirectory(path: string): void {
  if (path.startsWith('/')) {
    if (path.includes('\0')) refuse('engine.start_failed', 'nul');
  } else if (path !== '.') safeRelativePath(path, 'attempt');
}

function refuse(code: 'engine.work_dir_unusable' | 'engine.start_failed', reason: string): never {
  throw new CosmosError(code, { role: 'attempt', reason });
}

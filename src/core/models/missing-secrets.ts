import type { SecretLookup } from '../config/secret.ts';
import type { Problem } from '../errors.ts';
import type { Profile } from './profile.ts';

/**
 * What the jobs of these models need and the bot does not have: `config.secret_missing` with `where` and what
 * `resolveSecret` tells. Each once, however many hosts run the model.
 */
export function missingSecrets(profiles: Iterable<Profile>, lookup: SecretLookup): readonly Problem[] {
  const problems = new Map<string, Problem>();
  for (const { id, command } of profiles) {
    for (const [name, reference] of Object.entries(command.secret_environment)) {
      const found = lookup(reference);
      if (found.ok) continue;
      const where = `models.${id}.command.secret_environment.${name}`;
      const [{ code, parameters }] = found.problems;
      const problem = { code, parameters: { where, ...parameters } };
      problems.set(JSON.stringify(problem), problem);
    }
  }
  return [...problems.values()];
}

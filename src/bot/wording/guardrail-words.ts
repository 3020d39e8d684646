import type { Profile } from '../../core/models/profile.ts';

export type Guardrail = NonNullable<Profile['guardrail']>;

/** What was really looked at for forbidden content, of a run that has a result. */
export function guardrailWords({ applied, checks, fail_open: failOpen }: Guardrail): string {
  switch (applied) {
    case 'none':
      return 'Guardrails: none; this model has none.';
    case 'not_in_this_path':
      return 'Guardrails: none in this path; the model has some and does not use them here.';
    case 'builtin': {
      const what = checks.length === 0 ? 'checked by the model' : `${checks.join(' and ')} checked`;
      const hole = failOpen ? ' (a checker that breaks lets everything pass)' : '';
      return `Guardrails: ${what}, passed${hole}.`;
    }
  }
}

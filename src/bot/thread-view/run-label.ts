import { type Difference, differences } from '../../core/requests/request-plan.ts';
import type { Run } from '../../core/runs/run.ts';
import { parameterWords } from './run-parts.ts';

/** What tells a run from the others of its request: `seed 3 · edge 0.5`. */
export function runLabel(varied: readonly string[], run: Pick<Run, 'promptName' | 'parameters'>): string {
  return differences(varied, run).map(words).join(' · ');
}

function words(difference: Difference): string {
  return 'prompt' in difference ? difference.prompt : parameterWords(difference.name, difference.value);
}

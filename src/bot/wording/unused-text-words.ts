import { MAXIMUM_TEXT_CHARACTERS } from '../../core/prompts/check-text.ts';
import type { Run } from '../../core/runs/run.ts';
import { grouped, size } from './numbers.ts';

/** Why an enhancement has made no prompt, and what to do with what it has found. */
export function unusedTextWords(run: Pick<Run, 'id'>, bytes: number): string {
  const most = grouped(MAXIMUM_TEXT_CHARACTERS);
  return (
    `No prompt was made of this text (${size(bytes)}): a prompt has at most ${most} characters. ` +
    `It is kept as a file, and \`logs ${run.id}\` has what the model printed: shorten it and use it with \`create prompt\`, ` +
    'or enhance the prompt again.'
  );
}

import type { Problem } from '../../core/errors.ts';
import type { Card, CardAction, CardBlock, Mark, Text } from '../../core/ports/chat.ts';
import type { Run } from '../../core/runs/run.ts';
import { explain } from '../wording/explain.ts';
import { count } from '../wording/numbers.ts';
import { runTitle, stateMark } from './run-parts.ts';
import { action, line, paragraph, sentence } from './text.ts';

/** A short answer of one sentence; what stands between backquotes is to be typed, or a name. */
export function answerCard(
  text: string,
  options: { readonly mark?: Mark; readonly actions?: readonly CardAction[] } = {},
): Card {
  return { mark: options.mark ?? 'none', title: sentence(text), blocks: [], actions: options.actions ?? [] };
}

/**
 * What was wrong with what somebody asked for, and the way out. One problem is told as a sentence, several as rows;
 * each action does what was probably meant.
 */
export function problemCard(
  problems: readonly [Problem, ...Problem[]],
  actions: readonly CardAction[] = [],
): Card {
  const explained = problems.map(explain);
  const [first] = explained;
  if (explained.length === 1 && first !== undefined) {
    return {
      mark: 'warning',
      title: sentence(first.sentence),
      blocks: [...onlyIn(problems[0]), paragraph(sentence(first.nextStep))],
      actions,
    };
  }
  return {
    mark: 'warning',
    title: [`${count(problems.length, 'thing')} to correct`],
    blocks: [
      ...explained.flatMap((each, index) => [
        paragraph('• ', line(sentence(each.sentence), ' ', sentence(each.nextStep))),
        ...onlyIn(problems[index]),
      ]),
    ],
    actions,
  };
}

/** Of a problem that not all runs have which were asked for at once: which have it. */
function onlyIn(problem: Problem | undefined): readonly CardBlock[] {
  const { runs, runsTotal, ofRuns } = problem?.parameters ?? {};
  if (typeof runs !== 'object' || typeof runsTotal !== 'number' || typeof ofRuns !== 'number') return [];
  const named = runs.flatMap((run, index): Text => [index === 0 ? '' : ', ', { code: run }]);
  const more = runsTotal - runs.length;
  return [paragraph(`In ${runsTotal} of ${ofRuns} runs: `, named, more > 0 && `, and ${more} more`)];
}

/** The last lines of a run's log, as an answer to `logs`. */
export function logCard(run: Run, lines: readonly string[]): Card {
  const quiet = lines.length === 0;
  return {
    mark: stateMark(run.state),
    title: runTitle(run),
    blocks: quiet ? [paragraph('The log is empty so far.')] : [{ type: 'log', lines }],
    actions: [action('show', run.id, 'Details')],
  };
}

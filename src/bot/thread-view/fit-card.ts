import type { Card } from '../../core/ports/chat.ts';
import { explain } from '../wording/explain.ts';
import { fitActions, fitLine } from './fit-lines.ts';
import { action, facts, line, paragraph, sentence } from './text.ts';
import type { PromptView } from './views.ts';

/** Which models take the files of a prompt, with all that is in the way of the others. */
export function fitCard(view: PromptView): Card {
  const { prompt, fits } = view;
  const isRunnable = fits.some(({ problems }) => problems.length === 0);
  return {
    mark: 'none',
    title: facts({ strong: prompt.name }, prompt.id),
    blocks: [
      ...fits.flatMap((fit) => [
        paragraph(fitLine(view, fit)),
        ...fit.problems.slice(1).map((problem) => paragraph('• ', line(sentence(explain(problem).sentence)))),
      ]),
      ...(fits.length === 0 ? [paragraph('No model is configured here.')] : []),
    ],
    actions: [
      ...(isRunnable ? [action('inference', prompt.id, 'Run', { style: 'primary' })] : []),
      ...fitActions(view),
    ],
  };
}

import type { Card, CardAction, CardBlock, Text } from '../../core/ports/chat.ts';
import type { Prompt, PromptInput } from '../../core/prompts/prompt.ts';
import { explain } from '../wording/explain.ts';
import { leftOutWords } from '../wording/left-out-words.ts';
import { count, timeRange } from '../wording/numbers.ts';
import { mediaFacts, sameShape } from './media-facts.ts';
import { action, facts, line, paragraph, sentence } from './text.ts';
import type { PromptFit, PromptView } from './views.ts';

/** The answer to a dropped video: what it is, whether it fits, how to run it. */
export function promptCard(view: PromptView): Card {
  const { prompt } = view;
  const runnable = view.fits.find((fit) => fit.problems.length === 0);
  return {
    mark: 'none',
    title: facts({ strong: prompt.name }, prompt.id),
    blocks: [
      ...poster(view),
      ...(prompt.parent === undefined
        ? []
        : [paragraph('enhanced from ', { code: prompt.parent.prompt }, ' by ', { code: prompt.parent.run })]),
      { type: 'quote', text: prompt.text },
      ...inputRows(view),
      ...(prompt.leftOut === undefined ? [] : [paragraph(leftOutWords(prompt.leftOut))]),
      ...view.fits.map((fit) => paragraph(fitText(fit))),
    ],
    actions: promptActions(view, runnable !== undefined),
  };
}

function promptActions(
  { prompt, runsTotal, canEnhance = false }: PromptView,
  isRunnable: boolean,
): readonly CardAction[] {
  return [
    ...(isRunnable
      ? [action('inference', prompt.id, 'Run', { style: 'primary' }), action('tune', prompt.id, 'Tune')]
      : []),
    ...(canEnhance ? [action('enhance', prompt.id, 'Enhance')] : []),
    ...(prompt.inputs.length === 0 ? [] : [action('roles', prompt.id, 'Roles')]),
    // What runs were made of is kept.
    ...(runsTotal === 0 ? [action('discard', prompt.id, 'Discard', { style: 'danger' })] : []),
  ];
}

/** `color  street.mp4  1280×704 · …`; a video of the same shape as the first one says just that. */
function inputRows(view: Pick<PromptView, 'prompt' | 'computed'>): readonly CardBlock[] {
  const rows = [
    ...view.prompt.inputs.map((input) => inputRow(input, view.prompt)),
    ...view.computed.map((role): readonly Text[] => [
      line(role),
      line('none'),
      line('the model computes it'),
    ]),
  ];
  return rows.length === 0
    ? [paragraph('No files yet: send them into this thread.')]
    : [{ type: 'rows', rows }];
}

function inputRow(input: PromptInput, prompt: Prompt): readonly Text[] {
  const [first] = prompt.inputs;
  const same = first !== undefined && first !== input && sameShape(first.asset.facts, input.asset.facts);
  return [
    line({ strong: input.role }),
    line(input.originalName),
    line(same ? 'same size and length' : mediaFacts(input.asset.facts)),
  ];
}

function fitText(fit: PromptFit): Text {
  const [problem] = fit.problems;
  if (problem !== undefined) {
    const { sentence: wrong, nextStep } = explain(problem);
    return line(`Not for ${fit.model}: `, sentence(wrong), ' ', sentence(nextStep));
  }
  const parts = fit.parts ?? 1;
  const time = fit.expected === undefined ? '' : ` ${capital(approximately(timeRange(fit.expected)))}.`;
  return line(
    `Fits ${fit.model}${fit.on === undefined ? '' : ` on ${fit.on}`}${parts > 1 ? ` in ${count(parts, 'part')}` : ''}.${time}`,
  );
}

function poster(view: PromptView): readonly CardBlock[] {
  if (view.posterPath === undefined) return [];
  return [{ type: 'picture', path: view.posterPath, description: `Still of ${view.prompt.name}` }];
}

/** `about 9–12 min`, without saying `about` twice. */
function approximately(range: string): string {
  return /^[\d]/.test(range) ? `about ${range}` : range;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

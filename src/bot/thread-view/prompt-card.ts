import type { Card, CardAction, CardBlock, Text } from '../../core/ports/chat.ts';
import type { Prompt, PromptInput } from '../../core/prompts/prompt.ts';
import { leftOutWords } from '../wording/left-out-words.ts';
import { changeBlocks } from './change-blocks.ts';
import { fitActions, fitLine } from './fit-lines.ts';
import { mediaFacts, sameShape } from './media-facts.ts';
import { action, facts, line, paragraph } from './text.ts';
import type { PromptView } from './views.ts';

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
      ...changeBlocks(prompt.inputs),
      ...(prompt.leftOut === undefined ? [] : [paragraph(leftOutWords(prompt.leftOut))]),
      ...view.fits.map((fit) => paragraph(fitLine(view, fit))),
    ],
    actions: promptActions(view, runnable !== undefined),
  };
}

function promptActions(view: PromptView, isRunnable: boolean): readonly CardAction[] {
  const { prompt, runsTotal, canEnhance = false, canPreview = false } = view;
  return [
    ...(isRunnable
      ? [action('inference', prompt.id, 'Run', { style: 'primary' }), action('tune', prompt.id, 'Tune')]
      : []),
    ...(canPreview ? [action('preview', prompt.id, 'Preview controls')] : []),
    ...fitActions(view),
    ...(canEnhance ? [action('enhance', prompt.id, 'Enhance')] : []),
    ...(prompt.inputs.length === 0 ? [] : [action('roles', prompt.id, 'Roles')]),
    // What runs were made of is kept.
    ...(runsTotal === 0 ? [action('discard', prompt.id, 'Discard', { style: 'danger' })] : []),
  ];
}

/** `color  street.mp4  1280×704 · …`; a video of the same shape as the first one says just that. */
function inputRows(view: PromptView): readonly CardBlock[] {
  const rows = [
    ...view.prompt.inputs.map((input) => inputRow(input, view.prompt)),
    ...view.computed.map((role): readonly Text[] => [
      line(role),
      line('none'),
      line('the model computes it'),
    ]),
  ];
  return rows.length === 0 ? [noFiles(view)] : [{ type: 'rows', rows }];
}

function noFiles({ prompt, inShell }: PromptView): CardBlock {
  return inShell === true
    ? paragraph('No files yet: add them with ', { code: `npx cosmos add ${prompt.id} FILE` }, '.')
    : paragraph('No files yet: send them into this thread.');
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

function poster(view: PromptView): readonly CardBlock[] {
  if (view.posterPath === undefined) return [];
  return [{ type: 'picture', path: view.posterPath, description: `Still of ${view.prompt.name}` }];
}

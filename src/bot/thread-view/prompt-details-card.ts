import type { Card, CardBlock } from '../../core/ports/chat.ts';
import { count } from '../wording/numbers.ts';
import { runRow } from './list-card.ts';
import { promptCard } from './prompt-card.ts';
import { paragraph, person } from './text.ts';
import type { PromptDetailsView } from './views.ts';

/** Everything that is known of one prompt: its card, what it shall not show, who made it and when, and its runs, newest first. */
export function promptDetailsCard(view: PromptDetailsView): Card {
  const { prompt, ownerName } = view;
  const card = promptCard(view);
  const made = paragraph('Made by ', person(ownerName), ' ', { time: prompt.createdAt, style: 'ago' }, '.');
  const not = prompt.negativeText === '' ? [] : [paragraph(`Not: ${prompt.negativeText}`)];
  return { ...card, blocks: [...card.blocks, ...not, made, ...runBlocks(view)] };
}

function runBlocks({ prompt, runs, runsTotal }: PromptDetailsView): readonly CardBlock[] {
  if (runsTotal === 0) return [paragraph('No runs so far.')];
  const hidden = runsTotal - runs.length;
  return [
    paragraph(`${count(runsTotal, 'run')}:`),
    { type: 'rows', rows: runs.map(runRow) },
    ...(hidden > 0 ? [paragraph(`${hidden} more: `, { code: `list runs --prompt ${prompt.id}` })] : []),
  ];
}

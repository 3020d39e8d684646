import type { CardAction } from '../../core/ports/chat.ts';
import { action } from './text.ts';
import type { ResultView } from './views.ts';

const RATINGS = ['1', '2', '3', '4', '5'];

/** What goes on with a result, below it and wherever else it is shown: what is left out first, where there is little room, stands last. */
export function resultActions({
  run,
  hasSeed = false,
  canUpscale = false,
  enhanced,
}: Pick<ResultView, 'run' | 'hasSeed' | 'canUpscale' | 'enhanced'>): readonly CardAction[] {
  if (enhanced !== undefined) return enhancedActions(run.id, enhanced);
  return [
    ...(run.draft === undefined ? [] : [action('promote', run.id, 'At full quality', { style: 'primary' })]),
    ...(hasSeed
      ? [action('rerun', run.id, 'New seed', run.draft === undefined ? { style: 'primary' } : {})]
      : []),
    action('tune', run.id, 'Tune and run'),
    ...(canUpscale ? [action('upscale', run.id, 'Upscale')] : []),
    ...RATINGS.map((stars) => action('rate', run.id, `${stars} ★`, { arguments: [stars] })),
    action('logs', run.id, 'Show log'),
    action('show', run.id, 'Details'),
    action('reproduce', run.id, 'Reproduce'),
  ];
}

/** Of a run that has found a better text. */
function enhancedActions(
  run: string,
  { prompt, isDiscarded }: NonNullable<ResultView['enhanced']>,
): readonly CardAction[] {
  if (isDiscarded) return [action('restore', prompt.id, 'Restore')];
  return [
    action('inference', prompt.id, 'Run with it', { style: 'primary' }),
    action('tune', prompt.id, 'Tune'),
    action('discard', prompt.id, 'Discard', { style: 'danger' }),
    action('show', run, 'Details'),
  ];
}

import type { Card, CardAction, Text } from '../../core/ports/chat.ts';
import { quoteWord } from '../commands/parse-words.ts';
import { action, facts, line, paragraph } from './text.ts';
import type { TunedParameter, TuneView } from './views.ts';

/** How to type what a form would ask for: the parameters of the model, with what they are now. */
export function tuneCard(view: TuneView): Card {
  const shown = view.parameters.filter(({ essential }) => essential);
  const rows = (shown.length === 0 ? view.parameters : shown).map(parameterRow);
  const hidden = view.parameters.length - rows.length;
  return {
    mark: 'none',
    title: facts({ strong: view.title }, view.id, view.model),
    blocks: [
      paragraph('Type what shall be different: ', { code: example(view) }),
      ...(rows.length === 0 ? [] : [{ type: 'rows' as const, rows }]),
      ...(hidden > 0 ? [paragraph(`${hidden} more: `, { code: `models ${view.model}` })] : []),
    ],
    actions: [runAction(view)],
  };
}

function parameterRow({ name, values, now, help }: TunedParameter): readonly Text[] {
  return [
    [{ code: name }],
    line(values, now !== undefined && `, now ${now}`),
    help === undefined ? [] : [help],
  ];
}

/** `inference ps_7k2m9x4d --model preview edge=0.5`. */
function example({ id, model, isRun, parameters }: TuneView): string {
  const [first] = parameters.toSorted((one, other) => Number(other.essential) - Number(one.essential));
  const words = isRun ? ['rerun', id] : ['inference', id, '--model', model];
  if (first !== undefined) words.push(`${first.name}=${quoteWord(first.other)}`);
  return words.join(' ');
}

function runAction({ id, isRun, hasSeed }: TuneView): CardAction {
  if (!isRun) return action('inference', id, 'Run', { style: 'primary' });
  return action('rerun', id, hasSeed ? 'New seed' : 'Run again', { style: 'primary' });
}

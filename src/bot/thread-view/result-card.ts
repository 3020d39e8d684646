import type { Card, CardAction, CardBlock } from '../../core/ports/chat.ts';
import type { RunOutput } from '../../core/runs/run.ts';
import { duration, size } from '../wording/numbers.ts';
import { resultFacts } from './media-facts.ts';
import { lineage, parameterLine } from './run-parts.ts';
import { action, facts, line, paragraph } from './text.ts';
import type { ResultPlace, ResultView } from './views.ts';

const RATINGS = ['1', '2', '3', '4', '5'];

/** The post with the finished video: its facts, where the full file is, how to rate it. */
export function resultCard(view: ResultView): Card {
  const { run } = view;
  const primary = run.outputs.find((output) => output.purpose === 'primary');
  const took =
    run.startedAt === undefined || run.finishedAt === undefined
      ? undefined
      : duration(run.finishedAt - run.startedAt);
  const time =
    took !== undefined && (view.hardware === undefined ? `took ${took}` : `${took} on ${view.hardware}`);
  const parameters = parameterLine(run, view.parametersShown);
  const parent = lineage(run);
  return {
    mark: 'done',
    title: facts({ strong: run.id }, primary?.facts !== undefined && resultFacts(primary.facts), time),
    blocks: [
      ...(parameters === undefined && parent === undefined && view.notify === undefined
        ? []
        : [paragraph(facts(parameters, parent, view.notify))]),
      ...placeBlocks(view.place, primary),
      ...controlBlocks(run.outputs),
    ],
    actions: resultActions(view),
  };
}

function placeBlocks(place: ResultPlace, primary: RunOutput | undefined): readonly CardBlock[] {
  if (place.kind === 'attached') return [];
  if (place.kind === 'path') {
    return [paragraph({ code: place.path }, primary !== undefined && ` (${size(primary.bytes)})`)];
  }
  const full = `Posted as a ${size(place.proxyBytes)} proxy; full file (${size(place.fullBytes)})`;
  if (place.link === undefined) {
    const where = `${full} is on the bot's machine`;
    return [
      place.path === undefined ? paragraph(`${where}.`) : paragraph(`${where}: `, { code: place.path }),
    ];
  }
  return [
    paragraph(
      full,
      place.until !== undefined && line(' until ', { time: place.until, style: 'date' }),
      `: ${place.link}`,
    ),
  ];
}

function controlBlocks(outputs: readonly RunOutput[]): readonly CardBlock[] {
  const controls = outputs.filter((output) => output.purpose === 'control');
  if (controls.length === 0) return [];
  return [
    paragraph(`Controls as the model saw them: ${controls.map((control) => control.label).join(', ')}`),
  ];
}

/** What is left out first, where there is little room, stands last. */
function resultActions({ run, hasSeed = false }: ResultView): readonly CardAction[] {
  return [
    ...(hasSeed ? [action('rerun', run.id, 'New seed', { style: 'primary' })] : []),
    action('tune', run.id, 'Tune and run'),
    ...RATINGS.map((stars) => action('rate', run.id, `${stars} ★`, { arguments: [stars] })),
    action('logs', run.id, 'Show log'),
    action('show', run.id, 'Details'),
  ];
}

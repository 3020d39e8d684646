import type { Card, CardAction, CardBlock, Span, Text } from '../../core/ports/chat.ts';
import { isFinished, type Run, transferOf } from '../../core/runs/run.ts';
import { count, duration, size, timeRange } from '../wording/numbers.ts';
import { stateWords } from '../wording/stages.ts';
import { transferWords } from '../wording/transfer-words.ts';
import { problemBlocks } from './failure-card.ts';
import { mediaFacts } from './media-facts.ts';
import { resultActions } from './result-actions.ts';
import { parameterWords, runTitle, stageOf, stateMark } from './run-parts.ts';
import { action, line, paragraph, person } from './text.ts';
import type { RunDetailsView } from './views.ts';

/** Everything that is known of one run. */
export function runDetailsCard(view: RunDetailsView): Card {
  const { run } = view;
  return {
    mark: stateMark(run.state),
    title: runTitle(run),
    blocks: [
      { type: 'quote', text: run.text },
      ...(run.negativeText === '' ? [] : [paragraph(`Not: ${run.negativeText}`)]),
      { type: 'rows', rows: factRows(view) },
      ...fileRows(view),
      ...(isFinished(run.state) ? problemBlocks(run.problem) : []),
    ],
    actions: detailActions(view),
  };
}

function factRows({
  run,
  place,
  stageTitle,
  unattended = false,
  bundle,
}: RunDetailsView): readonly (readonly Text[])[] {
  const parameters = Object.entries(run.parameters).map(([name, value]) => parameterWords(name, value));
  const took =
    run.startedAt === undefined || run.finishedAt === undefined ? undefined : run.finishedAt - run.startedAt;
  const starts = place?.startsIn === undefined ? '' : `, starts in ${timeRange(place.startsIn)}`;
  return [
    row('state', stateOf(run, stageTitle, unattended), unattended && '; no bot follows it now'),
    place !== undefined && run.state === 'queued' && row('place', `${place.place} of ${place.of}${starts}`),
    row('asked by', person(run.ownerName), ' ', ago(run.queuedAt)),
    row('prompt', { code: run.promptId }),
    run.parent !== undefined && row('came from', { code: run.parent.run }, ` (${run.parent.relation})`),
    run.startedAt !== undefined && row('started', ago(run.startedAt)),
    run.finishedAt !== undefined &&
      row('ended', ago(run.finishedAt), took !== undefined && ` after ${duration(took)}`),
    run.gpuSeconds !== undefined && run.gpuSeconds > 0 && row('GPU time', duration(run.gpuSeconds * 1000)),
    run.draft !== undefined && row('draft', 'promote makes the full run of it'),
    parameters.length > 0 && row('parameters', parameters.join(' · ')),
    run.priority !== 0 && row('priority', String(run.priority)),
    run.rating !== undefined && row('rating', `${run.rating} of 5`),
    row('profile', `${run.profileId} ${run.profileHash.slice(0, 12)}`),
    bundle !== undefined && row('bundle', { code: bundle }),
  ].filter((each) => each !== false);
}

function fileRows({ run, links = [] }: RunDetailsView): readonly CardBlock[] {
  const inputs = run.inputs.map((input) =>
    row(input.role, input.originalName, ' · ', mediaFacts(input.asset.facts)),
  );
  const outputs = run.outputs.map((output, index) => {
    const link = links[index];
    return row(
      output.label,
      link === undefined ? { code: output.path } : { link: link.url, text: link.name },
      ` · ${size(output.bytes)}`,
      output.facts !== undefined && ` · ${mediaFacts(output.facts)}`,
    );
  });
  const until = links[0]?.until;
  return [
    ...(inputs.length === 0
      ? []
      : [paragraph(`${count(inputs.length, 'input')}:`), { type: 'rows' as const, rows: inputs }]),
    ...(outputs.length === 0
      ? []
      : [paragraph(`${count(outputs.length, 'result')}:`), { type: 'rows' as const, rows: outputs }]),
    ...(until === undefined
      ? []
      : [paragraph('The links are good until ', { time: until, style: 'clock' }, '.')]),
  ];
}

/** Of a result all that stands below it where it was posted. */
function detailActions({ run, next }: RunDetailsView): readonly CardAction[] {
  const log = action('logs', run.id, 'Show log');
  if (!isFinished(run.state)) return [action('cancel', run.id, 'Cancel', { style: 'danger' }), log];
  const again = action('retry', run.id, 'Run again');
  if (run.state !== 'done') return [again, log];
  const followUps = resultActions({ run, ...next }).filter(({ verb }) => verb !== 'show' && verb !== 'logs');
  return [...followUps, again, log];
}

function stateOf(run: Run, stageTitle: string | undefined, unattended: boolean): string {
  if (run.state !== 'active') return stateWords(run.state);
  const transfer = unattended ? undefined : transferOf(run);
  const stage =
    transfer === undefined ? stageOf(run, stageTitle) : transferWords(run.stage, transfer).join(', ');
  return `${stateWords(run.state)}: ${stage}`;
}

function row(name: string, ...value: readonly (Span | false)[]): readonly Text[] {
  return [line(name), line(...value)];
}

function ago(time: number): Span {
  return { time, style: 'ago' };
}

import type { Problem } from '../../core/errors.ts';
import type { Card, CardBlock, Text } from '../../core/ports/chat.ts';
import type { QueuePlace, RunsOfOwner } from '../../core/queue/queue-view.ts';
import { isFinished, isStopping, type Run, transferOf } from '../../core/runs/run.ts';
import { batchWords, returnedWords } from '../wording/batch-words.ts';
import { explain } from '../wording/explain.ts';
import { smallLaneWords } from '../wording/gpu-memory-words.ts';
import { count, duration, timeRange } from '../wording/numbers.ts';
import { stateWords } from '../wording/stages.ts';
import { transferWords } from '../wording/transfer-words.ts';
import { lineage, logTail, parameterLine, runTitle, stageOf, stateMark } from './run-parts.ts';
import { action, facts, line, paragraph, person, sentence } from './text.ts';
import type { StatusView } from './views.ts';

/** The one message per run that is edited in place: where it stands, and what one can do. */
export function statusCard(view: StatusView): Card {
  const { run } = view;
  if (isFinished(run.state)) return endedCard(run);
  return run.state === 'queued' ? queuedCard(view) : activeCard(view);
}

function queuedCard(view: StatusView): Card {
  const { run, place } = view;
  const parameters = whatItIs(view);
  const back = returnedWords(run);
  return {
    mark: 'waiting',
    title: titleOf(run),
    blocks: [
      paragraph(place === undefined ? 'Queued.' : placeText(run, place)),
      ...(back === undefined ? [] : [paragraph(sentence(back))]),
      ...(place?.paused === true
        ? [paragraph('The queue is paused; nothing starts until it is resumed.')]
        : []),
      ...(place?.problem === undefined ? [] : [problemLine(place.problem)]),
      ...smallLaneWords(place?.smallLanes ?? [], run.profileId).map((words) => paragraph(sentence(words))),
      ...(parameters === undefined ? [] : [paragraph(parameters)]),
    ],
    actions: [action('cancel', run.id, 'Cancel', { style: 'danger' })],
  };
}

/** Who asked for it matters until it has ended: the result calls them. */
function titleOf(run: Run): Text {
  return facts(runTitle(run), line('asked by ', person(run.ownerName)));
}

/** Its parameters, and the run that it came from. */
function whatItIs({ run, parametersShown, outputSize, before = [] }: StatusView): Text | undefined {
  const size = outputSize && `to ${outputSize.width}×${outputSize.height}`;
  const [first, ...more] = before;
  const others = more.length === 0 ? '' : ` and ${count(more.length, 'more time')}`;
  const again = first && line('done before as ', { code: first.id }, others);
  const words = facts(parameterLine(run, parametersShown), size, lineage(run), again);
  return words.length === 0 ? undefined : words;
}

function problemLine(problem: Problem): CardBlock {
  const { sentence: wrong, nextStep } = explain(problem);
  return paragraph(sentence(wrong), ' ', sentence(nextStep));
}

/** `Place 3 of 5 · starts in 18–25 min (1 run of @ben, 1 of yours before it; 1 run of yours is running)`. */
function placeText(run: Run, place: QueuePlace): Text {
  const starts =
    place.paused || place.startsIn === undefined ? undefined : `starts in ${timeRange(place.startsIn)}`;
  const { before, running } = place;
  const isOne = running.length === 1 && running[0]?.count === 1;
  const reasons = [
    ...(before.length === 0 ? [] : [`${whoseRuns(run, before)} before it`]),
    ...(running.length === 0 ? [] : [`${whoseRuns(run, running)} ${isOne ? 'is' : 'are'} running`]),
  ];
  const reason = reasons.length === 0 ? '' : ` (${reasons.join('; ')})`;
  return line(facts(`Place ${place.place} of ${place.of}`, starts ?? false), reason);
}

/** `2 runs of @ben, 1 of yours`. */
function whoseRuns(run: Run, all: readonly RunsOfOwner[]): string {
  return all
    .map((runs, index) => {
      const amount = index === 0 ? count(runs.count, 'run') : String(runs.count);
      return runs.owner === run.owner ? `${amount} of yours` : `${amount} of ${person(runs.ownerName)}`;
    })
    .join(', ');
}

function activeCard(view: StatusView): Card {
  const { run } = view;
  const parameters = whatItIs(view);
  return {
    mark: run.unreachableSince === undefined ? 'running' : 'warning',
    title: titleOf(run),
    blocks: [
      progressBlock(view),
      ...notices(view),
      ...(parameters === undefined ? [] : [paragraph(parameters)]),
      ...(view.isQuiet === true ? [] : logTail(run)),
    ],
    actions: [
      ...(run.cancel === undefined ? [action('cancel', run.id, 'Cancel', { style: 'danger' })] : []),
      action('logs', run.id, 'Show log'),
    ],
  };
}

function progressBlock({ run, stageTitle, stageUsually, unattended = false }: StatusView): CardBlock {
  const stopping = isStopping(run);
  const stage = stopping ? 'stopping' : stageOf(run, stageTitle);
  const transfer = !stopping && !unattended ? transferOf(run) : undefined;
  const progress = run.progress;
  const step = progress?.step;
  const known = progress?.percent;
  const left =
    !stopping && run.unreachableSince === undefined && !unattended && run.stage === 'running'
      ? progress?.remainingMs
      : undefined;
  return {
    type: 'progress',
    ...(known === undefined ? {} : { percent: known }),
    label: facts(
      ...(transfer === undefined
        ? [
            line(
              stage,
              !stopping && run.stage === 'running' && step !== undefined && ` ${step.current}/${step.total}`,
            ),
          ]
        : transferWords(run.stage, transfer)),
      left !== undefined && `${timeRange(left)} left`,
      !stopping && progress?.batch !== undefined && batchWords(progress.batch),
      stageUsually !== undefined && `longer than usual (usually ${timeRange(stageUsually)})`,
    ),
  };
}

function notices({ run, unattended = false }: StatusView): readonly CardBlock[] {
  const host = run.lane?.split('/')[0] ?? 'The host';
  const blocks: CardBlock[] = [];
  if (unattended) {
    blocks.push(
      paragraph('No bot follows it now; it goes on by itself, and the next bot to start takes it up.'),
    );
  }
  if (run.unreachableSince !== undefined) {
    const since = line(`${host} does not answer since `, { time: run.unreachableSince, style: 'clock' });
    blocks.push(
      !isStopping(run)
        ? paragraph(since, '; the run goes on there if the machine is up. I keep trying.')
        : paragraph(since, '; the run will be stopped as soon as it does.'),
    );
  }
  if (run.problem !== undefined)
    blocks.push(paragraph('Held up: ', sentence(explain(run.problem).sentence), ' I keep trying.'));
  if (run.cancel !== undefined && isStopping(run)) {
    const until = unattended
      ? 'it is stopped when a bot works its lane again.'
      : 'waiting until it has stopped.';
    blocks.push(paragraph('Cancelled by ', person(run.cancel.byName), `; ${until}`));
  }
  return blocks;
}

/** The last state of the status message: the result or the failure has a post of its own. */
function endedCard(run: Run): Card {
  const took =
    run.startedAt === undefined || run.finishedAt === undefined ? undefined : run.finishedAt - run.startedAt;
  return {
    mark: stateMark(run.state),
    title: runTitle(run),
    blocks: [
      paragraph(capital(stateWords(run.state)), took !== undefined && ` after ${duration(took)}`, '.'),
      ...(run.state === 'cancelled' && run.progress?.batch !== undefined
        ? [
            paragraph(
              'The others at the same load of the model go on; what it gives for this run is dropped.',
            ),
          ]
        : []),
    ],
    actions: [action('show', run.id, 'Details'), action('logs', run.id, 'Show log')],
  };
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

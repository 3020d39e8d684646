import type { Card, CardBlock } from '../../core/ports/chat.ts';
import { isControl } from '../../core/runs/is-control.ts';
import { SEED, seedIn } from '../../core/runs/new-seed.ts';
import type { RunOutput } from '../../core/runs/run.ts';
import { comparisonWords } from '../wording/comparison-words.ts';
import { guardrailWords } from '../wording/guardrail-words.ts';
import { duration, size } from '../wording/numbers.ts';
import { unusedTextWords } from '../wording/unused-text-words.ts';
import { enhancedCard } from './enhanced-card.ts';
import { withLateCancel } from './late-cancel.ts';
import { resultFacts } from './media-facts.ts';
import { resultActions } from './result-actions.ts';
import { lineage, parameterLine, parameterWords } from './run-parts.ts';
import { facts, paragraph, sentence } from './text.ts';
import type { FileLink, ResultPlace, ResultView } from './views.ts';

/** The post with the finished video: its facts, where the full file is, how to rate it. */
export function resultCard(view: ResultView): Card {
  const card = view.enhanced === undefined ? fileCard(view) : enhancedCard(view, view.enhanced);
  return withLateCancel(card, view.run);
}

function fileCard(view: ResultView): Card {
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
  const more = facts(
    view.place.kind === 'attached' && primary !== undefined && size(primary.bytes),
    run.gpuSeconds !== undefined && run.gpuSeconds > 0 && `GPU time ${duration(run.gpuSeconds * 1000)}`,
    seedBeside(view),
  );
  return {
    mark: 'done',
    title: facts(
      { strong: run.id },
      view.label !== undefined && view.label !== '' && { strong: view.label },
      primary?.facts !== undefined && resultFacts(primary.facts),
      time,
    ),
    blocks: [
      ...(parameters === undefined && parent === undefined && view.notify === undefined
        ? []
        : [paragraph(facts(parameters, parent, view.notify))]),
      ...(more.length === 0 ? [] : [paragraph(more)]),
      ...textBlocks(primary),
      ...(view.unusedTextBytes === undefined
        ? []
        : [paragraph(sentence(unusedTextWords(run, view.unusedTextBytes)))]),
      ...placeBlocks(view.place, primary),
      ...(view.comparison === undefined
        ? []
        : comparisonWords(view.comparison).map((words) => paragraph(words))),
      ...(view.guardrail === undefined ? [] : [paragraph(guardrailWords(view.guardrail))]),
      ...controlBlocks(view),
    ],
    actions: resultActions(view),
  };
}

/** A text is read where it stands; its file is for those who want it as one. */
function textBlocks(primary: RunOutput | undefined): readonly CardBlock[] {
  return primary?.text === undefined ? [] : [{ type: 'quote', text: primary.text }];
}

function placeBlocks(place: ResultPlace, primary: RunOutput | undefined): readonly CardBlock[] {
  if (place.kind === 'attached') return [];
  if (place.kind === 'path') {
    if (place.link !== undefined && primary !== undefined) {
      return [linkBlock('Not posted here; full', primary.bytes, place.link)];
    }
    return [paragraph({ code: place.path }, primary !== undefined && ` (${size(primary.bytes)})`)];
  }
  const posted = `Posted as a ${size(place.proxyBytes)} proxy; full`;
  if (place.link !== undefined) return [linkBlock(posted, place.fullBytes, place.link)];
  const where = `${posted} file (${size(place.fullBytes)}) is on the bot's machine`;
  return [place.path === undefined ? paragraph(`${where}.`) : paragraph(`${where}: `, { code: place.path })];
}

/** `… file (48 MB): street.mp4, until 27 Nov 14:02`, and how to get at it after that. */
function linkBlock(before: string, bytes: number, { url, name, until }: FileLink): CardBlock {
  return paragraph(
    `${before} file (${size(bytes)}): `,
    { link: url, text: name },
    ', until ',
    { time: until, style: 'clock' },
    '. Details has a new link.',
  );
}

function controlBlocks({ run, leftOut = [] }: ResultView): readonly CardBlock[] {
  const controls = run.outputs.filter(isControl);
  if (controls.length === 0) return [];
  const names = controls.map(({ label }) => label).join(', ');
  const missing = leftOut.map(({ label, bytes }) => `${label} (${size(bytes)})`).join(', ');
  return [
    paragraph(`Controls as the model saw them: ${names}`),
    ...(missing === '' ? [] : [paragraph(`Not posted here: ${missing}. Details says where they are.`)]),
  ];
}

/** The seed makes a result what it is, also where its model does not count it among what is essential. */
function seedBeside({ run, parametersShown }: ResultView): string | undefined {
  const isShown = parametersShown === undefined || parametersShown.includes(SEED);
  const seed = seedIn(run.parameters);
  return isShown || seed === undefined ? undefined : parameterWords(SEED, seed);
}

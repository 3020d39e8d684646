import type { Card, Text } from '../../core/ports/chat.ts';
import type { Run } from '../../core/runs/run.ts';
import { count, percent } from '../wording/numbers.ts';
import { stateWords } from '../wording/stages.ts';
import { stateCounts } from './request-parts.ts';
import { line, paragraph, person } from './text.ts';
import type { ListView, PromptRow } from './views.ts';

type RequestListRow = Extract<ListView, { what: 'requests' }>['rows'][number];

/** Prompts or runs, one row each, newest first. */
export function listCard(view: ListView): Card {
  const rows = rowsOf(view);
  const hidden = view.total - rows.length;
  return {
    mark: 'none',
    title: [titleOf(view)],
    blocks: [
      ...(rows.length === 0 ? [paragraph(...emptyText(view))] : [{ type: 'rows' as const, rows }]),
      ...(hidden > 0
        ? [paragraph(`${hidden} more: add `, { code: `--limit ${Math.min(1000, view.total)}` })]
        : []),
    ],
    actions: [],
  };
}

function rowsOf(view: ListView): readonly (readonly Text[])[] {
  if (view.what === 'prompts') return view.rows.map(promptRow);
  return view.what === 'runs' ? view.rows.map(runRow) : view.rows.map(requestRow);
}

function titleOf(view: ListView): string {
  if (view.what === 'runs')
    return `${counted(view.total, 'run')}${view.state === undefined ? '' : ` ${stateWords(view.state)}`}`;
  if (view.what === 'requests') return `${counted(view.total, 'request')} with many runs`;
  return `${counted(view.total, 'prompt')}${view.search === undefined ? '' : ` with “${view.search}”`}`;
}

function counted(total: number, word: string): string {
  return total === 0 ? `No ${word}s` : count(total, word);
}

function emptyText(view: ListView): Text {
  if (view.what === 'runs') return ['Start one with ', { code: 'inference PROMPT' }, '.'];
  if (view.what === 'requests') return ['Start one with ', { code: 'inference PROMPT seed=1..4' }, '.'];
  if (view.search !== undefined) return ['Try fewer or other words.'];
  return ['Make one: send a video together with a sentence that says what it shall become.'];
}

function promptRow({ prompt, ownerName, runs }: PromptRow): readonly Text[] {
  return [
    [{ code: prompt.id }],
    [prompt.name],
    [runs === 0 ? 'no runs' : count(runs, 'run')],
    [person(ownerName)],
    [{ time: prompt.createdAt, style: 'ago' }],
  ];
}

/** `rq_8d2k5m1x  9 of 24 done, 1 failed  rainy_neon_street  @ana  3 min ago`. */
function requestRow({ request, runs }: RequestListRow): readonly Text[] {
  const names = [...new Set(runs.map(({ promptName }) => promptName))];
  return [
    [{ code: request.id }],
    [stateCounts(runs).join(', ')],
    [names.length === 1 ? (names[0] ?? '') : count(names.length, 'prompt')],
    [person(request.ownerName)],
    [{ time: request.createdAt, style: 'ago' }],
  ];
}

/** `rs_3fq8w1zz  done  rainy_neon_street  preview  @ana  3 min ago`. */
export function runRow(run: Run): readonly Text[] {
  const known = run.state === 'active' ? run.progress?.percent : undefined;
  return [
    [{ code: run.id }],
    line(stateWords(run.state), known !== undefined && ` ${percent(known)}`),
    [run.promptName],
    [run.profileId],
    [person(run.ownerName)],
    [{ time: run.finishedAt ?? run.startedAt ?? run.queuedAt, style: 'ago' }],
  ];
}

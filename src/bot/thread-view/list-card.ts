import type { Card, Text } from '../../core/ports/chat.ts';
import type { Run } from '../../core/runs/run.ts';
import { count, percent } from '../wording/numbers.ts';
import { stateWords } from '../wording/stages.ts';
import { line, paragraph, person } from './text.ts';
import type { ListView, PromptRow } from './views.ts';

/** Prompts or runs, one row each, newest first. */
export function listCard(view: ListView): Card {
  const rows = view.what === 'prompts' ? view.rows.map(promptRow) : view.rows.map(runRow);
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

function titleOf(view: ListView): string {
  if (view.what === 'runs')
    return `${counted(view.total, 'run')}${view.state === undefined ? '' : ` ${stateWords(view.state)}`}`;
  return `${counted(view.total, 'prompt')}${view.search === undefined ? '' : ` with “${view.search}”`}`;
}

function counted(total: number, word: string): string {
  return total === 0 ? `No ${word}s` : count(total, word);
}

function emptyText(view: ListView): Text {
  if (view.what === 'runs') return ['Start one with ', { code: 'inference PROMPT' }, '.'];
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

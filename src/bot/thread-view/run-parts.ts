import type { CardBlock, Mark, Text } from '../../core/ports/chat.ts';
import { isFinished, type Run, type RunOutcome, type RunState } from '../../core/runs/run.ts';
import { RELATION_WORDS } from '../wording/relation-words.ts';
import { stageWords } from '../wording/stages.ts';
import { facts, line } from './text.ts';

const OUTCOME_MARKS = {
  done: 'done',
  failed: 'failed',
  blocked: 'blocked',
  cancelled: 'cancelled',
  timed_out: 'failed',
  lost: 'lost',
} as const satisfies Record<RunOutcome, Mark>;

/** Parameters beyond these would fill the card; `show` has them all. */
const MAX_PARAMETERS = 8;
const LOG_LINES = 5;
/** Parameters that read better the other way round: `35 steps`. */
const COUNTED = new Map([
  ['steps', 'steps'],
  ['num_steps', 'steps'],
]);

/** The sign of a run's state. */
export function stateMark(state: RunState): Mark {
  if (state === 'queued') return 'waiting';
  return isFinished(state) ? OUTCOME_MARKS[state] : 'running';
}

/** `rs_3fq8w1zz · rainy_neon_street · transfer1 on gpu1/gpu0`. */
export function runTitle(run: Run): Text {
  return facts(
    { strong: run.id },
    run.promptName,
    line(run.profileId, run.lane !== undefined && ` on ${run.lane}`),
  );
}

/** What an active run does now, in words. */
export function stageOf(run: Run, stageTitle: string | undefined): string {
  if (run.stage === 'running' && stageTitle !== undefined) return stageTitle;
  return stageWords(run.stage, run.progress?.modelStage);
}

/** `edge 0.8 · vis 0.2 · 35 steps · seed 7`, or undefined where there is nothing to show. */
export function parameterLine(run: Run, shown?: readonly string[]): Text | undefined {
  const names = shown ?? Object.keys(run.parameters);
  const words = names.flatMap((name) => {
    const value = run.parameters[name];
    return value === undefined ? [] : [parameterWords(name, value)];
  });
  if (words.length === 0) return undefined;
  const more = words.length - MAX_PARAMETERS;
  return facts(...words.slice(0, MAX_PARAMETERS), more > 0 && `${more} more`);
}

/** `draft`, `from draft rs_9d0x2m4k`: what it is, and the run that it came from. */
export function lineage({ parent, draft }: Run): Text | undefined {
  const from = parent && line(`${RELATION_WORDS[parent.relation]} `, { code: parent.run });
  const words = facts(draft !== undefined && 'draft', from);
  return words.length === 0 ? undefined : words;
}

/** The end of the log, or nothing. */
export function logTail(run: Run, most = LOG_LINES): readonly CardBlock[] {
  const lines = (run.progress?.logTail ?? []).filter((text) => text.trim() !== '').slice(-most);
  return lines.length === 0 ? [] : [{ type: 'log', lines }];
}

/** `edge 0.8`, `35 steps`, `no offload`. */
export function parameterWords(name: string, value: string | number | boolean): string {
  const counted = COUNTED.get(name);
  if (counted !== undefined) return `${value} ${counted}`;
  if (typeof value === 'boolean') return value ? name : `no ${name}`;
  return `${name} ${value}`;
}

import type { Prompt } from '../../core/prompts/prompt.ts';
import type { Run } from '../../core/runs/run.ts';
import type { CancelResult } from '../../core/store/cancellation.ts';
import { count, size } from './numbers.ts';

const WHEN_ATTENDED = 'when a bot works its lane again: start one with `npx cosmos start`.';

/** What the person who cancelled reads. */
export const CANCEL_WORDS = {
  cancelled: (run) => `${run.id} is cancelled; it had not started.`,
  requested: (run, isAttended) => {
    if (!isAttended) return `${run.id} will be stopped ${WHEN_ATTENDED}`;
    return run.unreachableSince === undefined
      ? `${run.id} is being stopped.`
      : `${run.id} will be stopped as soon as its host answers again.`;
  },
  too_late: (run, isAttended) => {
    const fetched = `${run.id} had already finished: its result`;
    if (!isAttended) return `${fetched} is fetched ${WHEN_ATTENDED}`;
    return run.unreachableSince === undefined
      ? `${fetched} is being fetched.`
      : `${fetched} is fetched as soon as its host answers again.`;
  },
  already_requested: (run, isAttended) => {
    const by = run.cancel ? ` (${run.cancel.byName} asked)` : '';
    return isAttended
      ? `${run.id} is being stopped already${by}.`
      : `${run.id} is cancelled already${by}, and will be stopped ${WHEN_ATTENDED}`;
  },
} as const satisfies Record<Exclude<CancelResult, 'finished'>, (run: Run, isAttended: boolean) => string>;

/** The same for all runs of a request: how many of each kind. */
export function cancelledRequestWords(
  request: string,
  {
    cancelled,
    requested,
    too_late: late,
    already_requested: already,
  }: Readonly<Record<Exclude<CancelResult, 'finished'>, number>>,
): string {
  const parts = [
    ...(cancelled > 0 ? [`${count(cancelled, 'run')} had not started and will not`] : []),
    ...(requested > 0 ? [`${count(requested, 'run')} ${requested === 1 ? 'is' : 'are'} being stopped`] : []),
    ...(late > 0 ? [`${count(late, 'run')} had already finished`] : []),
    ...(already > 0 ? [`${count(already, 'run')} ${already === 1 ? 'was' : 'were'} cancelled before`] : []),
  ];
  return `${request} is cancelled: ${parts.join('; ')}.`;
}

/** After the name of whoever has cancelled a run that then ended by itself. */
export const CANCELLED_TOO_LATE =
  ' asked to cancel it, and that came too late: it had already ended by itself.';

/** Somebody has said yes twice. */
export function queuedAlready(request: string): string {
  return `${request} is queued already: nothing more was done.`;
}

export function ratedWords(run: Run): string {
  return `${run.id} is rated ${run.rating} of 5.`;
}

/** What the person who discarded a prompt, or brought it back, reads. */
export const DISCARD_WORDS = {
  discarded: ({ id, name }) => `${name} (\`${id}\`) is discarded: no listing shows it any more.`,
  already_discarded: ({ id, name }) => `${name} (\`${id}\`) is discarded already.`,
  restored: ({ id, name }) => `${name} (\`${id}\`) is back.`,
  not_discarded: ({ id, name }) => `${name} (\`${id}\`) is not discarded.`,
} as const satisfies Readonly<Record<string, (prompt: Prompt) => string>>;

/** The first line of a log whose beginning is too much for a chat. */
export function leftOutOfLog(bytes: number): string {
  return `[the first ${size(bytes)} of this log are left out here]`;
}

/** Under the title of a thread that the bot has begun itself. */
export const THREAD_ROOT =
  'Asked for in this channel. Where it stands, the buttons and the finished video: all in the thread of this message.';

import type { Problem } from '../../core/errors.ts';
import type { UtcMs } from '../../core/ports/clock.ts';
import type { HeldAttempt } from '../../core/runner/fence-host.ts';
import { explain } from './explain.ts';
import { count, duration, percent } from './numbers.ts';
import { whyInBrackets } from './reasons.ts';
import { stageWords } from './stages.ts';
import { Parameters } from './wording.ts';

/** Whether what runs on a host that is to be given up can be looked at; `problem` is why it cannot. */
export type HostAnswer =
  | { readonly state: 'answers' }
  | { readonly state: 'silent'; readonly problem: Problem }
  /** It is not configured any more. */
  | { readonly state: 'unknown' };

export const FENCE = {
  asking: (host: string): string => `Asking ${host} whether it answers …`,

  /** What giving the host up would do. */
  preview: (host: string, answer: HostAnswer, held: readonly HeldAttempt[], now: UtcMs): string => {
    const ends =
      held.length === 0
        ? ['It holds no runs.']
        : [
            `Giving it up ends ${count(held.length, 'run')}; what ${held.length === 1 ? 'it has' : 'they have'} made there is not fetched any more:`,
            ...held.map((attempt) => `  ${heldLine(attempt, now)}`),
          ];
    return [
      answerLine(host, answer),
      ...ends,
      'Its lanes take nothing until it answers again; what waits goes to other hosts that have the model.',
      'If it comes back, its processes of this bot are ended before anything new starts there.',
    ].join('\n');
  },

  question: (host: string): string => `Type yes to give ${host} up: `,
  needsYes: 'Nothing was changed. Add --yes to give it up.',
  declined: 'Nothing was changed.',

  done: (host: string, ended: readonly HeldAttempt[]): string => {
    const lost = ended.filter(({ isCancelled }) => !isCancelled).map(({ run }) => run);
    const cancelled = ended.length - lost.length;
    const outcomes = [
      ...(lost.length > 0 ? [`${lost.join(', ')} ${lost.length === 1 ? 'is' : 'are'} lost`] : []),
      ...(cancelled > 0 ? [`${count(cancelled, 'run')} cancelled`] : []),
    ];
    return [
      `${host} is given up${outcomes.length === 0 ? '.' : `: ${outcomes.join(', ')}.`}`,
      ...lost.map((run) => `Run it again: npx cosmos retry ${run}`),
      'Its lanes open by themselves once it answers and nothing of this bot runs there.',
    ].join('\n');
  },

  nobodyLooks: 'No bot is running here now: the next one to start looks after that host.',
} as const;

function answerLine(host: string, answer: HostAnswer): string {
  switch (answer.state) {
    case 'answers':
      return `${host} answers.`;
    case 'unknown':
      return `${host} is not in the configuration any more, so it cannot be asked.`;
    case 'silent': {
      const { code, parameters } = answer.problem;
      if (code !== 'engine.host_unreachable') return explain(answer.problem).sentence;
      return `${host} does not answer${whyInBrackets(new Parameters(parameters))}.`;
    }
  }
}

/** `rs_3fq8w1zz  rainy_neon_street  @ana  gpu1/gpu0: running the model, 46 %, for 2 h 3 min, last heard of 1 h ago → lost`. */
function heldLine(held: HeldAttempt, now: UtcMs): string {
  const does = [
    stageWords(held.stage),
    ...(held.percent === undefined ? [] : [percent(held.percent)]),
    `for ${duration(now - held.since)}`,
    `last heard of ${duration(now - held.lastContactAt)} ago`,
  ];
  const end = held.isCancelled ? 'cancelled, as was asked for' : 'lost';
  return `${held.run}  ${held.promptName}  @${held.ownerName}  ${held.lane}: ${does.join(', ')} → ${end}`;
}

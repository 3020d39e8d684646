import type { ErrorCode } from '../../core/errors.ts';
import { count, duration, grouped } from './numbers.ts';
import { why, whyInBrackets } from './reasons.ts';
import type { Explanation, Parameters, Wording } from './wording.ts';

/** What stands in the way in the chat, in the queue and in the database. */
export const QUEUE_WORDING = {
  'chat.forbidden': {
    example: { verb: 'cancel', owner: 'ben', role: 'admin' },
    say: (p) => ({
      sentence: `You may not ${p.part('verb', (verb) => `use \`${verb}\``) || 'do that'}${p.part('owner', (owner) => ` on a ${p.text('kind', 'run')} of ${owner}`)} here${p.part('role', (role) => `; it takes the role ${role}`)}.`,
      nextStep: 'Ask whoever runs the bot for that role.',
    }),
  },
  'chat.stale_command': {
    example: { ageMs: 420_000 },
    say: (p) => ({
      sentence: `This reached me ${p.measure('ageMs', (value) => `${duration(value)} late`, 'late')}, so I did nothing.`,
      nextStep: 'Send it again if you still want it.',
    }),
  },
  'chat.form_late': {
    example: {},
    say: () => ({
      sentence: 'The form could not be opened in time; nothing was done.',
      nextStep: 'Open it again.',
    }),
  },
  'chat.unavailable': {
    example: { platform: 'web', detail: 'connection reset' },
    say: (p) => ({
      sentence: `${p.text('platform', 'The chat')} does not answer${whyInBrackets(p)}.`,
      nextStep: 'Wait: I keep trying, and runs go on meanwhile.',
    }),
  },
  'chat.place_gone': {
    example: { about: 'rs_3fq8w1zz' },
    say: (p) => ({
      sentence: `I cannot post ${p.text('about', 'the answer')} where it was asked for: ${p.has('invitation') ? 'I am not in that channel, or it is gone' : 'that thread or channel is gone'}.`,
      nextStep: p.has('about')
        ? `See it here with \`show ${p.text('about')}\`.`
        : p.part('invitation', (words) => `Invite me there with \`${words}\` and ask again.`) ||
          'Ask again here if you still need it.',
    }),
  },
  'chat.not_permitted': {
    example: { about: 'rs_3fq8w1zz', detail: 'not in the channel' },
    say: (p) => ({
      sentence: p.has('invitation')
        ? `I cannot post ${p.text('about', 'the answer')} where it was asked for: I am not in that channel.`
        : `I may not post ${p.text('about', 'the answer')} where it was asked for${whyInBrackets(p)}.`,
      nextStep: `${p.part('invitation', (words) => `Invite me with \`${words}\` and ask again`) || 'Invite me there, or let me post there'}${p.part('about', (about) => `; see it here with \`show ${about}\``)}.`,
    }),
  },

  'chat.token_refused': {
    example: { platform: 'web', detail: 'token revoked' },
    say: (p) => ({
      sentence: `${p.text('platform', 'The chat')} does not let me in with my token${whyInBrackets(p)}.`,
      nextStep: 'Whoever runs the bot: install the app again, put its new token in place, and restart me.',
    }),
  },
  'chat.scope_missing': {
    example: { platform: 'web', scope: 'files:read' },
    say: (p) => ({
      sentence: `${p.text('platform', 'The chat')} does not let me do that without the scope ${p.part('scope', (scope) => `\`${scope}\``) || 'for it'}.`,
      nextStep: 'Whoever runs the bot: add the scope to the app and install the app again.',
    }),
  },

  'queue.limit_reached': {
    example: { maximum: 10, queued: 10 },
    say: (p) => (p.has('asked') ? noRoomForAll(p) : noRoom(p)),
  },
  'queue.too_many_runs': {
    example: { count: 144, maximum: 50 },
    say: (p) => ({
      sentence: `That asks for ${p.measure('count', (value) => count(value, 'run'), 'too many runs')} in one go${p.measure('maximum', (value) => `; at most ${grouped(value)} are possible`)}.`,
      nextStep: 'Shorten a list or a range, or ask for them in several commands.',
    }),
  },
  'queue.request_finished': {
    example: { request: 'rq_8d2k5m1x' },
    say: (p) => ({
      sentence: `All runs of ${p.text('request', 'that request')} have ended already.`,
      nextStep: `See them with \`show ${p.text('request', 'REQUEST')}\`.`,
    }),
  },
  'queue.nothing_to_retry': {
    example: { request: 'rq_8d2k5m1x' },
    say: (p) => ({
      sentence: `No run of ${p.text('request', 'that request')} is left to be run again: none has ended without a result, or it was run again already.`,
      nextStep: `See how they stand with \`show ${p.text('request', 'REQUEST')}\`.`,
    }),
  },
  'queue.run_finished': {
    example: { run: 'rs_3fq8w1zz', state: 'done' },
    say: (p) => ({
      sentence: `${run(p)} has already ended${p.part('state', (state) => ` (${state.replaceAll('_', ' ')})`)}.`,
      nextStep: `Run it again with \`retry ${p.text('run', 'RUN')}\`.`,
    }),
  },
  'queue.run_not_finished': {
    example: { run: 'rs_3fq8w1zz' },
    say: (p) => ({
      sentence: `${run(p)} has not ended yet.`,
      nextStep: `Wait for it, or cancel it with \`cancel ${p.text('run', 'RUN')}\`.`,
    }),
  },
  'queue.no_result': {
    example: { run: 'rs_3fq8w1zz', state: 'cancelled' },
    say: (p) => ({
      sentence: `${run(p)} has no result${p.part('state', (state) => ` (${state.replaceAll('_', ' ')})`)}.`,
      nextStep: `Run it again with \`retry ${p.text('run', 'RUN')}\`.`,
    }),
  },
  'queue.lane_busy': {
    example: { lane: 'here/cpu', by: 'the bot, process 4211' },
    say: (p) => ({
      sentence: `${p.text('lane', 'The lane')} is already driven by ${p.text('by', 'another process')}.`,
      nextStep: 'Leave it to that process: runs that you queue are taken by it.',
    }),
  },
  'queue.lane_blocked': {
    example: { lane: 'gpu1/gpu0', detail: 'a stopped run still holds 21.9 GB of its memory' },
    say: (p) => ({
      sentence: `${p.text('lane', 'The lane')} takes no runs, because it cannot be proved free${why(p) === '' ? '' : `: ${why(p)}`}.`,
      nextStep: 'Free it on the host; the queue goes on by itself.',
    }),
  },
  'queue.lane_fenced': {
    example: { lane: 'gpu1/gpu0', host: 'gpu1', by: 'ana', attempt: 'jb_5d8r2k1m-a1' },
    say: (p) => ({
      sentence: `${p.text('lane', 'The lane')} takes no runs: ${p.text('host', 'its host')} was given up${p.part('by', (by) => ` by ${by}`)}${p.part('attempt', (attempt) => `; it answers again, but ${attempt} there does not end`)}.`,
      nextStep: p.has('attempt')
        ? 'End its processes on that host; the lane then opens by itself.'
        : 'Nothing to do here: once the host answers, what runs there of this bot is ended, and the lane opens by itself.',
    }),
  },
  'queue.host_answers': {
    example: { host: 'gpu1', runs: ['rs_3fq8w1zz'] },
    say: (p) => ({
      sentence: `${p.text('host', 'The host')} answers: it need not be given up.`,
      nextStep: `${
        p.has('runs')
          ? `Cancel what runs there with ${p
              .list('runs')
              .map((run) => `\`npx cosmos cancel ${run}\``)
              .join(', ')}`
          : 'Nothing runs there'
      }. To give the host up all the same, add \`--force\`.`,
    }),
  },
  'queue.lane_gone': {
    example: { lane: 'gpu1/gpu0' },
    say: (p) => ({
      sentence: `The run is on ${p.text('lane', 'a lane')}, which is not in the configuration any more.`,
      nextStep: 'Configure that lane again; the run is then followed to its end.',
    }),
  },
  'queue.batch_left': {
    example: { outcome: 'blocked' },
    say: (p) => ({
      sentence: `A run that shared its load of the model${p.part('outcome', (outcome) => ` was ${outcome.replaceAll('_', ' ')} and`)} ended the job before its turn.`,
      nextStep: 'Nothing to do: it is back at its old place and starts again by itself.',
    }),
  },
  'queue.batch_failed': {
    example: { cause: 'engine.start_failed', runs: 4 },
    say: (p) => ({
      sentence: `The job of ${p.part('runs', (runs) => `${runs} runs`) || 'several runs'} together ended, and none of them is to blame for certain${p.part('cause', (cause) => ` (${cause})`)}.`,
      nextStep: 'Nothing to do: it is back at its old place and is tried alone.',
    }),
  },
  'queue.batch_memory': {
    example: { runs: 8, limit: 4 },
    say: (p) => ({
      sentence: `Memory ran out with ${p.part('runs', (runs) => `${runs} runs`) || 'several runs'} together.`,
      nextStep: `Nothing to do: it is back at its old place and is tried again with ${p.part('limit', (limit) => (limit === '1' ? 'no others' : `at most ${limit} together`)) || 'fewer'}.`,
    }),
  },
  'queue.batch_mixed': {
    example: { file: 'video_1/prompt.txt' },
    say: (p) => ({
      sentence: `What the model wrote for it together with others is not certainly its own${p.part('file', (file) => ` (${file} holds another text)`)}.`,
      nextStep: 'Nothing to do: that result was dropped, and it is tried again alone.',
    }),
  },
  'queue.no_daemon': {
    example: {},
    say: () => ({
      sentence: 'The run is queued, but no bot is running that would execute it.',
      nextStep: 'Start one with `npx cosmos start`, or add `--wait` and this command executes it itself.',
    }),
  },

  'store.newer_database': {
    example: { found: 9, supported: 7 },
    say: (p) => ({
      sentence: `The database was written by a newer version${p.has('found') && p.has('supported') ? ` (its format is ${p.text('found')}, this version knows ${p.text('supported')})` : ''}.`,
      nextStep: 'Update the bot, or use another data folder.',
    }),
  },
  'store.not_a_database': {
    example: { file: 'data/cosmos.db' },
    say: (p) => ({
      sentence: `${p.text('file', 'The database file')} is not a database, or it is damaged.`,
      nextStep: 'Move it away, or restore it from a backup.',
    }),
  },
  'store.disk_full': {
    example: { file: 'data/cosmos.db' },
    say: (p) => ({
      sentence: `The disk${p.part('file', (file) => ` of ${file}`)} is full; nothing was saved.`,
      nextStep: 'Free some space and send it again.',
    }),
  },
  'store.read_only': {
    example: { file: 'data' },
    say: (p) => ({
      sentence: `${p.text('file', 'The data folder')} cannot be written.`,
      nextStep: 'Let the user that runs the bot write there, or set another `data_dir`.',
    }),
  },
  'store.busy': {
    example: {},
    say: () => ({ sentence: 'The database is busy; nothing was saved.', nextStep: 'Try again in a moment.' }),
  },
  'store.second_daemon': {
    example: { pid: 4211 },
    say: (p) => ({
      sentence: `Another bot already works with this data folder${p.part('pid', (pid) => ` (process ${pid})`)}.`,
      nextStep: `Use that one, stop it first${p.part('pid', (pid) => ` (\`kill ${pid}\`)`)}, or set another \`data_dir\`.`,
    }),
  },
  'store.failed': {
    example: { detail: 'disk I/O error' },
    say: (p) => ({
      sentence: `The database failed${whyInBrackets(p)}; nothing was saved.`,
      nextStep: 'Check the disk of the data folder, then try again.',
    }),
  },
} as const satisfies Partial<Record<ErrorCode, Wording>>;

function run(p: Parameters): string {
  return p.text('run', 'The run');
}

function noRoom(p: Parameters): Explanation {
  return {
    sentence: `You already have ${p.part('queued', (value) => `${value} runs`) || 'as many runs'} waiting${p.part('maximum', (value) => `; at most ${value} may`) || ' as you may'}.`,
    nextStep: 'Wait until one has started, or cancel one.',
  };
}

function noRoomForAll(p: Parameters): Explanation {
  const room = Math.max(0, (p.number('maximum') ?? 0) - (p.number('queued') ?? 0));
  return {
    sentence: `That asks for ${p.text('asked')} runs, and you have ${p.measure('queued', (value) => count(value, 'run'), 'runs')} waiting already; at most ${p.text('maximum', 'so many')} may wait.`,
    nextStep:
      room > 0 ? `Ask for ${room} at most, or cancel some.` : 'Wait until some have started, or cancel some.',
  };
}

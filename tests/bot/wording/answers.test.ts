import { expect, it } from 'vitest';
import { CANCEL_WORDS, cancelledRequestWords } from '../../../src/bot/wording/answers.ts';
import { activeRun, NOW } from '../samples.ts';

it('a cancel that comes too late is not said to stop anything', () => {
  const run = activeRun({ stage: 'collecting' });

  expect(CANCEL_WORDS.too_late(run, true)).toBe(
    `${run.id} had already finished: its result is being fetched.`,
  );
  expect(CANCEL_WORDS.too_late({ ...run, unreachableSince: NOW }, true)).toContain(
    'as soon as its host answers',
  );
  expect(CANCEL_WORDS.too_late(run, false)).toContain('npx cosmos start');
  const counts = { cancelled: 1, requested: 0, too_late: 2, already_requested: 0 };
  expect(cancelledRequestWords('rq_1', counts)).toBe(
    'rq_1 is cancelled: 1 run had not started and will not; 2 runs had already finished.',
  );
});

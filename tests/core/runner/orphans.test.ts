import { pino } from 'pino';
import { expect, it } from 'vitest';
import { tellOrphans } from '../../../src/core/runner/orphans.ts';
import { LANE, TestLane } from './lane.ts';

const logger = pino({ level: 'silent' });

it('a run on a lane that is not configured says so, once, and goes on when the lane is back', async () => {
  const lane = await TestLane.open();
  const { run, attempt } = await lane.begin();
  tellOrphans({ store: lane.store, logger }, new Set([LANE]));
  expect(lane.run(run).problem).toBeUndefined();
  tellOrphans({ store: lane.store, logger }, new Set());
  tellOrphans({ store: lane.store, logger }, new Set());
  expect(lane.run(run)).toMatchObject({
    state: 'active',
    problem: { code: 'queue.lane_gone', parameters: { lane: LANE } },
  });
  await lane.settle();
  expect(lane.run(run).problem).toBeUndefined();
  expect(lane.host.starts(attempt)).toBe(1);
  const events = lane.eventsOf(run).filter((type) => /held_up|went_on/.test(type));
  expect(events).toEqual(['run.held_up', 'run.went_on']);
});

import { expect, it } from 'vitest';
import { ChannelPace } from '../../../src/bot/slack/channel-pace.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';

it('lets a short burst into a channel, then one post a second', () => {
  const clock = new FakeClock();
  const pace = new ChannelPace(clock, 1_000);
  const take = () => pace.take('C1', 10_000);
  expect([take(), take(), take(), take(), take()]).toEqual([0, 0, 0, 1_000, 2_000]);
  expect(pace.take('C2', 10_000)).toBe(0);
  clock.advance(10_000);
  expect(take()).toBe(0);
});

it('refuses a turn that is too far away, and takes none for it', () => {
  const clock = new FakeClock();
  const pace = new ChannelPace(clock, 1_000);
  for (let post = 0; post < 5; post++) pace.take('C1', 10_000);
  expect(pace.take('C1', 2_999)).toBeUndefined();
  expect(pace.take('C1', 3_000)).toBe(3_000);
});

it('lets as large a burst through as it is told', () => {
  const pace = new ChannelPace(new FakeClock(), 1_500, 10);
  const waits = Array.from({ length: 12 }, () => pace.take('replies', 10_000));
  expect(waits).toEqual([...Array.from({ length: 10 }, () => 0), 1_500, 3_000]);
  expect(pace.take('history', 10_000)).toBe(0);
});

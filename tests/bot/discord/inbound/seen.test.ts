import { expect, it } from 'vitest';
import { Missed } from '../../../../src/bot/discord/inbound/missed.ts';
import { snowflakeAt, timeOf } from '../../../../src/bot/discord/inbound/place.ts';
import { Seen } from '../../../../src/bot/discord/inbound/seen.ts';
import { FakeClock } from '../../../fakes/fake-clock.ts';

const MARGIN_MS = 2 * 60_000;

function desk(value?: string) {
  const clock = new FakeClock();
  const written: string[] = [];
  const mark = { read: () => value, write: (snowflake: string) => written.push(snowflake) };
  const seen = new Seen(mark, clock);
  return { clock, written, seen, missed: new Missed(seen, clock) };
}

it('ids and times belong together', () => {
  expect(timeOf('175928847299117063')).toBe(1_462_015_105_796);
  expect(timeOf(snowflakeAt(1_700_000_000_000))).toBe(1_700_000_000_000);
});

it('the mark follows the time, two heartbeats behind, and only while somebody listens', () => {
  const { clock, written, seen } = desk();
  seen.write();
  expect(written).toEqual([]);
  seen.listen();
  seen.write();
  seen.write();
  expect(written).toEqual([snowflakeAt(clock.now() - MARGIN_MS)]);
});

it('the mark stands while the connection is lost', () => {
  const { clock, written, seen } = desk();
  seen.listen();
  seen.write();
  seen.pause();
  clock.advance(10 * 60_000);
  seen.write();
  expect(written).toHaveLength(1);
  seen.listen();
  seen.write();
  expect(written).toHaveLength(2);
});

it('the mark does not pass what is not saved yet', () => {
  const { clock, written, seen } = desk();
  seen.listen();
  const message = snowflakeAt(clock.now());
  const release = seen.hold(message);
  clock.advance(10 * 60_000);
  seen.write();
  expect(written.at(-1)).toBe(String(BigInt(message) - 1n));
  release();
  seen.write();
  expect(timeOf(written.at(-1) ?? '')).toBe(clock.now() - MARGIN_MS);
});

it('the mark waits for every guild that a new session has to catch up with', () => {
  const since = snowflakeAt(Date.UTC(2026, 0, 15, 8));
  const { written, seen, missed } = desk(since);
  missed.begin(['1', '2']);
  const one = missed.take('1');
  expect(one?.since).toBe(since);
  expect(missed.take('1')).toBeUndefined();
  expect(missed.take('3')).toBeUndefined();
  one?.done();
  seen.write();
  expect(written).toEqual([]);
  missed.take('2')?.done();
  seen.write();
  expect(written).toHaveLength(1);
});

it('what a session has not caught up with, the next one does', () => {
  const since = snowflakeAt(Date.UTC(2026, 0, 15, 8));
  const { written, seen, missed } = desk(since);
  missed.begin(['1', '2']);
  missed.take('1')?.done();
  missed.begin(['1', '2']);
  const part = missed.take('2');
  expect(part?.since).toBe(since);
  seen.write();
  expect(written).toEqual([]);
  missed.take('1')?.done();
  part?.done();
  seen.write();
  expect(written).toHaveLength(1);
});

it('what a guild says while Discord cannot reach it is looked for once it can, and the mark waits for that', () => {
  const { clock, written, seen, missed } = desk();
  missed.begin(['1', '2']);
  const left = clock.now();
  missed.lose('1');
  missed.lose('1');
  clock.advance(60 * 60_000);
  seen.write();
  expect(timeOf(written.at(-1) ?? '')).toBeLessThanOrEqual(left - 60_000);
  expect(missed.take('2')).toBeUndefined();
  const part = missed.take('1');
  expect(timeOf(part?.since ?? '')).toBe(left - 60_000);
  seen.write();
  expect(timeOf(written.at(-1) ?? '')).toBeLessThanOrEqual(left - 60_000);
  part?.done();
  seen.write();
  expect(timeOf(written.at(-1) ?? '')).toBe(clock.now() - MARGIN_MS);
  expect(missed.take('1')).toBeUndefined();
});

it('a guild that Discord could not reach when the session ended is looked for by the next one, and holds nothing more', () => {
  const since = snowflakeAt(Date.UTC(2026, 0, 15, 8));
  const { clock, written, seen, missed } = desk(since);
  missed.begin(['1']);
  missed.take('1')?.done();
  missed.lose('1');
  missed.begin(['1']);
  missed.take('1')?.done();
  seen.write();
  expect(timeOf(written.at(-1) ?? '')).toBe(clock.now() - MARGIN_MS);
});

it('a guild that fails again before it was caught up with is looked for from the first failure on', () => {
  const since = snowflakeAt(Date.UTC(2026, 0, 15, 8));
  const { clock, written, seen, missed } = desk(since);
  missed.begin(['1']);
  missed.lose('1');
  const part = missed.take('1');
  expect(part?.since).toBe(since);
  part?.done();
  clock.advance(60 * 60_000);
  seen.write();
  expect(timeOf(written.at(-1) ?? '')).toBe(clock.now() - MARGIN_MS);
});

it('a guild that Discord could not reach, and that has thrown the bot out meanwhile, holds nothing', () => {
  const since = snowflakeAt(Date.UTC(2026, 0, 15, 8));
  const { clock, written, seen, missed } = desk(since);
  missed.begin(['1', '2']);
  missed.take('1')?.done();
  missed.take('2')?.done();
  missed.lose('1');
  missed.begin(['2']);
  missed.take('2')?.done();
  clock.advance(60 * 60_000);
  seen.write();
  expect(timeOf(written.at(-1) ?? '')).toBe(clock.now() - MARGIN_MS);
});

it('nobody waits for a guild that the bot has left', () => {
  const since = snowflakeAt(Date.UTC(2026, 0, 15, 8));
  const { clock, written, seen, missed } = desk(since);
  missed.begin(['1', '2', '3']);
  missed.take('1')?.done();
  missed.leave('2');
  seen.write();
  expect(written).toEqual([]);
  missed.take('3')?.done();
  missed.lose('1');
  missed.leave('1');
  seen.write();
  expect(timeOf(written.at(-1) ?? '')).toBe(clock.now() - MARGIN_MS);
  expect(missed.take('2')).toBeUndefined();
});

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
  return { clock, written, seen, missed: new Missed(seen) };
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
  expect(missed.take('2')?.since).toBe(since);
  seen.write();
  expect(written).toEqual([]);
});

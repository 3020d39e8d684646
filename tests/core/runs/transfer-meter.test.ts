import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TransferMeter } from '../../../src/core/runs/transfer-meter.ts';

const MB = 1e6;

function meter(sizes: Record<string, number>): TransferMeter {
  return new TransferMeter(new Map(Object.entries(sizes)));
}

/** Reports of one file, one for each second from 0 on. */
function everySecond(of: TransferMeter, key: string, ...bytes: readonly number[]): void {
  for (const [second, done] of bytes.entries()) of.report(key, done, second * 1_000);
}

describe('a transfer', () => {
  it('shows nothing before its first byte, and nothing where there is nothing to move', () => {
    const both = meter({ a: 10, b: 20 });
    expect(both.state(0)).toBeUndefined();
    both.report('a', 10, 1_000);
    both.report('b', 20, 2_000);
    expect(both.state(60_000)).toBeUndefined();
    const empty = meter({ nothing: 0 });
    empty.report('nothing', 0, 0);
    expect(empty.state(0)).toBeUndefined();
  });

  it('of several files is one, without those that were there', () => {
    const three = meter({ there: 500 * MB, a: 100 * MB, b: 200 * MB });
    three.report('there', 500 * MB, 0);
    three.report('a', 0, 0);
    expect(three.state(0)).toEqual({ doneBytes: 0, totalBytes: 300 * MB });
    three.report('a', 100 * MB, 1_000);
    three.report('b', 0, 1_000);
    three.report('b', 50 * MB, 2_000);
    expect(three.state(2_000)).toMatchObject({ doneBytes: 150 * MB, totalBytes: 300 * MB });
  });

  it('says a rate after two seconds and the remaining time after five', () => {
    const one = meter({ a: 100 * MB });
    everySecond(one, 'a', 0, 10 * MB);
    expect(one.state(1_999)).toEqual({ doneBytes: 10 * MB, totalBytes: 100 * MB });
    one.report('a', 20 * MB, 2_000);
    expect(one.state(2_000)).toEqual({ doneBytes: 20 * MB, totalBytes: 100 * MB, bytesPerSecond: 10 * MB });
    one.report('a', 50 * MB, 5_000);
    expect(one.state(5_000)).toMatchObject({ bytesPerSecond: 10 * MB, remainingMs: 5_000 });
  });

  it('has the rate of the last ten seconds', () => {
    const one = meter({ a: 1_000 * MB });
    const slow = Array.from({ length: 31 }, (_, second) => second * MB);
    everySecond(one, 'a', ...slow);
    for (let second = 1; second <= 10; second += 1)
      one.report('a', (30 + 20 * second) * MB, (30 + second) * 1_000);
    expect(one.state(40_000)?.bytesPerSecond).toBe(20 * MB);
  });

  it('says neither rate nor remaining time when nothing has moved for ten seconds, and both when it goes on', () => {
    const one = meter({ a: 100 * MB });
    everySecond(one, 'a', 0, 10 * MB, 20 * MB, 30 * MB, 40 * MB, 50 * MB);
    expect(one.state(10_000)?.bytesPerSecond).toBe(5 * MB);
    expect(one.state(15_000)).toEqual({ doneBytes: 50 * MB, totalBytes: 100 * MB });
    one.report('a', 60 * MB, 16_000);
    expect(one.state(16_000)?.remainingMs).toBeGreaterThan(0);
  });

  it('that is resumed counts what is there for the bytes, and not for the rate', () => {
    const one = meter({ a: 100 * MB });
    one.report('a', 80 * MB, 0);
    expect(one.state(0)).toEqual({ doneBytes: 80 * MB, totalBytes: 100 * MB });
    one.report('a', 90 * MB, 5_000);
    expect(one.state(5_000)).toEqual({
      ...{ doneBytes: 90 * MB, totalBytes: 100 * MB },
      ...{ bytesPerSecond: 2 * MB, remainingMs: 5_000 },
    });
  });

  it('that has to begin anew says so, and has moved what it has moved', () => {
    const one = meter({ a: 100 * MB });
    everySecond(one, 'a', 0, 20 * MB, 40 * MB, 60 * MB);
    one.report('a', 0, 4_000);
    one.report('a', 20 * MB, 5_000);
    expect(one.state(5_000)).toMatchObject({ doneBytes: 20 * MB, bytesPerSecond: 16 * MB });
  });

  it('that is over says how much alone', () => {
    const one = meter({ a: 100 * MB });
    everySecond(one, 'a', 0, 50 * MB, 60 * MB, 100 * MB);
    expect(one.state(6_000)).toEqual({ doneBytes: 100 * MB, totalBytes: 100 * MB });
  });

  it('never shows more than all, less than before, or a number that is none', () => {
    const steps = fc.array(
      fc.record({ key: fc.constantFrom('a', 'b', 'c'), ms: fc.nat(3_000), bytes: fc.nat(60) }),
      { maxLength: 200 },
    );
    fc.assert(
      fc.property(steps, (reports) => {
        const sizes = { a: 1_000, b: 500, c: 1 };
        const three = meter(sizes);
        const done = { a: 0, b: 0, c: 0 };
        let now = 0;
        let share = 0;
        for (const { key, ms, bytes } of reports) {
          now += ms;
          done[key] = Math.min(sizes[key], done[key] + bytes);
          three.report(key, done[key], now);
          const state = three.state(now);
          if (state === undefined) continue;
          expect(state.doneBytes).toBeLessThanOrEqual(state.totalBytes);
          expect(state.doneBytes / state.totalBytes).toBeGreaterThanOrEqual(share);
          share = state.doneBytes / state.totalBytes;
          for (const value of [state.bytesPerSecond ?? 1, state.remainingMs ?? 1]) {
            expect(value).toBeGreaterThan(0);
            expect(Number.isFinite(value)).toBe(true);
          }
        }
      }),
    );
  });
});

import { describe, expect, it } from 'vitest';
import { decideStop, KILL_PATIENCE_MS } from '../../../src/core/runner/stop-policy.ts';

const TIMEOUTS = { runMs: 1_000, silenceMs: 300, cancelGraceMs: 50 };
const RUNNING = { cancelRequested: false, startedAt: 10_000, lastLogAt: 10_000 };

describe('an attempt that nobody has stopped', () => {
  it.each([
    [{}, 10_299, { act: 'none', nextMs: 1 }],
    [{}, 10_300, { act: 'terminate', reason: 'silence' }],
    [{ lastLogAt: 10_900 }, 10_999, { act: 'none', nextMs: 1 }],
    [{ lastLogAt: 10_900 }, 11_000, { act: 'terminate', reason: 'run_timeout' }],
    [{ hangStopAt: 10_020 }, 10_010, { act: 'none', nextMs: 10 }],
    [{ hangStopAt: 10_020 }, 10_019, { act: 'none', nextMs: 1 }],
    [{ hangStopAt: 10_020 }, 10_020, { act: 'terminate', reason: 'hang' }],
    [{ hangStopAt: 10_400 }, 10_000, { act: 'none', nextMs: 300 }],
  ])('with %j is, at %i, to be %j', (more, now, decision) => {
    expect(decideStop(now, { ...RUNNING, ...more }, TIMEOUTS)).toEqual(decision);
  });

  it.each([
    [{ cancelRequested: true, hangStopAt: 10_000 }, 'cancel'],
    [{ hangStopAt: 10_000 }, 'hang'],
    [{}, 'run_timeout'],
  ])('and of which everything is over, with %j, is stopped as %s', (more, reason) => {
    expect(decideStop(20_000, { ...RUNNING, ...more }, TIMEOUTS)).toEqual({ act: 'terminate', reason });
  });
});

describe('an attempt that was stopped', () => {
  const stop = { reason: 'silence', sentAt: 20_000, outputs: [] } as const;

  it('is killed after the grace, whatever else is over, and given up when that does not help', () => {
    const at = (now: number, killSentAt?: number) =>
      decideStop(
        now,
        { ...RUNNING, cancelRequested: true, stop: { ...stop, ...(killSentAt && { killSentAt }) } },
        TIMEOUTS,
      );
    expect(at(20_049)).toEqual({ act: 'none', nextMs: 1 });
    expect(at(20_050)).toEqual({ act: 'kill', reason: 'silence' });
    expect(at(30_000, 30_000)).toEqual({ act: 'none', nextMs: KILL_PATIENCE_MS });
    expect(at(30_000 + KILL_PATIENCE_MS - 1, 30_000)).toEqual({ act: 'none', nextMs: 1 });
    expect(at(30_000 + KILL_PATIENCE_MS, 30_000)).toEqual({ act: 'give_up' });
  });
});

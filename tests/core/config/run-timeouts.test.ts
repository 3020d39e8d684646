import { describe, expect, it } from 'vitest';
import { runTimeouts } from '../../../src/core/config/run-timeouts.ts';

const CONFIGURED = { runMs: 1000, silenceMs: 2000, cancelGraceMs: 3000 };

describe('the timeouts of a run', () => {
  it('are those of the configuration where the profile has none', () => {
    expect(runTimeouts(CONFIGURED, {})).toEqual(CONFIGURED);
  });

  it('are the profile’s own where it has them, zero included', () => {
    expect(runTimeouts(CONFIGURED, { run: 60, cancel_grace: 0 })).toEqual({
      runMs: 60_000,
      silenceMs: 2000,
      cancelGraceMs: 0,
    });
    expect(runTimeouts(CONFIGURED, { silence: 0.5 })).toEqual({ ...CONFIGURED, silenceMs: 500 });
  });
});

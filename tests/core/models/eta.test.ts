import { describe, expect, it } from 'vitest';
import { chunkCount } from '../../../src/core/models/chunks.ts';
import { estimateRunMs } from '../../../src/core/models/eta.ts';
import { minimal, preview, transfer1 } from './profiles.ts';

const work = { frames: 120, width: 1280, height: 720 };
const runs = (...seconds: readonly number[]) => seconds.map((s) => ({ ...work, ms: s * 1000 }));

describe('estimateRunMs', () => {
  it('knows nothing without seeds and runs', () => {
    expect(estimateRunMs(minimal(), work, [])).toBeUndefined();
  });

  it('begins with the nearest seed, in a wide range', () => {
    expect(estimateRunMs(preview(), work, [])).toEqual({ low: 1563, high: 4000 });
    expect(estimateRunMs(preview(), { ...work, frames: 240 }, [])).toEqual({ low: 3125, high: 8000 });
  });

  it('forgets the seeds with the first run of its own', () => {
    expect(estimateRunMs(preview(), work, runs(60))).toEqual({ low: 50_000, high: 72_000 });
  });

  it('leaves out the extremes of many runs', () => {
    const { low, high } = estimateRunMs(preview(), work, runs(10, 11, 12, 10, 11, 300, 1)) ?? {
      low: 0,
      high: 0,
    };

    expect(low).toBeGreaterThan(9000);
    expect(high).toBeLessThan(13_000);
  });

  it('prefers runs of the same work and scales others', () => {
    const other = { ...work, frames: 240, ms: 90_000 };

    expect(estimateRunMs(preview(), work, [other, ...runs(10)])).toEqual({ low: 8333, high: 12_000 });
    expect(estimateRunMs(preview(), work, [other])).toEqual({ low: 36_000, high: 56_250 });
  });

  it('asks no run older than the last fifty', () => {
    const old = { ...work, ms: 900_000 };
    const larger = { ...work, frames: 240 };

    expect(
      estimateRunMs(preview(), work, [
        ...runs(...Array.from({ length: 50 }, () => 10)),
        ...Array.from({ length: 50 }, () => old),
      ]),
    ).toEqual({
      low: 9524,
      high: 10_500,
    });
    expect(
      estimateRunMs(preview(), larger, [
        ...runs(...Array.from({ length: 50 }, () => 10)),
        ...Array.from({ length: 50 }, () => old),
      ]),
    ).toEqual({ low: 16_000, high: 25_000 });
  });

  it('counts whole chunks, and no pixels where a model resizes everything', () => {
    const profile = transfer1();
    const one = estimateRunMs(profile, { frames: 121, width: 1280, height: 704, steps: 35 }, []);

    expect(estimateRunMs(profile, { frames: 2, width: 320, height: 200, steps: 35 }, [])).toEqual(one);
    expect(estimateRunMs(profile, { frames: 122, width: 320, height: 200, steps: 35 }, [])?.low).toBe(
      2 * (one?.low ?? 0),
    );
    expect(estimateRunMs(profile, { frames: 121, width: 320, height: 200, steps: 70 }, [])?.low).toBe(
      2 * (one?.low ?? 0),
    );
  });

  it('ignores runs that took no time', () => {
    expect(estimateRunMs(minimal(), work, runs(0))).toBeUndefined();
  });
});

describe('chunkCount', () => {
  it.each([
    [1, 1],
    [121, 1],
    [122, 2],
    [241, 2],
    [242, 3],
  ])('makes %i frames in %i parts of 121 that share one frame', (frames, parts) => {
    expect(chunkCount(transfer1(), frames)).toBe(parts);
  });

  it('is one for a model without parts', () => {
    expect(chunkCount(preview(), 5000)).toBe(1);
  });

  it('grows with frames and pixels as steeply as the profile says, and in proportion with steps', () => {
    const samples = [{ ...work, steps: 10, seconds: 100 }];
    const times = [1, 2].map((growth) => {
      const profile = minimal({ timing: { samples, growth } });
      return [
        { ...work, frames: 240, steps: 10 },
        { ...work, width: 2560, steps: 10 },
        { ...work, steps: 20 },
      ].map((more) => Math.round((estimateRunMs(profile, more, [])?.high ?? 0) / 160_000));
    });

    expect(times).toEqual([
      [2, 2, 2],
      [4, 4, 2],
    ]);
  });
});

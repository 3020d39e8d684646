import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { proxyPlans } from '../../../src/core/media/proxy-plan.ts';
import type { VideoFacts } from '../../../src/core/ports/media.ts';

const MIB = 1024 * 1024;

function video(more: Partial<VideoFacts> = {}): VideoFacts {
  const size = { width: 1280, height: 720, fps: 24, frames: 120, durationMs: 5_000 };
  return { kind: 'video', codec: 'h264', hasAudio: false, ...size, ...more };
}

describe('a proxy', () => {
  it('keeps its size where there are bits enough', () => {
    expect(proxyPlans(video(), 10 * MIB)[0]).toMatchObject({ width: 1280, height: 720, fps: 24 });
  });

  it('becomes smaller where there are not', () => {
    const [plan] = proxyPlans(video({ durationMs: 60_000 }), 5 * MIB);
    expect(plan?.width).toBeLessThan(1280);
    expect((plan?.width ?? 0) / (plan?.height ?? 1)).toBeCloseTo(16 / 9, 1);
  });

  it('is not made where it would not look good', () => {
    expect(proxyPlans(video({ durationMs: 3_600_000 }), 10 * MIB)).toEqual([]);
    expect(proxyPlans(video(), 1_000)).toEqual([]);
  });

  it('never has more bits than the limit, and each try has fewer', () => {
    const facts = fc.record({
      width: fc.integer({ min: 16, max: 8_192 }),
      height: fc.integer({ min: 16, max: 8_192 }),
      fps: fc.double({ min: 1, max: 120, noNaN: true }),
      durationMs: fc.integer({ min: 40, max: 7_200_000 }),
      hasAudio: fc.boolean(),
    });
    fc.assert(
      fc.property(facts, fc.integer({ min: 1, max: 500 * MIB }), (some, maxBytes) => {
        const plans = proxyPlans(video(some), maxBytes);
        let before = Number.POSITIVE_INFINITY;
        for (const { width, height, maxBitsPerSecond } of plans) {
          expect([width % 2, height % 2]).toEqual([0, 0]);
          expect(width).toBeLessThanOrEqual(Math.max(2, some.width));
          expect((maxBitsPerSecond * (some.durationMs / 1000 + 1)) / 8).toBeLessThan(maxBytes);
          expect(maxBitsPerSecond).toBeLessThan(before);
          before = maxBitsPerSecond;
        }
      }),
    );
  });
});

import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ChildMediaWorker } from '../../../src/core/media/child-media-worker.ts';
import { reducePlan } from '../../../src/core/media/reduce-plan.ts';
import type { MediaLimits, VideoFacts } from '../../../src/core/ports/media.ts';
import { makeClip, makeTextFile, makeTurnedClip } from '../../support/sample-clips.ts';

const LIMITS: MediaLimits = { maxBytes: 50_000_000, maxDurationMs: 60_000, maxPixels: 4_000_000 };

let directory: string;
let clip: string;
const worker = new ChildMediaWorker();
const at = (name: string) => join(directory, name);

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'reduce-'));
  clip = await makeClip(at('clip.mp4'), { frames: 12, width: 640, height: 352, fps: 30 });
});
afterAll(async () => await rm(directory, { recursive: true }));

async function reduced(path: string, bounds: Parameters<typeof reducePlan>[1], name: string) {
  const facts = await worker.probe(path, LIMITS);
  const plan = facts.kind === 'video' ? reducePlan(facts, bounds) : undefined;
  if (plan === undefined) throw new Error('there is nothing to do');
  await worker.reduce(path, at(name), plan);
  return await worker.verify(at(name), LIMITS);
}

describe('a smaller copy of a video', () => {
  it('has fewer pixels and the first frames, at the pace of before', async () => {
    expect(await reduced(clip, { longSide: 320, frames: 2 }, 'two.mp4')).toMatchObject({
      ...{ kind: 'video', codec: 'h264', hasAudio: false },
      ...{ width: 320, height: 176, frames: 2, fps: 30 },
    });
  });

  it('has every frame where only its size is bounded', async () => {
    expect(await reduced(clip, { shortSide: 100 }, 'all.mp4')).toMatchObject({
      width: 180,
      height: 100,
      frames: 12,
    });
  });

  it('is as large as before where only its format changes', async () => {
    await worker.reduce(clip, at('same.mp4'), { width: 640, height: 352, fps: 30, frames: 12 });

    expect(await worker.verify(at('same.mp4'), LIMITS)).toMatchObject({
      width: 640,
      height: 352,
      frames: 12,
    });
  });

  it('stands upright where the video does', async () => {
    const turned = await makeTurnedClip(clip, at('turned.mp4'));

    expect(await reduced(turned, { longSide: 320 }, 'upright.mp4')).toMatchObject({
      width: 176,
      height: 320,
    });
  });

  it.each([
    [15, 6],
    [60, 24],
  ])('shows the same time at %i frames per second', async (fps, frames) => {
    const plan = { width: 64, height: 64, fps, frames, sourceFps: 30 };
    const to = at(`at-${fps}.mp4`);
    await worker.reduce(clip, to, plan);

    expect(await worker.verify(to, LIMITS)).toMatchObject({ fps, frames, durationMs: 400 });
  });

  it('is not there where it cannot be made, and neither is a part of it', async () => {
    const text = await makeTextFile(at('text.mp4'));
    const plan = { width: 32, height: 32, fps: 24, frames: 2 };

    await expect(worker.reduce(text, at('none.mp4'), plan)).rejects.toThrow('input.not_media');
    await expect(worker.reduce(clip, at('none.mp4'), plan, AbortSignal.abort())).rejects.toThrow();
    expect((await readdir(directory)).filter((name) => name.startsWith('none'))).toEqual([]);
  });
});

describe('the plan of a smaller copy', () => {
  const facts = (width: number, height: number, frames = 10): VideoFacts => ({
    ...{ kind: 'video', width, height, fps: 24, frames, durationMs: 1, codec: 'h264', hasAudio: false },
  });

  it.each([
    [[1920, 1080], { longSide: 640, shortSide: 360 }, [640, 360]],
    [[1080, 1920], { longSide: 640, shortSide: 360 }, [360, 640]],
    [[1000, 1000], { longSide: 640, shortSide: 360 }, [360, 360]],
    [[1283, 721], { longSide: 640 }, [640, 358]],
    [[4000, 10], { longSide: 640 }, [640, 2]],
  ] as const)('of %j within %j is %j, even and never above', ([width, height], bounds, [wide, high]) => {
    expect(reducePlan(facts(width, height), bounds)).toMatchObject({ width: wide, height: high, frames: 10 });
  });

  it('is none where the video is within the bounds, whatever else it is', () => {
    expect(reducePlan(facts(641, 361), { longSide: 641, shortSide: 361, frames: 10 })).toBeUndefined();
    expect(reducePlan(facts(640, 360, 11), { frames: 10 })).toMatchObject({
      width: 640,
      height: 360,
      frames: 10,
    });
  });
});

import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ChildMediaWorker } from '../../../src/core/media/child-media-worker.ts';
import { PROXY_MARGIN } from '../../../src/core/media/proxy-plan.ts';
import type { MediaLimits } from '../../../src/core/ports/media.ts';
import { makeClipWithSound } from '../../support/clip-with-sound.ts';
import { makeClip, makeTextFile, makeTurnedClip, makeWav } from '../../support/sample-clips.ts';

const LIMITS: MediaLimits = { maxBytes: 50_000_000, maxDurationMs: 60_000, maxPixels: 4_000_000 };

let directory: string;
let clip: string;
const worker = new ChildMediaWorker();
const at = (name: string) => join(directory, name);

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'proxy-'));
  clip = await makeClip(at('clip.mp4'), { frames: 72, width: 640, height: 360 });
});
afterAll(async () => await rm(directory, { recursive: true }));

describe('a proxy of a video', () => {
  it('is a whole video below the limit with a margin, with every frame', async () => {
    const { size } = await stat(clip);
    const maxBytes = Math.floor(size / 2);
    expect(await worker.proxy(clip, at('half.mp4'), maxBytes)).toBe(true);
    expect((await stat(at('half.mp4'))).size).toBeLessThanOrEqual(maxBytes * (1 - PROXY_MARGIN));
    const facts = await worker.verify(at('half.mp4'), LIMITS);
    expect(facts).toMatchObject({ kind: 'video', codec: 'h264', frames: 72, fps: 24 });
  });

  it('has fewer pixels where it has to be much smaller', async () => {
    expect(await worker.proxy(clip, at('small.mp4'), 60_000)).toBe(true);
    expect((await stat(at('small.mp4'))).size).toBeLessThanOrEqual(60_000 * (1 - PROXY_MARGIN));
    const facts = await worker.verify(at('small.mp4'), LIMITS);
    expect(facts.kind === 'video' && facts.width).toBeLessThan(640);
  });

  it('stands upright where the video does', async () => {
    const turned = await makeTurnedClip(clip, at('turned.mp4'));
    expect(await worker.proxy(turned, at('upright.mp4'), 1_000_000)).toBe(true);
    expect(await worker.probe(at('upright.mp4'), LIMITS)).toMatchObject({ width: 360, height: 640 });
  });

  it('keeps the sound', async () => {
    const heard = await makeClipWithSound(clip, at('heard.mp4'), 3);
    expect(await worker.probe(heard, LIMITS)).toMatchObject({ hasAudio: true });
    const maxBytes = Math.floor((await stat(heard)).size / 2);
    expect(await worker.proxy(heard, at('heard-proxy.mp4'), maxBytes)).toBe(true);
    expect((await stat(at('heard-proxy.mp4'))).size).toBeLessThanOrEqual(maxBytes * (1 - PROXY_MARGIN));
    expect(await worker.verify(at('heard-proxy.mp4'), LIMITS)).toMatchObject({ hasAudio: true, frames: 72 });
  });

  it('is not made where it would not look good, and leaves nothing', async () => {
    expect(await worker.proxy(clip, at('tiny.mp4'), 2_000)).toBe(false);
    expect((await readdir(directory)).filter((name) => name.startsWith('tiny'))).toEqual([]);
  });

  it('is not made of sound, nor of what is no media', async () => {
    expect(await worker.proxy(await makeWav(at('sound.wav')), at('no.mp4'), 100_000)).toBe(false);
    const text = await makeTextFile(at('text.txt'));
    await expect(worker.proxy(text, at('no.mp4'), 100_000)).rejects.toMatchObject({
      code: 'input.not_media',
    });
    expect((await readdir(directory)).filter((name) => name.startsWith('no.'))).toEqual([]);
  });

  it('is given up when nobody waits for it', async () => {
    const aborted = AbortSignal.abort(new Error('too late'));
    await expect(worker.proxy(clip, at('late.mp4'), 100_000, aborted)).rejects.toThrow('too late');
  });
});

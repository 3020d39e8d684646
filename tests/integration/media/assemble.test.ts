import { mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ChildMediaWorker } from '../../../src/core/media/child-media-worker.ts';
import { openMedia } from '../../../src/core/media/tool/open-media.ts';
import type { MediaLimits, SequenceFrame } from '../../../src/core/ports/media.ts';
import { makePng, makeWav } from '../../support/sample-clips.ts';

const LIMITS: MediaLimits = { maxBytes: 50_000_000, maxDurationMs: 60_000, maxPixels: 4_000_000 };
const PLAN = { frameRate: { numerator: 24, denominator: 1 }, frames: 5, maxPixels: 1_000_000 };

let directory: string;
let png: Buffer;
const worker = new ChildMediaWorker();
const at = (name: string) => join(directory, name);

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'assemble-'));
  png = await readFile(await makePng(at('frame.png'), 65, 49));
});
afterAll(async () => await rm(directory, { recursive: true }));

async function* sequence(...pictures: readonly Uint8Array[]): AsyncGenerator<SequenceFrame> {
  for (const [index, bytes] of pictures.entries()) yield { name: `color.${index + 1}.png`, bytes };
}

describe('a video made of pictures', () => {
  it('has each of them once, at the rate that was asked for, and an even size', async () => {
    await worker.assemble(sequence(png, png, png, png, png), at('five.mp4'), PLAN);

    expect(await worker.verify(at('five.mp4'), LIMITS)).toMatchObject({
      ...{ kind: 'video', codec: 'h264', width: 64, height: 48, frames: 5, fps: 24 },
    });
  });

  it.each([
    [24_000, 1001, 23.976],
    [30_000, 1001, 29.97],
    [60_000, 1001, 59.94],
    [25, 2, 12.5],
  ])('is shown at exactly %i/%i pictures in a second', async (numerator, denominator, fps) => {
    const path = at(`${numerator}.mp4`);
    await worker.assemble(sequence(png, png, png, png, png), path, {
      ...PLAN,
      frameRate: { numerator, denominator },
    });

    await using file = await open(path);
    await using media = await openMedia(file.fd, LIMITS.maxPixels);
    const { avgFrameRate, rFrameRate } = media.stream;
    for (const { num, den } of [avgFrameRate, rFrameRate])
      expect([num, den]).toEqual([numerator, denominator]);
    expect(await worker.verify(path, LIMITS)).toMatchObject({ frames: 5, fps });
  });

  it('tells how far it is', async () => {
    const shares: number[] = [];
    const many = Array.from({ length: 40 }, () => png);
    await worker.assemble(sequence(...many), at('many.mp4'), { ...PLAN, frames: 40 }, undefined, (share) =>
      shares.push(share),
    );

    expect(shares.at(-1)).toBe(1);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
  });

  it('is not made of damaged ones: all of them are named, and those of another size', async () => {
    const cut = png.subarray(0, png.length - 30);
    const flipped = Buffer.from(png);
    flipped.writeUInt8((flipped.at(-20) ?? 0) ^ 0xff, flipped.length - 20);
    const other = await readFile(await makePng(at('other.png'), 32, 16));
    const text = Buffer.from('not a picture');

    await expect(
      worker.assemble(sequence(png, cut, flipped, other, text, png), at('bad.mp4'), PLAN),
    ).rejects.toMatchObject({
      code: 'input.sequence_frames',
      parameters: {
        unreadable: ['color.2.png', 'color.3.png', 'color.5.png'],
        differing: ['color.4.png (32×16)'],
        size: '65×49',
      },
    });
    expect((await readdir(directory)).filter((name) => name.startsWith('bad'))).toEqual([]);
  });

  it('is not made of a picture that would need too much memory', async () => {
    const bomb = await readFile(await makePng(at('bomb.png'), 4000, 4000));

    await expect(worker.assemble(sequence(png, bomb), at('bomb.mp4'), PLAN)).rejects.toThrow(
      'input.too_many_pixels',
    );
  });

  it('is not made of nothing', async () => {
    await expect(worker.assemble(sequence(), at('none.mp4'), PLAN)).rejects.toThrow('input.no_frames');
  });

  it('is left off where the pictures cannot be read on, and says why', async () => {
    async function* broken(): AsyncGenerator<SequenceFrame> {
      yield { name: 'color.1.png', bytes: png };
      throw new Error('the archive ends here');
    }

    await expect(worker.assemble(broken(), at('broken.mp4'), PLAN)).rejects.toThrow('the archive ends here');
    expect((await readdir(directory)).filter((name) => name.startsWith('broken'))).toEqual([]);
  });

  it('is left off at an abort', async () => {
    const stop = new AbortController();
    async function* endless(): AsyncGenerator<SequenceFrame> {
      for (let index = 0; ; index++) {
        if (index === 20) stop.abort(new Error('enough'));
        yield { name: `color.${index}.png`, bytes: png };
      }
    }

    await expect(worker.assemble(endless(), at('endless.mp4'), PLAN, stop.signal)).rejects.toThrow('enough');
  });
});

describe('a converted sound', () => {
  it('is a WAV file of the rate and channels that were asked for, and as long as before', async () => {
    const wav = await makeWav(at('tone.wav'), 1.5);
    await worker.convertSound(wav, at('speech.wav'), { sampleRate: 16_000, channels: 1 });

    const made = await readFile(at('speech.wav'));
    expect(made.readUInt32LE(24)).toBe(16_000);
    expect(made.readUInt16LE(22)).toBe(1);
    const facts = await worker.verify(at('speech.wav'), LIMITS);
    expect(facts).toMatchObject({ kind: 'audio', codec: 'pcm_s16le' });
    expect(facts.kind === 'audio' && facts.durationMs).toBeCloseTo(1500, -2);
  });

  it('has its beginning alone where it would be too long', async () => {
    const wav = await makeWav(at('long.wav'), 3);
    await worker.convertSound(wav, at('short.wav'), { sampleRate: 16_000, channels: 2, maxSeconds: 1 });

    expect((await readFile(at('short.wav'))).length).toBe(44 + 16_000 * 2 * 2);
  });

  it('is not made of a file without sound', async () => {
    const path = at('notes.wav');
    await writeFile(path, 'nothing to be heard');

    await expect(
      worker.convertSound(path, at('no.wav'), { sampleRate: 16_000, channels: 1 }),
    ).rejects.toThrow('input.not_media');
    expect((await readdir(directory)).filter((name) => name.startsWith('no.'))).toEqual([]);
  });
});

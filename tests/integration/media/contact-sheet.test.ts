import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ChildMediaWorker } from '../../../src/core/media/child-media-worker.ts';
import type { MediaLimits } from '../../../src/core/ports/media.ts';
import { makeClip } from '../../support/sample-clips.ts';

const LIMITS: MediaLimits = { maxBytes: 50_000_000, maxDurationMs: 60_000, maxPixels: 40_000_000 };
const BRIGHTNESS = fileURLToPath(new URL('../../support/picture-brightness.ts', import.meta.url));

let directory: string;
let wide: string;
let high: string;
const worker = new ChildMediaWorker();
const at = (name: string) => join(directory, name);

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sheet-'));
  const clips = await Promise.all([
    makeClip(at('wide.mp4'), { frames: 6, width: 640, height: 360 }),
    makeClip(at('high.mp4'), { frames: 6, width: 360, height: 640 }),
  ]);
  [wide, high] = [at('wide.jpg'), at('high.jpg')];
  await worker.poster(clips[0], wide, 640);
  await worker.poster(clips[1], high, 640);
});
afterAll(async () => await rm(directory, { recursive: true }));

/** Mean brightness of each field of a grid over a picture. */
async function brightness(path: string, columns: number, rows: number): Promise<number[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    BRIGHTNESS,
    path,
    String(columns),
    String(rows),
  ]);
  return JSON.parse(stdout);
}

describe('a contact sheet', () => {
  it('has its cells in rows, each picture above its words', async () => {
    const cell = { title: 'seed 1 · edge 0.5', subtitle: 'rs_3fq8w1zz', picture: wide };
    await worker.contactSheet([cell, cell, cell, cell, cell, cell], 3, at('six.jpg'));
    expect(await worker.verify(at('six.jpg'), LIMITS)).toMatchObject({
      kind: 'image',
      // Three cells of 480 with gaps of 8, two rows of 270 and its words.
      width: 1472,
      height: 2 * (270 + 66 + 8) + 8,
    });
  });

  it('shows words in an empty field where there is no picture', async () => {
    const words = { title: 'seed 2', subtitle: 'rs_9d0x2m4k · failed' };
    await worker.contactSheet([{ ...words, picture: wide }, words], 2, at('half.jpg'));
    const [picture = 0, empty = 0] = await brightness(at('half.jpg'), 2, 1);
    expect(picture).toBeGreaterThan(empty + 20);
    await worker.contactSheet([{ title: '', subtitle: '' }], 1, at('blank.jpg'));
    await worker.contactSheet([words], 1, at('words.jpg'));
    const [blank = 0] = await brightness(at('blank.jpg'), 1, 1);
    const [lettered = 0] = await brightness(at('words.jpg'), 1, 1);
    expect(lettered).toBeGreaterThan(blank);
  });

  it('fits pictures of another shape into the cells of the first', async () => {
    const words = { title: 'a', subtitle: 'b' };
    await worker.contactSheet(
      [
        { ...words, picture: wide },
        { ...words, picture: high },
      ],
      2,
      at('mixed.jpg'),
    );
    const six = await brightness(at('mixed.jpg'), 6, 1);
    // The high one stands in the middle of its cell, dark on both sides.
    expect(six[4]).toBeGreaterThan((six[3] ?? 0) + 10);
    expect(six[4]).toBeGreaterThan((six[5] ?? 0) + 10);
  });

  it.each([
    ['signs of the filter language', "It's [50%]: a\\b; c,d %{pts} 'x' = \"y\""],
    ['one sign of it', "'"],
    ['letters of the world, and none at all', 'Straße 東京 🎬 \u0007\n second line'],
    ['more than there is room for', 'x'.repeat(5_000)],
  ])('takes any words: %s', async (_what, title) => {
    await worker.contactSheet([{ title, subtitle: title, picture: wide }], 1, at('words.jpg'));
    expect(await worker.verify(at('words.jpg'), LIMITS)).toMatchObject({ kind: 'image', width: 496 });
  });

  it('holds fifty results within what a chat shows', async () => {
    const cells = Array.from({ length: 50 }, (_, index) => ({
      ...{ title: `seed ${index}`, subtitle: 'rs_3fq8w1zz' },
      ...(index % 5 === 0 ? {} : { picture: wide }),
    }));
    await worker.contactSheet(cells, 8, at('fifty.jpg'));
    const facts = await worker.verify(at('fifty.jpg'), LIMITS);
    expect(facts.kind === 'image' && facts.width).toBeLessThan(2_200);
  });

  it('is not made of what is no picture, and leaves nothing', async () => {
    await writeFile(at('none.jpg'), 'no picture');
    const cell = { title: 'a', subtitle: 'b', picture: at('none.jpg') };
    await expect(worker.contactSheet([cell], 1, at('broken.jpg'))).rejects.toMatchObject({
      code: 'input.not_media',
    });
    const gone = worker.contactSheet([{ ...cell, picture: at('gone.jpg') }], 1, at('broken.jpg'));
    await expect(gone).rejects.toMatchObject({ code: 'input.file_missing' });
    expect((await readdir(directory)).filter((name) => name.startsWith('broken'))).toEqual([]);
  });

  it('is given up when nobody waits for it any more', async () => {
    const ended = AbortSignal.abort(new Error('the bot stops'));
    await expect(
      worker.contactSheet([{ title: 'a', subtitle: 'b' }], 1, at('ended.jpg'), ended),
    ).rejects.toThrow('the bot stops');
    expect((await readdir(directory)).filter((name) => name.startsWith('ended'))).toEqual([]);
  });
});

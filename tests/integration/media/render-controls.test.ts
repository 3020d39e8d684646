import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ChildMediaWorker } from '../../../src/core/media/child-media-worker.ts';
import { mediaToolCommand } from '../../../src/core/media/media-tool-command.ts';
import {
  makeClip,
  makeTextFile,
  makeTruncated,
  makeTurnedClip,
  makeWav,
  runMediaTool,
} from '../../support/sample-clips.ts';

interface Field {
  readonly mean: number;
  readonly deviation: number;
  /** Share of pixels that are clearly not black. */
  readonly bright: number;
  readonly most: number;
}

interface Picture {
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  readonly codec: string;
  readonly pixelFormat: number;
  readonly fields: readonly Field[];
}

const STATISTICS = fileURLToPath(new URL('../../support/picture-statistics.ts', import.meta.url));
const LIMITS = { maxBytes: 100_000_000, maxDurationMs: 600_000, maxPixels: 33_000_000 };
const YUV420P = 0;

let directory: string;
let color: string;
let depth: string;
let seg: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'render controls '));
  const size = { width: 320, height: 208, frames: 8 };
  color = await makeClip(join(directory, `it's "color": [1];,.mp4`), size);
  depth = await makeClip(join(directory, 'depth.mp4'), { ...size, view: 'depth', frames: 7 });
  seg = await makeClip(join(directory, 'seg.mp4'), { ...size, view: 'seg' });
});
afterAll(async () => await rm(directory, { recursive: true }));

let renders = 0;

async function render(
  controls: object,
  more: object = {},
): Promise<{ log: string; out: string; preview: string }> {
  renders += 1;
  const out = join(directory, `out ${renders}`);
  const spec = await writeSpec({ prompt: 'a street', video: color, controls, ...more });
  const log = await runMediaTool('render-controls', '--spec', spec, '--out', out);
  return { log, out, preview: join(out, 'preview.mp4') };
}

async function writeSpec(content: unknown): Promise<string> {
  const path = join(directory, `spec ${renders}.json`);
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

async function look(preview: string, columns: number, rows = 1): Promise<Picture> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    STATISTICS,
    preview,
    String(columns),
    String(rows),
  ]);
  return JSON.parse(stdout) as Picture;
}

/** The field of the one control that was rendered beside the source. */
async function control(controls: object): Promise<Field> {
  const { preview } = await render(controls);
  const field = (await look(preview, 2)).fields[1];
  if (field === undefined) throw new Error('There is no second field');
  return field;
}

describe('the preview', () => {
  it('shows source and controls in a grid as long as the shortest video', async () => {
    const { log, out, preview } = await render({
      edge: { weight: 0.8 },
      vis: { weight: 0.2, strength: 'low' },
      depth: { weight: 0.5, video: depth },
      seg: { weight: 1, video: seg },
    });
    const facts = await new ChildMediaWorker().verify(preview, LIMITS);
    expect(facts).toMatchObject({
      kind: 'video',
      frames: 7,
      fps: 24,
      width: 3 * 320 + 8,
      height: 2 * 208 + 4,
      codec: 'h264',
    });
    expect((await look(preview, 3, 2)).pixelFormat).toBe(YUV420P);
    expect(await readdir(out)).toEqual(['preview.mp4']);
    expect(log).toContain('Loading video depth.mp4\n');
    expect(log).toContain('Rendering 7 frames with edge 0.8 medium, vis 0.2 low, depth 0.5, seg 1\n');
    expect(log).toContain('\rframe 1/7\rframe 2/7');
    expect(log).toMatch(/\rframe 7\/7\nSaved video to preview\.mp4\n$/);
    expect(log).not.toContain(directory);
  });

  it('has the asked rate and width', async () => {
    const { preview } = await render(
      { edge: { weight: 1 }, vis: { weight: 1 } },
      { fps: 12, max_width: 489 },
    );
    const facts = await new ChildMediaWorker().verify(preview, LIMITS);
    expect(facts).toMatchObject({ fps: 12, frames: 8, width: 3 * 160 + 8, height: 104 });
  });

  it('turns a video as its header asks', async () => {
    const turned = await makeTurnedClip(color, join(directory, 'turned.mp4'));
    const { preview } = await render({ edge: { weight: 1 } }, { video: turned });
    await expect(new ChildMediaWorker().probe(preview, LIMITS)).resolves.toMatchObject({
      width: 2 * 208 + 4,
      height: 320,
    });
  });

  it('is the same whenever it is rendered', async () => {
    const [one, other] = [await render({ edge: { weight: 0.7 } }), await render({ edge: { weight: 0.7 } })];
    expect(await look(one.preview, 2)).toEqual(await look(other.preview, 2));
  });
});

describe('the controls', () => {
  it('find fewer edges at a higher threshold', async () => {
    const shares = [];
    for (const threshold of ['very_low', 'low', 'medium', 'high', 'very_high']) {
      shares.push((await control({ edge: { weight: 1, threshold } })).bright);
    }
    expect(shares.toSorted((one, other) => other - one)).toEqual(shares);
    expect(shares[0]).toBeGreaterThan(2 * (shares[4] ?? 0));
    expect(new Set(shares).size).toBe(5);
  });

  it('blur more at a higher strength', async () => {
    const deviations = [];
    for (const strength of ['very_low', 'low', 'medium', 'high', 'very_high']) {
      deviations.push((await control({ vis: { weight: 1, strength } })).deviation);
    }
    expect(deviations.toSorted((one, other) => other - one)).toEqual(deviations);
    expect(new Set(deviations).size).toBe(5);
  });

  it('are as bright as their weight', async () => {
    const [full, half, none] = [
      await control({ edge: { weight: 1 } }),
      await control({ edge: { weight: 0.5 } }),
      await control({ edge: { weight: 0 } }),
    ];
    expect(full.most).toBeGreaterThan(200);
    expect(half.most).toBeGreaterThan(90);
    expect(half.most).toBeLessThan(160);
    expect(none.most).toBeLessThan(30);
    const [bright, dim] = [
      await control({ seg: { weight: 1, video: seg } }),
      await control({ seg: { weight: 0.5, video: seg } }),
    ];
    // Limited range: black is 16.
    expect((dim.mean - 16) / (bright.mean - 16)).toBeCloseTo(0.5, 1);
  });

  it('come from their own videos', async () => {
    const [near, kinds] = [
      await control({ depth: { weight: 1, video: depth } }),
      await control({ seg: { weight: 1, video: seg } }),
    ];
    expect(Math.abs(near.mean - kinds.mean)).toBeGreaterThan(5);
  });
});

describe('the program', () => {
  async function exit(...argv: readonly string[]): Promise<{ code: unknown; stderr: string }> {
    const [program, ...first] = mediaToolCommand(process.execPath);
    return await promisify(execFile)(program, [...first, ...argv]).then(
      () => ({ code: 0, stderr: '' }),
      (error: { code: unknown; stderr: string }) => error,
    );
  }

  it('ends with 2 and says why when it is asked for something that cannot be', async () => {
    const out = join(directory, 'bad');
    const bad = await writeSpec({ prompt: '', video: color, controls: { edge: { weight: 2 } } });
    await expect(exit('render-controls', '--spec', bad, '--out', out)).resolves.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('controls.edge.weight'),
    });
    await expect(
      exit('render-controls', '--spec', await writeSpec('{'), '--out', out),
    ).resolves.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('not JSON'),
    });
    await expect(exit('render-controls', '--spec', bad)).resolves.toMatchObject({ code: 2 });
    await expect(exit('render-controls', '--speck', bad)).resolves.toMatchObject({ code: 2 });
    await expect(exit('rendr')).resolves.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('render-controls'),
    });
    await expect(exit('sample', '--out', join(directory, 'x.mp4'), '--width', '63')).resolves.toMatchObject({
      code: 2,
    });
    await expect(exit('sample', '--width', '64')).resolves.toMatchObject({ code: 2 });
  });

  it('ends with 1, names the file and leaves no preview when a video cannot be played', async () => {
    const text = await makeTextFile(join(directory, 'text.mp4'));
    const part = await makeTruncated(color, join(directory, 'part.mp4'), 0.8);
    const sound = await makeWav(join(directory, 'sound.mp4'));
    for (const [video, name] of [
      [text, 'text.mp4'],
      [part, 'part.mp4'],
      [sound, 'sound.mp4'],
      [join(directory, 'gone.mp4'), 'gone.mp4'],
    ] as const) {
      const out = join(directory, `failed ${name}`);
      const spec = await writeSpec({ prompt: '', video, controls: { edge: { weight: 1 } } });
      const ended = await exit('render-controls', '--spec', spec, '--out', out);
      expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining(name) });
      expect(ended.stderr).not.toContain(directory);
      expect(await readdir(out)).toEqual([]);
    }
  });

  it('ends with 143 and leaves no preview when it is told to stop', async () => {
    const long = await makeClip(join(directory, 'long.mp4'), { width: 640, height: 352, frames: 90 });
    const out = join(directory, 'stopped');
    await mkdir(out);
    const spec = await writeSpec({
      prompt: '',
      video: long,
      controls: { edge: { weight: 1 }, vis: { weight: 1 } },
    });
    const [program, ...first] = mediaToolCommand(process.execPath);
    const child = spawn(program, [...first, 'render-controls', '--spec', spec, '--out', out]);
    let log = '';
    let signals = 0;
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      log += chunk;
      // Twice, as an impatient engine does.
      while (log.includes('frame 2/90') && signals < 2) {
        child.kill('SIGTERM');
        signals += 1;
      }
    });
    await expect(once(child, 'close')).resolves.toEqual([143, null]);
    expect(log).not.toContain('Saved');
    expect(await readdir(out)).toEqual([]);
  });
});

describe('sample', () => {
  it('draws the same lively video every time', async () => {
    const [one, other] = [join(directory, 'one.mp4'), join(directory, 'other.mp4')];
    await makeClip(one, { width: 160, height: 96, frames: 12 });
    await makeClip(other, { width: 160, height: 96, frames: 12 });
    const picture = await look(one, 1);
    expect(await look(other, 1)).toEqual(picture);
    expect(picture).toMatchObject({
      width: 160,
      height: 96,
      frames: 12,
      codec: 'h264',
      pixelFormat: YUV420P,
    });
    expect(picture.fields[0]?.deviation).toBeGreaterThan(15);
  });
});

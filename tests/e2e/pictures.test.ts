import { once } from 'node:events';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { beforeEach, expect, it } from 'vitest';
import { makeZip } from '../support/make-zip.ts';
import { type Outcome, runCosmos, startCosmos } from '../support/run-cosmos.ts';
import { makePng } from '../support/sample-clips.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** So short that the pictures do not fit, until they are cut. */
const CONFIG = `
[[hosts]]
name = "here"
models = ["preview"]

[models.preview.media]
max_frames = 4
`;

let directory: string;
let png: Buffer;

beforeEach(async () => {
  directory = await temporaryDirectory();
  png = await readFile(await makePng(join(directory, 'frame.png'), 65, 49));
});

const cosmos = async (...words: string[]): Promise<Outcome> => await runCosmos(words, { directory });

it('a folder of pictures becomes a prompt, is cut for a model, and is shown as controls', async () => {
  await writeFile(join(directory, 'cosmos.toml'), CONFIG);
  for (const kind of ['color', 'depth']) {
    await mkdir(join(directory, 'render', kind), { recursive: true });
    for (let number = 1; number <= 6; number++)
      await copyFile(join(directory, 'frame.png'), join(directory, 'render', kind, `${number}.png`));
  }
  const prepared = await cosmos('prepare', 'render', 'A grey ramp', '--fps', '23.976', '--json');
  expect(prepared.code).toBe(0);
  expect(prepared.error).toContain('Making the color video of render');
  const { id, inputs } = JSON.parse(prepared.out);
  expect(inputs.map(({ role, asset }: { role: string; asset: object }) => [role, asset])).toEqual([
    [
      'color',
      expect.objectContaining({ facts: expect.objectContaining({ width: 64, frames: 6, fps: 23.976 }) }),
    ],
    ['depth', expect.objectContaining({ facts: expect.objectContaining({ height: 48, frames: 6 }) })],
  ]);

  expect((await cosmos('fit', id)).out).toContain('First 4 frames only');
  expect((await cosmos('fit', id, '--change')).code).toBe(0);
  const shown = await cosmos('preview', id, 'edge=0.9', '--wait', '--json');
  expect(shown.code).toBe(0);
  expect(JSON.parse(shown.out)).toMatchObject({ state: 'done', parameters: { edge: 0.9 } });
});

it('says which pictures are missing or damaged, and makes nothing of the others', async () => {
  const path = join(directory, 'render.zip');
  await makeZip(path, { 'color.1.png': png, 'color.2.png': png.subarray(0, 80), 'color.3.png': 'text' });
  const damaged = await cosmos('prepare', 'render.zip', 'A grey ramp');
  expect(damaged.code).toBe(1);
  expect(damaged.error.replace(/\s+/g, ' ')).toContain('damaged: color.2.png, color.3.png');

  await makeZip(path, { 'color.1.png': png, 'color.4.png': png });
  expect((await cosmos('prepare', 'render.zip', 'A grey ramp')).error).toContain('missing: 2–3');
  expect((await cosmos('prepare', 'render.zip')).error).toContain('TEXT');
  await makeZip(path, { 'beauty.1001.png': png });
  const unknown = await cosmos('prepare', 'render.zip', 'A grey ramp');
  expect(unknown.error).toContain("npx cosmos prepare render.zip 'A grey ramp' --as color");
  expect((await cosmos('list', 'prompts', '--json')).out.trim()).toBe('[]');
});

it('an archive that is sent in the terminal chat becomes a prompt by itself', async () => {
  await makeZip(join(directory, 'ramp_30fps.zip'), {
    'out/color.0001.png': png,
    'out/color.0002.png': png,
    'out/color.0003.png': png,
  });
  const daemon = startCosmos(['start'], { directory });
  const lines = createInterface({ input: daemon.stdout });
  await once(createInterface({ input: daemon.stderr }), 'line');
  const found = new Promise<string>((resolve, reject) => {
    lines.on('line', (line) => {
      if (line.includes('ramp_30fps_color.mp4')) resolve(line);
    });
    lines.once('close', () => reject(new Error('the output ended')));
  });
  daemon.stdin.write('ramp_30fps.zip "A grey ramp at dawn"\n');
  expect(await found).toContain('64×48 · 30 fps · 3 frames');
  daemon.kill('SIGTERM');
  await once(daemon, 'close');
});

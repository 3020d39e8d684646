import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import { ChildMediaWorker } from '../../src/core/media/child-media-worker.ts';
import { bringToEnd, runCosmos, startCosmos } from '../support/run-cosmos.ts';
import { makeClip } from '../support/sample-clips.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const LIMITS = { maxBytes: 1e9, maxDurationMs: 60_000, maxPixels: 1e8 };

describe('cosmos demo', () => {
  it('plays the whole way with a sample and ends with a video that decodes', async () => {
    const directory = await temporaryDirectory();
    const { code, out } = await runCosmos(['demo'], { directory });
    expect(code).toBe(0);
    const path = /^The finished video: (.+)$/m.exec(out)?.[1] ?? '';
    expect(out).toContain('npx cosmos rate rs_');
    const again = /^Look at it again: cd cosmos-demo && npx cosmos (show rs_\w+)$/m.exec(out)?.[1] ?? '';
    const shown = await runCosmos(again.split(' '), { directory: join(directory, 'cosmos-demo') });
    expect(shown).toMatchObject({ code: 0, out: expect.stringContaining('0-preview.mp4') });
    const facts = await new ChildMediaWorker().verify(join(directory, path), LIMITS);
    expect(facts).toMatchObject({ kind: 'video', frames: 120, fps: 24, durationMs: 5000 });
    expect(out).toContain('A rainy neon street at night');
    expect(out).toMatch(/640×352 · 24 fps · 120 frames · 5\.0 s/);
    expect(out).toMatch(/rendering \d+\/120/);
    // Where the file lies, once, and how large it is, once.
    expect(out.match(/^ +\S+\/outputs\/0-preview\.mp4$/gm)).toHaveLength(1);
    expect(out.match(/^ +\d+(\.\d+)? [kM]B$/gm)).toHaveLength(1);
  });

  it('writes no terminal control sequences into a pipe', async () => {
    const directory = await temporaryDirectory();
    await makeClip(join(directory, 'clip.mp4'));
    const { out } = await runCosmos(['demo', 'clip.mp4', '--prompt', 'A quiet harbour'], { directory });
    expect(out).not.toContain('\u001b');
    expect(out).not.toContain('\r');
  });

  it("takes a person's own video, text and parameters into the very job", async () => {
    const directory = await temporaryDirectory();
    await makeClip(join(directory, 'my clip.mp4'), { frames: 10 });
    const words = [
      'demo',
      'my clip.mp4',
      '--prompt',
      'Fog "over" the $(harbour)',
      '--set',
      'edge=0.5',
      '--set',
      'vis=1',
    ];
    const { code, out } = await runCosmos(words, { directory });
    expect(code).toBe(0);
    expect(out).toContain('edge 0.5 · vis 1');
    expect(out).toContain('Fog "over" the $(harbour)');
  });

  it('takes a video whose name is one word without an extension', async () => {
    const directory = await temporaryDirectory();
    await makeClip(join(directory, 'clip.mp4'), { frames: 5 });
    await rename(join(directory, 'clip.mp4'), join(directory, 'queue'));
    const { code, out } = await runCosmos(['demo', 'queue', '--prompt', 'A quiet harbour'], { directory });
    expect(out).toContain('The finished video');
    expect(code).toBe(0);
  });

  it('can be played again in the same folder', async () => {
    const directory = await temporaryDirectory();
    await makeClip(join(directory, 'clip.mp4'), { frames: 5 });
    for (const text of ['First light', 'Second light']) {
      const { code } = await runCosmos(['demo', 'clip.mp4', '--prompt', text], { directory });
      expect(code).toBe(0);
    }
    expect(await readdir(join(directory, 'cosmos-demo', 'data', 'runs'))).toHaveLength(2);
  });

  it.each([
    ['a video that is not there', ['demo', 'nope.mp4'], 'I cannot find `nope.mp4`'],
    ['a name that is a command too, and not there', ['demo', 'status'], 'I cannot find `status`'],
  ])('ends with a reason for %s', async (_what, words, reason) => {
    const directory = await temporaryDirectory();
    await makeClip(join(directory, 'clip.mp4'), { frames: 5 });
    const { code, out } = await runCosmos(words, { directory });
    expect(code).toBe(1);
    expect(out.replaceAll('`', '')).toContain(reason.replaceAll('`', ''));
  });

  it.each([
    ['a value out of range', 'edge=8', 'Did you mean 0.8?'],
    ['an unknown parameter', 'egde=0.8', 'Did you mean edge?'],
  ])('refuses %s before it makes a prompt', async (_what, parameter, reason) => {
    const directory = await temporaryDirectory();
    await makeClip(join(directory, 'clip.mp4'), { frames: 5 });
    const { code, out, error } = await runCosmos(['demo', 'clip.mp4', '--set', parameter], { directory });
    expect([code, out]).toEqual([2, '']);
    expect(error.replaceAll('`', '')).toContain(reason);
    const listed = await runCosmos(['list', 'prompts', '--json'], {
      directory: join(directory, 'cosmos-demo'),
    });
    expect(JSON.parse(listed.out)).toEqual([]);
  });

  it('says that the run goes on where somebody ends it', async () => {
    const directory = await temporaryDirectory();
    const demo = startCosmos(['demo'], { directory });
    const errors = once(createInterface({ input: demo.stderr }), 'line');
    for await (const line of createInterface({ input: demo.stdout })) if (/rendering/.test(line)) break;
    demo.kill('SIGINT');
    const [said] = await errors;
    expect(said).toMatch(/^rs_\w+ goes on\. .*cd cosmos-demo && npx cosmos start$/);
    await once(demo, 'close');
    expect(demo.exitCode).toBe(1);
    await bringToEnd(String(said).split(' ')[0] ?? '', { directory: join(directory, 'cosmos-demo') });
  });

  it('keeps to its own folder, whatever configuration lies beside it', async () => {
    const directory = await temporaryDirectory();
    await makeClip(join(directory, 'clip.mp4'), { frames: 5 });
    const { code } = await runCosmos(['demo', 'clip.mp4'], {
      directory,
      environment: { COSMOS_BOT_DATA_DIR: join(directory, 'elsewhere') },
    });
    expect(code).toBe(0);
    expect(existsSync(join(directory, 'elsewhere'))).toBe(false);
    expect(await readFile(join(directory, 'cosmos-demo', 'data', 'logs', 'cosmos.log'), 'utf8')).toContain(
      'attempt ended',
    );
  });
});

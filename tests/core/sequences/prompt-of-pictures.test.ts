import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { addedFilesCard } from '../../../src/bot/thread-view/added-files-card.ts';
import { plannedVideosCard } from '../../../src/bot/thread-view/planned-videos-card.ts';
import { promptCard } from '../../../src/bot/thread-view/prompt-card.ts';
import type { WorkProgress } from '../../../src/core/sequences/sequence-maker.ts';
import { rendered } from '../../bot/terminal/rendered.ts';
import { makeZip } from '../../support/make-zip.ts';
import { makePng } from '../../support/sample-clips.ts';
import { codes, must, openWorkbench, type Workbench } from '../../support/workbench.ts';

async function open(): Promise<{ bench: Workbench; png: Buffer; small: Buffer }> {
  const bench = await openWorkbench();
  onTestFinished(async () => await bench.bot.close());
  const png = await readFile(await makePng(join(bench.directory, 'large.png'), 64, 48));
  const small = await readFile(await makePng(join(bench.directory, 'small.png'), 32, 16));
  return { bench, png, small };
}

async function folder(bench: Workbench, files: Record<string, Buffer>): Promise<string> {
  const path = join(bench.directory, 'render');
  for (const [name, content] of Object.entries(files)) {
    await mkdir(join(path, name, '..'), { recursive: true });
    await writeFile(join(path, name), content);
  }
  return path;
}

const rate = (numerator: number, denominator = 1) => ({ numerator, denominator });

const pictures = (png: Buffer, ...kinds: readonly string[]) =>
  Object.fromEntries(kinds.flatMap((kind) => [1, 2, 3].map((number) => [`${kind}.000${number}.png`, png])));

describe('a prompt of numbered pictures', () => {
  it('has a video of each kind, from a folder', async () => {
    const { bench, png } = await open();
    const path = await folder(bench, pictures(png, 'color', 'depth', 'seg'));
    const prompt = must(
      await bench.api.createPrompt(bench.actor(), {
        text: 'A street',
        files: [{ path }],
        frameRate: rate(12),
      }),
    );

    expect(prompt.inputs.map(({ role, originalName }) => [role, originalName])).toEqual([
      ['color', 'render_color.mp4'],
      ['depth', 'render_depth.mp4'],
      ['seg', 'render_seg.mp4'],
    ]);
    expect(prompt.inputs[0]?.asset.facts).toMatchObject({ frames: 3, fps: 12 });
    expect(await bench.incoming()).toEqual([]);
  });

  it('says what its videos do not keep of the pictures, whenever it is shown', async () => {
    const { bench, png } = await open();
    const deep = Buffer.from(png);
    deep.writeUInt8(16, 24);
    const path = await folder(bench, { ...pictures(deep, 'color', 'depth'), ...pictures(png, 'seg') });
    const { id } = must(await bench.api.createPrompt(bench.actor(), { text: 'A street', files: [{ path }] }));
    const prompt = bench.api.getPrompt(id);
    if (prompt === undefined) throw new Error('it is gone');

    const changes = [{ kind: 'depth', bits: 16 }];
    expect(prompt.inputs.map((input) => input.changes)).toEqual([changes, changes, undefined]);
    expect(JSON.stringify(promptCard(bench.bot.parts.views.prompt(prompt)))).toContain(
      '[{"strong":"color, depth"}," made of pictures: 16-bit → 8-bit"]',
    );
    const swapped = must(bench.api.changeRoles(bench.actor(), prompt, new Map([['depth', 'edge']])));
    expect(swapped.inputs.find(({ role }) => role === 'edge')?.changes).toEqual(changes);
  });

  it('has the exact rate that somebody gives, which its name may say too', async () => {
    const { bench, png } = await open();
    const path = await makeZip(join(bench.directory, 'render_29.97fps.zip'), pictures(png, 'color'));
    const [named] = must(await bench.api.lookAtPictures(path));
    const [said] = must(await bench.api.lookAtPictures(path, { frameRate: rate(24_000, 1001) }));

    expect([named?.fps, said?.fps]).toEqual([30_000 / 1001, 24_000 / 1001]);
    expect(rendered(plannedVideosCard(said ? [said] : []))).toContain('3 pictures · 23.98 fps');
  });

  it('has a single series as what somebody says that it is, also beside a color video', async () => {
    const { bench, png } = await open();
    const path = await folder(bench, pictures(png, 'beauty'));
    expect(codes(await bench.api.lookAtPictures(path))).toEqual(['input.sequence_unknown']);
    const files = [{ path, role: 'color' }] as const;
    const prompt = must(await bench.api.createPrompt(bench.actor(), { text: 'A street', files }));

    expect(prompt.inputs.map(({ role, originalName }) => [role, originalName])).toEqual([
      ['color', 'render_color.mp4'],
    ]);
    const mask = await makeZip(join(bench.directory, 'matte.zip'), pictures(png, 'matte'));
    expect(must(await bench.api.lookAtPictures(mask, { role: 'mask' }, prompt))).toMatchObject([
      { role: 'mask' },
    ]);
    const added = must(
      await bench.api.addFiles(bench.actor(), prompt, { files: [{ path: mask, role: 'mask' }] }),
    );
    expect(added.added.map(({ role }) => role)).toEqual(['mask']);
  });

  it('is refused before anything is made where pictures are no PNG or have another size', async () => {
    const { bench, png, small } = await open();
    const path = await folder(bench, {
      ...pictures(png, 'color'),
      'color.0004.png': small,
      'color.0005.png': Buffer.from('no picture'),
    });

    expect(await bench.api.lookAtPictures(path)).toMatchObject({
      problems: [
        {
          code: 'input.sequence_frames',
          parameters: {
            file: 'render',
            role: 'color',
            size: '64×48',
            differing: ['color.0004.png (32×16)'],
            unreadable: ['color.0005.png'],
          },
        },
      ],
    });
  });

  it('can be looked at before anything is made', async () => {
    const { bench, png } = await open();
    const deep = Buffer.from(png);
    deep.writeUInt8(16, 24);
    const path = await folder(bench, { ...pictures(png, 'color'), ...pictures(deep, 'depth') });
    const looked = must(await bench.api.lookAtPictures(path, { frameRate: rate(12) }));

    expect(looked).toEqual([
      { role: 'color', pictures: 3, fps: 12, changes: [] },
      { role: 'depth', pictures: 3, fps: 12, changes: [{ kind: 'depth', bits: 16 }] },
    ]);
    expect(rendered(plannedVideosCard(looked))).toContain('16-bit → 8-bit');
    expect(await bench.incoming()).toEqual([]);
    expect(bench.api.countPrompts()).toBe(0);
  });

  it.each([
    ['what is not there', {}, 'nowhere', 'input.file_missing'],
    ['one picture', { 'one.png': true }, 'render/one.png', 'input.sequence_none'],
    ['no archive', { 'one.zip': true }, 'render/one.zip', 'input.archive_other'],
    ['a gap', { 'color.1.png': true, 'color.3.png': true }, 'render', 'input.sequence_gaps'],
    ['masks alone', { 'mask.1.png': true }, 'render', 'input.sequence_no_color'],
  ])('says at a look what is wrong with %s', async (_what, files, given, code) => {
    const { bench, png } = await open();
    await folder(bench, Object.fromEntries(Object.keys(files).map((name) => [name, png])));
    expect(codes(await bench.api.lookAtPictures(join(bench.directory, given)))).toEqual([code]);
  });

  it('says it of pictures that come later, also where another file has their role', async () => {
    const { bench, png } = await open();
    const files = [{ path: await folder(bench, pictures(png, 'color')) }];
    const prompt = must(await bench.api.createPrompt(bench.actor(), { text: 'A street', files }));
    const deep = Buffer.from(png);
    deep.writeUInt8(16, 24);
    const path = await makeZip(join(bench.directory, 'more.zip'), {
      ...pictures(deep, 'color', 'depth'),
      'color.0004.png': deep,
      'depth.0004.png': deep,
    });
    const refused = await bench.api.addFiles(bench.actor(), prompt, { files: [{ path }] });
    expect(codes(refused)).toEqual(['input.roles_differ']);
    const again = await makeZip(join(bench.directory, 'again.zip'), pictures(deep, 'color', 'depth'));
    const added = must(
      await bench.api.addFiles(bench.actor(), prompt, { files: [{ path: again }], frameRate: rate(24) }),
    );

    expect(JSON.stringify(addedFilesCard(added))).toContain('made of pictures: 16-bit → 8-bit');
    for (const { changes } of bench.bot.parts.store.prompts.offers.of(prompt.id))
      expect(changes).toEqual([{ kind: 'depth', bits: 16 }]);
  });

  it('has them of an archive, whose name may say how fast they are', async () => {
    const { bench, png } = await open();
    const path = await makeZip(
      join(bench.directory, 'upload'),
      pictures(png, 'render/color', 'render/depth'),
    );
    const told: WorkProgress[] = [];
    const prompt = must(
      await bench.api.createPrompt(bench.actor(), {
        text: 'A street',
        files: [{ path, name: 'render_30fps.zip' }],
        onProgress: (progress) => told.push(progress),
      }),
    );

    expect(prompt.inputs.map(({ role }) => role)).toEqual(['color', 'depth']);
    expect(prompt.inputs[0]?.asset.facts).toMatchObject({ frames: 3, fps: 30 });
    expect(told.map(({ making, share }) => [making, share])).toEqual([
      ['color', 0],
      ['color', 0.25],
      ['depth', 0.5],
      ['depth', 0.75],
    ]);
  });

  it('can get further kinds later, and only such as fit to what it has', async () => {
    const { bench, png } = await open();
    const files = [{ path: await folder(bench, pictures(png, 'color')) }];
    const prompt = must(await bench.api.createPrompt(bench.actor(), { text: 'A street', files }));
    const depth = async (frames: number) => ({
      path: await makeZip(
        join(bench.directory, `depth-${frames}.zip`),
        Object.fromEntries(Array.from({ length: frames }, (_, index) => [`depth.${index}.png`, png])),
      ),
    });

    expect(codes(await bench.api.addFiles(bench.actor(), prompt, { files: [await depth(4)] }))).toEqual([
      'input.roles_differ',
    ]);
    const added = must(await bench.api.addFiles(bench.actor(), prompt, { files: [await depth(3)] }));
    expect(added.added.map(({ role }) => role)).toEqual(['depth']);
    expect(await bench.incoming()).toEqual([]);
  });

  it('is not made where the kinds have different sizes, and nothing of it is kept', async () => {
    const { bench, png, small } = await open();
    const path = await folder(bench, { ...pictures(png, 'color'), ...pictures(small, 'depth') });
    const made = await bench.api.createPrompt(bench.actor(), { text: 'A street', files: [{ path }] });

    expect(made).toMatchObject({
      problems: [
        {
          code: 'input.roles_differ',
          parameters: { file: 'render', role: 'depth', found: '32×16', expected: '64×48' },
        },
      ],
    });
    expect(await bench.incoming()).toEqual([]);
  });

  it('is not made of more than a video may last', async () => {
    const { bench, png } = await open();
    const path = await folder(bench, pictures(png, 'color'));
    const request = { text: 'A street', files: [{ path }], frameRate: rate(1, 1000) };

    expect(codes(await bench.api.createPrompt(bench.actor(), request))).toEqual(['input.too_long']);
  });

  it('is not made of an archive that is none, and says so with its name', async () => {
    const { bench } = await open();
    const path = await bench.file('render.zip', 'PK\x03\x04nothing');

    expect(
      await bench.api.createPrompt(bench.actor(), { text: 'A street', files: [{ path }] }),
    ).toMatchObject({
      problems: [{ code: 'input.archive_broken', parameters: { file: 'render.zip' } }],
    });
    expect(await bench.incoming()).toEqual([]);
  });
});

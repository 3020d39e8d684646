import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Role } from '../../../src/core/prompts/prompt.ts';
import type { NewPrompt } from '../../../src/core/prompts/prompt-service.ts';
import { writeHashed } from '../../../src/core/write-hashed.ts';
import { factAudio, factImage, factVideo } from '../../fakes/fact-media.ts';
import { codes, must, openWorkbench, type Workbench } from '../../support/workbench.ts';

async function open(): Promise<Workbench> {
  const bench = await openWorkbench();
  onTestFinished(async () => await bench.bot.close());
  return bench;
}

async function create(bench: Workbench, files: Record<string, string>, more: Partial<NewPrompt> = {}) {
  const paths = await Promise.all(
    Object.entries(files).map(async ([name, content]) => ({ path: await bench.file(name, content) })),
  );
  return await bench.api.createPrompt(bench.actor(), { text: 'A rainy neon street', files: paths, ...more });
}

/** As a chat leaves it. */
async function download(bench: Workbench, content: string) {
  const { incoming } = bench.bot.parts.data;
  await mkdir(incoming, { recursive: true });
  const path = join(incoming, 'download');
  const maxBytes = 2_000_000;
  return { path, downloaded: await writeHashed(Readable.from([Buffer.from(content)]), path, { maxBytes }) };
}

/** Everything that lies in the folders of files. */
async function stored(bench: Workbench): Promise<string[]> {
  const { root, incoming } = bench.bot.parts.data;
  const folders = [incoming, join(root, 'assets'), join(root, 'posters')];
  const found = await Promise.all(folders.map(async (folder) => await readdir(folder).catch(() => [])));
  return found.flat();
}

describe('files for a prompt', () => {
  it('that are sent with the same key again change and tell nothing', async () => {
    const bench = await open();
    const prompt = must(await create(bench, { 'street.mp4': factVideo() }));
    const path = await bench.file('street_depth.mp4', factVideo({}, 'depth'));
    const told: number[] = [];
    const add = async () =>
      must(
        await bench.api.addFiles(bench.actor(), prompt, {
          files: [{ path }],
          idempotencyKey: 'upload:C1:1',
          told: ({ added }) => told.push(added.length),
        }),
      );
    await Promise.all([add(), add()]);
    expect(told).toEqual([1]);
    expect((await add()).prompt.inputs.map(({ role }) => role)).toEqual(['color', 'depth']);
    expect(told).toEqual([1]);
  });
});

describe('a prompt', () => {
  it('keeps text, files by role and facts, and a poster of each picture', async () => {
    const bench = await open();
    const made = must(
      await create(bench, {
        'street.mp4': factVideo(),
        'street_depth.mp4': factVideo({}, 'depth'),
        'voice.wav': factAudio(),
        'still.png': factImage(),
      }),
    );
    expect(made).toMatchObject({ name: 'rainy_neon_street', text: 'A rainy neon street' });
    expect(made.inputs.map(({ role, originalName }) => [role, originalName])).toEqual([
      ['color', 'street.mp4'],
      ['depth', 'street_depth.mp4'],
      ['audio', 'voice.wav'],
      ['image', 'still.png'],
    ]);
    const { data } = bench.bot.parts;
    const posters = made.inputs.map(({ asset }) => existsSync(data.poster(asset.sha256)));
    expect(posters).toEqual([true, true, false, true]);
    for (const { asset } of made.inputs)
      expect((await readFile(data.asset(asset.sha256))).length).toBe(asset.bytes);
    expect(await readdir(data.incoming)).toEqual([]);
  });

  it('has several pictures as the first, the second and the third, in the order in which they came', async () => {
    const bench = await open();
    const made = must(
      await create(bench, {
        'hat.png': factImage('hat'),
        'voice.wav': factAudio(),
        'anna.png': factImage('anna'),
        'ben.png': factImage('ben'),
      }),
    );
    const inputs = () =>
      bench.api.getPrompt(made.id)?.inputs.map(({ role, originalName }) => `${role} ${originalName}`);
    expect(inputs()?.toSorted()).toEqual([
      'audio voice.wav',
      'image hat.png',
      'image2 anna.png',
      'image3 ben.png',
    ]);

    const swapped = new Map([
      ['hat.png', 'image3'],
      ['ben.png', 'image'],
    ] as const);
    must(bench.api.changeRoles(bench.actor(), made, swapped));
    expect(inputs()?.toSorted()).toEqual([
      'audio voice.wav',
      'image ben.png',
      'image2 anna.png',
      'image3 hat.png',
    ]);
  });

  it('leaves to the others what somebody has said of a picture, and takes no fourth one', async () => {
    const bench = await open();
    const file = async (name: string, role?: Role) => ({
      path: await bench.file(name, factImage(name)),
      ...(role && { role }),
    });
    const files = [await file('a.png'), await file('b.png', 'image'), await file('c.png')];
    const made = must(await bench.api.createPrompt(bench.actor(), { text: 'Three', files }));
    expect(made.inputs.map(({ role, originalName }) => [role, originalName])).toEqual([
      ['image2', 'a.png'],
      ['image', 'b.png'],
      ['image3', 'c.png'],
    ]);
    const more = [...files, await file('d.png')];
    const refused = await bench.api.createPrompt(bench.actor(), { text: 'Four', files: more });
    expect(refused).toMatchObject({
      problems: [{ code: 'input.role_taken', parameters: { role: 'image3', other: 'c.png', file: 'd.png' } }],
    });
  });

  it('takes the configured negative text, its own, or none', async () => {
    const bench = await openWorkbench({ config: '[generation]\nnegative_prompt = "blurry"\n' });
    onTestFinished(async () => await bench.bot.close());
    const texts: string[] = [];
    for (const more of [{}, { negativeText: ' dark ' }, { negativeText: '  ' }]) {
      texts.push(must(await create(bench, { 'street.mp4': factVideo() }, more)).negativeText);
    }
    expect(texts).toEqual(['blurry', 'dark', '']);
  });

  it('stores the same content once, under whatever name it comes', async () => {
    const bench = await open();
    const first = must(await create(bench, { 'street.mp4': factVideo() }));
    const second = must(await create(bench, { 'other.mov': factVideo() }));
    expect(second.inputs[0]?.asset).toEqual(first.inputs[0]?.asset);
    expect(await readdir(join(bench.bot.parts.data.root, 'assets'))).toHaveLength(1);
    // What is known is not looked into again.
    expect(bench.media.probed).toHaveLength(1);
  });

  it('stores a file again that was damaged or removed since', async () => {
    const bench = await open();
    const asset = bench.bot.parts.data.asset(
      must(await create(bench, { 'a.mp4': factVideo() })).inputs[0]?.asset.sha256 as never,
    );
    const damages = [
      () => truncate(asset, 3),
      () => rm(asset),
      () => writeFile(asset, 'x'.repeat(factVideo().length)),
    ];
    for (const damage of damages) {
      await damage();
      must(await create(bench, { 'a.mp4': factVideo() }));
      expect(await readFile(asset, 'utf8')).toBe(factVideo());
    }
  });

  it('takes a downloaded file over by its name, and leaves a file of somebody where it is', async () => {
    const bench = await open();
    const { data } = bench.bot.parts;
    const downloaded = await download(bench, factVideo());
    const path = await bench.file('still.png', factImage());
    const before = await Promise.all([stat(downloaded.path), stat(path)]);
    const made = must(
      await bench.api.createPrompt(bench.actor(), {
        ...{ text: 'A street', files: [{ ...downloaded, name: 'street.mp4' }, { path }] },
      }),
    );
    const stored = await Promise.all(
      made.inputs.map(async ({ asset }) => await stat(data.asset(asset.sha256))),
    );
    expect(stored[0]?.ino).toBe(before[0].ino);
    expect(existsSync(downloaded.path)).toBe(false);
    expect(stored[1]?.ino).not.toBe(before[1].ino);
    expect(await readFile(path, 'utf8')).toBe(factImage());
  });

  it('stores the same content once, however it comes', async () => {
    const bench = await open();
    const first = must(await create(bench, { 'street.mp4': factVideo() }));
    const downloaded = await download(bench, factVideo());
    const files = [{ ...downloaded, name: 'b.mov' }];
    const second = must(await bench.api.createPrompt(bench.actor(), { text: 'A street', files }));
    expect(second.inputs[0]?.asset).toEqual(first.inputs[0]?.asset);
    expect(await stored(bench)).toHaveLength(2);
    expect(bench.media.probed).toHaveLength(1);
  });

  it('is complete without a poster', async () => {
    const bench = await open();
    bench.media.isPosterBroken = true;
    const made = must(await create(bench, { 'street.mp4': factVideo() }));
    expect(bench.bot.parts.views.prompt(made).posterPath).toBeUndefined();
  });

  it('is made once for one key', async () => {
    const bench = await open();
    const first = must(await create(bench, { 'a.mp4': factVideo() }, { idempotencyKey: 'E1' }));
    const second = must(
      await create(bench, { 'b.mp4': factVideo({}, 'b') }, { idempotencyKey: 'E1', text: 'B' }),
    );
    expect(second).toEqual(first);
    expect(bench.api.countPrompts()).toBe(1);
  });

  it('is made once for one key also where both come at once', async () => {
    const bench = await open();
    const [first, second] = await Promise.all(
      ['A', 'B'].map(async (text) =>
        must(await create(bench, { 'a.mp4': factVideo() }, { idempotencyKey: 'E1', text })),
      ),
    );
    expect(second).toEqual(first);
    expect(bench.api.countPrompts()).toBe(1);
  });

  it('gets a name that was taken while its files were looked at by nobody else', async () => {
    const bench = await open();
    const made = await Promise.all(
      [1, 2].map(async () => await create(bench, { 'a.mp4': factVideo() }, { name: 'rainy_street' })),
    );
    expect(made.map(codes)).toContainEqual(['input.name_taken']);
    expect(bench.api.listPrompts(5).map(({ name }) => name)).toEqual(['rainy_street']);
  });

  it('opens its thread after everything was checked, and not before', async () => {
    const bench = await open();
    let opened = 0;
    const openThread = async () => {
      opened += 1;
      return bench.store.threads.ensure({ platform: 'fake' as never, tenant: 't', channel: 'c' }).id;
    };
    await create(bench, { 'notes.mp4': 'no video' }, { openThread });
    expect(opened).toBe(0);
    must(await create(bench, { 'a.mp4': factVideo() }, { openThread }));
    expect(opened).toBe(1);
  });
});

describe('a refused prompt', () => {
  it('is told all that is wrong, and leaves nothing behind', async () => {
    const bench = await open();
    const refused = await create(
      bench,
      { 'street.mp4': factVideo(), 'notes.mp4': 'no video', 'empty.mp4': '' },
      { text: ' ', negativeText: 'a\0b', name: 'No Name!' },
    );
    expect(codes(refused)).toEqual([
      'input.text_empty',
      'input.text_nul',
      'input.name_invalid',
      'input.not_media',
      'input.file_empty',
    ]);
    expect(await stored(bench)).toEqual([]);
  });

  it.each([
    ['no video', 'input.not_media'],
    ['', 'input.file_empty'],
    [factVideo({}, 'x'.repeat(1_100_000)), 'input.file_too_large'],
  ])('leaves nothing of a downloaded file behind either', async (content, code) => {
    const bench = await openWorkbench({ config: '[limits]\nmax_upload_mib = 1\n' });
    onTestFinished(async () => await bench.bot.close());
    const files = [{ ...(await download(bench, content)), name: 'street.mp4' }];
    const refused = await bench.api.createPrompt(bench.actor(), { text: 'A street', files });
    expect(refused).toMatchObject({ problems: [{ code, parameters: { file: 'street.mp4' } }] });
    expect(await stored(bench)).toEqual([]);
  });

  it('compares no file with another one that has its role', async () => {
    const refused = await create(await open(), {
      'a.mp4': factVideo({ width: 640, height: 352 }, 'a'),
      'b.mp4': factVideo({ width: 320, height: 180 }, 'b'),
      'b_depth.mp4': factVideo({ width: 320, height: 180 }, 'c'),
    });
    expect(codes(refused)).toEqual(['input.role_taken']);
  });

  it('leaves nothing behind when only its roles are wrong', async () => {
    const bench = await open();
    const refused = await create(bench, {
      'a_depth.mp4': factVideo({}, 'a'),
      'b_depth.mp4': factVideo({}, 'b'),
    });
    expect(codes(refused)).toEqual(['input.role_taken']);
    expect(await stored(bench)).toEqual([]);
  });

  it('needs a file', async () => {
    expect(codes(await create(await open(), {}))).toEqual(['input.no_files']);
  });

  it.each([
    ['missing', async (directory: string) => join(directory, 'none.mp4'), 'input.file_missing'],
    ['a folder of other things', async (directory: string) => directory, 'input.sequence_names'],
    ['a device', async () => '/dev/zero', 'input.file_not_regular'],
    ['a name with a NUL', async (directory: string) => `${directory}/a\0b.mp4`, 'input.file_missing'],
    [
      'a name of 300 characters',
      async (directory: string) => join(directory, `${'x'.repeat(296)}.mp4`),
      'input.file_missing',
    ],
    [
      'a link to nothing',
      async (directory: string) => {
        await mkdir(directory, { recursive: true });
        await symlink('nowhere', join(directory, 'link.mp4'));
        return join(directory, 'link.mp4');
      },
      'input.file_missing',
    ],
  ])('for a file that is %s', async (_title, path, code) => {
    const bench = await open();
    const files = [{ path: await path(bench.directory) }];
    expect(codes(await bench.api.createPrompt(bench.actor(), { text: 'A street', files }))).toEqual([code]);
    expect(await stored(bench)).toEqual([]);
  });

  it('for a file that is larger than allowed', async () => {
    const bench = await openWorkbench({ config: '[limits]\nmax_upload_mib = 1\n' });
    onTestFinished(async () => await bench.bot.close());
    const refused = await create(bench, { 'large.mp4': factVideo({}, 'x'.repeat(1_100_000)) });
    expect(codes(refused)).toEqual(['input.file_too_large']);
    expect(await stored(bench)).toEqual([]);
  });

  it('leaves nothing behind when nobody waits for it any more', async () => {
    const bench = await open();
    const path = await bench.file('street.mp4');
    const stopping = new AbortController();
    bench.media.hold = new Promise((resolve) => {
      stopping.signal.addEventListener('abort', () => resolve());
    });
    const made = bench.api.createPrompt(
      bench.actor(),
      { text: 'A street', files: [{ path }] },
      stopping.signal,
    );
    await expect.poll(() => bench.media.probed).toHaveLength(1);
    stopping.abort(new Error('stopped'));
    await expect(made).rejects.toThrow('stopped');
    expect(bench.api.countPrompts()).toBe(0);
    expect(await stored(bench)).toEqual([]);
  });
});

describe('names of files', () => {
  it.each([
    ['../../etc/passwd.mp4', 'passwd.mp4'],
    ['a b "c" \'d\'.mp4', 'a b "c" \'d\'.mp4'],
    ['--name.mp4', '--name.mp4'],
    ['$(touch x).mp4', '$(touch x).mp4'],
    ['C:\\clips\\street.mp4', 'street.mp4'],
    ['a\0b\nc.mp4', 'a b c.mp4'],
    ['شارع 🌧️.mp4', 'شارع 🌧️.mp4'],
    ['', 'file'],
    ['/', 'file'],
    [`${'x'.repeat(290)}_depth.mp4`, expect.stringMatching(/^x+….*_depth\.mp4$/)],
  ])('%j become what can be shown', async (name, shown) => {
    const bench = await open();
    const files = [{ path: await bench.file('street.mp4'), name }];
    const made = must(await bench.api.createPrompt(bench.actor(), { text: 'A street', files }));
    expect(made.inputs[0]?.originalName).toEqual(shown);
    expect([...(made.inputs[0]?.originalName ?? '')].length).toBeLessThanOrEqual(120);
  });
});

describe('videos of one prompt', () => {
  it.each([
    ['size', { width: 1280 }],
    ['frames', { frames: 118 }],
    ['fps', { fps: 25 }],
  ])('have the same %s', async (fact, other) => {
    const refused = await create(await open(), { 'a.mp4': factVideo(), 'a_depth.mp4': factVideo(other) });
    expect(refused).toMatchObject({
      ok: false,
      problems: [{ code: 'input.roles_differ', parameters: { fact, role: 'depth' } }],
    });
  });

  it('are compared with the colour video, wherever it stands', async () => {
    const files = { 'a_depth.mp4': factVideo({ frames: 118 }), 'b_color.mp4': factVideo() };
    expect(await create(await open(), files)).toMatchObject({
      problems: [{ parameters: { role: 'depth', found: '118', other: 'color' } }],
    });
  });

  it('may have rates that are the same, written differently', async () => {
    const files = { 'a.mp4': factVideo({ fps: 23.976 }), 'a_depth.mp4': factVideo({ fps: 24000 / 1001 }) };
    must(await create(await open(), files));
  });
});

describe('roles', () => {
  it('are shown again where the prompt is shown', async () => {
    const bench = await open();
    const thread = bench.store.threads.ensure({ platform: 'fake' as never, tenant: 't', channel: 'c' }).id;
    const made = must(await create(bench, { 'a.mp4': factVideo() }, { thread }));
    const [shown] = bench.store.deliveries.open();
    if (shown !== undefined) bench.store.deliveries.close(shown.id, 'settled');
    expect(bench.store.deliveries.open()).toEqual([]);
    must(bench.api.changeRoles(bench.actor(), made, new Map([['a.mp4', 'vis']])));
    expect(bench.store.deliveries.open()).toMatchObject([{ id: shown?.id }]);
  });

  it('are changed by file name or by the present role, all at once', async () => {
    const bench = await open();
    const made = must(await create(bench, { 'a.mp4': factVideo(), 'b_depth.mp4': factVideo({}, 'b') }));
    const changes = new Map([
      ['a.mp4', 'depth'],
      ['depth', 'color'],
    ] as const);
    const changed = must(bench.api.changeRoles(bench.actor(), made, changes));
    expect(changed.inputs.map(({ role, originalName }) => [role, originalName])).toEqual([
      ['depth', 'a.mp4'],
      ['color', 'b_depth.mp4'],
    ]);
    expect(bench.api.getPrompt(made.id)?.inputs.map(({ originalName }) => originalName)).toEqual([
      'b_depth.mp4',
      'a.mp4',
    ]);
  });

  it.each([
    ['a.mp4', 'depth', 'input.role_taken'],
    ['a.mp4', 'audio', 'input.role_wrong_kind'],
    ['c.mp4', 'depth', 'input.file_missing'],
  ] as const)('that do not fit are refused and change nothing: %s=%s', async (file, role, code) => {
    const bench = await open();
    const made = must(await create(bench, { 'a.mp4': factVideo(), 'b_depth.mp4': factVideo({}, 'b') }));
    expect(codes(bench.api.changeRoles(bench.actor(), made, new Map([[file, role]])))).toEqual([code]);
    expect(bench.api.getPrompt(made.id)?.inputs).toEqual(made.inputs);
  });
});

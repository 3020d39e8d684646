import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { addFiles } from '../../../src/bot/cli/add.ts';
import { CLI_COMMANDS } from '../../../src/bot/cli/cli-commands.ts';
import type { ParsedCommand } from '../../../src/bot/commands/arguments.ts';
import { parseWords } from '../../../src/bot/commands/parse.ts';
import { factVideo } from '../../fakes/fact-media.ts';
import { makeZip } from '../../support/make-zip.ts';
import { makePng } from '../../support/sample-clips.ts';
import { must, openWorkbench, type Workbench } from '../../support/workbench.ts';

async function open(): Promise<Workbench> {
  const bench = await openWorkbench();
  onTestFinished(async () => await bench.bot.close());
  return bench;
}

/** Runs `add` on the bench; what it printed. */
async function add(
  bench: Workbench,
  reference: string,
  paths: readonly string[],
  options: ParsedCommand['options'] = {},
  command?: ParsedCommand,
) {
  let out = '';
  let error = '';
  const output = {
    out: { write: (text: string) => (out += text) },
    error: { write: (text: string) => (error += text) },
    settings: { color: false, unicode: true, timeZone: 'UTC', now: () => 0, commandPrefix: 'cosmos' },
  };
  const code = await addFiles(bench.bot, output, {
    ...{ reference, paths, options },
    ...(command && { command }),
  });
  return { code, out, error };
}

it('add gives a prompt, named by the beginning of its name, one more file in the role that its name tells', async () => {
  const bench = await open();
  const prompt = await bench.prompt();
  const added = await add(bench, prompt.name.slice(0, 5), [
    await bench.file('street_depth.mp4', factVideo({}, 'other')),
  ]);

  expect(added).toMatchObject({ code: 0, error: '' });
  expect(added.out).toContain('street_depth.mp4');
  expect(bench.store.prompts.get(prompt.id)?.inputs.map(({ role }) => role)).toEqual(['color', 'depth']);
});

it('add keeps a file for a role that is taken, and says how it is used instead', async () => {
  const bench = await open();
  const prompt = await bench.prompt();
  const { code, out } = await add(bench, prompt.id, [await bench.file('second.mp4', factVideo({}, 'other'))]);

  expect(code).toBe(0);
  expect(out).toContain(`cosmos roles ${prompt.id}`);
  expect(bench.store.prompts.get(prompt.id)?.inputs).toHaveLength(1);
});

it('add prints the prompt as JSON where that is asked for', async () => {
  const bench = await open();
  const prompt = await bench.prompt();
  const { out } = await add(bench, prompt.id, [await bench.file('a_seg.mp4', factVideo({}, 'other'))], {
    json: true,
  });

  expect(JSON.parse(out)).toMatchObject({ id: prompt.id, inputs: [{ role: 'color' }, { role: 'seg' }] });
});

it('add refuses an unknown prompt and a missing file, and adds none of several then', async () => {
  const bench = await open();
  const prompt = await bench.prompt();
  const unknown = await add(bench, 'nothing_like_it', []);
  expect(unknown).toMatchObject({ code: 1, out: '', error: expect.stringContaining('I know no prompt') });
  const depth = await bench.file('street_depth.mp4', factVideo({}, 'other'));
  const missing = await add(bench, prompt.id, [depth, `${depth}.none.mp4`]);

  expect(missing).toMatchObject({ code: 1, out: '' });
  expect(bench.store.prompts.get(prompt.id)?.inputs).toHaveLength(1);
});

it('pictures whose names tell no kind are refused with the command that adds them, and added as it says', async () => {
  const bench = await open();
  const png = await readFile(await makePng(join(bench.directory, 'frame.png'), 64, 48));
  const path = await makeZip(join(bench.directory, 'matte.zip'), { 'matte.1001.png': png });
  const beauty = await makeZip(join(bench.directory, 'beauty.zip'), { 'beauty.1001.png': png });
  const frameRate = { numerator: 24_000, denominator: 1001 };
  const files = [{ path: beauty, role: 'color' as const }];
  const prompt = must(await bench.api.createPrompt(bench.actor(), { text: 'A street', files, frameRate }));
  const parsed = must(parseWords(['prepare', path, '--prompt', prompt.id], CLI_COMMANDS, 'command_line'));
  const refused = await add(bench, prompt.id, [path], parsed.options, parsed);

  expect(refused.code).toBe(1);
  expect(refused.error.replaceAll(/\s+/g, ' ')).toContain(
    `--prompt ${prompt.id} --as depth takes them as depth`,
  );
  const added = await add(bench, prompt.id, [path], { as: 'mask', fps: '23.976' });
  expect(added).toMatchObject({ code: 0 });
  expect(bench.store.prompts.get(prompt.id)?.inputs.map(({ role }) => role)).toEqual(['color', 'mask']);
});

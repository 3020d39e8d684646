import { expect, it, onTestFinished } from 'vitest';
import { addFiles } from '../../../src/bot/cli/add.ts';
import { factVideo } from '../../fakes/fact-media.ts';
import { openWorkbench, type Workbench } from '../../support/workbench.ts';

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
  options: { json?: true } = {},
) {
  let out = '';
  let error = '';
  const output = {
    out: { write: (text: string) => (out += text) },
    error: { write: (text: string) => (error += text) },
    settings: { color: false, unicode: true, timeZone: 'UTC', now: () => 0, commandPrefix: 'cosmos' },
  };
  const code = await addFiles(bench.bot, output, { reference, paths, options });
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

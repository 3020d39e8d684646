import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { type Outcome, runCosmos } from '../support/run-cosmos.ts';
import { makeClip } from '../support/sample-clips.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const PAGE = new URL('../../docs/add-a-model.md', import.meta.url);

/** The model of the page: takes what the profile says that it takes, and nothing else. */
const SKETCH = `#!/bin/sh
[ "$1 $3 $5" = '--spec --out --seed' ] && [ "$#" = 6 ] || { echo "unexpected: $*"; exit 2; }
case $(cat "$2") in
  *'No pencil'*) echo 'error: the pencil is lost'; exit 1 ;;
  *'"pencil": {'*'"lines": 7'*) ;;
  *) echo 'no lines'; exit 2 ;;
esac
echo "Drawing with seed $6"
echo 'frame 1/2'
echo 'frame 2/2'
cat "$(dirname "$0")/clip.mp4" >"$4"
echo "Saved $4"
`;

let directory: string;
beforeEach(async () => {
  directory = await temporaryDirectory();
  await mkdir(join(directory, 'models'));
  await writeFile(join(directory, 'sketch'), SKETCH, { mode: 0o755 });
  await makeClip(join(directory, 'clip.mp4'), { frames: 5 });
});

async function cosmos(...words: string[]): Promise<Outcome> {
  return await runCosmos(words, { directory });
}

/** The example of the page that begins with this name, with the program of the tests in place of the model's. */
async function example(name: string): Promise<string> {
  const page = await readFile(PAGE, 'utf8');
  const blocks = [...page.matchAll(/```toml\n([\s\S]*?)```/g)].map(([, text]) => text ?? '');
  const found = blocks.find((text) => text.startsWith(`# ${name}\n`));
  if (found === undefined) throw new Error(`the page has no ${name}`);
  return found.replaceAll('/opt/sketch', directory);
}

async function follow(name: string, mistake: (text: string) => string = (text) => text): Promise<void> {
  await writeFile(join(directory, name), mistake(await example(name)));
}

it('a fifth model is added by the steps of its page, with TOML alone', async () => {
  await follow('models/sketch.toml');
  await follow('cosmos.toml');
  expect(await cosmos('config', 'check')).toMatchObject({ code: 0 });
  expect((await cosmos('models')).out).toContain('sketch');

  const { out } = await cosmos('create', 'prompt', 'A "quoted" street', 'clip.mp4', '--json');
  const { id }: { readonly id: string } = JSON.parse(out);
  const dry = await cosmos('inference', id, '--model', 'sketch', 'lines=7', 'seed=3', '--dry-run');
  expect(dry).toMatchObject({ code: 0 });
  for (const words of ['spec.json', '"lines": 7', 'A \\"quoted\\" street', 'sketch.mp4', '"--seed"'])
    expect(dry.out).toContain(words);

  const ran = await cosmos('inference', id, '--model', 'sketch', 'lines=7', 'seed=3', '--wait');
  expect(ran).toMatchObject({ code: 0 });
  const made = await readdir(join(directory, 'data'), { recursive: true });
  expect(made.filter((path) => path.endsWith('sketch.mp4'))).not.toEqual([]);

  const lost = await cosmos('create', 'prompt', 'No pencil', 'clip.mp4', '--json');
  const { id: other }: { readonly id: string } = JSON.parse(lost.out);
  const failed = await cosmos('inference', other, '--model', 'sketch', '--wait');
  expect(failed.code).not.toBe(0);
  expect(`${failed.out}${failed.error}`.replace(/\s+/g, ' ')).toContain('sharpen one and run again.');
});

it('a mistake in it stops the check, with its file, its line and what was meant', async () => {
  await follow('models/sketch.toml', (text) => text.replace('"{input.color}"', '"{input.colour}"'));
  await follow('cosmos.toml');
  const { code, error } = await cosmos('config', 'check');
  const words = error.replaceAll('`', '').replace(/\s+/g, ' ');

  expect(code).toBe(2);
  expect(words).toContain(`${join(directory, 'models/sketch.toml')}, line 34`);
  expect(words).toContain('input.color');
});

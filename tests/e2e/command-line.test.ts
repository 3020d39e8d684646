import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { beforeEach, describe, expect, it } from 'vitest';
import { bringToEnd, type Outcome, runCosmos, startCosmos } from '../support/run-cosmos.ts';
import { makeClip, makeTruncated } from '../support/sample-clips.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

let directory: string;

beforeEach(async () => {
  directory = await temporaryDirectory();
});

async function cosmos(...words: string[]): Promise<Outcome> {
  return await runCosmos(words, { directory });
}

async function createPrompt(text = 'A rainy neon street'): Promise<{ id: string; name: string }> {
  const { out } = await cosmos('create', 'prompt', text, 'clip.mp4', '--json');
  return JSON.parse(out);
}

async function queueRun(...words: string[]): Promise<{ id: string; state: string }> {
  const { out } = await cosmos('inference', ...words, '--json');
  return JSON.parse(out);
}

describe('help', () => {
  it.each([[[]], [['--help']], [['help']], [['-h']]])('lists every verb for %j', async (words) => {
    const { code, out } = await cosmos(...words);
    expect(code).toBe(0);
    for (const verb of [
      'start',
      'demo',
      'config',
      'create',
      'inference',
      'status',
      'queue',
      'cancel',
      'retry',
    ]) {
      expect(out).toMatch(new RegExp(`^\\s+${verb}\\s`, 'm'));
    }
  });

  it('explains one verb with its options, those of the command line included', async () => {
    const { code, out } = await cosmos('inference', '--help');
    expect(code).toBe(0);
    expect(out).toContain('--dry-run');
    expect(out).toContain('--wait');
    expect(out).toContain('--json');
  });

  it('prints the version of the package', async () => {
    expect((await cosmos('--version')).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('wrong words', () => {
  it.each([
    [['infrence', 'ps_1'], 2, 'Did you mean inference ps_1?'],
    [['inference'], 2, 'needs the id or the name of a prompt'],
    [['list', 'runz'], 2, 'Did you mean runs?'],
    [['list', 'runs', '--limt', '3'], 2, 'Did you mean --limit?'],
    [['list', 'runs', '--limit', '0'], 2, 'whole number from 1 to 1000'],
    [['show', 'ps_00000000'], 1, 'I know no prompt'],
    [['cancel', 'rs_00000000'], 1, 'I know no run'],
    [['cancel', 'rs_1', 'now'], 2, 'has no use for'],
  ])('%j ends with %i and says what was meant', async (words, code, sentence) => {
    const outcome = await cosmos(...words);
    expect(outcome.code).toBe(code);
    expect(outcome.error.replaceAll('`', '').replace(/\s+/g, ' ')).toContain(sentence);
    expect(outcome.out).toBe('');
  });
});

describe('prompts', () => {
  it('are created, listed, searched and shown, by name and by the beginning of the id', async () => {
    await makeClip(join(directory, 'clip.mp4'));
    const { id, name } = await createPrompt();
    expect(name).toBe('rainy_neon_street');
    expect((await cosmos('list', 'prompts')).out).toContain(name);
    expect((await cosmos('search', 'neon')).out).toContain(id);
    expect((await cosmos('show', name)).out).toContain('64×64 · 24 fps · 24 frames');
    expect((await cosmos('show', id.slice(0, 6))).out).toContain(id);
    expect(JSON.parse((await cosmos('list', 'prompts', '--json')).out)).toHaveLength(1);
  });

  it('get further files by add, which wants at least one', async () => {
    await makeClip(join(directory, 'clip.mp4'));
    const { id, name } = await createPrompt();
    await makeClip(join(directory, 'clip_depth.mp4'));
    const { code, out } = await cosmos('add', name.slice(0, 5), 'clip_depth.mp4', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ id, inputs: [{ role: 'color' }, { role: 'depth' }] });
    expect(await cosmos('add', id)).toMatchObject({ code: 2, error: expect.stringContaining('FILES') });
  });

  it('refuse every bad file with its own sentence and keep nothing', async () => {
    await makeClip(join(directory, 'good.mp4'));
    await makeTruncated(join(directory, 'good.mp4'), join(directory, 'cut.mp4'));
    await writeFile(join(directory, 'empty.mp4'), '');
    await writeFile(join(directory, 'notes.mp4'), 'these are notes');
    await mkdir(join(directory, 'folder.mp4'));
    const { code, error } = await cosmos(
      'create',
      'prompt',
      ' ',
      'cut.mp4',
      'empty.mp4',
      'notes.mp4',
      'folder.mp4',
      'no.mp4',
    );
    expect(code).toBe(1);
    for (const words of [
      'The text is empty',
      'cut.mp4',
      'is empty (0 bytes)',
      'is not a video',
      'holds no numbered pictures',
      'cannot find',
    ]) {
      expect(error.replace(/\s+/g, ' ').replaceAll('`', '')).toContain(words);
    }
    expect(JSON.parse((await cosmos('list', 'prompts', '--json')).out)).toEqual([]);
  });

  it('take a file whose name is full of traps', async () => {
    const file = `-- it's "my" $(clip) 🎬.mp4`;
    await makeClip(join(directory, file));
    const { code, out } = await cosmos(
      'create',
      'prompt',
      'Text with "quotes"\nand $(lines) שלום 🎬',
      '--json',
      '--',
      file,
    );
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      text: 'Text with "quotes"\nand $(lines) שלום 🎬',
      inputs: [{ originalName: file }],
    });
  });
});

describe('runs', () => {
  it('show exactly what would be sent, and send nothing, with --dry-run', async () => {
    await makeClip(join(directory, 'clip.mp4'));
    const { id } = await createPrompt();
    const { code, out } = await cosmos('inference', id, 'edge=0.25', '--dry-run', '--json');
    expect(code).toBe(0);
    const { files, argv, inputs } = JSON.parse(out);
    expect(JSON.parse(files[0].content).controls.edge.weight).toBe(0.25);
    expect(argv).toContain('render-controls');
    expect(inputs).toHaveLength(1);
    expect(JSON.parse((await cosmos('list', 'runs', '--json')).out)).toEqual([]);
  });

  it('say on the screen only what concerns the run, and log beside the data, with --wait', async () => {
    await makeClip(join(directory, 'clip.mp4'), { frames: 5 });
    const { id } = await createPrompt();
    const { code, error } = await cosmos('inference', id, '--wait');
    expect(code).toBe(0);
    expect(error).not.toContain('{');
    expect(await readFile(join(directory, 'data', 'logs', 'cosmos.log'), 'utf8')).toContain('attempt ended');
  });

  it('are many with a list, shown as one with --wait, and all on one picture', async () => {
    await makeClip(join(directory, 'clip.mp4'), { frames: 5 });
    const { id } = await createPrompt();
    const { code, out } = await cosmos('inference', id, 'edge=0.2,0.8', 'max_width=320', '--wait');
    expect(code).toBe(0);
    expect(out).toContain('2 of 2 done');
    const [path = ''] = /\S*contact-sheet\.jpg/.exec(out) ?? [];
    expect((await readFile(path)).subarray(0, 2).toString('hex')).toBe('ffd8');
    const [request] = JSON.parse((await cosmos('list', 'requests', '--json')).out);
    expect(request).toMatchObject({ varied: ['edge'], runs: [{ state: 'done' }, { state: 'done' }] });
  });

  it('that other lanes took are named when --wait ends before them, and the next bot brings them to their end', async () => {
    await makeClip(join(directory, 'short.mp4'), { frames: 2 });
    await makeClip(join(directory, 'clip.mp4'), { frames: 1500 });
    await writeFile(
      join(directory, 'cosmos.toml'),
      '[[hosts]]\nname = "here"\nmodels = ["preview"]\n[[hosts.lanes]]\nname = "one"\n[[hosts.lanes]]\nname = "two"\n',
    );
    const long = await createPrompt('A long way');
    const { out } = await cosmos('create', 'prompt', 'A short way', 'short.mp4', '--json');
    const left = await queueRun(long.id);
    const { code, error } = await cosmos('inference', JSON.parse(out).id, '--wait', '--json');
    expect(code).toBe(0);
    expect(error).toMatch(new RegExp(`^${left.id} goes on\\. `, 'm'));
    await bringToEnd(left.id, { directory });
    const shown = JSON.parse((await cosmos('show', left.id, '--json')).out);
    expect(shown).toMatchObject({ state: 'done' });
  });

  it('have a log that says why nothing comes, where nobody follows them', async () => {
    await makeClip(join(directory, 'clip.mp4'), { frames: 5 });
    const run = await queueRun((await createPrompt()).id);
    const logs = startCosmos(['logs', run.id, '--follow'], { directory });
    const errors = createInterface({ input: logs.stderr });
    await seen(errors, /This run waits, and no bot is running/);
    logs.kill('SIGINT');
    await once(logs, 'close');
  });

  it('are worked off in order by --wait where no bot runs, up to the one that is waited for', async () => {
    await makeClip(join(directory, 'clip.mp4'), { frames: 5 });
    const { id } = await createPrompt();
    const first = await queueRun(id);
    const { code, out } = await cosmos('inference', id, 'edge=0.3', '--wait');
    expect(code).toBe(0);
    expect(out).toContain('0-preview.mp4');
    const later = await queueRun(id);
    const states = Object.fromEntries(
      JSON.parse((await cosmos('list', 'runs', '--json')).out).map((run: { id: string; state: string }) => [
        run.id,
        run.state,
      ]),
    );
    expect(states).toMatchObject({ [first.id]: 'done', [later.id]: 'queued' });
  });

  it('are refused to whom the configuration gives no role for them', async () => {
    const config = '[access]\ndefault = "viewer"\n';
    await writeFile(join(directory, 'cosmos.toml'), config);
    expect((await cosmos('queue', 'pause')).code).toBe(0);
    expect((await cosmos('queue', 'resume')).code).toBe(0);
    const rule = '[[access.rules]]\nrole = "viewer"\nplatform = "terminal"\n';
    await writeFile(join(directory, 'cosmos.toml'), `${config}${rule}`);
    const { code, out, error } = await cosmos('queue', 'pause');
    expect([code, out]).toEqual([1, '']);
    expect(error).toContain('queue pause');
    expect(error).toContain('role admin');
    expect((await cosmos('queue')).out).not.toContain('aused by');
  });

  it('stay queued while the queue is paused, and can be cancelled, retried and rated', async () => {
    await makeClip(join(directory, 'clip.mp4'), { frames: 5 });
    const { id } = await createPrompt();
    expect((await cosmos('queue', 'pause')).out).toContain('aused');
    const run = await queueRun(id);
    const plan = await cosmos('queue', 'plan');
    expect(plan.out).toContain('Plan: 1 run waiting, each at a load of its own');
    expect(plan.out).toContain(run.id);
    expect((await cosmos('cancel', run.id)).out).toContain('cancelled');
    expect((await cosmos('cancel', run.id)).code).toBe(1);
    expect((await cosmos('queue', 'resume')).code).toBe(0);
    const { code, out } = await cosmos('retry', run.id, '--wait', '--json');
    expect(code).toBe(0);
    const retried = JSON.parse(out);
    expect(retried).toMatchObject({ state: 'done', parent: { run: run.id, relation: 'retry' } });
    expect(JSON.parse((await cosmos('rate', retried.id, '4', '--json')).out)).toMatchObject({ rating: 4 });
    expect((await cosmos('rate', retried.id, '6')).code).toBe(2);
    expect((await cosmos('logs', retried.id)).out).toContain('Saved video');
  });
});

describe('start', () => {
  it('serves the terminal chat from a pipe, refuses a second daemon, and stops on SIGTERM', async () => {
    await makeClip(join(directory, 'clip.mp4'), { frames: 5 });
    const daemon = startCosmos(['start'], { directory });
    const lines = createInterface({ input: daemon.stdout });
    const errors = createInterface({ input: daemon.stderr });
    await once(errors, 'line');
    const second = await cosmos('start');
    expect(second.code).toBe(1);
    expect(second.error).toContain('already');
    daemon.stdin.write('clip.mp4 "A quiet harbour at dawn"\n');
    await seen(lines, /quiet_harbour/);
    daemon.stdin.write('inference quiet_harbour_dawn\n');
    await seen(lines, /0-preview\.mp4/);
    expect((await cosmos('status')).out).toContain('here');
    daemon.kill('SIGTERM');
    const [code] = await once(daemon, 'close');
    expect(code).toBe(0);
  });

  it('follows a run that the daemon executes instead of driving the lane itself', async () => {
    await makeClip(join(directory, 'clip.mp4'), { frames: 5 });
    const { id } = await createPrompt();
    const daemon = startCosmos(['start'], { directory });
    await once(createInterface({ input: daemon.stderr }), 'line');
    const { code, out } = await cosmos('inference', id, '--wait', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ state: 'done' });
    daemon.kill('SIGTERM');
    await once(daemon, 'close');
  });
});

/** Resolves at the first line that matches; rejects where the output ends before. */
async function seen(lines: Interface, pattern: RegExp): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const look = (line: string): void => {
      if (!pattern.test(line)) return;
      lines.off('line', look);
      resolve();
    };
    lines.on('line', look);
    lines.once('close', () => reject(new Error(`the output ended without ${pattern}`)));
  });
}

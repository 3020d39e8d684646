import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { factVideo } from '../fakes/fact-media.ts';
import { codes, must, openWorkbench, type Workbench } from '../support/workbench.ts';

async function open(config?: string): Promise<Workbench> {
  const bench = await openWorkbench(config === undefined ? {} : { config });
  onTestFinished(async () => await bench.bot.close());
  return bench;
}

describe('finding prompts and runs', () => {
  it('takes ids, beginnings of them that are unique, and names, in any case', async () => {
    const bench = await open();
    const prompt = await bench.prompt();
    const run = bench.run(prompt);
    for (const given of [prompt.id, prompt.id.slice(0, 6), prompt.name, ` ${prompt.name.toUpperCase()} `]) {
      expect(must(bench.api.findPrompt(given)).id).toBe(prompt.id);
    }
    expect(must(bench.api.findRun(run.id.slice(0, 5).toUpperCase())).id).toBe(run.id);
  });

  it('lists what an ambiguous beginning may mean', async () => {
    const bench = await open();
    const prompts = [await bench.prompt(), await bench.prompt()];
    expect(bench.api.findPrompt('ps_')).toMatchObject({
      problems: [
        {
          code: 'input.id_ambiguous',
          parameters: { given: 'ps_', matches: expect.arrayContaining(prompts.map(({ id }) => id)) },
        },
      ],
    });
  });

  it('finds a prompt by the beginning of its name, and lists the names that begin so', async () => {
    const bench = await open();
    const prompt = await bench.prompt();
    const beginning = prompt.name.slice(0, 5);
    expect(must(bench.api.findPrompt(beginning.toUpperCase())).id).toBe(prompt.id);
    const other = await bench.prompt();
    expect(other.name.startsWith(beginning)).toBe(true);
    expect(bench.api.findPrompt(beginning)).toMatchObject({
      problems: [
        {
          code: 'input.id_ambiguous',
          parameters: { given: beginning, matches: expect.arrayContaining([prompt.name, other.name]) },
        },
      ],
    });
    expect(must(bench.api.findPrompt(prompt.name)).id).toBe(prompt.id);
  });

  it.each(['', ' ', 'ps_zzzzzzzz', 'no_such', '%', "' OR 1=1 --", '\0', '\ud800'])(
    'knows no prompt %j',
    async (given) => {
      const bench = await open();
      await bench.prompt();
      expect(codes(bench.api.findPrompt(given))).toEqual(['input.id_unknown']);
      expect(codes(bench.api.findRun(given))).toEqual(['input.id_unknown']);
    },
  );

  it('knows a prompt that stands where a run is meant', async () => {
    const bench = await open();
    const { id, name } = await bench.prompt();
    for (const given of [id, name]) {
      expect(bench.api.findRun(given)).toMatchObject({
        problems: [{ code: 'input.id_unknown', parameters: { kind: 'run', prompt: name } }],
      });
    }
  });

  it('suggests the nearest', async () => {
    const bench = await open();
    const prompt = await bench.prompt();
    const mistyped = `${prompt.id.slice(0, -1)}!`;
    expect(bench.api.findPrompt(mistyped)).toMatchObject({
      problems: [{ parameters: { nearest: prompt.id } }],
    });
    expect(bench.api.findPrompt('rainy_neon_stret')).toMatchObject({
      problems: [{ parameters: { nearest: prompt.name } }],
    });
  });

  it('prefers a name to the ids that begin with it, however many these are', async () => {
    const bench = await open();
    const files = [{ path: await bench.file('a.mp4') }];
    const named = must(await bench.api.createPrompt(bench.actor(), { text: 'x', name: 'p', files }));
    for (let count = 0; count < 8; count++) {
      bench.clock.advance(1_000);
      await bench.prompt();
    }
    expect(must(bench.api.findPrompt('p')).id).toBe(named.id);
  });

  it('searches texts and names literally', async () => {
    const bench = await open();
    for (const text of ['100 % rain', '100 x rain', 'a_b street', 'acb street', 'Back\\slash'])
      await bench.prompt(text);
    const found = (text: string) => bench.api.searchPrompts(text, 10).map((prompt) => prompt.text);
    expect(found('100 %')).toEqual(['100 % rain']);
    expect(found('a_b street')).toEqual(['a_b street']);
    expect(found('\\s')).toEqual(['Back\\slash']);
    expect(found('RAIN')).toHaveLength(2);
    expect(found('nothing')).toEqual([]);
  });

  it('lists and counts by state, prompt and owner', async () => {
    const bench = await open();
    const [one, other] = [await bench.prompt(), await bench.prompt('A harbour')];
    const first = bench.run(one);
    must(bench.api.queueRun(bench.actor('ben'), { prompt: other, parameters: {} }));
    bench.api.cancelRun(bench.actor(), first);
    expect(bench.api.listRuns({ limit: 9, state: 'cancelled' }).map(({ id }) => id)).toEqual([first.id]);
    expect(bench.api.countRuns({ promptId: other.id })).toBe(1);
    expect(bench.api.countRuns({ owner: bench.actor('ben').id, state: 'queued' })).toBe(1);
    expect(bench.api.listRuns({ limit: 1 })).toHaveLength(1);
    expect(bench.api.listPrompts(9, bench.actor('ben').id)).toEqual([]);
    expect(bench.api.countPrompts(bench.actor().id)).toBe(2);
  });
});

describe('queueing', () => {
  it.each([
    [{ edge: '7' }, undefined, ['input.parameter_range']],
    [{ egde: '0.5' }, undefined, ['input.parameter_unknown']],
    [{ edge: 'x', vis: '9' }, undefined, ['input.parameter_type', 'input.parameter_range']],
    [{ edge: '0', vis: '0', depth: '0', seg: '0' }, undefined, ['input.weights_all_zero']],
    [{ depth: '0.9' }, undefined, ['input.role_missing']],
    [{}, 'previw', ['input.model_unknown']],
  ])('refuses %j for %s before anything is queued', async (parameters, model, expected) => {
    const bench = await open();
    const order = { prompt: await bench.prompt(), parameters, ...(model && { model }) };
    expect(codes(bench.api.checkRun(bench.actor(), order))).toEqual(expected);
    expect(codes(bench.api.queueRun(bench.actor(), order))).toEqual(expected);
    expect(codes(bench.api.previewJob(order, { localFiles: true }))).toEqual(expected);
    expect(bench.api.countRuns({})).toBe(0);
  });

  it('is limited for each person, not for all together', async () => {
    const bench = await open('[limits]\nmax_queued_per_user = 2\n');
    const prompt = await bench.prompt();
    const order = { prompt, parameters: {} };
    const first = bench.run(prompt);
    bench.run(prompt);
    expect(bench.api.queueRun(bench.actor(), order)).toMatchObject({
      problems: [{ code: 'queue.limit_reached', parameters: { queued: 2, maximum: 2 } }],
    });
    must(bench.api.queueRun(bench.actor('ben'), order));
    bench.api.cancelRun(bench.actor(), first);
    must(bench.api.queueRun(bench.actor(), order));
  });

  it('is done once for one key, even when the limit is reached by it', async () => {
    const bench = await open('[limits]\nmax_queued_per_user = 1\n');
    const order = { prompt: await bench.prompt(), parameters: {} };
    const first = must(bench.api.queueRun(bench.actor(), order, { idempotencyKey: 'E1' }));
    expect(must(bench.api.queueRun(bench.actor(), order, { idempotencyKey: 'E1' })).id).toBe(first.id);
  });

  it('shows the run where it was asked for, else in the threads of its prompt', async () => {
    const bench = await open();
    const thread = (name: string) =>
      bench.store.threads.ensure({ platform: 'fake' as never, tenant: 't', channel: 'c', thread: name }).id;
    const prompt = await bench.prompt('A street', thread('prompt'));
    const here = must(
      bench.api.queueRun(bench.actor(), { prompt, parameters: {} }, { thread: thread('here') }),
    );
    const there = bench.run(prompt);
    expect(bench.store.threads.ofRun(here.id).map(({ reference }) => reference.thread)).toEqual(['here']);
    expect(bench.store.threads.ofRun(there.id).map(({ reference }) => reference.thread)).toEqual(['prompt']);
  });
});

describe('cancelling', () => {
  it('ends a queued run at once; the second time it has ended', async () => {
    const bench = await open();
    const run = bench.run(await bench.prompt());
    expect(must(bench.api.cancelRun(bench.actor(), run))).toBe('cancelled');
    expect(bench.api.cancelRun(bench.actor(), run)).toMatchObject({
      problems: [{ code: 'queue.run_finished', parameters: { state: 'cancelled' } }],
    });
  });

  it('asks an active run to stop, and says when that was asked already', async () => {
    const bench = await open();
    const run = bench.run(await bench.prompt());
    bench.claim();
    expect(must(bench.api.cancelRun(bench.actor('ben'), run))).toBe('requested');
    expect(must(bench.api.cancelRun(bench.actor(), run))).toBe('already_requested');
    expect(bench.reload(run.id).cancel?.byName).toBe('ben');
  });
});

describe('rating', () => {
  it('is for finished runs, from 1 to 5, and can be changed', async () => {
    const bench = await open();
    const run = bench.run(await bench.prompt());
    expect(codes(bench.api.rateRun(bench.actor(), run, 5))).toEqual(['queue.run_not_finished']);
    bench.claim();
    const ended = await bench.end();
    for (const rating of [0, 6, 2.5, Number.NaN, -1]) {
      expect(codes(bench.api.rateRun(bench.actor(), ended, rating))).toEqual(['input.rating_range']);
    }
    for (const rating of [1, 5]) must(bench.api.rateRun(bench.actor(), ended, rating));
    expect(bench.reload(run.id).rating).toBe(5);
  });
});

describe('a retry', () => {
  it('has the same inputs and parameters, and knows where it came from', async () => {
    const bench = await open();
    const order = { prompt: await bench.prompt(), parameters: { edge: '0.3' } };
    const run = must(bench.api.queueRun(bench.actor(), order));
    expect(codes(bench.api.retryRun(bench.actor(), run))).toEqual(['queue.run_not_finished']);
    bench.claim();
    const again = must(bench.api.retryRun(bench.actor('ben'), await bench.end('failed')));
    expect(again).toMatchObject({
      parameters: run.parameters,
      parent: { run: run.id, relation: 'retry' },
      ownerName: 'ben',
    });
  });

  it('is of what was run, not of what the prompt has become', async () => {
    const bench = await open();
    const files = [
      { path: await bench.file('a.mp4') },
      { path: await bench.file('b_depth.mp4', factVideo({}, 'b')) },
    ];
    const prompt = must(await bench.api.createPrompt(bench.actor(), { text: 'A street', files }));
    const run = bench.run(prompt);
    bench.claim();
    const ended = await bench.end('failed');
    const swapped = new Map([
      ['a.mp4', 'depth'],
      ['b_depth.mp4', 'color'],
    ] as const);
    must(bench.api.changeRoles(bench.actor(), prompt, swapped));
    expect(must(bench.api.retryRun(bench.actor(), ended)).inputs).toEqual(run.inputs);
  });

  it('takes the model as it is configured now: other defaults of unused weights do not matter', async () => {
    const first = await openWorkbench();
    const run = first.run(await first.prompt());
    first.claim();
    await first.end('failed');
    await first.bot.close();
    const config =
      '[[hosts]]\nname = "here"\nmodels = ["preview"]\n[models.preview.parameters.depth]\ndefault = 0.9\n';
    await writeFile(
      join(first.directory, 'cosmos.toml'),
      `data_dir = ${JSON.stringify(first.bot.parts.data.root)}\n${config}`,
    );
    const second = await openWorkbench({ directory: first.directory, seed: 2 });
    onTestFinished(async () => await second.bot.close());
    const again = must(second.api.retryRun(second.actor(), second.reload(run.id)));
    expect(again.parameters).toMatchObject({ edge: 0.8, depth: 0.9 });
    expect(again.profileHash).not.toBe(run.profileHash);
  });

  it('says which model or parameter is not there any more', async () => {
    const bench = await open();
    const run = bench.run(await bench.prompt());
    bench.claim();
    const ended = await bench.end('failed');
    const without = { ...ended, profileId: 'gone' as never };
    expect(codes(bench.api.retryRun(bench.actor(), without))).toEqual(['input.model_unknown']);
    const other = { ...ended, profileHash: 'gone', parameters: { ...run.parameters, sharpness: 1 } };
    expect(codes(bench.api.retryRun(bench.actor(), other))).toContain('input.parameter_unknown');
  });
});

it('shows only parameters that had a say', async () => {
  const bench = await open();
  const run = bench.run(await bench.prompt());
  expect(bench.bot.parts.views.status(run).parametersShown).toEqual(['edge', 'vis']);
  const files = [
    { path: await bench.file('a.mp4') },
    { path: await bench.file('b_depth.mp4', factVideo({}, 'b')) },
  ];
  const prompt = must(await bench.api.createPrompt(bench.actor(), { text: 'A street', files }));
  expect(bench.bot.parts.views.status(bench.run(prompt)).parametersShown).toEqual(['edge', 'vis', 'depth']);
});

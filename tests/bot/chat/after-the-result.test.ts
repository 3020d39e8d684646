import { rm } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunOutcome } from '../../../src/core/runs/run.ts';
import { CHANNEL, type Fault } from '../../fakes/fake-chat.ts';
import { must } from '../../support/workbench.ts';
import { ChatBench, textOf } from './chat-bench.ts';

const MINUTE = 60_000;
const EXIT = { code: 'model.exit_code', parameters: { exitCode: 3 } } as const;

/** A run that a lane executes and a thread shows. */
async function working(bench: ChatBench) {
  const run = bench.bench.run(await bench.bench.prompt(), bench.thread());
  bench.bench.claim();
  await bench.pass(5_000);
  return run;
}

/** What was posted with a file, in order: `output:1`, `result`. */
function files(bench: ChatBench): string[] {
  return bench.chat.messages.flatMap(({ file }) =>
    file === undefined ? [] : [file.name.split('-').slice(1).join('-')],
  );
}

function mentions(bench: ChatBench) {
  return bench.chat.messages.filter((message) => textOf(message).includes('"mention"'));
}

describe('the control videos of a run', () => {
  it('follow its result one by one, by name', async () => {
    const bench = await ChatBench.open();
    const run = await working(bench);
    await bench.bench.end('done', undefined, { vis: 'V', depth: 'D', edge: 'E' });
    await bench.pass(MINUTE);
    expect(files(bench)).toEqual([
      `${run.id}.mp4`,
      `${run.id}-depth.mp4`,
      `${run.id}-edge.mp4`,
      `${run.id}-vis.mp4`,
    ]);
    const [, result, depth] = bench.chat.messages;
    expect(result && textOf(result)).toContain('Controls as the model saw them: vis, depth, edge');
    expect(depth?.where).toEqual(bench.place());
    expect(depth && textOf(depth)).toContain('depth as the model saw it');
    expect(bench.open()).toEqual([]);
  });

  it('never come before the result, however long that takes', async () => {
    const bench = await ChatBench.open();
    await working(bench);
    bench.chat.fail('upload', 'swallowed');
    await bench.bench.end('done', undefined, { depth: 'D' });
    await bench.pass(110_000);
    expect(files(bench)).toEqual([]);
    await bench.pass(5 * MINUTE);
    expect(bench.chat.messages.map(({ key }) => key.split(':')[0])).toEqual(['status', 'result', 'output']);
  });

  it.each(['unanswered', 'late'] as const)(
    'follow a result that was found after an unknown outcome: %s',
    async (fault) => {
      const bench = await ChatBench.open();
      const run = await working(bench);
      bench.chat.fail('upload', fault);
      await bench.bench.end('done', undefined, { depth: 'D', vis: 'V' });
      await bench.pass(5 * MINUTE, { landing: true });
      expect(files(bench)).toEqual([`${run.id}.mp4`, `${run.id}-depth.mp4`, `${run.id}-vis.mp4`]);
      expect(bench.open()).toEqual([]);
    },
  );

  it('are four at most; the result names the others', async () => {
    const bench = await ChatBench.open();
    await working(bench);
    await bench.bench.end('done', undefined, { vis: 'V', seg: 'S', edge: 'E', depth: 'D', keypoint: 'K' });
    await bench.pass(MINUTE);
    expect(
      files(bench)
        .slice(1)
        .map((name) => name.replace(/.*-/, '')),
    ).toEqual(['depth.mp4', 'edge.mp4', 'keypoint.mp4', 'seg.mp4']);
    const [, result] = bench.chat.messages;
    expect(result && textOf(result)).toContain('Not posted here: vis (1 B)');
  });

  it('are left out where they are too large, and the result says so', async () => {
    const bench = await ChatBench.open();
    const run = await working(bench);
    bench.chat.maxBytes = 500;
    await bench.bench.end('done', undefined, { depth: 'D'.repeat(501), edge: 'E' });
    await bench.pass(10 * MINUTE);
    expect(files(bench)).toEqual([`${run.id}.mp4`, `${run.id}-edge.mp4`]);
    const [, result] = bench.chat.messages;
    expect(result && textOf(result)).toContain('Not posted here: depth (501 B)');
    expect(bench.chat.calls.filter((call) => call === 'upload')).toHaveLength(2);
    expect(bench.open()).toEqual([]);
  });

  it.each([
    [
      'refused',
      async (bench: ChatBench) => bench.chat.fail('upload', { refused: 'storage_limit_reached' }),
      [],
    ],
    [
      'not there any more',
      async (_bench: ChatBench, [, depth]: readonly { path: string }[]) => await rm(depth?.path ?? ''),
      ['edge.mp4'],
    ],
  ])(
    'are told once in a line where one is %s, and that one is not sent again',
    async (_title, happen, rest) => {
      const bench = await ChatBench.open();
      await working(bench);
      const upload = bench.chat.upload.bind(bench.chat);
      const run = await bench.bench.end('done', undefined, { depth: 'D', edge: 'E' });
      bench.chat.upload = async (key, ...given) => {
        if (key.startsWith('result:')) {
          const outcome = await upload(key, ...given);
          await happen(bench, run.outputs);
          return outcome;
        }
        return await upload(key, ...given);
      };
      await bench.pass(10 * MINUTE);
      expect(
        files(bench)
          .slice(1)
          .map((name) => name.replace(/.*-/, '')),
      ).toEqual(rest);
      const said = bench.chat.messages.filter((message) =>
        textOf(message).includes('not every control video'),
      );
      expect(said).toHaveLength(1);
      expect(bench.open()).toEqual([]);
    },
  );

  it('are not tried where the result itself was refused', async () => {
    const bench = await ChatBench.open();
    await working(bench);
    bench.chat.fail('upload', { refused: 'file_uploads_disabled' });
    await bench.bench.end('done', undefined, { depth: 'D' });
    await bench.pass(10 * MINUTE);
    expect(bench.chat.messages).toHaveLength(2);
    const [, result] = bench.chat.messages;
    expect(result && textOf(result)).toContain('Not posted here: depth (1 B)');
  });

  it('follow a result that is too large itself', async () => {
    const bench = await ChatBench.open();
    const run = await working(bench);
    bench.chat.maxBytes = 10;
    await bench.bench.end('done', undefined, { depth: 'D' });
    await bench.pass(10 * MINUTE);
    expect(files(bench)).toEqual([`${run.id}-depth.mp4`]);
  });

  it('are not posted where a path is as good as the file, nor in a quiet channel', async () => {
    for (const isQuiet of [true, false]) {
      const bench = await ChatBench.open({ localFiles: !isQuiet });
      bench.isQuiet = isQuiet;
      bench.restart();
      const run = await working(bench);
      await bench.bench.end('done', undefined, { depth: 'D' });
      await bench.pass(MINUTE);
      expect(files(bench)).toEqual([`${run.id}.mp4`]);
      const [, result] = bench.chat.messages;
      expect(result && textOf(result)).toContain('Controls as the model saw them: depth');
    }
  });
});

describe('the log of a run without a result', () => {
  it.each(['failed', 'blocked', 'timed_out', 'lost'] as const)('goes with its card: %s', async (outcome) => {
    const bench = await ChatBench.open();
    const run = await working(bench);
    await bench.bench.log('one\ntwo\n');
    await bench.bench.end(outcome, EXIT);
    await bench.pass(MINUTE);
    const [, failure] = bench.chat.messages;
    expect(failure?.file).toEqual({ name: `${run.promptName}-${run.id}.log`, content: 'one\ntwo\n' });
    expect(failure && textOf(failure)).toContain('The log is attached.');
    expect(bench.open()).toEqual([]);
  });

  it.each<[string, RunOutcome, string, boolean]>([
    ['is empty', 'failed', '', false],
    ['tells nothing new to whoever has cancelled it', 'cancelled', 'one\n', false],
    ['lies where it is read', 'failed', 'one\n', true],
  ])('stays where it is where it %s', async (_title, outcome, log, localFiles) => {
    const bench = await ChatBench.open({ localFiles });
    await working(bench);
    await bench.bench.log(log);
    await bench.bench.end(outcome, EXIT);
    await bench.pass(MINUTE);
    const [, failure] = bench.chat.messages;
    expect(failure?.file).toBeUndefined();
    expect(failure && textOf(failure)).not.toContain('attached');
    expect(bench.open()).toEqual([]);
  });

  it('is sent from its end where it is too large, and nothing of that is left', async () => {
    const bench = await ChatBench.open();
    const run = await working(bench);
    bench.chat.maxBytes = 1_000;
    await bench.bench.log(Array.from({ length: 1_000 }, (_, line) => `line ${line}\n`).join(''));
    await bench.bench.end('failed', EXIT);
    await bench.pass(MINUTE);
    const content = bench.chat.messages[1]?.file?.content ?? '';
    const [head, first, ...lines] = content.trimEnd().split('\n');
    expect(head).toBe('[the first 8.2 kB of this log are left out here]');
    expect(first).toMatch(/^line \d+$/);
    expect(lines.at(-1)).toBe('line 999');
    expect(content.length).toBeGreaterThan(700);
    expect(content.length).toBeLessThanOrEqual(1_000);
    expect(await bench.bench.incoming()).toEqual([]);
    expect(bench.bench.api.log.bytes(bench.bench.reload(run.id))).toBeGreaterThan(1_000);
  });

  it('and on the card tells nothing of where things lie on the machines of the operator', async () => {
    const bench = await ChatBench.open();
    const run = await working(bench);
    const { data, config } = bench.bench.bot.parts;
    const lines = [`Saved ${config.hosts[0]?.workDirectory}/attempts/x/out.mp4`, `in ${data.root}/assets`];
    bench.bench.progress(run.id, 40, { logTail: lines });
    await bench.pass(MINUTE);
    expect(bench.chat.messages.map(textOf).join()).toContain('Saved work_dir/attempts');
    await bench.bench.log(`${lines.join('\n')}\n`);
    await bench.bench.end('failed', { code: 'transfer.disk_full', parameters: { path: data.root } });
    await bench.pass(MINUTE);
    expect(bench.chat.messages[1]?.file?.content).toBe(
      'Saved work_dir/attempts/x/out.mp4\nin data_dir/assets\n',
    );
    expect(JSON.stringify(bench.chat.messages)).not.toContain(bench.bench.directory);
    expect(await bench.bench.incoming()).toEqual([]);
  });

  it('is no condition for the card: where it is refused, the card comes without it', async () => {
    const bench = await ChatBench.open();
    await working(bench);
    bench.chat.fail('upload', { refused: 'file_type_not_allowed' });
    await bench.bench.log('one\n');
    await bench.bench.end('failed', EXIT);
    await bench.pass(10 * MINUTE);
    const [, failure] = bench.chat.messages;
    expect(failure?.card.mark).toBe('failed');
    expect(failure && textOf(failure)).not.toContain('attached');
    expect(bench.chat.messages).toHaveLength(2);
    expect(bench.open()).toEqual([]);
  });
});

describe('whoever asked', () => {
  it.each(['done', 'failed'] as const)('is called once, in the last post: %s', async (outcome) => {
    const bench = await ChatBench.open();
    const run = await working(bench);
    bench.bench.progress(run.id, 10);
    await bench.bench.log('one\n');
    await bench.bench.end(
      outcome,
      outcome === 'done' ? undefined : EXIT,
      outcome === 'done' ? { depth: 'D' } : {},
    );
    await bench.pass(10 * MINUTE);
    expect(mentions(bench)).toMatchObject([{ key: expect.stringMatching(/^result:/), edits: 0 }]);
  });

  it.each([
    ['is not called about what they have cancelled themselves', 'ana', 0],
    ['is called about what somebody else has cancelled', 'ben', 1],
  ])('%s', async (_title, name, calls) => {
    const bench = await ChatBench.open();
    const run = await working(bench);
    must(bench.bench.api.cancelRun(bench.bench.actor(name), run));
    await bench.bench.end('cancelled');
    await bench.pass(10 * MINUTE);
    expect(mentions(bench)).toHaveLength(calls);
  });

  it('is named and not called where their id means nobody, or somebody else', async () => {
    const bench = await ChatBench.open();
    const prompt = await bench.bench.prompt('A street', bench.thread());
    const typist = { platform: 'terminal', tenant: 'local', user: 'U_ana', name: 'ana' };
    const actor = bench.bench.store.principals.ensure(typist);
    bench.bench.api.queueRun(actor, { prompt, parameters: {} });
    bench.bench.claim();
    await bench.bench.end();
    await bench.pass(MINUTE);
    expect(mentions(bench)).toEqual([]);
    const result = bench.chat.messages.find(({ key }) => key.startsWith('result:'));
    expect(result && textOf(result)).toContain('@ana');
  });
});

it('shows no log on the status message of a quiet channel, which is otherwise the same', async () => {
  const bench = await ChatBench.open();
  const run = await working(bench);
  bench.bench.progress(run.id, 40, { logTail: ['12/35 [01:31<02:56]'] });
  await bench.pass(5_000);
  expect(bench.chat.messages.map(textOf).join()).toContain('01:31');
  bench.isQuiet = true;
  bench.restart();
  await bench.pass(5_000);
  const [status] = bench.chat.messages.map(textOf);
  expect(status).not.toContain('01:31');
  expect(status).toContain('"percent":40');
});

it('knows the quiet channels of the configuration', async () => {
  const config =
    '[chat.slack]\nbot_token = { env = "A" }\napp_token = { env = "B" }\nquiet_channels = ["C0987654321"]\n';
  const { bench, chat } = await ChatBench.open({}, { config });
  for (const channel of ['C0987654321', 'C0123456789']) {
    const thread = bench.store.threads.ensure({ ...CHANNEL, channel, thread: channel }).id;
    bench.run(await bench.prompt('A street', thread), thread);
    bench.claim();
    await bench.end('done', undefined, { depth: 'D' });
  }
  await bench.bot.startChat(chat);
  const posted = (channel: string) => chat.messages.filter(({ where }) => where.channel === channel);
  await expect.poll(() => posted('C0123456789').length, { interval: 5, timeout: 20_000 }).toBe(4);
  await expect.poll(() => bench.store.deliveries.open(), { interval: 5, timeout: 20_000 }).toEqual([]);
  expect(posted('C0987654321').filter(({ file }) => file !== undefined)).toHaveLength(1);
  expect(posted('C0123456789').filter(({ file }) => file !== undefined)).toHaveLength(2);
  const withPicture = chat.messages.filter(({ card }) => card.blocks.some(({ type }) => type === 'picture'));
  expect(withPicture.map(({ where }) => where.channel)).toEqual(['C0123456789']);
});

type Happening = { readonly ms: number } | { readonly fault: Fault } | 'restart' | 'step';

const happening: fc.Arbitrary<Happening> = fc.oneof(
  fc.record({ ms: fc.integer({ min: 1, max: 2 * MINUTE }) }),
  fc.record({ fault: fc.constantFrom<Fault>('lost', 'unanswered', 'late', 'unverified', 'swallowed') }),
  fc.constantFrom('restart' as const, 'step' as const),
);

it('whatever is lost, late or interrupted, each file is there once, after the result, and nobody is called twice', {
  timeout: 60_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.boolean(), fc.array(happening, { maxLength: 16 }), async (isDone, happenings) => {
      const bench = await ChatBench.open();
      const run = await working(bench);
      await bench.bench.log('one\n');
      if (isDone) await bench.bench.end('done', undefined, { edge: 'E', depth: 'D' });
      else await bench.bench.end('failed', EXIT);
      for (const each of happenings) {
        if (each === 'restart') bench.restart();
        else if (each === 'step') await bench.sync.syncAll();
        else if ('ms' in each) await bench.pass(each.ms, { landing: true });
        else bench.chat.fail('upload', each.fault);
      }
      await bench.pass(60 * MINUTE, { landing: true });
      const expected = isDone
        ? [`${run.id}.mp4`, `${run.id}-depth.mp4`, `${run.id}-edge.mp4`]
        : [`${run.id}.log`];
      expect(files(bench)).toEqual(expected);
      expect(mentions(bench)).toHaveLength(1);
      expect(bench.open()).toEqual([]);
      await bench.bench.bot.close();
    }),
    { numRuns: 15 },
  );
});

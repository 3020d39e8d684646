import { readFileSync, unlinkSync } from 'node:fs';
import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CosmosError } from '../../../src/core/errors.ts';
import type { Sha256 } from '../../../src/core/ids.ts';
import { proveText } from '../../../src/core/runner/text-proof.ts';
import { readBundle } from '../../../src/core/runs/bundle.ts';
import { fakeVideo } from '../../fakes/fake-media.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { minimal } from '../models/profiles.ts';
import { TestLane } from './lane.ts';

/** Its only result is a line of its log; it takes two frames. */
const ENHANCER = minimal({
  task: 'enhance',
  inputs: { color: { required: true, prepare: { max_frames: 2 } } },
  success: {
    marker: '^Text: ',
    outputs: [
      {
        kind: 'text',
        path: 'text.txt',
        label: 'text',
        from_log: { begins: '^Text: (?<text>.*)', ends: '^INFO ' },
      },
    ],
  },
});
const WRITER = minimal({ success: { outputs: [{ kind: 'text', path: '*.txt', label: 'text' }] } });
const SAID = { log: 'loading\nText: A street.\nRain.\nINFO bye\n' };

describe('a text that only the log has', () => {
  it('is kept as a file, and makes one prompt with the end of its run', async () => {
    const lane = await TestLane.open();
    const { run, attempt } = await lane.begin(ENHANCER);
    lane.host.finish(attempt, SAID);
    await lane.settle();

    const { state, outputs, promptId } = lane.run(run);
    expect(state).toBe('done');
    expect(outputs).toMatchObject([{ kind: 'text', label: 'text', text: 'A street.\nRain.', bytes: 15 }]);
    expect(readFileSync(outputs[0]?.path ?? '', 'utf8')).toBe('A street.\nRain.');
    expect(lane.store.prompts.ofEnhancement(run)).toMatchObject({
      isDiscarded: false,
      prompt: { name: 'p0_enhanced', text: 'A street.\nRain.', parent: { prompt: promptId, run } },
    });
    expect(lane.eventsOf(run)).toEqual(['run.claimed', 'run.starting', 'prompt.enhanced', 'run.finished']);
  });

  it('makes one prompt however often the bot is killed on the way, and none before the end', async () => {
    for (const method of ['listOutputs', 'facts', 'discard'] as const) {
      const lane = await TestLane.open();
      const { run, attempt } = await lane.begin(ENHANCER);
      lane.host.finish(attempt, SAID);
      lane.host.failNext(method, new CosmosError('internal.unexpected', { detail: 'killed' }));
      await lane.step();
      const early = lane.store.prompts.count();
      expect(early).toBe(lane.run(run).state === 'done' ? 2 : 1);
      await lane.restart();
      await lane.after(60_000);

      expect(lane.run(run).state).toBe('done');
      expect(lane.store.prompts.count()).toBe(2);
    }
  });

  it.each([
    ['as long as a prompt may be', 'é'.repeat(10_000), true],
    ['one character longer', 'é'.repeat(10_001), false],
    ['of many bytes and few characters', '🌧'.repeat(10_000), true],
    ['longer than a database is for', `${'rain '.repeat(20_000)}end`, false],
  ])('%s makes a prompt only where one may have it, and is kept whole', async (_what, text, isPrompt) => {
    const lane = await TestLane.open();
    const { run, attempt } = await lane.begin(ENHANCER);
    const lines = text.match(/.{1,5000}/gsu) ?? [];
    lane.host.finish(attempt, { log: `Text: ${text.length > 60_000 ? lines.join('\n') : text}\nINFO bye\n` });
    await lane.settle();

    const { state, outputs } = lane.run(run);
    expect(state).toBe('done');
    const kept = readFileSync(outputs[0]?.path ?? '', 'utf8');
    expect(lane.store.prompts.ofEnhancement(run)?.prompt.text).toBe(isPrompt ? text : undefined);
    expect(text.replaceAll(/\s/g, '').startsWith(kept.replaceAll(/\s/g, ''))).toBe(true);
    expect(kept.length).toBeGreaterThanOrEqual(Math.min(text.length, 65_536));
    expect(outputs[0]?.text).toBe(isPrompt ? text : undefined);
  });

  it('is never cut to the length of a prompt: a line without an end makes none', async () => {
    const lane = await TestLane.open();
    const { run, attempt } = await lane.begin(ENHANCER);
    lane.host.finish(attempt, { log: `Text: ${'🌧'.repeat(40_000)}` });
    await lane.settle();

    expect(lane.run(run).state).toBe('done');
    expect(lane.store.prompts.ofEnhancement(run)).toBeUndefined();
  });

  it('is no result of a run that was cancelled', async () => {
    const lane = await TestLane.open();
    const { run, attempt } = await lane.begin(ENHANCER);
    lane.host.appendLog(attempt, SAID.log);
    lane.cancel(run);
    await lane.settle();

    expect(lane.run(run).state).toBe('cancelled');
    expect(lane.store.prompts.count()).toBe(1);
  });
});

describe('a text in a file', () => {
  it.each([
    ['a text', 'Rain.\n', { state: 'done', outputs: [{ text: 'Rain.' }] }],
    ['nothing but white space', ' \n\t', { state: 'failed', problem: { parameters: { reason: 'blank' } } }],
    ['no text', 'Rain\0', { state: 'failed', problem: { parameters: { reason: 'not_text' } } }],
  ])('that holds %s is proved to do so', async (_what, content, expected) => {
    const lane = await TestLane.open();
    const { run, attempt } = await lane.begin(WRITER);
    lane.host.finish(attempt, { outputs: { 'a.txt': content } });
    await lane.settle();

    expect(lane.run(run)).toMatchObject(expected);
  });

  it('of any length is proved piece by piece', async () => {
    const directory = await temporaryDirectory();
    const zeros = join(directory, 'zeros');
    const letters = join(directory, 'letters');
    const broken = join(directory, 'broken');
    await writeFile(zeros, '');
    await truncate(zeros, 3 * 1024 ** 3);
    const long = `a${'é'.repeat(100_000)}`;
    await writeFile(letters, long);
    await writeFile(broken, Buffer.concat([Buffer.from(long), Buffer.from([0xc3])]));

    const refusal = { code: 'model.output_invalid', parameters: { file: 'a.txt', reason: 'not_text' } };
    await expect(proveText(zeros, 'a.txt', 3 * 1024 ** 3)).rejects.toMatchObject(refusal);
    expect(await proveText(letters, 'a.txt', 200_001)).toBeUndefined();
    await expect(proveText(broken, 'a.txt', 200_002)).rejects.toMatchObject(refusal);
  });

  it('that is longer than that of a prompt is a file, and not kept in the database', async () => {
    const lane = await TestLane.open();
    const { run, attempt } = await lane.begin(WRITER);
    lane.host.finish(attempt, { outputs: { 'a.txt': 'r'.repeat(10_001) } });
    await lane.settle();

    expect(lane.run(run).outputs[0]).toMatchObject({ bytes: 10_001 });
    expect(lane.run(run).outputs[0]).not.toHaveProperty('text');
  });
});

describe('an input that is too large for the model', () => {
  it('is made smaller once, sent in the place of the first one, and the run keeps what it was queued with', async () => {
    const lane = await TestLane.open();
    let made = 0;
    const reduce = lane.media.reduce.bind(lane.media);
    const stages: unknown[] = [];
    lane.media.reduce = async (...call) => {
      made += 1;
      stages.push(lane.store.runs.active()[0]?.stage);
      await reduce(...call);
    };
    const first = await lane.begin(ENHANCER);
    const sent = [...lane.host.assets].map(([sha256, content]) => [sha256, content.toString()] as const);

    expect(sent.map(([, content]) => content)).toEqual([fakeVideo(2)]);
    expect(lane.store.assets.get(sent[0]?.[0] as Sha256)).toMatchObject({
      facts: { frames: 2 },
      extension: 'mp4',
    });
    expect(lane.run(first.run).inputs[0]?.asset.facts).toMatchObject({ frames: 24 });
    expect(stages).toEqual(['resizing']);

    lane.host.finish(first.attempt, SAID);
    await lane.settle();
    await lane.begin(ENHANCER);
    expect(made).toBe(1);
  });

  it('is made smaller again where the copy is gone', async () => {
    const lane = await TestLane.open();
    const first = await lane.begin(ENHANCER);
    const [copy] = lane.host.assets.keys();
    unlinkSync(lane.data.asset(copy as Sha256));
    lane.host.finish(first.attempt, SAID);
    await lane.settle();
    await lane.begin(ENHANCER);

    expect(readFileSync(lane.data.asset(copy as Sha256), 'utf8')).toBe(fakeVideo(2));
  });

  it('ends its run in words where it cannot be made smaller, before anything is sent', async () => {
    const lane = await TestLane.open();
    lane.media.reduce = async () => {
      throw new CosmosError('media.worker_failed', { detail: 'SIGKILL' });
    };
    const { run } = lane.claim(ENHANCER);
    await lane.settle();

    expect(lane.run(run)).toMatchObject({ state: 'failed', problem: { code: 'media.worker_failed' } });
    expect(lane.host.assets.size).toBe(0);
  });
});

describe('the bundle of a result', () => {
  it('has what was sent and what it was made on, and stays away from other results', async () => {
    const lane = await TestLane.open();
    const { run, attempt } = await lane.begin();
    lane.host.finish(attempt, { outputs: { 'street.mp4': fakeVideo(24) } });
    await lane.settle();
    const { sent, ...bundle } = readBundle(lane.data.bundle(run)) ?? {};

    expect(bundle).toMatchObject({
      format: 1,
      machine: { host: 'here', gpus: [] },
      outputs: [{ file: '0-street.mp4' }],
    });
    expect(sent).toMatchObject({ attempt, argv: expect.arrayContaining(['run']), secretVariables: [] });
  });

  it.each([[['0']], [['GPU-00f3']]])(
    'names the GPUs of its lane with their driver, %j, and no others',
    async (gpus) => {
      const lane = await TestLane.open();
      lane.gpus = gpus;
      await lane.restart();
      const mine = {
        index: '0',
        uuid: 'GPU-00f3-4a',
        name: 'H100',
        driver: '570.124.06',
        memoryTotalBytes: 80e9,
      };
      const other = { ...mine, index: '1', uuid: 'GPU-11f3-4a' };
      lane.host.hostFacts = { gpus: { state: 'listed', gpus: [{ ...mine, memoryUsedBytes: 0 }, other] } };
      const { run, attempt } = await lane.begin();
      lane.host.finish(attempt, { outputs: { 'street.mp4': fakeVideo(24) } });
      await lane.settle();

      expect(readBundle(lane.data.bundle(run))?.machine.gpus).toEqual([mine]);
    },
  );

  it('says less where the host does not tell, and the result counts all the same', async () => {
    const lane = await TestLane.open();
    const { run, attempt } = await lane.begin();
    lane.host.finish(attempt, { outputs: { 'street.mp4': fakeVideo(24) } });
    lane.host.failNext('facts', new CosmosError('engine.command_failed', { command: 'facts' }));
    await lane.settle();

    expect(lane.run(run).state).toBe('done');
    expect(readBundle(lane.data.bundle(run))?.machine).toMatchObject({ gpus: [] });
  });

  it('is not there for a run without a result', async () => {
    const lane = await TestLane.open();
    const { run, attempt } = await lane.begin();
    lane.host.finish(attempt, { exitCode: 1 });
    await lane.settle();

    expect(lane.run(run).state).toBe('failed');
    expect(readBundle(lane.data.bundle(run))).toBeUndefined();
  });
});

import { expect, it, onTestFinished } from 'vitest';
import { gpuStatusCard } from '../../../src/bot/thread-view/gpu-status-card.ts';
import { statusCard } from '../../../src/bot/thread-view/status-card.ts';
import type { HostName } from '../../../src/core/ids.ts';
import type { TransferProgress } from '../../../src/core/ports/host.ts';
import { factVideo } from '../../fakes/fact-media.ts';
import { FakeHost } from '../../fakes/fake-host.ts';
import { must } from '../../support/workbench.ts';
import { rendered } from '../terminal/rendered.ts';
import { ChatBench, textOf } from './chat-bench.ts';

const SIZE = 3_400_000;

/** A transfer that goes on when the test says so. */
class HeldTransfer {
  #report: TransferProgress | undefined;
  readonly #ended = Promise.withResolvers<void>();

  get hasBegun(): boolean {
    return this.#report !== undefined;
  }

  /** Called in place of the transfer's own work. */
  async take(report: TransferProgress): Promise<void> {
    this.#report = report;
    await this.#ended.promise;
  }

  report(doneBytes: number): void {
    this.#report?.(doneBytes, SIZE);
  }

  end(): void {
    this.#ended.resolve();
  }
}

it('a thread, the status of the hosts and whoever waits see how far the files of a run are', async () => {
  const bench = await ChatBench.open();
  const { bot, api, store } = bench.bench;
  const host = bot.parts.hosts.get('here' as HostName);
  if (!(host instanceof FakeHost)) throw new Error('the host is no fake');
  const upload = new HeldTransfer();
  const put = host.putAsset.bind(host);
  host.putAsset = async (asset, report, signal) => {
    await upload.take(report);
    await put(asset, () => undefined, signal);
  };
  // The bench makes its host before the bot has an instance id.
  const prepare = host.prepare.bind(host);
  host.prepare = (plan, signal) => prepare({ ...plan, instance: host.instance }, signal);
  const download = new HeldTransfer();
  const fetch = host.fetchOutput.bind(host);
  host.fetchOutput = async (attempt, path, to, report, signal) => {
    await download.take(report);
    return await fetch(attempt, path, to, () => undefined, signal);
  };

  onTestFinished(() => {
    upload.end();
    download.end();
  });

  const path = await bench.bench.file('street.mp4', padded());
  const thread = bench.thread();
  const owner = bench.bench.actor();
  const prompt = must(await api.createPrompt(owner, { text: 'A rainy street', files: [{ path }], thread }));
  const run = bench.bench.run(prompt, thread);
  const shown = (): string => {
    const message = bench.chat.messages.find(
      (one) => textOf(one).includes(run.id) && textOf(one).includes('progress'),
    );
    return (
      message?.card.blocks.map((block) => (block.type === 'progress' ? block.label.join('') : '')).join('') ??
      ''
    );
  };
  /** Each second of a transfer of 100 kB/s. */
  const move = async (transfer: HeldTransfer, fromSecond: number, toSecond: number): Promise<void> => {
    await until(bench, () => transfer.hasBegun);
    for (let second = fromSecond; second <= toSecond; second += 1) {
      transfer.report(second * 100_000);
      await bench.pass(1_000);
    }
    await bench.pass(5_000);
  };
  bot.startLanes('command');

  await move(upload, 0, 12);
  expect(shown()).toContain('uploading 1.2 of 3.4 MB');
  await move(upload, 13, 24);
  expect(shown()).toMatch(/uploading 2\.4 of 3\.4 MB · \d+ kB\/s · about \d+ s left/);
  expect(rendered(statusCard(bot.parts.views.status(bench.bench.reload(run.id))))).toMatch(
    /uploading 2\.4 of 3\.4 MB · \d+ kB\/s · about \d+ s left/,
  );
  expect(rendered(gpuStatusCard(api.queue())).replaceAll(/\s+/g, ' ')).toMatch(
    /uploading 2\.4 of 3\.4 MB, \d+ kB\/s, about \d+ s left/,
  );
  upload.end();

  const isStarted = (): boolean => host.attempts.some((attempt) => host.starts(attempt) === 1);
  await until(bench, () => isStarted() || store.runs.get(run.id)?.state !== 'active');
  const [attempt] = host.attempts;
  if (attempt === undefined) throw new Error('nothing was started');
  host.finish(attempt, { log: 'Saved video to preview.mp4\n', outputs: { 'preview.mp4': padded() } });
  await move(download, 0, 24);
  expect(shown()).toMatch(/downloading 2\.4 of 3\.4 MB · \d+ kB\/s · about \d+ s left/);
  download.end();
  await until(bench, () => store.runs.get(run.id)?.state !== 'active');
  expect(store.runs.get(run.id)?.state).toBe('done');
  await bench.pass(10_000);
  expect(shown()).toBe('');
});

function padded(): string {
  return factVideo({}, 'x'.repeat(SIZE - factVideo().length));
}

/** Lets time pass, and files be written, until it is so. */
async function until(bench: ChatBench, isTrue: () => boolean): Promise<void> {
  while (!isTrue()) {
    await bench.pass(100);
    await new Promise(setImmediate);
  }
}

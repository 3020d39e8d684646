import { existsSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ContactSheets } from '../../../src/bot/chat/contact-sheets.ts';
import { EndedSheets } from '../../../src/bot/chat/ended-sheets.ts';
import { CosmosError } from '../../../src/core/errors.ts';
import type { RunRequest } from '../../../src/core/requests/request.ts';
import { ExclusiveLock } from '../../../src/core/store/exclusive-lock.ts';
import { must, openWorkbench, type Workbench } from '../../support/workbench.ts';

const BROKEN = { code: 'model.exit_code', parameters: { exitCode: 3 } } as const;

/** A bot without any chat, and a request of two runs. */
async function open(): Promise<{ bench: Workbench; request: RunRequest; drawn: string[] }> {
  const bench = await openWorkbench();
  onTestFinished(async () => await bench.bot.close());
  const drawn: string[] = [];
  const { media } = bench.bot.parts;
  const draw = media.contactSheet.bind(media);
  media.contactSheet = async (cells, columns, to, signal) => {
    drawn.push(to);
    await draw(cells, columns, to, signal);
  };
  const prompts = [await bench.prompt()] as const;
  const order = { prompts, parameters: { edge: '0.2,0.5' } };
  return { bench, request: must(bench.api.requests.queue(bench.actor(), order, {})), drawn };
}

/** What a process that drives lanes has. */
function makers(bench: Workbench): { sheets: ContactSheets; ended: EndedSheets } {
  const { parts } = bench.bot;
  const sheets = new ContactSheets(parts);
  const ended = new EndedSheets({ ...parts, sheets });
  onTestFinished(async () => {
    await sheets.stop();
    await ended.stop();
  });
  return { sheets, ended };
}

async function end(bench: Workbench, ...outcomes: readonly ('done' | 'failed')[]): Promise<void> {
  for (const outcome of outcomes) {
    bench.claim();
    await bench.end(outcome, outcome === 'done' ? undefined : BROKEN);
  }
}

describe('the contact sheet of a request', () => {
  it('is made once by whoever drives the lanes, when the last of its runs has ended', async () => {
    const { bench, request, drawn } = await open();
    const path = bench.bot.parts.data.contactSheet(request.id);
    const { ended } = makers(bench);
    await end(bench, 'done');
    await ended.settle();
    expect(existsSync(path)).toBe(false);
    await end(bench, 'failed');
    await ended.settle();
    await ended.settle();

    expect(existsSync(path)).toBe(true);
    expect(drawn).toEqual([path]);
    expect(bench.store.requests.withoutSheet(10)).toEqual([]);
  });

  it('is made by a bot from the start of its lanes on, as soon as it hears of the end', async () => {
    const { bench, request, drawn } = await open();
    const { media, wakeup } = bench.bot.parts;
    const draw = media.contactSheet;
    const made = new Promise<void>((resolve) => {
      media.contactSheet = async (...call) => {
        await draw(...call);
        resolve();
      };
    });
    bench.bot.startLanes('command', () => false);
    await end(bench, 'done', 'done');
    wakeup.notify();
    await made;
    await bench.bot.settleContactSheets(new AbortController().signal);
    expect(bench.store.requests.withoutSheet(10)).toEqual([]);

    expect(drawn).toEqual([bench.bot.parts.data.contactSheet(request.id)]);
  });

  it('is made by the next process where one was killed after the end, or while it drew', async () => {
    const { bench, request, drawn } = await open();
    await end(bench, 'done', 'done');
    const killed = makers(bench);
    const { media } = bench.bot.parts;
    const draw = media.contactSheet;
    let begun = (): void => undefined;
    const drawing = new Promise<void>((resolve) => {
      begun = resolve;
    });
    media.contactSheet = async (_cells, _columns, _to, signal) => {
      begun();
      await new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
    };
    const first = killed.ended.settle();
    await drawing;
    await Promise.all([killed.sheets.stop(), expect(first).rejects.toThrow('the bot stops')]);
    expect(bench.store.requests.withoutSheet(10)).toMatchObject([{ id: request.id }]);
    media.contactSheet = draw;
    await makers(bench).ended.settle();

    expect(drawn).toEqual([bench.bot.parts.data.contactSheet(request.id)]);
    expect(bench.store.requests.withoutSheet(10)).toEqual([]);
  });

  it('is drawn by one process where two hear of the end', async () => {
    const { bench, drawn } = await open();
    await end(bench, 'done', 'done');
    const [one, other] = [makers(bench), makers(bench)];
    const third = ExclusiveLock.tryAcquire(bench.bot.parts.data.contactSheetLock);
    const both = [one, other].map(async ({ ended }) => await ended.settle());
    while (bench.clock.sleeping < 2) await turn();
    expect(drawn).toEqual([]);
    third?.release();
    bench.clock.advance(1_000);
    await Promise.race(both);
    bench.clock.advance(1_000);
    await Promise.all(both);

    expect(drawn).toHaveLength(1);
  });

  it('is drawn all the same where a process that was halted keeps the right to', async () => {
    const { bench, drawn } = await open();
    await end(bench, 'done', 'done');
    using _halted = ExclusiveLock.tryAcquire(bench.bot.parts.data.contactSheetLock);
    let isSettled = false;
    const settled = makers(bench)
      .ended.settle()
      .then(() => {
        isSettled = true;
      });
    while (bench.clock.sleeping === 0) await turn();
    bench.clock.advance(59_000);
    await turn();
    while (bench.clock.sleeping === 0) await turn();
    expect(drawn).toEqual([]);
    while (!isSettled) {
      bench.clock.advance(1_000);
      await turn();
    }
    await settled;

    expect(drawn).toHaveLength(1);
  });

  it('is none where no run has a picture, and none that fails is tried for ever', async () => {
    const { bench, drawn } = await open();
    await end(bench, 'failed', 'failed');
    await makers(bench).ended.settle();
    expect(drawn).toEqual([]);
    expect(bench.store.requests.withoutSheet(10)).toEqual([]);

    const second = await open();
    second.bench.bot.parts.media.contactSheet = async () => {
      throw new CosmosError('media.worker_failed');
    };
    await end(second.bench, 'done', 'done');
    await makers(second.bench).ended.settle();
    expect(second.bench.store.requests.withoutSheet(10)).toEqual([]);
  });

  it('is none of a run that was asked for by itself', async () => {
    const { bench, drawn } = await open();
    const prompt = await bench.prompt();
    must(bench.api.queueRun(bench.actor(), { prompt, parameters: {} }));
    await end(bench, 'done', 'done', 'done');
    await makers(bench).ended.settle();

    expect(drawn).toHaveLength(1);
  });
});

/** Lets others go on. */
async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

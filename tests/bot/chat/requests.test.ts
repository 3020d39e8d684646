import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ThreadId } from '../../../src/core/ids.ts';
import type { RunRequest } from '../../../src/core/requests/request.ts';
import type { FakeMessage, Fault } from '../../fakes/fake-chat.ts';
import { must } from '../../support/workbench.ts';
import { ChatBench, textOf } from './chat-bench.ts';

const MINUTE = 60_000;
const BROKEN = { code: 'model.exit_code', parameters: { exitCode: 3 } } as const;
const EDGES = '0.2,0.5,0.8';

async function queued(
  bench: ChatBench,
  parameters: Readonly<Record<string, string>> = { edge: EDGES },
  thread: ThreadId = bench.thread(),
): Promise<RunRequest> {
  const { api } = bench.bench;
  const prompts = [await bench.bench.prompt()] as const;
  return must(api.requests.queue(bench.bench.actor(), { prompts, parameters }, { thread }));
}

/** The next run is done, or fails. */
async function endNext(bench: ChatBench, outcome: 'done' | 'failed' = 'done'): Promise<void> {
  bench.bench.claim();
  await bench.bench.end(outcome, outcome === 'done' ? undefined : BROKEN);
}

/** What is shown, by purpose, in order. */
function purposes({ chat }: ChatBench): (string | undefined)[] {
  return chat.messages.map(({ key }) => key.split(':')[0]);
}

function only({ chat }: ChatBench, purpose: string): FakeMessage {
  const [message, ...others] = chat.messages.filter(({ key }) => key.startsWith(`${purpose}:`));
  if (message === undefined || others.length > 0) throw new Error(`${others.length + 1} × ${purpose}`);
  return message;
}

function labels({ card }: FakeMessage): string {
  return card.actions.map(({ label }) => label).join(', ');
}

describe('a request with many runs', () => {
  it('has one message that is edited, results as they come, and one end with a contact sheet', async () => {
    const bench = await ChatBench.open();
    const request = await queued(bench);
    await bench.pass(5_000);
    expect(purposes(bench)).toEqual(['request']);
    expect(textOf(only(bench, 'request'))).toContain('"0 of 3 done"," · ","3 queued"');
    expect(textOf(only(bench, 'request'))).toContain('edge 0.5');
    expect(labels(only(bench, 'request'))).toBe('Cancel all');

    const first = bench.bench.claim();
    bench.bench.progress(first.id, 46);
    await bench.pass(MINUTE);
    expect(textOf(only(bench, 'request'))).toContain('46 %');
    await bench.bench.end();
    await bench.pass(MINUTE);
    expect(purposes(bench)).toEqual(['request', 'result']);
    expect(textOf(only(bench, 'result'))).toContain('{"strong":"edge 0.2"}');
    expect(textOf(only(bench, 'request'))).toContain('"1 of 3 done"," · ","2 queued"');

    await endNext(bench);
    await endNext(bench);
    await bench.pass(5 * MINUTE);
    expect(purposes(bench)).toEqual(['request', 'result', 'result', 'result', 'request_end']);
    expect(only(bench, 'request')).toMatchObject({ card: { mark: 'done' } });
    const end = only(bench, 'request_end');
    expect(end.file?.name).toBe(`${request.id}-contact-sheet.jpg`);
    expect(textOf(end)).toContain('3 of 3 done');
    expect(bench.bench.media.sheets).toMatchObject([
      { columns: 3, cells: [{ title: 'edge 0.2' }, { title: 'edge 0.5' }, { title: 'edge 0.8' }] },
    ]);
    expect(bench.open()).toEqual([]);
  });

  it('calls whoever asked once, at its end', async () => {
    const bench = await ChatBench.open();
    await queued(bench);
    for (let run = 0; run < 3; run += 1) await endNext(bench);
    await bench.pass(5 * MINUTE);
    const calling = bench.chat.messages.filter((message) => textOf(message).includes('"mention"'));
    expect(calling.map(({ key }) => key.split(':')[0])).toEqual(['request_end']);
  });

  it('posts nothing for a run without a result: the table and the end say why, once for each reason', async () => {
    const bench = await ChatBench.open();
    const request = await queued(bench);
    await endNext(bench, 'failed');
    await endNext(bench);
    await endNext(bench, 'failed');
    await bench.pass(5 * MINUTE);
    expect(purposes(bench)).toEqual(['request', 'result', 'request_end']);
    const end = only(bench, 'request_end');
    expect(textOf(end)).toContain('1 of 3 done');
    expect(textOf(end)).toContain('2 failed');
    expect(textOf(end).match(/exit code 3/g)).toHaveLength(1);
    expect(textOf(end)).toContain('(edge 0.2; edge 0.8)');
    expect(labels(end)).toBe('Retry 2 failed, Details');
    expect(bench.bench.media.sheets[0]?.cells).toMatchObject([
      { title: 'edge 0.2', subtitle: expect.stringMatching(/· failed$/) },
      { title: 'edge 0.5', picture: expect.any(String) },
      { title: 'edge 0.8', subtitle: expect.stringMatching(/· failed$/) },
    ]);
    expect(only(bench, 'request')).toMatchObject({ card: { mark: 'warning' } });
    expect(bench.open()).toEqual([]);
    const { requests } = bench.bench.api;
    expect(requests.toRetry(requests.runsOf(request))).toHaveLength(2);
  });

  it('of which nothing has a result ends with words alone', async () => {
    const bench = await ChatBench.open();
    await queued(bench);
    for (let run = 0; run < 3; run += 1) await endNext(bench, 'failed');
    await bench.pass(5 * MINUTE);
    expect(purposes(bench)).toEqual(['request', 'request_end']);
    expect(only(bench, 'request_end').file).toBeUndefined();
    expect(bench.bench.media.sheets).toEqual([]);
    expect(bench.open()).toEqual([]);
  });

  it('whose sheet cannot be drawn, or is not taken, still has its end', async () => {
    const bench = await ChatBench.open();
    bench.bench.media.isSheetBroken = true;
    await queued(bench, { edge: '0.2,0.5' });
    await endNext(bench);
    await endNext(bench);
    await bench.pass(5 * MINUTE);
    expect(only(bench, 'request_end').file).toBeUndefined();

    const other = await ChatBench.open();
    await queued(other, { edge: '0.2,0.5' });
    await endNext(other);
    await other.pass(MINUTE);
    await endNext(other);
    other.chat.maxBytes = 1;
    await other.pass(5 * MINUTE);
    expect(only(other, 'request_end').file).toBeUndefined();
    expect(other.open()).toEqual([]);
  });

  it('where a still cannot be made of a result, has its words on the sheet', async () => {
    const bench = await ChatBench.open();
    await queued(bench, { edge: '0.2,0.5' });
    bench.bench.media.isPosterBroken = true;
    await endNext(bench);
    await endNext(bench);
    await bench.pass(5 * MINUTE);
    expect(bench.bench.media.sheets[0]?.cells.map(({ picture }) => picture)).toEqual([undefined, undefined]);
  });

  it('posts no control videos: with many results they would bury them', async () => {
    const bench = await ChatBench.open();
    await queued(bench, { edge: '0.2,0.5' });
    bench.bench.claim();
    await bench.bench.end('done', undefined, { edge: 'E' });
    await bench.pass(5 * MINUTE);
    expect(purposes(bench)).toEqual(['request', 'result']);
  });

  it('that is cancelled ends with who did it', async () => {
    const bench = await ChatBench.open();
    const request = await queued(bench);
    await bench.pass(5_000);
    must(bench.bench.api.requests.cancel(bench.bench.actor('ben'), request));
    await bench.pass(5 * MINUTE);
    expect(purposes(bench)).toEqual(['request', 'request_end']);
    expect(textOf(only(bench, 'request_end'))).toContain('3 runs cancelled by @ben');
    expect(only(bench, 'request_end')).toMatchObject({ card: { mark: 'cancelled' } });
    expect(bench.open()).toEqual([]);
  });

  it('run again in part, shows the whole on the sheet of its second part', async () => {
    const bench = await ChatBench.open();
    const request = await queued(bench);
    await endNext(bench);
    await endNext(bench, 'failed');
    await endNext(bench);
    await bench.pass(5 * MINUTE);
    must(bench.bench.api.requests.retry(bench.bench.actor(), request));
    await endNext(bench);
    await bench.pass(5 * MINUTE);
    expect(purposes(bench).filter((purpose) => purpose === 'request_end')).toHaveLength(2);
    const second = bench.bench.media.sheets[1]?.cells ?? [];
    expect(second.map(({ title }) => title)).toEqual(['edge 0.2', 'edge 0.5', 'edge 0.8']);
    expect(second.every(({ picture }) => picture !== undefined)).toBe(true);
  });

  it('shows at most so many rows, and counts the others', async () => {
    const bench = await ChatBench.open();
    await queued(bench, { edge: Array.from({ length: 40 }, (_, index) => (index + 1) / 100).join(',') });
    for (let run = 0; run < 3; run += 1) await endNext(bench);
    bench.bench.claim();
    await bench.pass(MINUTE);
    const { card } = only(bench, 'request');
    const rows = card.blocks.flatMap((block) => (block.type === 'rows' ? block.rows : []));
    expect(rows).toHaveLength(16);
    // What runs is among them, in its place.
    expect(JSON.stringify(rows[0])).toContain('edge 0.04');
    expect(textOf({ card })).toContain('… and 24 more: 3 done, 21 queued');
  });
});

describe('where people want to read less', () => {
  it('results come when all have ended', async () => {
    const bench = await ChatBench.open();
    bench.isQuiet = true;
    bench.restart();
    await queued(bench);
    await endNext(bench);
    await endNext(bench);
    await bench.pass(5 * MINUTE);
    expect(purposes(bench)).toEqual(['request']);
    await endNext(bench);
    await bench.pass(5 * MINUTE);
    expect(purposes(bench)).toEqual(['request', 'result', 'result', 'result', 'request_end']);
    expect(bench.open()).toEqual([]);
  });
});

describe('the end', () => {
  it('comes after the last result, however long that takes', async () => {
    const bench = await ChatBench.open();
    await queued(bench, { edge: '0.2,0.5' });
    await endNext(bench);
    await bench.pass(MINUTE);
    bench.chat.fail('upload', 'swallowed');
    await endNext(bench);
    await bench.pass(110_000);
    expect(purposes(bench)).toEqual(['request', 'result']);
    await bench.pass(10 * MINUTE);
    expect(purposes(bench)).toEqual(['request', 'result', 'result', 'request_end']);
  });

  it('is made once: a restart finds the sheet that was drawn', async () => {
    const bench = await ChatBench.open();
    await queued(bench, { edge: '0.2,0.5' });
    await endNext(bench);
    await endNext(bench);
    await bench.pass(MINUTE);
    expect(bench.bench.media.sheets).toHaveLength(1);
    expect(purposes(bench)).toContain('request_end');
    bench.restart();
    await bench.pass(10 * MINUTE);
    expect(purposes(bench).filter((purpose) => purpose === 'request_end')).toHaveLength(1);
    expect(bench.bench.media.sheets).toHaveLength(1);
  });
});

type Happening =
  | { readonly kind: 'fault'; readonly method: 'post' | 'edit' | 'upload'; readonly fault: Fault }
  | { readonly kind: 'time'; readonly ms: number }
  | { readonly kind: 'end'; readonly outcome: 'done' | 'failed' }
  | { readonly kind: 'restart' | 'step' };

const happening: fc.Arbitrary<Happening> = fc.oneof(
  fc.record({
    kind: fc.constant('fault' as const),
    method: fc.constantFrom('post' as const, 'edit' as const, 'upload' as const),
    fault: fc.constantFrom<Fault>('lost', 'unanswered', 'late'),
  }),
  fc.record({
    kind: fc.constant('fault' as const),
    method: fc.constant('upload' as const),
    fault: fc.constantFrom<Fault>('unverified', 'swallowed'),
  }),
  fc.record({ kind: fc.constant('time' as const), ms: fc.integer({ min: 1, max: 3 * MINUTE }) }),
  fc.record({
    kind: fc.constant('end' as const),
    outcome: fc.constantFrom('done' as const, 'failed' as const),
  }),
  fc.record({ kind: fc.constantFrom('restart' as const, 'step' as const) }),
);

it('whatever is lost, late or interrupted, there is one table, each result once, and one end after them', {
  timeout: 30_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { maxLength: 24 }), async (happenings) => {
      const bench = await ChatBench.open();
      const request = await queued(bench);
      for (const each of happenings) await happen(bench, request, each);
      while (bench.bench.store.runs.queued().length > 0) await endNext(bench);
      await bench.pass(40 * MINUTE, { landing: true });
      const done = bench.bench.api.requests.runsOf(request).filter(({ state }) => state === 'done');
      const results = done.map(() => 'result');
      expect(purposes(bench).toSorted()).toEqual(['request', 'request_end', ...results]);
      expect(textOf(only(bench, 'request'))).toContain(`${done.length} of 3 done`);
      expect(only(bench, 'request_end').file === undefined).toBe(done.length === 0);
      expect(bench.open()).toEqual([]);
      await bench.bench.bot.close();
    }),
    { numRuns: 10 },
  );
});

async function happen(bench: ChatBench, request: RunRequest, what: Happening): Promise<void> {
  switch (what.kind) {
    case 'fault':
      return bench.chat.fail(what.method, what.fault);
    case 'time':
      return await bench.pass(what.ms, { landing: true });
    case 'end':
      if (bench.bench.api.requests.unfinished(request).length > 0) await endNext(bench, what.outcome);
      return;
    case 'restart':
      return bench.restart();
    case 'step':
      await bench.sync.syncAll();
  }
}

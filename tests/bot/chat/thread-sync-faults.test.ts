import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Fault } from '../../fakes/fake-chat.ts';
import { ChatBench, textOf } from './chat-bench.ts';

const MINUTE = 60_000;

type Happening =
  | {
      readonly kind: 'fault';
      readonly method: 'post' | 'edit' | 'upload' | 'find' | 'shown';
      readonly fault: Fault;
    }
  | { readonly kind: 'time'; readonly ms: number }
  | { readonly kind: 'progress'; readonly percent: number }
  | { readonly kind: 'restart' | 'step' };

const fault = fc.constantFrom<Fault>('lost', 'unanswered', 'late');
const happening: fc.Arbitrary<Happening> = fc.oneof(
  fc.record({
    kind: fc.constant('fault' as const),
    method: fc.constantFrom('post' as const, 'edit' as const, 'upload' as const),
    fault,
  }),
  fc.record({
    kind: fc.constant('fault' as const),
    method: fc.constant('edit' as const),
    fault: fc.constant({ throttledMs: 5_000 }),
  }),
  fc.record({
    kind: fc.constant('fault' as const),
    method: fc.constant('upload' as const),
    fault: fc.constantFrom<Fault>('unverified', 'swallowed'),
  }),
  fc.record({
    kind: fc.constant('fault' as const),
    method: fc.constantFrom('find' as const, 'shown' as const),
    fault: fc.constant<Fault>('lost'),
  }),
  fc.record({ kind: fc.constant('time' as const), ms: fc.integer({ min: 1, max: 3 * MINUTE }) }),
  fc.record({ kind: fc.constant('progress' as const), percent: fc.integer({ min: 0, max: 99 }) }),
  fc.record({ kind: fc.constantFrom('restart' as const, 'step' as const) }),
);

it('whatever is lost, late or interrupted, a run ends with one status that shows its end and one result', {
  timeout: 30_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(happening, { maxLength: 14 }),
      fc.array(happening, { maxLength: 14 }),
      async (before, after) => {
        const bench = await ChatBench.open();
        const run = bench.bench.run(await bench.bench.prompt(), bench.thread());
        bench.bench.claim();
        for (const each of before) await happen(bench, run.id, each);
        await bench.bench.end();
        for (const each of after) await happen(bench, run.id, each);
        await bench.pass(30 * MINUTE, { landing: true });
        expect(bench.chat.messages.map(({ key }) => key.split(':')[0]).sort()).toEqual(['result', 'status']);
        const [status] = bench.chat.messages.filter(({ key }) => key.startsWith('status:'));
        expect(status && textOf(status)).toContain('Done');
        expect(bench.open()).toEqual([]);
        expect(bench.chat.mostEditsAtOnce).toBeLessThanOrEqual(1);
        await bench.bench.bot.close();
      },
    ),
    { numRuns: 15 },
  );
});

async function happen(
  bench: ChatBench,
  run: Parameters<ChatBench['bench']['progress']>[0],
  what: Happening,
): Promise<void> {
  switch (what.kind) {
    case 'fault':
      return bench.chat.fail(what.method, what.fault);
    case 'time':
      return await bench.pass(what.ms, { landing: true });
    case 'progress':
      return bench.bench.progress(run, what.percent);
    case 'restart':
      return bench.restart();
    case 'step':
      await bench.sync.syncAll();
  }
}

import { rm } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { cardHash } from '../../../src/bot/chat/card-hash.ts';
import { CosmosError } from '../../../src/core/errors.ts';
import type { Card } from '../../../src/core/ports/chat.ts';
import { CHANNEL } from '../../fakes/fake-chat.ts';
import { ChatBench, textOf } from './chat-bench.ts';

const MINUTE = 60_000;
const UNAVAILABLE = new CosmosError('chat.unavailable', { platform: 'fake' });

function card(text: string): Card {
  return { mark: 'none', title: [text], blocks: [], actions: [] };
}

/** A fixed card that has to be shown in a thread. */
function answer(bench: ChatBench, text: string, thread = 'T1'): void {
  const duty = { purpose: 'answer', card: card(text) } as const;
  bench.bench.store.deliveries.ensure(`answer:${text}`, bench.thread(thread), duty);
}

/** A queued run that is shown in a thread. */
async function queued(bench: ChatBench, thread = 'T1') {
  const prompt = await bench.bench.prompt();
  return bench.bench.run(prompt, bench.thread(thread));
}

/** A run whose status is shown and whose model is at work. */
async function working(bench: ChatBench) {
  const run = await queued(bench);
  await bench.pass(0);
  bench.bench.claim();
  bench.bench.progress(run.id, 10);
  await bench.pass(5_000);
  return run;
}

describe('posting', () => {
  it('posts a card once and ends the duty', async () => {
    const bench = await ChatBench.open();
    answer(bench, 'hello');
    await bench.pass(MINUTE);
    expect(bench.chat.messages.map(({ card, where }) => [card, where])).toEqual([
      [card('hello'), bench.place()],
    ]);
    expect(bench.open()).toEqual([]);
    expect(bench.chat.calls).toEqual(['post']);
  });

  it('posts several cards into one thread in the order of their duties', async () => {
    const bench = await ChatBench.open();
    for (const text of ['one', 'two', 'three', 'four']) answer(bench, text);
    bench.chat.fail('post', 'slow');
    const done = bench.sync.syncAll();
    bench.chat.release();
    await done;
    expect(bench.chat.messages.map(({ card: { title } }) => title[0])).toEqual([
      'one',
      'two',
      'three',
      'four',
    ]);
  });

  it('tells the platform whom an answer is for', async () => {
    const bench = await ChatBench.open();
    const answered = { event: 'E1', user: 'U_ana' };
    bench.bench.store.deliveries.ensure('answer:E1', bench.thread(), {
      purpose: 'answer',
      card: card('hello'),
      answered,
    });
    await bench.pass(0);
    expect(bench.chat.messages[0]).toMatchObject({ answered });
  });

  it.each(['lost', 'unanswered', 'late'] as const)(
    'shows a card exactly once when the answer to its post is lost: %s',
    async (fault) => {
      const bench = await ChatBench.open();
      answer(bench, 'hello');
      bench.chat.fail('post', fault);
      await bench.pass(8_000);
      // Too early to send it again: it may still arrive.
      expect(bench.chat.calls.filter((call) => call === 'post')).toHaveLength(1);
      bench.chat.land();
      await bench.pass(5 * MINUTE);
      expect(bench.chat.withKey('answer:hello')).toHaveLength(1);
      expect(bench.open()).toEqual([]);
    },
  );

  it('deletes the older twin of a message that arrived after it was sent again', async () => {
    const bench = await ChatBench.open();
    answer(bench, 'hello');
    bench.chat.fail('post', 'late');
    await bench.pass(30_000);
    expect(bench.chat.withKey('answer:hello')).toHaveLength(1);
    bench.chat.land();
    expect(bench.chat.withKey('answer:hello')).toHaveLength(2);
    await bench.pass(5 * MINUTE);
    expect(bench.chat.messages.map(({ id }) => id)).toEqual(['M1']);
    expect(bench.open()).toEqual([]);
  });

  it('deletes a twin after a restart as well', async () => {
    const bench = await ChatBench.open();
    answer(bench, 'hello');
    bench.chat.fail('post', 'late');
    await bench.pass(30_000);
    bench.chat.land();
    bench.restart();
    await bench.pass(5 * MINUTE);
    expect(bench.chat.withKey('answer:hello')).toHaveLength(1);
  });

  it('keeps one of two twins that are found together', async () => {
    const bench = await ChatBench.open();
    answer(bench, 'hello');
    bench.chat.fail('post', 'late', 'late');
    await bench.pass(30_000);
    bench.chat.land();
    await bench.pass(5 * MINUTE);
    expect(bench.chat.withKey('answer:hello')).toHaveLength(1);
    expect(bench.open()).toEqual([]);
  });

  it('looks for what a killed bot has sent before it sends it again', async () => {
    const bench = await ChatBench.open();
    answer(bench, 'hello');
    bench.chat.fail('post', 'slow');
    void bench.sync.syncAll();
    bench.restart();
    bench.chat.release();
    await bench.pass(5 * MINUTE);
    expect(bench.chat.withKey('answer:hello')).toHaveLength(1);
    expect(bench.open()).toEqual([]);
  });

  it('keeps trying while the platform is away, ever more slowly', async () => {
    const bench = await ChatBench.open();
    answer(bench, 'hello');
    bench.chat.fail('post', ...Array.from({ length: 10 }, () => 'lost' as const));
    bench.chat.fail('find', ...Array.from({ length: 100 }, () => UNAVAILABLE));
    await bench.pass(60 * MINUTE);
    expect(bench.chat.messages).toEqual([]);
    expect(bench.chat.calls.length).toBeLessThan(80);
    await bench.pass(60 * MINUTE);
    expect(bench.chat.withKey('answer:hello')).toHaveLength(1);
    expect(bench.open()).toEqual([]);
  });

  it('does nothing more about a message that cannot be looked at again', async () => {
    const bench = await ChatBench.open();
    answer(bench, 'hello');
    const port = bench.chat;
    port.post = async (_key, where) => where;
    await bench.pass(MINUTE);
    expect(bench.open()).toEqual([]);
    expect(port.calls).toEqual([]);
  });
});

describe('the status of a run', () => {
  it('is one message that is edited until the run has ended, and then a result', async () => {
    const bench = await ChatBench.open();
    const run = await working(bench);
    await bench.bench.end();
    await bench.pass(MINUTE);
    expect(bench.chat.messages.map(({ key }) => key.split(':')[0])).toEqual(['status', 'result']);
    const [status, result] = bench.chat.messages;
    expect(status && textOf(status)).toContain('Done');
    expect(result?.file?.content).toContain(run.id);
    expect(bench.open()).toEqual([]);
  });

  it('has one edit in flight, and then shows the latest', async () => {
    const bench = await ChatBench.open({ edit: { minIntervalMs: 0, scope: 'tenant' } });
    const run = await working(bench);
    const edits = bench.chat.messages[0]?.edits;
    bench.chat.fail('edit', 'slow');
    bench.bench.progress(run.id, 20);
    bench.sync.start();
    await expect.poll(() => bench.chat.waiting, { interval: 2 }).toBe(1);
    for (const percent of [30, 40, 50]) bench.bench.progress(run.id, percent);
    bench.chat.release();
    await bench.untilShown(([status]) => status !== undefined && textOf(status).includes('"percent":50'));
    expect(bench.chat.mostEditsAtOnce).toBe(1);
    expect(bench.chat.messages[0]?.edits).toBe((edits ?? 0) + 2);
    await bench.sync.stop();
  });

  it('is edited within the budget of the whole tenant', async () => {
    const bench = await ChatBench.open();
    const first = await queued(bench, 'T1');
    await queued(bench, 'T2');
    bench.bench.claim();
    await bench.pass(0);
    const before = edits(bench);
    for (let second = 0; second < 60; second++) {
      bench.bench.progress(first.id, second);
      await bench.pass(1_000);
    }
    // One edit in 3 s for all threads together, the one of the budget's beginning included.
    expect(edits(bench) - before).toBeLessThanOrEqual(21);
    expect(edits(bench) - before).toBeGreaterThanOrEqual(18);
  });

  it('gets its last state through although another run is edited all the time', async () => {
    const bench = await ChatBench.open();
    const first = await queued(bench, 'T1');
    const second = await queued(bench, 'T2');
    bench.bench.claim();
    await bench.pass(0);
    bench.bench.api.cancelRun(bench.bench.actor(), second);
    for (let tick = 0; tick < 10; tick++) {
      bench.bench.progress(first.id, tick);
      await bench.pass(1_000);
    }
    const status = bench.chat.withKey(`status:${second.id}:${bench.thread('T2')}`)[0];
    expect(status && textOf(status)).toContain('Cancelled');
  });

  it('gets its last state through before anything else is edited', async () => {
    const bench = await ChatBench.open();
    const runs = [await queued(bench, 'T1'), await queued(bench, 'T2'), await queued(bench, 'T3')];
    await bench.pass(0);
    const { store, api } = bench.bench;
    const change = (tick: number): void => {
      store.write(() => {
        for (const [index, { id }] of runs.entries()) store.runs.setPriority(id, (tick + index) % 3);
      });
    };
    let last = runs[0];
    for (let tick = 0; tick < 10; tick++) {
      const before = bench.chat.messages.map(({ edits }) => edits);
      change(tick);
      await bench.pass(3_000);
      last = runs[bench.chat.messages.findIndex(({ edits }, index) => edits !== before[index])] ?? last;
    }
    if (last === undefined) throw new Error('no run is shown');
    // Shown last, it would be the last in turn.
    api.cancelRun(bench.bench.actor(), last);
    change(11);
    await bench.pass(3_000);
    const [status] = bench.chat.messages.filter(({ key }) => key.startsWith(`status:${last.id}`));
    expect(status && textOf(status)).toContain('Cancelled');
  });

  it('takes turns where several runs change all the time', async () => {
    const bench = await ChatBench.open({ edit: { minIntervalMs: 3_000, scope: 'tenant' } });
    const runs = [await queued(bench, 'T1'), await queued(bench, 'T2'), await queued(bench, 'T3')];
    await bench.pass(0);
    for (let tick = 0; tick < 30; tick++) {
      // The place of each changes whenever a further run is put before it.
      bench.bench.store.write(() => {
        for (const [index, { id }] of runs.entries())
          bench.bench.store.runs.setPriority(id, (tick + index) % 3);
      });
      await bench.pass(3_000);
    }
    const counts = bench.chat.messages
      .filter(({ key }) => key.startsWith('status:'))
      .map(({ edits }) => edits);
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(7);
  });

  it('is read back at the end: an edit that timed out and lands after the last one is corrected', async () => {
    const bench = await ChatBench.open();
    const run = await working(bench);
    bench.chat.fail('edit', 'late');
    bench.bench.progress(run.id, 50);
    await bench.pass(0);
    await bench.bench.end();
    await bench.pass(6_000);
    expect(textOf(bench.chat.messages[0] as never)).toContain('Done');
    bench.chat.land();
    expect(textOf(bench.chat.messages[0] as never)).toContain('"percent":50');
    await bench.pass(MINUTE);
    expect(textOf(bench.chat.messages[0] as never)).toContain('Done');
    expect(bench.open()).toEqual([]);
  });

  it('is edited once more where a killed bot may have had an edit under way', async () => {
    const bench = await ChatBench.open();
    const run = await working(bench);
    bench.chat.fail('edit', 'slow');
    bench.bench.progress(run.id, 50);
    bench.clock.advance(5_000);
    void bench.sync.syncAll();
    bench.restart();
    await bench.bench.end();
    await bench.pass(5_000);
    bench.chat.release();
    await bench.pass(MINUTE);
    expect(textOf(bench.chat.messages[0] as never)).toContain('Done');
    expect(bench.open()).toEqual([]);
  });

  it('gives up after a few corrections where the message never stays as it was edited', async () => {
    const bench = await ChatBench.open();
    await working(bench);
    bench.chat.shown = async () => 'something else';
    await bench.bench.end();
    await bench.pass(10 * MINUTE);
    expect(bench.open()).toEqual([]);
    expect(bench.chat.calls.filter((call) => call === 'edit').length).toBeLessThan(10);
  });

  it('honours the time that a throttling platform asks for, for the whole tenant', async () => {
    const bench = await ChatBench.open();
    const run = await working(bench);
    await bench.pass(5_000);
    bench.chat.fail('edit', { throttledMs: 20_000 });
    bench.bench.progress(run.id, 50);
    await bench.pass(0);
    const before = edits(bench);
    await bench.pass(19_000);
    expect(edits(bench)).toBe(before);
    await bench.pass(2_000);
    expect(edits(bench)).toBe(before + 1);
  });

  it('is edited more slowly once its message is old', async () => {
    const edit = {
      minIntervalMs: 1_000,
      scope: 'channel',
      slowAfterMs: 10 * MINUTE,
      slowIntervalMs: 15_000,
    } as const;
    const bench = await ChatBench.open({ edit });
    const run = await working(bench);
    bench.clock.advance(10 * MINUTE);
    await bench.pass(MINUTE);
    const before = edits(bench);
    for (let second = 0; second < 60; second++) {
      bench.bench.progress(run.id, second);
      await bench.pass(1_000);
    }
    expect(edits(bench) - before).toBeGreaterThanOrEqual(4);
    expect(edits(bench) - before).toBeLessThanOrEqual(5);
  });

  it('ends its duty when somebody has deleted the message, and the result is still posted', async () => {
    const bench = await ChatBench.open();
    await working(bench);
    bench.chat.messages.splice(0);
    await bench.bench.end();
    await bench.pass(MINUTE);
    expect(bench.chat.messages.map(({ key }) => key.split(':')[0])).toEqual(['result']);
    expect(bench.open()).toEqual([]);
  });

  it('goes on when an edit fails for long, and never gives up on the last state', async () => {
    const bench = await ChatBench.open();
    await working(bench);
    await bench.bench.end();
    bench.chat.fail('edit', ...Array.from({ length: 30 }, () => UNAVAILABLE));
    await bench.pass(60 * MINUTE);
    expect(textOf(bench.chat.messages[0] as never)).toContain('Done');
    expect(bench.open()).toEqual([]);
  });
});

describe('the card of a prompt', () => {
  it('is shown as it was at last, whatever an edit of unknown outcome has done in between', async () => {
    const bench = await ChatBench.open();
    const prompt = await bench.bench.prompt('A street', bench.thread());
    await bench.pass(MINUTE);
    const [before] = bench.chat.messages.map(textOf);
    const { api } = bench.bench;
    const changed = api.changeRoles(bench.bench.actor(), prompt, new Map([['street.mp4', 'depth']]));
    bench.chat.fail('edit', 'unanswered');
    await bench.pass(0);
    expect(bench.chat.messages.map(textOf)).not.toEqual([before]);
    if (!changed.ok) throw new Error('the role was not changed');
    api.changeRoles(bench.bench.actor(), changed.value, new Map([['street.mp4', 'color']]));
    await bench.pass(MINUTE);
    expect(bench.chat.messages.map(textOf)).toEqual([before]);
    expect(bench.open()).toEqual([]);
  });
});

describe('the result of a run', () => {
  it.each(['lost', 'unanswered', 'late', 'unverified'] as const)(
    'is posted exactly once with its file: %s',
    async (fault) => {
      const bench = await ChatBench.open();
      await working(bench);
      bench.chat.fail('upload', fault);
      await bench.bench.end();
      await bench.pass(30_000);
      bench.chat.land();
      await bench.pass(10 * MINUTE);
      const results = bench.chat.messages.filter(({ file }) => file !== undefined);
      expect(results).toHaveLength(1);
      expect(bench.open()).toEqual([]);
    },
  );

  it('is uploaded again after two minutes where an accepted upload never appears, not before', async () => {
    const bench = await ChatBench.open();
    await working(bench);
    bench.chat.fail('upload', 'swallowed');
    await bench.bench.end();
    await bench.pass(110_000);
    expect(bench.chat.calls.filter((call) => call === 'upload')).toHaveLength(1);
    bench.restart();
    await bench.pass(MINUTE);
    expect(bench.chat.calls.filter((call) => call === 'upload')).toHaveLength(2);
    expect(bench.chat.messages.filter(({ file }) => file !== undefined)).toHaveLength(1);
  });

  it('is deleted where the first upload appears after the second', async () => {
    const bench = await ChatBench.open();
    await working(bench);
    bench.chat.fail('upload', 'unverified');
    await bench.bench.end();
    await bench.pass(3 * MINUTE);
    bench.chat.land();
    expect(bench.chat.messages.filter(({ file }) => file !== undefined)).toHaveLength(2);
    await bench.pass(5 * MINUTE);
    expect(bench.chat.messages.filter(({ file }) => file !== undefined)).toHaveLength(1);
    expect(bench.open()).toEqual([]);
  });

  it.each([
    [
      'is larger than the platform takes',
      async (bench: ChatBench) => {
        bench.chat.maxBytes = 10;
      },
    ],
    [
      'turns out to be too large',
      async (bench: ChatBench) => {
        bench.chat.maxUploadBytes = async () => 1_000_000;
        bench.chat.maxBytes = 10;
      },
    ],
    [
      'is refused',
      async (bench: ChatBench) => bench.chat.fail('upload', { refused: 'file_type_not_allowed' }),
    ],
    ['is not there any more', async (_bench: ChatBench, path: string) => await rm(path)],
  ])(
    'is a card with the place in the data folder where the file %s, and is not sent again',
    async (_title, happen) => {
      const bench = await ChatBench.open();
      await working(bench);
      const run = await bench.bench.end();
      const path = run.outputs[0]?.path ?? '';
      await happen(bench, path);
      await bench.pass(10 * MINUTE);
      const [, result] = bench.chat.messages;
      expect(result?.file).toBeUndefined();
      expect(result && textOf(result)).toContain(`runs/${run.id}/outputs/`);
      expect(result && textOf(result)).not.toContain(path);
      expect(bench.chat.messages).toHaveLength(2);
      expect(bench.chat.calls.filter((call) => call === 'upload')).toEqual([]);
      expect(bench.open()).toEqual([]);
    },
  );

  it('of a failed run is a card', async () => {
    const bench = await ChatBench.open();
    await working(bench);
    await bench.bench.end('failed', { code: 'model.exit_code', parameters: { exitCode: 3 } });
    await bench.pass(MINUTE);
    expect(bench.chat.messages.map(({ card: { mark } }) => mark)).toEqual(['failed', 'failed']);
    expect(bench.open()).toEqual([]);
  });
});

describe('a place that is gone or closed', () => {
  it('ends the duty, and the result is said once in the channel', async () => {
    const bench = await ChatBench.open();
    const run = await working(bench);
    bench.chat.loseThread('T1');
    await bench.bench.end();
    await bench.pass(10 * MINUTE);
    const said = bench.chat.messages.filter(({ where }) => where.thread === undefined);
    expect(said).toHaveLength(1);
    expect(said[0] && textOf(said[0])).toContain(run.id);
    expect(said[0]?.card.actions).toEqual([expect.objectContaining({ verb: 'show', target: run.id })]);
    expect(bench.open()).toEqual([]);
  });

  it('is tried again where nobody lets the bot in: a token can be renewed', async () => {
    const bench = await ChatBench.open();
    answer(bench, 'hello');
    const refused = new CosmosError('chat.token_refused', { detail: 'token_revoked' });
    bench.chat.fail('post', refused, refused);
    await bench.pass(10 * MINUTE);
    expect(bench.chat.messages).toHaveLength(1);
    expect(bench.open()).toEqual([]);
  });

  it('is not complained about for ever where the channel is closed too', async () => {
    const bench = await ChatBench.open();
    answer(bench, 'hello');
    const forbidden = new CosmosError('chat.not_permitted', { detail: 'not in the channel' });
    bench.chat.fail('post', forbidden, forbidden, forbidden);
    await bench.pass(10 * MINUTE);
    expect(bench.chat.calls).toEqual(['post', 'post']);
    expect(bench.open()).toEqual([]);
  });
});

describe('slow and broken calls', () => {
  it('hold up no other thread', async () => {
    const bench = await ChatBench.open();
    answer(bench, 'slow', 'T1');
    for (const thread of ['T2', 'T3', 'T4']) answer(bench, `quick ${thread}`, thread);
    bench.chat.fail('post', 'slow');
    bench.sync.start();
    await bench.untilShown((messages) => messages.length === 3);
    expect(bench.chat.waiting).toBe(1);
    bench.chat.release();
    await bench.untilShown((messages) => messages.length === 4);
    await bench.sync.stop();
  });

  it('of an upload hold up neither cards nor edits of the same thread', async () => {
    const bench = await ChatBench.open({ edit: { minIntervalMs: 0, scope: 'tenant' } });
    await working(bench);
    bench.chat.fail('upload', 'slow');
    await bench.bench.end();
    bench.sync.start();
    await bench.untilShown(([status]) => status !== undefined && textOf(status).includes('Done'));
    answer(bench, 'hello');
    bench.bench.bot.parts.wakeup.notify();
    await bench.untilShown((messages) => messages.some(({ key }) => key === 'answer:hello'));
    await expect.poll(() => bench.chat.waiting, { interval: 2 }).toBe(1);
    bench.chat.release();
    await bench.untilShown((messages) => messages.length === 3);
    await bench.sync.stop();
  });

  it('are left to themselves when the bot stops, and found out about after the next start', async () => {
    const bench = await ChatBench.open();
    answer(bench, 'hello');
    bench.chat.fail('post', 'slow');
    bench.sync.start();
    await expect.poll(() => bench.chat.waiting, { interval: 2 }).toBe(1);
    let isStopped = false;
    void bench.sync.stop().then(() => {
      isStopped = true;
    });
    const look = (): boolean => {
      bench.clock.advance(1_000);
      return isStopped;
    };
    await expect.poll(look, { interval: 2 }).toBe(true);
    bench.restart();
    bench.chat.release();
    await bench.pass(5 * MINUTE);
    expect(bench.chat.withKey('answer:hello')).toHaveLength(1);
  });

  it('of one message never end the loop', async () => {
    const bench = await ChatBench.open();
    answer(bench, 'bad', 'T1');
    answer(bench, 'good', 'T2');
    const post = bench.chat.post.bind(bench.chat);
    bench.chat.post = async (key, ...rest) => {
      if (key === 'answer:bad') throw new TypeError('a bug of the adapter');
      return await post(key, ...rest);
    };
    await bench.pass(MINUTE);
    expect(bench.chat.withKey('answer:good')).toHaveLength(1);
    expect(bench.open()).toEqual(['answer:bad']);
  });

  it('shows what is due once more before it ends', async () => {
    const bench = await ChatBench.open();
    bench.sync.start();
    answer(bench, 'hello');
    await bench.sync.stop();
    expect(bench.chat.messages[0]).toMatchObject({ card: card('hello') });
  });
});

describe('duties of other platforms', () => {
  it('are left to their own bots', async () => {
    const bench = await ChatBench.open();
    const elsewhere = bench.bench.store.threads.ensure({ ...CHANNEL, platform: 'other' as never });
    bench.bench.store.deliveries.ensure('answer:x', elsewhere.id, { purpose: 'answer', card: card('x') });
    await bench.pass(MINUTE);
    expect(bench.chat.calls).toEqual([]);
    expect(bench.open()).toEqual(['answer:x']);
  });
});

it('names equal cards alike and different ones differently', () => {
  expect(cardHash(card('a'))).toBe(cardHash(card('a')));
  expect(cardHash(card('a'))).not.toBe(cardHash(card('b')));
});

function edits(bench: ChatBench): number {
  return bench.chat.messages.reduce((total, { edits: each }) => total + each, 0);
}

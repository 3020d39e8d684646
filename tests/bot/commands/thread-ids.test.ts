import { describe, expect, it, onTestFinished } from 'vitest';
import { parseEvent } from '../../../src/bot/commands/read-event.ts';
import { idsOfThread } from '../../../src/bot/commands/thread-ids.ts';
import type { ChatReference, Inbound } from '../../../src/core/ports/chat.ts';
import { CHANNEL } from '../../fakes/fake-chat.ts';
import { must, openWorkbench } from '../../support/workbench.ts';

const WHERE: ChatReference = { ...CHANNEL, thread: 'T1' };
const USER = { id: 'U_ana', name: 'ana', groups: [] };

async function open() {
  const bench = await openWorkbench();
  onTestFinished(async () => await bench.bot.close());
  const parse = (text: string, where = WHERE) => {
    const event: Inbound = { dedupeKey: 'E1', where, user: USER, at: 0, kind: 'command', text };
    return parseEvent(event, idsOfThread(bench.store, where));
  };
  const meant = (text: string, where = WHERE): unknown => {
    const parsed = parse(text, where);
    return parsed.ok ? parsed.value.arguments : parsed.problems[0].code;
  };
  return { bench, parse, meant, thread: bench.store.threads.ensure(WHERE).id };
}

describe('an id that is left out in a thread', () => {
  it('is that of the latest run that fits', async () => {
    const { bench, meant, thread } = await open();
    const prompt = await bench.prompt('A street', thread);
    const first = bench.run(prompt, thread);
    bench.claim();
    await bench.end();
    bench.clock.advance(1_000);
    const second = bench.run(prompt, thread);
    bench.clock.advance(1_000);
    bench.run(await bench.prompt('Elsewhere'));
    expect(meant('cancel')).toEqual({ run: second.id });
    expect(meant('retry')).toEqual({ run: first.id });
    expect(meant('rate 5')).toEqual({ run: first.id, rating: '5' });
    expect(meant('rerun seed=9')).toEqual({ run: second.id });
    expect(meant('logs --tail 3')).toEqual({ run: second.id });
    expect(meant('status')).toEqual({ run: second.id });
    expect(meant('tune')).toEqual({ id: second.id });
    expect(meant('inference edge=0.5')).toEqual({ prompt: prompt.id });
    expect(meant('roles street.mp4=depth')).toEqual({ prompt: prompt.id });
  });

  it('is that of the request where the run was asked for with others, wherever a request can be meant', async () => {
    const { bench, meant, thread } = await open();
    const prompts = [await bench.prompt('A street', thread)] as const;
    const asked = { prompts, parameters: { edge: '0.2,0.8' } };
    const request = must(bench.api.requests.queue(bench.actor(), asked, { thread }));
    expect(meant('cancel')).toEqual({ run: request.id });
    expect(meant('status')).toEqual({ run: request.id });
    expect(meant('show')).toEqual({ id: request.id });
    expect(meant('confirm')).toBe('input.argument_missing');
    const run = bench.claim();
    await bench.end();
    expect(meant('retry')).toEqual({ run: request.id });
    expect(meant('rate 5')).toEqual({ run: run.id, rating: '5' });
    bench.clock.advance(1_000);
    const single = bench.run(prompts[0], thread);
    expect(meant('cancel')).toEqual({ run: single.id });
  });

  it('is that of the latest run where none fits, so that the answer tells why', async () => {
    const { bench, meant, thread } = await open();
    const run = bench.run(await bench.prompt(), thread);
    must(bench.api.cancelRun(bench.actor(), run));
    expect(meant('cancel')).toEqual({ run: run.id });
    expect(meant('rate 5')).toEqual({ run: run.id, rating: '5' });
  });

  it('is that of the prompt of its runs, and of the prompt where there are none', async () => {
    const { bench, meant, thread } = await open();
    const prompt = await bench.prompt();
    bench.run(prompt, thread);
    expect(meant('inference')).toEqual({ prompt: prompt.id });
    const where = { ...CHANNEL, thread: 'T2' };
    const other = await bench.prompt('Another', bench.store.threads.ensure(where).id);
    expect(meant('tune', where)).toEqual({ id: other.id });
    expect(meant('cancel', where)).toBe('input.argument_missing');
    bench.api.discardPrompt(bench.actor(), other);
    expect(meant('tune', where)).toBe('input.argument_missing');
  });

  it('is not taken for another word', async () => {
    const { bench, meant, thread } = await open();
    const run = bench.run(await bench.prompt(), thread);
    expect(meant(`rate ${run.id.toUpperCase()}`)).toBe('input.argument_missing');
    expect(meant('cancel rs_other000')).toEqual({ run: 'rs_other000' });
    expect(meant('status hosts')).toEqual({ run: 'hosts' });
    expect(meant('search street')).toEqual({});
  });

  it('is missing in a channel, in an unknown thread, and in a thread that belongs to nothing', async () => {
    const { bench, meant } = await open();
    bench.run(await bench.prompt(), bench.store.threads.ensure(CHANNEL).id);
    for (const where of [CHANNEL, WHERE, { ...CHANNEL, thread: 'T9' }]) {
      expect(meant('cancel', where)).toBe('input.argument_missing');
      expect(meant('status', where)).toEqual({});
    }
    expect(bench.store.threads.find({ ...CHANNEL, thread: 'T9' })).toBeUndefined();
  });

  it('is filled in for a button without a target, and for the words of a form', async () => {
    const { bench, thread } = await open();
    const run = bench.run(await bench.prompt(), thread);
    const base = { dedupeKey: 'E1', where: WHERE, user: USER, at: 0 };
    const absent = idsOfThread(bench.store, WHERE);
    const click = parseEvent({ ...base, kind: 'click', verb: 'cancel', target: '', arguments: [] }, absent);
    expect(click).toMatchObject({ value: { arguments: { run: run.id } } });
    expect(parseEvent({ ...base, kind: 'form', words: ['rate', '4'] }, absent)).toMatchObject({
      value: { arguments: { run: run.id, rating: '4' } },
    });
  });
});

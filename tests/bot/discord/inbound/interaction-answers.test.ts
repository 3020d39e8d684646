import { describe, expect, it } from 'vitest';
import type { CallBody } from '../../../../src/bot/discord/discord-client.ts';
import {
  type Answering,
  InteractionAnswers,
} from '../../../../src/bot/discord/inbound/interaction-answers.ts';
import type { MessageBody } from '../../../../src/bot/discord/render-card.ts';
import { FakeClock } from '../../../fakes/fake-clock.ts';

const EVENT = 'command:1';
const ANSWERED = { event: EVENT, user: '7' };
const BODY: MessageBody = {
  content: 'Two runs wait',
  embeds: [],
  components: [],
  allowed_mentions: { parse: [], users: [] },
};
const LIFE_MS = 14 * 60_000;

/** Answers in front of a Discord that notes what it is sent. */
function desk() {
  const clock = new FakeClock();
  const calls: { readonly method: string; readonly route: string; readonly json: unknown }[] = [];
  const failing = { next: false };
  const call =
    (method: string) =>
    async (_lane: string, route: string, { json }: CallBody = {}) => {
      if (failing.next) {
        failing.next = false;
        throw new TypeError('fetch failed');
      }
      calls.push({ method, route, json });
      return undefined;
    };
  const answers = new InteractionAnswers({ patch: call('PATCH'), post: call('POST') }, clock);
  const remember = (more: Partial<Answering> = {}, event = EVENT) =>
    answers.remember(event, {
      ...{ application: '42', token: event.replace(':', '-'), responded: Promise.resolve(true) },
      ...{ hasReceipt: true, at: clock.now(), ...more },
    });
  return { clock, calls, answers, remember, failing };
}

describe('an answer', () => {
  it('takes the place of the receipt once, and follows it from then on', async () => {
    const { answers, calls, remember } = desk();
    remember();
    expect(await answers.answer(ANSWERED, BODY)).toBe(true);
    expect(await answers.answer(ANSWERED, BODY)).toBe(true);
    expect(calls).toEqual([
      { method: 'PATCH', route: '/webhooks/42/command-1/messages/%40original', json: BODY },
      { method: 'POST', route: '/webhooks/42/command-1', json: { ...BODY, flags: 64 } },
    ]);
  });

  it('without a receipt leaves what was there alone, and only one person sees it', async () => {
    const { answers, calls, remember } = desk();
    remember({ hasReceipt: false });
    expect(await answers.answer(ANSWERED, BODY)).toBe(true);
    expect(calls.map(({ method, json }) => ({ method, json }))).toEqual([
      { method: 'POST', json: { ...BODY, flags: 64 } },
    ]);
  });

  it('that failed has not taken the place of the receipt', async () => {
    const { answers, calls, remember, failing } = desk();
    remember();
    failing.next = true;
    await expect(answers.answer(ANSWERED, BODY)).rejects.toThrow('fetch failed');
    await answers.answer(ANSWERED, BODY);
    expect(calls.map(({ method }) => method)).toEqual(['PATCH']);
  });

  it('goes the usual way where nothing was answered before, and where the event is none of these', async () => {
    const { answers, calls, remember } = desk();
    remember({ responded: Promise.resolve(false) });
    expect(await answers.answer(ANSWERED, BODY)).toBe(false);
    expect(await answers.answer({ ...ANSWERED, event: 'command:2' }, BODY)).toBe(false);
    expect(calls).toEqual([]);
  });

  it('waits for the first response', async () => {
    const { answers, calls, remember } = desk();
    const { promise, resolve } = Promise.withResolvers<boolean>();
    remember({ responded: promise });
    const answering = answers.answer(ANSWERED, BODY);
    await Promise.resolve();
    expect(calls).toEqual([]);
    resolve(true);
    expect(await answering).toBe(true);
    expect(calls).toHaveLength(1);
  });
});

describe('after a quarter of an hour', () => {
  it('nothing is answered with the token any more', async () => {
    const { clock, answers, calls, remember } = desk();
    remember();
    clock.advance(LIFE_MS - 1);
    expect(await answers.answer(ANSWERED, BODY)).toBe(true);
    clock.advance(1);
    expect(await answers.answer(ANSWERED, BODY)).toBe(false);
    expect(calls).toHaveLength(1);
  });

  it('counts from when it was asked, not from when it arrived', async () => {
    const { clock, answers, remember } = desk();
    remember({ at: clock.now() - LIFE_MS });
    expect(await answers.answer(ANSWERED, BODY)).toBe(false);
  });

  it('nothing of it is kept, and what is younger is', async () => {
    const { clock, answers, remember } = desk();
    remember({}, 'command:1');
    clock.advance(1);
    remember({}, 'command:2');
    clock.advance(LIFE_MS - 1);
    expect(answers.size).toBe(2);
    remember({}, 'command:3');
    expect(answers.size).toBe(2);
    expect(await answers.answer({ ...ANSWERED, event: 'command:2' }, BODY)).toBe(true);
    expect(await answers.answer({ ...ANSWERED, event: 'command:1' }, BODY)).toBe(false);
  });
});

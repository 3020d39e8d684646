import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { toButton } from '../../../src/bot/slack/action-codec.ts';
import { systemClock } from '../../../src/bot/system-clock.ts';
import { CosmosError } from '../../../src/core/errors.ts';
import type { Inbound, Platform } from '../../../src/core/ports/chat.ts';
import { InboxReceiver } from '../../../src/core/store/inbox-receiver.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';
import { openStudio, type Studio } from '../../support/slack-studio.ts';
import { openWorkbench } from '../../support/workbench.ts';
import { webClient } from '../slack-fake/clients.ts';
import { type Listening, listen } from './listening.ts';

const VIDEO = { name: 'drift.mp4', content: 'frames' };
const BUSY = new CosmosError('store.busy');

async function postButton(studio: Studio) {
  const button = toButton({ verb: 'cancel', label: 'Cancel', target: 'rs_1' }, 0);
  await webClient(studio).chat.postMessage({
    channel: studio.renders.id,
    text: 'card',
    blocks: [{ type: 'actions', elements: button === undefined ? [] : [button] }],
  });
  return await studio.renders.shows((each) => each.fromBot);
}

/** A store that another process writes into until it is let go. */
async function realStore(listening: Listening) {
  const bench = await openWorkbench({ clock: systemClock });
  onTestFinished(async () => await bench[Symbol.asyncDispose]());
  const path = bench.bot.parts.data.database;
  const receiver = new InboxReceiver(path, systemClock);
  onTestFinished(() => receiver[Symbol.dispose]());
  let tries = 0;
  listening.receive = async (event) => {
    tries += 1;
    receiver.add(event);
  };
  const other = new Database(path);
  onTestFinished(() => {
    other.close();
  });
  return {
    open: (): readonly Inbound[] => bench.store.inbox.open('slack' as Platform),
    tries: () => tries,
    lock: () => other.exec('BEGIN IMMEDIATE'),
    release: () => other.exec('ROLLBACK'),
  };
}

describe('an acknowledgement', () => {
  it('comes after the event is durable, whatever it is', async () => {
    const studio = await openStudio();
    const { anna, renders, slack } = studio;
    const listening = await listen(studio);
    const card = await postButton(studio);
    const older = await anna.uploads(renders, [VIDEO]);
    await slack.deliveries.settled();
    const durable = Promise.withResolvers<void>();
    const taken: string[] = [];
    listening.receive = async (event) => {
      taken.push(event.kind);
      await durable.promise;
    };
    const asked = [
      anna.command(renders, '/cosmos', 'status'),
      anna.clicks(card, 'Cancel'),
      anna.shortcut(older, 'cx_use'),
    ];
    anna.mentions(renders, 'status');
    await expect.poll(() => taken.toSorted()).toEqual(['click', 'command', 'command', 'command', 'upload']);
    expect(slack.deliveries.all.filter(({ state }) => state === 'pending')).toHaveLength(5);
    durable.resolve();
    await slack.deliveries.settled();
    expect((await Promise.all(asked)).map(({ outcome }) => outcome)).toEqual(['acked', 'acked', 'acked']);
    expect(slack.deliveries.all.every(({ state }) => state === 'acked')).toBe(true);
  });

  it('is not sent where the event was not saved: it comes again, and a person is told at once', async () => {
    const studio = await openStudio({ clock: new FakeClock() });
    const { anna, renders, slack } = studio;
    const clock = new FakeClock();
    const listening = await listen(studio, { clock });
    const card = await postButton(studio);
    const older = await anna.uploads(renders, [VIDEO]);
    await slack.deliveries.settled();
    const count = listening.received.length;
    const { receive } = listening;
    listening.receive = async () => {
      throw BUSY;
    };
    const command = await anna.command(renders, '/cosmos', 'status');
    expect(command).toMatchObject({ outcome: 'acked', answer: { ephemeral: true } });
    expect(command.answer?.text).toBe('The database is busy; nothing was saved. Try again in a moment.');
    const words = (): number =>
      anna.sees(renders).filter(({ text, ephemeral }) => ephemeral && text.includes('nothing was saved'))
        .length;
    expect((await anna.clicks(card, 'Cancel')).outcome).toBe('acked');
    await slack.until(() => words() === 2);
    expect((await anna.shortcut(older, 'cx_use')).outcome).toBe('acked');
    await slack.until(() => words() === 3);
    expect(renders.now(card)).toMatchObject({ text: 'card' });
    const shared = await anna.uploads(renders, [VIDEO], { text: 'Snow' });
    await slack.until(() => slack.deliveries.of({ type: 'message' }).at(-1)?.attempts.length === 1);
    expect(listening.received).toHaveLength(count);
    listening.receive = receive;
    clock.advance(1_000);
    await slack.deliveries.retryNow();
    await slack.deliveries.settled();
    expect(listening.received.at(-1)).toMatchObject({ kind: 'upload', where: { message: shared.ts } });
    expect(slack.deliveries.all.every(({ state }) => state === 'acked')).toBe(true);
  });

  it('of a command that fails for good says why, and an event that fails comes again', async () => {
    const studio = await openStudio({ clock: new FakeClock() });
    const { anna, renders, slack } = studio;
    const listening = await listen(studio);
    listening.receive = async () => {
      throw new CosmosError('store.disk_full');
    };
    const command = await anna.command(renders, '/cosmos', 'status');
    expect(command.answer?.text).toMatch(/disk/i);
    anna.says(renders, `<@${studio.bot.botUserId}> status`);
    await expect
      .poll(() => listening.said.filter((line) => line.includes('store.disk_full')).length)
      .toBeGreaterThan(0);
    expect(slack.deliveries.of({ kind: 'events_api' }).every(({ state }) => state === 'pending')).toBe(true);
    await slack.deliveries.retryNow();
    expect(slack.deliveries.of({ type: 'app_mention' })[0]?.attempts.length).toBeGreaterThan(1);
  });
});

describe('what Slack sends again', () => {
  it('has the same key: duplicates, lost acknowledgements, connections that break behind them', async () => {
    const studio = await openStudio({ clock: new FakeClock() });
    const { anna, renders, slack } = studio;
    const listening = await listen(studio);
    slack.deliveries.duplicate({ type: 'message' });
    await anna.uploads(renders, [VIDEO], { text: 'twice' });
    await slack.deliveries.settled();
    slack.sockets.trouble('lose_ack', { kind: 'events_api', times: 2 });
    await anna.uploads(renders, [VIDEO], { text: 'lost' });
    await expect.poll(() => listening.received.length).toBe(3);
    await slack.deliveries.retryNow();
    await slack.deliveries.settled();
    slack.sockets.trouble('cut_after_ack', { kind: 'events_api', times: 2 });
    await anna.uploads(renders, [VIDEO], { text: 'cut' });
    await slack.deliveries.settled();
    await listening.ready();
    for (const delivery of slack.deliveries.of({ type: 'message' })) slack.deliveries.repeat(delivery);
    await slack.deliveries.settled();
    expect(listening.received.length).toBeGreaterThan(6);
    expect(new Set(listening.received.map(({ dedupeKey }) => dedupeKey)).size).toBe(3);
    expect(slack.deliveries.all.every(({ state }) => state === 'acked')).toBe(true);
  });

  it('late or too early is one row in the store', async () => {
    const studio = await openStudio();
    const { anna, renders, slack } = studio;
    const listening = await listen(studio);
    const store = await realStore(listening);
    const release = slack.deliveries.hold({ type: 'message' });
    const first = anna.mentions(renders, 'status');
    await slack.deliveries.settled();
    anna.mentions(renders, 'queue');
    await slack.deliveries.settled();
    release();
    await slack.until(() => slack.deliveries.all.every(({ state }) => state === 'acked'));
    expect(store.tries()).toBe(4);
    expect(store.open().map((event) => event.kind === 'command' && event.text)).toEqual(['status', 'queue']);
    expect(store.open()[0]?.at).toBe(Math.floor(Number(first.ts) * 1_000));
  });
});

describe('a busy store', () => {
  it('of many commands stops the process once, not once for each; none is lost in silence', async () => {
    const studio = await openStudio();
    const { anna, renders } = studio;
    const listening = await listen(studio);
    const store = await realStore(listening);
    store.lock();
    const seen = await Promise.all(
      Array.from({ length: 40 }, () => anna.command(renders, '/cosmos', 'queue')),
    );
    store.release();
    expect(seen.filter(({ answer }) => answer?.text.includes('nothing was saved') !== true)).toEqual([]);
    expect(store.tries()).toBeLessThan(10);
    expect(store.open()).toEqual([]);
    const isTaken = async () => (await anna.command(renders, '/cosmos', 'queue')).answer === undefined;
    await expect.poll(isTaken).toBe(true);
    expect(store.open()).toHaveLength(1);
  });

  it('takes 200 commands at once when it is not busy: all are acknowledged, and none is lost', async () => {
    const studio = await openStudio();
    const { anna, ben, renders } = studio;
    const store = await realStore(await listen(studio));
    const seen = await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        (index % 2 ? anna : ben).command(renders, '/cosmos', `show ${index}`),
      ),
    );
    expect(seen.filter(({ outcome, answer }) => outcome !== 'acked' || answer !== undefined)).toEqual([]);
    const words = store.open().map((event) => event.kind === 'command' && event.text);
    expect(new Set(words).size).toBe(200);
  });
});

import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../fakes/fake-clock.ts';
import { trouble } from '../../fakes/slack/injections.ts';
import { openStudio, type Studio } from '../../support/slack-studio.ts';
import { webClient } from '../slack-fake/clients.ts';
import { Listening, listen } from './listening.ts';

/** Long enough for any wait between two tries, and short enough to stay below every deadline of the fake. */
const STEP_MS = 1_000;
const LOOKS = { interval: 5, timeout: 20_000 };

/** Moves the bot's time on until it is so. */
async function pass(clock: FakeClock, until: () => boolean): Promise<void> {
  await expect
    .poll(() => {
      if (!until()) clock.advance(STEP_MS);
      return until();
    }, LOOKS)
    .toBe(true);
}

/** Sends commands one after the other until told to stop; resolves with how they went. */
function commands(studio: Studio): () => Promise<readonly string[]> {
  let isOver = false;
  const seen: string[] = [];
  const done = (async () => {
    while (!isOver) seen.push((await studio.anna.command(studio.renders, '/cosmos', 'status')).outcome);
  })();
  return async () => {
    isOver = true;
    await done;
    return seen;
  };
}

const open = ({ slack, app }: Studio) => slack.sockets.open(app);

describe('a connection that Slack wants back', () => {
  it('has a successor before it goes: a command that comes with the wish is acknowledged', async () => {
    const studio = await openStudio();
    const { slack, app, anna, renders } = studio;
    const listening = await listen(studio, { clock: new FakeClock() });
    slack.sockets.trouble('refresh_after_delivery', { kind: 'slash_commands' });
    expect((await anna.command(renders, '/cosmos', 'status')).outcome).toBe('acked');
    await slack.sockets.ready(app, 2);
    expect(slack.sockets.openedCount(app)).toBe(3);
    expect(listening.received).toHaveLength(1);
  });

  it('leaves no gap where Slack warns, of all connections at once: every command is acknowledged', async () => {
    const time = new FakeClock();
    const studio = await openStudio({ clock: time });
    const { slack, app } = studio;
    const listening = await listen(studio, { clock: new FakeClock() });
    const end = commands(studio);
    const before = open(studio);
    slack.sockets.disconnect(app, 'warning');
    await slack.sockets.ready(app, 4);
    expect(before.every(({ state }) => state === 'open')).toBe(true);
    const seen = await end();
    expect(seen.length).toBeGreaterThan(1);
    expect(seen.filter((outcome) => outcome !== 'acked')).toEqual([]);
    expect(listening.received).toHaveLength(seen.length);
    time.advance(10_000);
    await slack.until(() => before.every(({ state }) => state === 'closed'));
    expect(open(studio)).toHaveLength(2);
    expect(listening.told).toEqual([{ state: 'connected' }]);
  });

  it('is back at once where Slack refreshes all at the same moment, and events of that moment come again', async () => {
    const studio = await openStudio({ clock: new FakeClock() });
    const { slack, app, anna, renders } = studio;
    const listening = await listen(studio, { clock: new FakeClock() });
    slack.sockets.disconnect(app, 'refresh_requested');
    anna.says(renders, `<@${studio.bot.botUserId}> status`);
    await slack.sockets.ready(app, 2);
    await slack.deliveries.retryNow();
    await listening.settled();
    expect(new Set(listening.received.map(({ dedupeKey }) => dedupeKey)).size).toBe(1);
  });

  it('has a successor long before its time is over, and serves on until Slack closes it', async () => {
    const clock = new FakeClock();
    const time = new FakeClock();
    const studio = await openStudio({ clock: time });
    const { slack, app } = studio;
    await listen(studio, { clock });
    const end = commands(studio);
    const before = open(studio);
    clock.advance(4 * 60 * 60_000);
    expect(slack.sockets.openedCount(app)).toBe(2);
    clock.advance(60 * 60_000);
    await slack.sockets.ready(app, 4);
    for (const connection of before) connection.disconnect('refresh_requested');
    expect((await end()).filter((outcome) => outcome !== 'acked')).toEqual([]);
    time.advance(10_000);
    await slack.until(() => open(studio).length === 2);
    expect(slack.sockets.openedCount(app)).toBe(4);
  });

  it('that Slack never wants back is given back some time after its end', async () => {
    const clock = new FakeClock();
    const studio = await openStudio({ clock: new FakeClock() });
    const { slack, app } = studio;
    await listen(studio, { clock });
    const before = open(studio);
    clock.advance(18_060_000 * 0.8);
    await slack.sockets.ready(app, 4);
    clock.advance(18_060_000 * 0.25);
    await pass(clock, () => before.every(({ state }) => state === 'closed'));
    expect(open(studio)).toHaveLength(2);
  });

  it('that Slack forgets to close is closed', async () => {
    const clock = new FakeClock();
    const studio = await openStudio({ clock: new FakeClock() });
    const { slack, app } = studio;
    await listen(studio, { clock });
    slack.sockets.disconnect(app, 'refresh_requested');
    await slack.sockets.ready(app, 2);
    expect(open(studio)).toHaveLength(4);
    await pass(clock, () => open(studio).length === 2);
  });

  it('is not opened again at once where there are too many', async () => {
    const clock = new FakeClock();
    const studio = await openStudio();
    const listening = await listen(studio, { clock });
    for (const connection of open(studio)) connection.disconnect('too_many_websockets');
    // So often that a question for another address would have arrived before the last one.
    for (let count = 0; count < 10; count += 1) await webClient(studio).auth.test();
    expect(studio.slack.calls.of('apps.connections.open')).toHaveLength(2);
    await pass(clock, () => open(studio).filter(({ state }) => state === 'open').length === 2);
    await listening.ready();
  });
});

describe('a connection that breaks', () => {
  it('comes back at once; what was under way comes again with the same key', async () => {
    const studio = await openStudio();
    const { slack, app, anna, renders } = studio;
    const listening = await listen(studio, { clock: new FakeClock() });
    slack.sockets.trouble('cut_after_delivery', { kind: 'events_api' });
    anna.says(renders, `<@${studio.bot.botUserId}> status`);
    await slack.until(() => slack.sockets.openedCount(app) === 3);
    await listening.ready();
    await listening.settled();
    expect(new Set(listening.received.map(({ dedupeKey }) => dedupeKey)).size).toBe(1);
    expect(slack.deliveries.all.every(({ state }) => state === 'acked')).toBe(true);
  });

  it('is tried less and less often while it breaks again and again', async () => {
    const clock = new FakeClock();
    const studio = await openStudio();
    const { slack, app } = studio;
    const listening = await listen(studio, { clock });
    slack.sockets.cut(app);
    await listening.ready();
    slack.sockets.cut(app);
    await expect.poll(() => listening.listener.connections, LOOKS).toBe(0);
    expect(slack.sockets.openedCount(app)).toBe(4);
    await pass(clock, () => open(studio).length === 2);
    await listening.ready();
  });

  it('without a word is noticed and replaced', async () => {
    const clock = new FakeClock();
    const studio = await openStudio();
    const listening = await listen(studio, { clock, pingMs: 300 });
    const before = open(studio);
    for (const connection of before) connection.freeze();
    await pass(clock, () => open(studio).filter((each) => !before.includes(each)).length === 2);
    await expect.poll(() => listening.listener.connections, LOOKS).toBe(2);
    for (const connection of before) connection.cut();
  });
});

describe('Slack away', () => {
  it('for long is tried as long as it takes, and said once', { timeout: 60_000 }, async () => {
    const clock = new FakeClock();
    const studio = await openStudio();
    const { slack, app } = studio;
    const listening = await listen(studio, { clock });
    const outage = slack.injections.inject('apps.connections.open', trouble.serverError('before'), {
      times: Number.POSITIVE_INFINITY,
    });
    slack.sockets.cut(app);
    const began = clock.now();
    await pass(clock, () => clock.now() - began > 10 * 60_000);
    expect(outage.hits).toBeLessThan(60);
    outage.stop();
    slack.injections.clear();
    const back = clock.now();
    await pass(clock, () => open(studio).length === 2);
    await listening.ready();
    expect(listening.told.map(({ state }) => state)).toEqual(['connected', 'lost', 'connected']);
    expect(clock.now() - back).toBeLessThanOrEqual(35_000);
    expect(listening.said.filter((line) => line.includes('cannot be reached'))).toHaveLength(1);
    expect(listening.said.filter((line) => line.includes('no connection to Slack'))).toHaveLength(1);
    expect(listening.said.filter((line) => line.includes('connected again'))).toHaveLength(1);
    expect((await studio.anna.command(studio.renders, '/cosmos', 'status')).outcome).toBe('acked');
  });

  it.each([
    ['refuses the connection', trouble.reset('before')],
    ['does not answer', trouble.silence('before')],
    ['asks to come later', trouble.rateLimited(7)],
  ])('where it %s is tried again', async (_how, what) => {
    const clock = new FakeClock();
    const studio = await openStudio();
    const { slack, app } = studio;
    const listening = await listen(studio, { clock });
    slack.injections.inject('apps.connections.open', what, { times: 2 });
    slack.sockets.cut(app);
    await pass(clock, () => open(studio).length === 2);
    await listening.ready();
  });

  it('at the start holds up nothing: it is reached later', async () => {
    const clock = new FakeClock();
    const studio = await openStudio();
    const { slack } = studio;
    const outage = slack.injections.inject('apps.connections.open', trouble.serverError('before'), {
      times: Number.POSITIVE_INFINITY,
    });
    const listening = new Listening(studio, { clock });
    let isStarted = false;
    const started = listening.begin().then(() => {
      isStarted = true;
    });
    await pass(clock, () => isStarted);
    await started;
    expect(listening.listener.connections).toBe(0);
    expect(listening.told).toEqual([{ state: 'lost', detail: 'HTTP 500' }]);
    outage.stop();
    await pass(clock, () => open(studio).length === 2);
    await listening.ready();
  });
});

describe('what somebody has to mend', () => {
  it('is said once with what to do, and works again when it is mended: Socket Mode switched off', async () => {
    const clock = new FakeClock();
    const studio = await openStudio();
    const { slack, app } = studio;
    const listening = await listen(studio, { clock });
    slack.sockets.disconnect(app, 'link_disabled');
    const began = clock.now();
    await pass(clock, () => clock.now() - began > 10 * 60_000);
    expect(listening.said.filter((line) => line.includes('Socket Mode is switched off'))).toHaveLength(1);
    slack.sockets.disabled.delete(app);
    await pass(clock, () => open(studio).filter(({ state }) => state === 'open').length === 2);
    await expect.poll(() => listening.listener.connections, LOOKS).toBe(2);
    for (const connection of open(studio)) if (connection.state === 'leaving') connection.cut();
  });

  it('ends a start: a wrong app token, and nothing is left open', async () => {
    const studio = await openStudio();
    studio.slack.injections.inject('apps.connections.open', trouble.refused('invalid_auth'));
    const listening = new Listening(studio);
    await expect(listening.begin()).rejects.toMatchObject({
      code: 'chat.token_refused',
      parameters: { detail: expect.stringContaining('App-Level Tokens') },
    });
    expect(studio.slack.sockets.openedCount(studio.app)).toBe(0);
  });

  it('is said when the app is removed from the workspace', async () => {
    const studio = await openStudio();
    const listening = await listen(studio);
    studio.slack.uninstall(studio.bot);
    await listening.settled();
    expect(listening.said.filter((line) => line.includes('install the app again'))).toHaveLength(2);
  });
});

describe('a message that nobody can read', () => {
  it('does not end the process: the next one is taken', async () => {
    const studio = await openStudio();
    const { slack, app, anna, renders } = studio;
    const listening = await listen(studio);
    slack.deliveries.send(app, 'events_api', {});
    slack.deliveries.send(app, 'slash_commands', { command: '/cosmos' });
    slack.deliveries.send(app, 'interactive', { type: 'nothing_we_know' });
    await expect
      .poll(() => listening.said.filter((line) => line.includes('cannot be read')), LOOKS)
      .toHaveLength(1);
    expect((await anna.command(renders, '/cosmos', 'status')).outcome).toBe('acked');
  });
});

describe('a stop', () => {
  it('takes nothing any more and leaves no connection, however often it is asked for', async () => {
    const studio = await openStudio();
    const { slack, anna, renders } = studio;
    const listening = await listen(studio);
    const [first] = await Promise.all([listening.listener.stop(), listening.listener.stop()]);
    await listening.listener.stop();
    expect(first).toBeUndefined();
    await slack.until(() => open(studio).length === 0);
    expect((await anna.command(renders, '/cosmos', 'status')).outcome).toBe('no_connection');
    expect(listening.received).toEqual([]);
    expect(listening.listener.connections).toBe(0);
    expect(listening.forms.isListening).toBe(false);
  });

  it('ends while connections are on their way', async () => {
    const studio = await openStudio();
    const { slack } = studio;
    const silence = slack.injections.inject('apps.connections.open', trouble.slow('after'), { times: 2 });
    const listening = new Listening(studio);
    const started = listening.begin();
    await silence.hit();
    await listening.listener.stop();
    silence.release();
    await started;
    await expect.poll(() => open(studio).length, LOOKS).toBe(0);
    expect(listening.listener.connections).toBe(0);
  });

  it('waits for the acknowledgement of what is under way', async () => {
    const studio = await openStudio();
    const durable = Promise.withResolvers<void>();
    const listening = await listen(studio);
    const taken = Promise.withResolvers<void>();
    listening.receive = async (event) => {
      listening.received.push(event);
      taken.resolve();
      await durable.promise;
    };
    const asked = studio.anna.command(studio.renders, '/cosmos', 'status');
    await taken.promise;
    const stopped = listening.listener.stop();
    durable.resolve();
    expect((await asked).outcome).toBe('acked');
    await stopped;
  });
});

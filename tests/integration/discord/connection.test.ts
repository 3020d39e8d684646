import { GatewayDispatchEvents as Events } from 'discord.js';
import { pino } from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Connection } from '../../../src/bot/discord/gateway/connection.ts';
import { systemClock } from '../../../src/bot/system-clock.ts';
import type { ChatConnection } from '../../../src/core/ports/chat.ts';
import type { Clock } from '../../../src/core/ports/clock.ts';
import { Secret } from '../../../src/core/ports/secret.ts';
import { trouble } from '../../fakes/discord/injections.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';
import { type DiscordStudio, openDiscordStudio } from '../../support/discord-studio.ts';

const ASKING = 'GET /gateway/bot';
const MINUTE_MS = 60_000;

/** A connection of the studio's bot, and what it tells. It ends with the test. */
function connectionOf({ discord, bot }: DiscordStudio, clock: Clock = systemClock) {
  const told: ChatConnection[] = [];
  const heard: string[] = [];
  const mayRead: boolean[] = [];
  const said: string[] = [];
  const logger = pino({ level: 'debug' }, { write: (line) => void said.push(line) });
  const connection = new Connection(
    { token: new Secret(bot.token), apiUrl: `${discord.apiUrl}/`, clock, logger },
    {
      dispatch: ({ t }) => {
        heard.push(t);
        discord.changes.announce();
      },
      lost: () => heard.push('lost'),
      mayRead: (may) => mayRead.push(may),
      tell: (state) => {
        told.push(state);
        discord.changes.announce();
      },
    },
  );
  onTestFinished(async () => await connection.close());
  const tells = async (state: ChatConnection['state'], times = 1) =>
    await discord.until(() => told.filter((each) => each.state === state).length >= times);
  const saidOf = (text: string) => said.filter((line) => line.includes(text));
  return { connection, told, heard, mayRead, saidOf, tells };
}

/** For how long an answer to RESUME is waited for. */
const STEP_MS = 20_000;

/** The system's time; nobody waits but for answers, and what would have been waited is noted. */
function hastyClock(): { readonly clock: Clock; readonly waits: number[] } {
  const waits: number[] = [];
  const sleep: Clock['sleep'] = async (ms, signal) => {
    if (ms === STEP_MS) await systemClock.sleep(ms, signal);
    else if (ms > 0) waits.push(ms);
  };
  return { clock: { now: () => systemClock.now(), sleep }, waits };
}

/** What was woken has done what it does at once. */
async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

describe('the opening', () => {
  it('fails in bounded time where the second question is refused, and leaves no try behind', async () => {
    const studio = await openDiscordStudio();
    let asked = 0;
    studio.discord.injections.inject(ASKING, trouble.refused(401, 0, '401: Unauthorized'), {
      times: 1,
      when: () => ++asked === 2,
    });
    const { connection } = connectionOf(studio);
    await expect(connection.open(true)).rejects.toMatchObject({ code: 'chat.unavailable' });
    await connection.open(true);
    expect(studio.discord.gateway.open(studio.bot)).toHaveLength(1);
    expect(studio.discord.gateway.identifies).toHaveLength(1);
  });

  it('fails where the gateway itself cannot be reached, though Discord can', async () => {
    const studio = await openDiscordStudio();
    studio.discord.gateway.down = true;
    const { connection } = connectionOf(studio);
    await expect(connection.open(true)).rejects.toMatchObject({ code: 'chat.unavailable' });
    studio.discord.gateway.down = false;
    await connection.open(true);
    expect(studio.discord.gateway.open(studio.bot)).toHaveLength(1);
  });

  it('a moment after the last one waits until Discord takes a session again', async () => {
    const clock = new FakeClock(Date.now());
    const studio = await openDiscordStudio({ clock });
    studio.discord.gateway.enforcesConcurrency = true;
    const first = connectionOf(studio, clock);
    await first.connection.open(true);
    await first.connection.close();
    const { connection } = connectionOf(studio, clock);
    const passing = setInterval(() => clock.advance(100), 10);
    onTestFinished(() => clearInterval(passing));
    await connection.open(true);
    expect(studio.discord.gateway.attempts).toBe(3);
    expect(studio.discord.gateway.open(studio.bot)).toHaveLength(1);
  });

  it('fails where the network lets nobody through to the gateway', async () => {
    const studio = await openDiscordStudio();
    studio.discord.gateway.resets = true;
    const { connection } = connectionOf(studio);
    await expect(connection.open(true)).rejects.toMatchObject({ code: 'chat.unavailable' });
  });

  it('ends without a session where it is closed while none is left', async () => {
    const studio = await openDiscordStudio();
    studio.discord.gateway.sessionStarts = () => ({ remaining: 0, resetAfterMs: 3_600_000 });
    const { connection, saidOf } = connectionOf(studio, new FakeClock());
    const opening = connection.open(true);
    await expect.poll(() => saidOf('as often as Discord allows')).toHaveLength(1);
    await connection.close();
    await opening;
    expect(studio.discord.calls.of(ASKING)).toHaveLength(1);
  });

  it('that has to wait for its session for long is not taken for dead', async () => {
    const studio = await openDiscordStudio();
    studio.discord.gateway.sessionStarts = () => ({ remaining: 1, resetAfterMs: 3_600_000 });
    const clock = new FakeClock();
    const { connection, saidOf } = connectionOf(studio, clock);
    const opening = connection.open(true);
    await expect.poll(() => saidOf('many sessions were started today')).toHaveLength(1);
    clock.advance(STEP_MS + 1);
    await settled();
    expect(clock.sleeping).toBe(1);
    clock.advance(3_600_000);
    await opening;
    expect(saidOf('a new session is started')).toEqual([]);
  });

  it('waits until a session may begin again where none is left today', async () => {
    const studio = await openDiscordStudio();
    studio.discord.gateway.sessionStartLimit = 0;
    const clock = new FakeClock();
    const { connection, saidOf } = connectionOf(studio, clock);
    studio.discord.gateway.sessionStarts = () => ({ remaining: 0, resetAfterMs: 3_600_000 });
    const opening = connection.open(true);
    await expect.poll(() => saidOf('as often as Discord allows')).toHaveLength(1);
    expect(studio.discord.gateway.identifies).toHaveLength(0);
    studio.discord.gateway.sessionStartLimit = 1_000;
    studio.discord.gateway.sessionStarts = () => ({ remaining: 1_000, resetAfterMs: 0 });
    clock.advance(3_600_000);
    await opening;
    expect(studio.discord.gateway.identifies).toHaveLength(1);
  });

  it.each([4004, 4010, 4011, 4012, 4013])(
    'that is refused with %i is not tried again by itself',
    async (code) => {
      const studio = await openDiscordStudio();
      studio.discord.gateway.refuseIdentify(code);
      const { connection } = connectionOf(studio);
      await expect(connection.open(true)).rejects.toMatchObject({
        code: 'chat.token_refused',
        parameters: { detail: expect.stringContaining(String(code)) },
      });
      expect(studio.discord.gateway.open(studio.bot)).toHaveLength(0);
    },
  );

  it('without the intent that is switched off tells what may be read', async () => {
    const studio = await openDiscordStudio();
    studio.bot.intents.messageContent = false;
    const { connection, mayRead } = connectionOf(studio);
    await connection.open(true);
    expect(mayRead).toEqual([false]);
  });
});

describe('a gateway that is away', () => {
  it('is tried at once, then less and less often', async () => {
    const studio = await openDiscordStudio();
    const { discord, bot } = studio;
    const { clock, waits } = hastyClock();
    const { connection, saidOf, tells } = connectionOf(studio, clock);
    await connection.open(true);
    waits.length = 0;
    discord.gateway.down = true;
    discord.gateway.cut(bot);
    await expect.poll(() => waits.length, { timeout: 20_000 }).toBeGreaterThan(5);
    expect(waits.slice(0, 6)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000]);
    discord.gateway.down = false;
    await tells('connected', 2);
    expect(saidOf('cannot be reached')).toHaveLength(1);
    expect(discord.gateway.resumes.map(({ resumed }) => resumed)).toEqual([true]);
    waits.length = 0;
    // What worked begins the counting anew.
    discord.gateway.cut(bot);
    await tells('connected', 3);
    expect(discord.gateway.identifies).toHaveLength(1);
    expect(waits).toEqual([]);
  }, 30_000);
});

describe('a network that is away', () => {
  it('loses no session: it goes on when there is one again', async () => {
    const studio = await openDiscordStudio();
    const { discord, bot } = studio;
    const { clock } = hastyClock();
    const { connection, tells, saidOf } = connectionOf(studio, clock);
    await connection.open(true);
    // As where nobody listens.
    discord.gateway.resets = true;
    discord.gateway.cut(bot);
    await expect.poll(() => saidOf('could not be made').length, { timeout: 20_000 }).toBeGreaterThan(1);
    discord.gateway.resets = false;
    await tells('connected', 2);
    expect(discord.gateway.resumes.map(({ resumed }) => resumed)).toEqual([true]);
    expect(discord.gateway.identifies).toHaveLength(1);
  }, 30_000);

  it('does not keep a session that Discord has ended', async () => {
    const studio = await openDiscordStudio();
    const { discord, bot } = studio;
    const { clock } = hastyClock();
    const { connection, tells } = connectionOf(studio, clock);
    await connection.open(true);
    discord.gateway.close(bot, 4007);
    await tells('connected', 2);
    expect(discord.gateway.resumes).toEqual([]);
    expect(discord.gateway.identifies).toHaveLength(2);
  });
});

describe('a connection that looks alive', () => {
  it('and does not acknowledge heartbeats is left, and the session goes on over another one', async () => {
    const studio = await openDiscordStudio();
    const { discord } = studio;
    discord.gateway.heartbeatMs = 100;
    const { connection, told, tells } = connectionOf(studio);
    await connection.open(true);
    discord.gateway.answersHeartbeats = false;
    await tells('lost');
    discord.gateway.answersHeartbeats = true;
    await tells('connected', 2);
    expect(discord.gateway.identifies).toHaveLength(1);
    expect(discord.gateway.resumes).toMatchObject([{ resumed: true }]);
    // Discord would take 1000 and 1001 for good-bye.
    expect(discord.gateway.closes).toEqual([4200]);
    expect(told.map(({ state }) => state)).toEqual(['connected', 'lost', 'connected']);
  });

  it('and never says whether the session goes on is replaced by a new session', async () => {
    const studio = await openDiscordStudio();
    const { discord, bot } = studio;
    const clock = new FakeClock();
    const { connection, heard, saidOf } = connectionOf(studio, clock);
    await connection.open(true);
    discord.gateway.answersResumes = false;
    discord.gateway.cut(bot);
    await discord.until(() => discord.gateway.resumes.length === 1);
    const passing = setInterval(() => clock.advance(1_000), 10);
    onTestFinished(() => clearInterval(passing));
    await discord.until(() => heard.filter((each) => each === Events.Ready).length === 2);
    discord.gateway.answersResumes = true;
    discord.gateway.cut(bot);
    await discord.until(() => heard.includes(Events.Resumed));
    clock.advance(10 * STEP_MS);
    await settled();
    expect(saidOf('a new session is started')).toHaveLength(1);
    expect(discord.gateway.identifies).toHaveLength(2);
    expect(discord.gateway.open(bot)).toHaveLength(1);
  });
});

describe('a stop', () => {
  it('does not wait for the good-bye of a line that is dead', async () => {
    const studio = await openDiscordStudio();
    const clock = new FakeClock();
    const { connection } = connectionOf(studio, clock);
    await connection.open(true);
    studio.discord.gateway.freeze(studio.bot);
    const closing = connection.close();
    await expect.poll(() => clock.sleeping).toBe(1);
    clock.advance(1_000);
    await closing;
  });

  it('leaves no connection behind that was being made', async () => {
    const studio = await openDiscordStudio();
    const { discord, bot } = studio;
    const { connection } = connectionOf(studio);
    await connection.open(true);
    discord.gateway.keepOut();
    discord.gateway.cut(bot);
    await discord.until(() => discord.gateway.waiting === 1);
    const closing = connection.close();
    discord.gateway.letIn();
    await closing;
    // What was cut, and the good-bye of the one that was being made.
    await discord.until(() => discord.gateway.closes.length === 2);
    expect(discord.gateway.closes).toEqual([1006, 1000]);
    expect(discord.gateway.open(bot)).toEqual([]);
  });
});

describe('a close for good', () => {
  it.each([4004, 4011])('with %i is tried again, slowly, and said once', async (code) => {
    const studio = await openDiscordStudio();
    const { discord, bot } = studio;
    const clock = new FakeClock();
    const { connection, told, saidOf, tells } = connectionOf(studio, clock);
    await connection.open(true);
    discord.gateway.refuseIdentify(code, 2);
    discord.gateway.close(bot, code);
    await tells('refused');
    expect(told.at(-1)?.detail).toContain(String(code));
    clock.advance(MINUTE_MS - 1);
    expect(discord.gateway.attempts).toBe(1);
    clock.advance(1);
    await discord.until(() => discord.gateway.attempts === 2);
    await tells('refused', 2);
    clock.advance(2 * MINUTE_MS);
    await tells('refused', 3);
    clock.advance(4 * MINUTE_MS);
    await tells('connected', 2);
    expect(saidOf('for good')).toHaveLength(1);
    expect(discord.gateway.open(bot)).toHaveLength(1);
  });

  it('is tried again from a minute to half an hour apart', async () => {
    const studio = await openDiscordStudio();
    const { discord, bot } = studio;
    const { clock, waits } = hastyClock();
    const { connection, tells } = connectionOf(studio, clock);
    await connection.open(true);
    discord.gateway.refuseIdentify(4011, 6);
    discord.gateway.close(bot, 4011);
    await tells('connected', 2);
    const minutes = waits.filter((ms) => ms >= MINUTE_MS).map((ms) => ms / MINUTE_MS);
    expect(minutes).toEqual([1, 2, 4, 8, 16, 30, 30]);
  });

  it('of an intent that was not asked for is the end', async () => {
    const studio = await openDiscordStudio();
    const { discord, bot } = studio;
    const clock = new FakeClock();
    const { connection, tells, mayRead } = connectionOf(studio, clock);
    await connection.open(false);
    discord.gateway.close(bot, 4014);
    await tells('refused');
    expect(clock.sleeping).toBe(0);
    expect(mayRead).toEqual([false]);
  });

  it('because of a token that Discord does not know any more is tried again without a session', async () => {
    const studio = await openDiscordStudio();
    const { discord, bot } = studio;
    const clock = new FakeClock();
    const { connection, tells, saidOf } = connectionOf(studio, clock);
    await connection.open(true);
    const { token } = bot;
    bot.resetToken();
    discord.gateway.close(bot, 4004);
    await tells('refused');
    clock.advance(MINUTE_MS);
    await tells('refused', 2);
    bot.token = token;
    clock.advance(2 * MINUTE_MS);
    await tells('connected', 2);
    expect(discord.gateway.attempts).toBe(2);
    expect(saidOf('Reset Token')).toHaveLength(1);
  });

  it.each([4010, 4012, 4013])('with %i is the end, and says what to do', async (code) => {
    const studio = await openDiscordStudio();
    const { discord, bot } = studio;
    const clock = new FakeClock();
    const { connection, told, tells } = connectionOf(studio, clock);
    await connection.open(true);
    discord.gateway.close(bot, code);
    await tells('refused');
    expect(told.at(-1)?.detail).toMatch(new RegExp(`\\(${code}\\): .*install a newer version`));
    // Nobody waits for anything that could be tried.
    expect(clock.sleeping).toBe(0);
    expect(discord.gateway.attempts).toBe(1);
  });

  it('of the intent goes on without it at once, also where Discord then does not answer for a while', async () => {
    const studio = await openDiscordStudio();
    const { discord, bot } = studio;
    const { clock } = hastyClock();
    const { connection, mayRead, tells } = connectionOf(studio, clock);
    await connection.open(true);
    bot.intents.messageContent = false;
    // Each question is asked four times by itself.
    discord.injections.inject(ASKING, trouble.serverError('before', 503), { times: 8 });
    discord.gateway.close(bot, 4014);
    await tells('connected', 2);
    expect(mayRead).toEqual([true, false]);
    expect(discord.gateway.identifies.at(-1)?.intents).toBe(1 | (1 << 9) | (1 << 12));
  });

  it('is not tried again once it is closed here', async () => {
    const studio = await openDiscordStudio();
    const { discord, bot } = studio;
    const clock = new FakeClock();
    const { connection, told, tells } = connectionOf(studio, clock);
    await connection.open(true);
    discord.gateway.close(bot, 4011);
    await tells('refused');
    await connection.close();
    const { length } = told;
    clock.advance(24 * 60 * MINUTE_MS);
    expect(discord.gateway.attempts).toBe(1);
    expect(told).toHaveLength(length);
  });
});

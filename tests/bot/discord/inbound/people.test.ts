import { DiscordAPIError } from 'discord.js';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { People } from '../../../../src/bot/discord/inbound/people.ts';
import { DISCORD } from '../../../../src/bot/discord/platform.ts';
import type { ChatReference } from '../../../../src/core/ports/chat.ts';
import { FakeClock } from '../../../fakes/fake-clock.ts';

const MINUTE_MS = 60_000;
const ANNA = { id: '7', name: 'as the event said', groups: [] };
const SENT = { body: undefined, files: undefined };

function at(tenant: string): ChatReference {
  return { platform: DISCORD, tenant, channel: '30' };
}

/** People in front of a Discord in which `members` are in guilds, by guild: roles. */
function desk(members: Record<string, readonly string[]>, guilds: readonly string[] = Object.keys(members)) {
  const clock = new FakeClock();
  const asked: string[] = [];
  const state: { failure: Error | undefined } = { failure: undefined };
  const people = new People({
    client: {
      get: async (_lane: string, route: string) => {
        const [, , guild = '', , id = ''] = route.split('/');
        asked.push(`${guild}/${id}`);
        if (state.failure !== undefined) throw state.failure;
        const roles = members[guild];
        if (roles === undefined) throw refused(10_007);
        return { nick: `nick in ${guild}`, roles, user: { id, username: 'anna' } };
      },
    },
    guilds: () => guilds,
    clock,
    logger: pino({ level: 'silent' }),
  });
  return { people, asked, clock, state, members };
}

function refused(code: number, status = 404): DiscordAPIError {
  return new DiscordAPIError({ code, message: 'Unknown' }, code, status, 'GET', 'https://discord.com', SENT);
}

describe('somebody in a guild', () => {
  it('has their roles and that of everybody, and is called as the guild calls them', async () => {
    const { people } = desk({ 1: ['8'] });
    expect(await people.person(ANNA, at('1'))).toEqual({ id: '7', name: 'nick in 1', groups: ['1', '8'] });
  });

  it('is asked for once a minute', async () => {
    const { people, asked, clock, members } = desk({ 1: ['8'] });
    await people.person(ANNA, at('1'));
    clock.advance(MINUTE_MS - 1);
    members['1'] = [];
    expect((await people.person(ANNA, at('1'))).groups).toEqual(['1', '8']);
    clock.advance(1);
    expect((await people.person(ANNA, at('1'))).groups).toEqual(['1']);
    expect(asked).toHaveLength(2);
  });

  it.each([10_004, 10_007, 10_013, 50_001])(
    'who is none of it (%i) has no roles, and keeps their name',
    async (code) => {
      const { people, state } = desk({ 1: ['8'] });
      state.failure = refused(code);
      expect(await people.person(ANNA, at('1'))).toEqual(ANNA);
    },
  );

  it('whom Discord does not tell of is believed for an hour, and then nothing is', async () => {
    const { people, clock, state } = desk({ 1: ['8'] });
    await people.person(ANNA, at('1'));
    state.failure = new TypeError('fetch failed');
    clock.advance(60 * MINUTE_MS - 1);
    expect((await people.person(ANNA, at('1'))).groups).toEqual(['1', '8']);
    clock.advance(1);
    await expect(people.person(ANNA, at('1'))).rejects.toMatchObject({ code: 'chat.unavailable' });
  });

  it('whom Discord has never told of is nobody to guess about', async () => {
    const { people, state } = desk({ 1: ['8'] });
    state.failure = new TypeError('fetch failed');
    await expect(people.person(ANNA, at('1'))).rejects.toMatchObject({ code: 'chat.unavailable' });
  });
});

describe('somebody who writes directly', () => {
  it('has the roles of all guilds that they share with the bot, each once, and their own name', async () => {
    const { people } = desk({ 1: ['8', '9'], 3: ['9'] }, ['1', '2', '3']);
    expect(await people.person(ANNA, at('@me'))).toEqual({
      ...ANNA,
      groups: ['1', '8', '9', '3'],
    });
  });

  it('is looked for in twenty guilds', async () => {
    const guilds = Array.from({ length: 30 }, (_, index) => String(index + 1));
    const { people, asked } = desk({}, guilds);
    await people.person(ANNA, at('@me'));
    expect(asked).toHaveLength(20);
  });
});

import { GatewayDispatchEvents as Events } from 'discord.js';
import { expect, it } from 'vitest';
import { JoinedGuilds } from '../../../../src/bot/discord/inbound/joined-guilds.ts';
import { dispatch } from '../../../support/discord-dispatch.ts';

const ready = (...guilds: readonly string[]) =>
  dispatch(Events.Ready, { guilds: guilds.map((id) => ({ id, unavailable: true })) });
const create = (id: string, unavailable?: boolean) => dispatch(Events.GuildCreate, { id, unavailable });
const gone = (id: string, unavailable?: boolean) => dispatch(Events.GuildDelete, { id, unavailable });

it('the guilds of the first session were there before', () => {
  const joined = new JoinedGuilds();
  expect([create('1'), ready('1', '2'), create('1'), create('2')].map((each) => joined.apply(each))).toEqual([
    ...[undefined, undefined, undefined, undefined],
  ]);
});

it('another one has let the bot in, once, also where it fails and comes back', () => {
  const joined = new JoinedGuilds();
  joined.apply(ready('1'));
  expect([create('2'), create('2'), gone('2', true), create('2')].map((each) => joined.apply(each))).toEqual([
    ...['2', undefined, undefined, undefined],
  ]);
});

it('one that cannot be reached yet has let it in as soon as it can', () => {
  const joined = new JoinedGuilds();
  joined.apply(ready());
  expect(joined.apply(create('2', true))).toBeUndefined();
  expect(joined.apply(create('2', false))).toBe('2');
});

it('one that has thrown it out and lets it in again has let it in', () => {
  const joined = new JoinedGuilds();
  joined.apply(ready('1'));
  joined.apply(gone('1'));
  expect(joined.apply(create('1'))).toBe('1');
});

it('those of a later session are told that the one before did not have, and those that were there are not', () => {
  const joined = new JoinedGuilds();
  joined.apply(ready('1', '3'));
  joined.apply(ready('1', '2'));
  expect([create('1'), create('2'), create('3')].map((each) => joined.apply(each))).toEqual([
    ...[undefined, '2', '3'],
  ]);
});

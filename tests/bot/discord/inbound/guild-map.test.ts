import { GatewayDispatchEvents } from 'discord.js';
import { expect, it } from 'vitest';
import { fromMessage } from '../../../../src/bot/discord/inbound/from-message.ts';
import { GuildMap } from '../../../../src/bot/discord/inbound/guild-map.ts';
import { dispatch } from '../../../support/discord-dispatch.ts';

function studio(): GuildMap {
  const guilds = new GuildMap();
  guilds.apply(dispatch(GatewayDispatchEvents.Ready, { user: { id: '5' } }));
  guilds.apply(
    dispatch(GatewayDispatchEvents.GuildCreate, {
      id: '1',
      roles: [{ id: '6', tags: { bot_id: '5' } }, { id: '7' }],
      channels: [{ id: '10', type: 0, name: 'renders', parent_id: '9', last_message_id: '100' }],
      threads: [{ id: '11', type: 11, name: 'a thread', parent_id: '10' }],
    }),
  );
  return guilds;
}

it('a thread is in its channel; the folder of a channel is nothing of ours', () => {
  const guilds = studio();
  expect(guilds.channel('10')).toEqual({ id: '10', guild: '1', name: 'renders', lastMessage: '100' });
  expect(guilds.channel('11')).toEqual({ id: '11', guild: '1', name: 'a thread', parent: '10' });
});

it('the role of the bot is called as the bot itself', () => {
  const around = { botUser: '5', channels: [], ownsThread: () => false, guilds: studio() };
  const message = {
    ...{ id: '175928847299117063', channel_id: '11', guild_id: '1', type: 0, mentions: [], attachments: [] },
    author: { id: '3', username: 'anna' },
  };
  expect(fromMessage({ ...message, content: '<@&6> status' }, around)).toMatchObject({
    kind: 'command',
    text: 'status',
    where: { channel: '10', thread: '11' },
  });
  expect(fromMessage({ ...message, content: '<@&7> status' }, around)).toBeUndefined();
});

it('an archive is taken by itself where uploads are expected, and with a mention elsewhere', () => {
  const around = { botUser: '5', channels: [] as string[], ownsThread: () => false, guilds: studio() };
  const message = {
    ...{ id: '175928847299117063', channel_id: '10', guild_id: '1', type: 0, mentions: [], content: 'snow' },
    author: { id: '3', username: 'anna' },
    attachments: [
      { id: '7', filename: 'render.zip', size: 9, content_type: 'application/zip', url: 'https://x.test/7' },
    ],
  };
  expect(fromMessage(message, around)).toBeUndefined();
  expect(fromMessage(message, { ...around, channels: ['10'] })).toMatchObject({ kind: 'upload' });
  expect(fromMessage({ ...message, content: '<@5> snow' }, around)).toMatchObject({ kind: 'upload' });
});

it('a guild that is gone takes its channels with it, one that is away for a while keeps them', () => {
  const guilds = studio();
  guilds.apply(dispatch(GatewayDispatchEvents.GuildDelete, { id: '1', unavailable: true }));
  expect(guilds.channelsOf('1')).toHaveLength(2);
  guilds.apply(dispatch(GatewayDispatchEvents.GuildDelete, { id: '1' }));
  expect(guilds.channelsOf('1')).toEqual([]);
  expect(guilds.guilds).toEqual([]);
});

import type { APIChatInputApplicationCommandInteraction } from 'discord.js';
import { expect, it } from 'vitest';
import { fromSlash } from '../../../../src/bot/discord/inbound/from-interaction.ts';
import { GuildMap } from '../../../../src/bot/discord/inbound/guild-map.ts';

const around = { botUser: '9', channels: [], ownsThread: () => false, guilds: new GuildMap() };

function file(id: string, name: string) {
  return {
    id,
    filename: name,
    size: 6,
    url: `https://cdn.discordapp.com/ephemeral-attachments/1/${id}/${name}`,
  };
}

function create(options: readonly unknown[], attachments: Readonly<Record<string, unknown>>) {
  const interaction = {
    ...{ id: '1100000000000000001', application_id: '42', type: 2, token: 't', guild_id: '5' },
    channel: { id: '6', type: 0 },
    member: { user: { id: '7', username: 'anna' }, nick: 'Anna', roles: ['8'] },
    data: {
      id: '3',
      name: 'cosmos',
      type: 1,
      options: [{ name: 'create', type: 1, options }],
      resolved: { attachments },
    },
  };
  const read: APIChatInputApplicationCommandInteraction = JSON.parse(JSON.stringify(interaction));
  return fromSlash(read, around);
}

it('files are taken in the order of the options, whatever order Discord lists them in', () => {
  const event = create(
    [
      { name: 'file', type: 11, value: '1100000000000000020' },
      { name: 'file-2', type: 11, value: '1100000000000000010' },
      { name: 'text', type: 3, value: 'a street' },
    ],
    {
      '1100000000000000010': file('1100000000000000010', 'second.mp4'),
      '1100000000000000020': file('1100000000000000020', 'first.mp4'),
    },
  );
  expect(event).toMatchObject({
    ...{ kind: 'upload', text: 'a street', dedupeKey: 'command:1100000000000000001' },
    files: [{ name: 'first.mp4' }, { name: 'second.mp4' }],
    user: { id: '7', name: 'Anna', groups: ['5', '8'] },
  });
});

it('an empty text is none, and nothing is made of what was not given', () => {
  const given = { name: 'file', type: 11, value: '1100000000000000020' };
  const attachments = { '1100000000000000020': file('1100000000000000020', 'first.mp4') };
  const event = create([given, { name: 'negative', type: 3, value: '' }], attachments);
  expect(event).toMatchObject({ kind: 'upload', text: '' });
  expect(event).not.toHaveProperty('negativeText');
  expect(event).not.toHaveProperty('name');
});

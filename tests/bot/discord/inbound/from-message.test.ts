import { GatewayDispatchEvents as Events } from 'discord.js';
import { describe, expect, it } from 'vitest';
import { fromMessage, type HeardMessage } from '../../../../src/bot/discord/inbound/from-message.ts';
import { GuildMap } from '../../../../src/bot/discord/inbound/guild-map.ts';
import { place, type Surroundings } from '../../../../src/bot/discord/inbound/place.ts';
import { dispatch } from '../../../support/discord-dispatch.ts';

const [GUILD, RENDERS, THREAD] = ['1', '10', '11'];

function guilds(): GuildMap {
  const map = new GuildMap();
  map.apply(dispatch(Events.Ready, { user: { id: '5' } }));
  const channels = [{ id: RENDERS, type: 0, name: 'renders' }];
  const threads = [{ id: THREAD, type: 11, name: 'a thread', parent_id: RENDERS }];
  map.apply(dispatch(Events.GuildCreate, { id: GUILD, roles: [], channels, threads }));
  return map;
}

const around = (more: Partial<Surroundings> = {}): Surroundings => ({
  ...{ botUser: '5', channels: [], ownsThread: () => false, guilds: guilds() },
  ...more,
});

const file = (filename: string, content_type?: string) => ({
  ...{ id: '20', filename, size: 6, url: `https://cdn.discordapp.com/attachments/10/20/${filename}?ex=1` },
  ...(content_type !== undefined && { content_type }),
});

const message = (more: Partial<HeardMessage> = {}): HeardMessage => ({
  ...{ id: '175928847299117063', channel_id: RENDERS, guild_id: GUILD, content: '', type: 0 },
  ...{ author: { id: '7', username: 'anna' }, mentions: [], attachments: [file('drift.mp4')] },
  ...more,
});

describe('whoever writes', () => {
  it.each([
    [{}, undefined, 'anna'],
    [{ global_name: 'Anna B.' }, undefined, 'Anna B.'],
    [{ global_name: 'Anna B.' }, { nick: null, roles: [] }, 'Anna B.'],
    [{ global_name: 'Anna B.' }, { nick: 'A.', roles: [] }, 'A.'],
  ])('is called as the guild calls them: %j, %j', (names, member, name) => {
    const author = { id: '7', username: 'anna', ...names };
    expect(fromMessage(message({ author, member }), around())?.user.name).toBe(name);
  });

  it.each<[what: string, more: Partial<HeardMessage>]>([
    ['the bot itself', { author: { id: '5', username: 'cosmos' } }],
    ['another bot', { author: { id: '7', username: 'other', bot: true } }],
    ['a webhook', { webhook_id: '3' }],
  ])('is nobody to listen to where it is %s', (_what, more) => {
    expect(fromMessage(message(more), around())).toBeUndefined();
  });

  it('is heard with replies, and not with what only tells of something', () => {
    expect(fromMessage(message({ type: 19 }), around())?.kind).toBe('upload');
    // Pinned, joined, a thread was made, its first message, the answer to a command.
    for (const type of [6, 7, 18, 21, 20, 23])
      expect(fromMessage(message({ type }), around())).toBeUndefined();
  });
});

describe('a video', () => {
  it('may be known by its type alone, and a name that lies is not believed more', () => {
    const attachments = [file('clip.bin', 'video/mp4')];
    expect(fromMessage(message({ attachments }), around())?.kind).toBe('upload');
    expect(fromMessage(message({ attachments: [file('clip.mp4', 'image/png')] }), around())).toBeUndefined();
  });

  it('is seen where uploads are watched: a channel with its threads, or one thread', () => {
    const within = message({ channel_id: THREAD });
    const seen = (heard: HeardMessage, channels: readonly string[]) =>
      fromMessage(heard, around({ channels })) !== undefined;
    expect(seen(message(), [RENDERS])).toBe(true);
    expect(seen(within, [RENDERS])).toBe(true);
    expect(seen(within, [THREAD])).toBe(true);
    expect(seen(message(), [THREAD])).toBe(false);
    expect(seen(message(), ['12'])).toBe(false);
    expect(seen(message(), [])).toBe(true);
  });
});

describe('a command by mention', () => {
  const text = (content: string, more: Partial<HeardMessage> = {}) => {
    const event = fromMessage(message({ content, attachments: [], ...more }), around());
    return event?.kind === 'command' ? event.text : undefined;
  };

  it('is what stands behind the mention, or all where nothing does', () => {
    expect(text('<@5> status')).toBe('status');
    expect(text('please <@!5> list runs')).toBe('list runs');
    expect(text('status <@5>')).toBe('status');
    expect(text('<@5>')).toBe('');
    expect(text('status')).toBeUndefined();
  });

  it('names people as they show themselves, and roles and strangers by their id', () => {
    const mentions = [{ id: '8', username: 'ben', global_name: 'Ben B.' }];
    expect(text('<@5> for <@8>, <@9>, <@&8>, in <#10> and <#99>', { mentions })).toBe(
      'for @Ben B., @9, @8, in #renders and #99',
    );
  });
});

describe('a place', () => {
  it('of a thread that was never told of is known where the event tells its channel', () => {
    const spot = { guild: GUILD, channel: '12' };
    expect(place(guilds(), { ...spot, parent: RENDERS })).toMatchObject({ channel: RENDERS, thread: '12' });
    expect(place(guilds(), spot)).toMatchObject({ channel: '12' });
    expect(place(guilds(), spot)).not.toHaveProperty('thread');
  });

  it('without a guild is a direct conversation', () => {
    expect(place(guilds(), { guild: undefined, channel: '30', message: '31' })).toEqual({
      ...{ platform: 'discord', tenant: '@me', channel: '30', message: '31' },
    });
  });
});

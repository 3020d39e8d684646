import { describe, expect, it } from 'vitest';
import { fromMessage } from '../../../../src/bot/slack/inbound/from-message.ts';
import type { Surroundings } from '../../../../src/bot/slack/inbound/place.ts';
import { SLACK } from '../../../../src/bot/slack/platform.ts';

const AROUND: Surroundings = {
  platform: SLACK,
  tenant: 'T1',
  botUser: 'UBOT',
  channels: [],
  ownsThread: () => false,
  user: (id, name = id) => ({ id, name, groups: [] }),
  now: () => 0,
};

const ASKED = { user: 'UANNA', text: '<@UBOT> status', ts: '1700000000.000100', channel: 'C1' };
const VIDEO = { id: 'F1', name: 'drift.mp4', mimetype: 'video/mp4' };
const SENT = { ...ASKED, text: 'snow', subtype: 'file_share', files: [VIDEO] };

function keyOf(event: object): string | undefined {
  return fromMessage(event, AROUND)?.dedupeKey;
}

describe('a message', () => {
  it.each([
    ['asks', ASKED],
    ['brings a video', SENT],
  ])('that %s is known by its time in its channel: another channel has the same times', (_what, event) => {
    expect(keyOf(event)).toBe(keyOf({ ...event }));
    const keys = [event, { ...event, channel: 'C2' }, { ...event, ts: '1700000000.000200' }].map(keyOf);
    expect(new Set(keys).size).toBe(3);
    expect(keys).not.toContain(undefined);
  });

  it('that brings an archive is taken where uploads are expected, or where it was called', () => {
    const archive = { ...SENT, files: [{ id: 'F2', name: 'render.zip', mimetype: 'application/zip' }] };
    const named = { ...AROUND, channels: ['C1'] };

    expect(fromMessage(archive, AROUND)).toBeUndefined();
    expect(fromMessage(archive, named)).toMatchObject({ kind: 'upload', files: [{ name: 'render.zip' }] });
    expect(fromMessage(archive, { ...AROUND, channels: ['C2'] })).toBeUndefined();
    expect(fromMessage({ ...archive, text: '<@UBOT> snow' }, AROUND)).toMatchObject({ kind: 'upload' });
    expect(
      fromMessage({ ...archive, thread_ts: '1.0' }, { ...AROUND, ownsThread: () => true }),
    ).toMatchObject({
      kind: 'upload',
    });
  });

  it.each([
    ['the bot itself', { user: 'UBOT' }],
    ['the bot itself, as an app', { user: 'UBOT', bot_id: 'B1' }],
    ['another app', { bot_id: 'B2' }],
    ['Slack', { user: 'USLACKBOT' }],
  ])('of %s is none of its business, whatever it says', (_who, author) => {
    expect(fromMessage({ ...ASKED, ...author }, AROUND)).toBeUndefined();
    expect(fromMessage({ ...SENT, ...author }, AROUND)).toBeUndefined();
  });

  it.each([
    'channel_join',
    'channel_topic',
    'channel_purpose',
    'pinned_item',
    'message_changed',
    'reminder_add',
  ])('that only tells of a %s asks for nothing, though it names the bot', (subtype) => {
    expect(fromMessage({ ...ASKED, subtype }, AROUND)).toBeUndefined();
  });

  it('that was sent to the channel from its thread is one like others', () => {
    const event = { ...ASKED, subtype: 'thread_broadcast', thread_ts: '1699999999.000000' };
    expect(fromMessage(event, AROUND)).toMatchObject({
      kind: 'command',
      text: 'status',
      where: { thread: '1699999999.000000' },
    });
  });

  it('whose files are gone has none', () => {
    const gone = { id: 'F2', mode: 'tombstone' };
    expect(fromMessage({ ...SENT, files: [gone] }, AROUND)).toBeUndefined();
    expect(fromMessage({ ...SENT, files: [gone, VIDEO] }, AROUND)).toMatchObject({ files: [{ id: 'F1' }] });
  });
});

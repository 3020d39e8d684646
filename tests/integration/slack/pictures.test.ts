import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { cardHash } from '../../../src/bot/chat/card-hash.ts';
import type { Card } from '../../../src/core/ports/chat.ts';
import { trouble } from '../../fakes/slack/injections.ts';
import { openDesk, titled } from '../../support/slack-desk.ts';
import { openStudio, type Studio } from '../../support/slack-studio.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

/** A card with a picture on our disk. */
async function illustrated(): Promise<Card> {
  const path = join(await temporaryDirectory(), 'poster.jpg');
  await writeFile(path, 'a picture');
  return titled('rainy_neon_street', {
    blocks: [{ type: 'picture', path, description: 'Still of a street' }],
  });
}

/** The pictures that each message of the channel shows. */
function picturesIn({ renders }: Studio): readonly unknown[] {
  return renders.timeline.map(({ blocks }) =>
    blocks.filter(({ type }) => type === 'image').map((block) => block['slack_file']),
  );
}

it('a picture is uploaded once and shared nowhere, whatever shows it, restarts included', async () => {
  const studio = await openStudio();
  const first = await openDesk(studio);
  const card = await illustrated();
  const message = await first.chat.post('k1', first.channel, card);
  await first.chat.edit(message, { ...card, title: ['another'] });
  await first.chat.stop();
  const second = await openDesk(studio, { database: first.database });
  await Promise.all([
    second.chat.post('k2', second.channel, card),
    second.chat.post('k3', second.channel, card),
  ]);
  const [file, ...others] = studio.workspace.files.values();
  expect(others).toEqual([]);
  expect(file).toMatchObject({ name: 'poster.jpg', completed: true, shares: [] });
  expect(picturesIn(studio)).toEqual(Array(3).fill([{ id: file?.id }]));
  expect(studio.renders.timeline).toHaveLength(3);
  expect(await second.chat.shown({ ...second.channel, message: studio.renders.timeline[2]?.ts ?? '' })).toBe(
    cardHash(card),
  );
});

it('words do not wait for a picture that cannot be had, and the next card shows it', async () => {
  const studio = await openStudio();
  const { chat, channel, log } = await openDesk(studio, { times: { pictureMs: 1_000 } });
  const card = await illustrated();
  studio.slack.injections.inject('upload', trouble.serverError('before'));
  await chat.post('k1', channel, card);
  expect(log()).toContain('picture not shown');
  const slow = studio.slack.injections.inject('upload', trouble.slow());
  await chat.post('k2', channel, card);
  slow.release();
  await chat.post('k3', channel, card);
  expect(picturesIn(studio)).toEqual([[], [], [{ id: expect.any(String) }]]);
});

it('a picture that is not on our disk any more is left out', async () => {
  const studio = await openStudio();
  const { chat, channel } = await openDesk(studio);
  await chat.post(
    'k1',
    channel,
    titled('hello', { blocks: [{ type: 'picture', path: '/nowhere', description: 'x' }] }),
  );
  expect(picturesIn(studio)).toEqual([[]]);
});

it('a picture that Slack does not take any more is left out, and uploaded anew for the next card', async () => {
  const studio = await openStudio();
  const { chat, channel } = await openDesk(studio);
  const card = await illustrated();
  await chat.post('k1', channel, card);
  studio.slack.injections.inject('chat.postMessage', trouble.refused('invalid_blocks'));
  await chat.post('k2', channel, card);
  await chat.post('k3', channel, card);
  const [first, second, third] = picturesIn(studio);
  expect(second).toEqual([]);
  expect([first, third]).toEqual([[{ id: expect.any(String) }], [{ id: expect.any(String) }]]);
  expect(first).not.toEqual(third);
});

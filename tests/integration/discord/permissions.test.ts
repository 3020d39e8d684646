import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { missingOf, PERMISSIONS } from '../../../src/bot/discord/check/permissions.ts';
import type { Card } from '../../../src/core/ports/chat.ts';
import { bitsOf, PERMISSIONS as FAKE_PERMISSIONS, type Permission } from '../../fakes/discord/numbers.ts';
import { openDiscordDesk } from '../../support/discord-desk.ts';
import { openDiscordStudio } from '../../support/discord-studio.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const CARD: Card = { mark: 'none', title: ['A card'], blocks: [], actions: [] };
const NAMES = Object.keys(FAKE_PERMISSIONS).filter((name): name is Permission => name in FAKE_PERMISSIONS);
const used = PERMISSIONS.filter(({ isUsed }) => isUsed);

/** What the bot does in a channel, and what of it fails without a permission. */
const FAILS: Readonly<Record<string, readonly string[]>> = {
  'View Channels': ['post', 'thread', 'post in a thread', 'upload', 'look'],
  'Send Messages': ['post', 'look'],
  'Send Messages in Threads': ['post in a thread', 'upload'],
  'Create Public Threads': ['thread'],
  'Embed Links': ['post', 'post in a thread', 'upload', 'look'],
  'Attach Files': ['upload'],
  'Read Message History': ['look'],
};

/** What the bot does in a channel where it has these permissions and no others; which of it fails. */
async function failuresWith(bits: bigint): Promise<readonly string[]> {
  const studio = await openDiscordStudio();
  const { guild, renders, lead } = studio;
  const names = NAMES.filter((name) => (bitsOf([name]) & bits) !== 0n);
  const root = lead.says(renders, 'a video');
  for (const role of guild.state.roles.values()) guild.changeRole(role, names);
  const { chat, channel } = openDiscordDesk(studio);
  const path = join(await temporaryDirectory(), 'drift.mp4');
  await writeFile(path, 'frames');
  const thread = renders.openThread(lead, { name: 'mine', on: lead.says(renders, 'another') });
  const where = { ...channel, thread: thread.id };
  const file = { path, name: 'drift.mp4', bytes: 6, mime: 'video/mp4' };
  const failures: string[] = [];
  const attempt = async <T>(what: string, done: Promise<T>, isGood: (outcome: T) => boolean = () => true) => {
    const isDone = await done.then(isGood, () => false);
    if (!isDone) failures.push(what);
  };
  await attempt('post', chat.post('root', channel, CARD));
  await attempt('thread', chat.openThread('thread', { ...channel, message: root.id }, 'A thread'));
  await attempt('post in a thread', chat.post('card', where, CARD));
  await attempt('upload', chat.upload('file', where, file, CARD), ({ state }) => state === 'posted');
  await attempt('look', chat.find('root', channel, 0), (found) => found.length === 1);
  return failures;
}

it('with what it uses the bot can do all that it does', async () => {
  const bits = used.reduce((sum, { bit }) => sum | bit, 0n);
  expect(missingOf(bits)).toEqual([]);
  expect(await failuresWith(bits)).toEqual([]);
});

it.each(used)('without "$name" fails what needs it, and the check says so', async ({ name }) => {
  const others = PERMISSIONS.filter((each) => each.name !== name).reduce((sum, each) => sum | each.bit, 0n);
  expect(await failuresWith(others)).toEqual(FAILS[name]);
  expect(missingOf(others)).toEqual([name]);
});

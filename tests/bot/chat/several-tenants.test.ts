import { expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../src/bot/system-clock.ts';
import type { Card, Inbound } from '../../../src/core/ports/chat.ts';
import { InboxReceiver } from '../../../src/core/store/inbox-receiver.ts';
import { CHANNEL, FakeChat } from '../../fakes/fake-chat.ts';
import { openWorkbench } from '../../support/workbench.ts';

const LOOKS = { interval: 5, timeout: 20_000 };

function help(dedupeKey: string, tenant: string): Inbound {
  return {
    kind: 'command',
    dedupeKey,
    where: { ...CHANNEL, tenant },
    user: { id: 'U_ana', name: 'ana', groups: [] },
    at: systemClock.now(),
    text: 'models',
  };
}

it('two workspaces of one platform each get their own answers, also what waited for them before the start', async () => {
  const { bot } = await openWorkbench({ clock: systemClock });
  onTestFinished(async () => await bot.close());
  const studio = new FakeChat({ clock: systemClock, tenant: 'studio' });
  const lab = new FakeChat({ clock: systemClock, tenant: 'lab' });
  using receiver = new InboxReceiver(bot.parts.data.database, systemClock);
  receiver.add(help('early', 'lab'));
  const { store } = bot.parts;
  const card: Card = { mark: 'none', title: ['told'], blocks: [], actions: [] };
  const place = store.threads.ensure({ ...CHANNEL, tenant: 'lab' });
  store.deliveries.ensure('waiting', place.id, { purpose: 'answer', card });

  await bot.startChat(studio);
  await studio.deliver(help('E1', 'studio'));
  await expect.poll(() => studio.messages.length, LOOKS).toBe(1);
  expect(bot.parts.store.inbox.open(studio.platform).map(({ dedupeKey }) => dedupeKey)).toEqual(['early']);

  await bot.startChat(lab);
  await lab.deliver(help('E2', 'lab'));
  await expect.poll(() => lab.messages.length, LOOKS).toBe(3);

  expect(studio.messages.map(({ where }) => where.tenant)).toEqual(['studio']);
  expect(lab.messages.map(({ where }) => where.tenant)).toEqual(['lab', 'lab', 'lab']);
  expect(lab.messages.map(({ key }) => key).sort()).toEqual(['answer:E2', 'answer:early', 'waiting']);
});

it('a workspace that knows only late whom it serves does then what has waited, though nothing else happens', async () => {
  const { bot } = await openWorkbench({ clock: systemClock });
  onTestFinished(async () => await bot.close());
  const lab = new FakeChat({ clock: systemClock, tenant: 'lab' });
  using receiver = new InboxReceiver(bot.parts.data.database, systemClock);
  receiver.add(help('early', 'lab'));
  await bot.startChat(lab);
  await expect.poll(() => lab.messages.map(({ key }) => key), LOOKS).toEqual(['answer:early']);
});

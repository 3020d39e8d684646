import { describe, expect, it } from 'vitest';
import type { Receive } from '../../../src/core/ports/chat.ts';
import type { ChatSurfaces } from '../../../src/core/ports/chat-surfaces.ts';
import { CHANNEL, FakeChat } from '../../fakes/fake-chat.ts';
import { must } from '../../support/workbench.ts';
import { rendered } from '../terminal/rendered.ts';
import { ANA, BEN, FormsBench } from './forms-bench.ts';

describe('the page of one’s own', () => {
  it('shows own runs, what runs first, own places, the hosts, and what one may do', async () => {
    const bench = await FormsBench.open();
    const { api } = bench.bench;
    const prompt = await bench.bench.prompt();
    const ended = bench.bench.run(prompt);
    must(api.cancelRun(bench.bench.actor(), ended));
    const active = bench.bench.run(prompt);
    bench.bench.claim();
    const other = must(api.queueRun(bench.bench.actor('ben'), { prompt, parameters: {} }));
    const queued = bench.bench.run(prompt);
    const card = bench.surfaces.home(ANA, CHANNEL);
    const text = rendered(card);
    expect(text.indexOf(active.id)).toBeLessThan(text.indexOf(queued.id));
    expect(text.indexOf(queued.id)).toBeLessThan(text.indexOf(ended.id));
    expect(text).toContain('2 runs wait; yours has place');
    expect(text).toContain('gpu');
    expect(text).toContain('inference');
    expect(text.indexOf(other.id)).toBeGreaterThan(text.indexOf('Queue'));
    expect(text.indexOf(other.id)).toBeLessThan(text.indexOf('Hosts'));
    expect(card.actions.map(({ verb, target }) => [verb, target])).toEqual([
      ['inference', ''],
      ['cancel', active.id],
      ['cancel', queued.id],
      ['tune', ended.id],
      ['queue', 'list'],
      ['search', ''],
      ['help', ''],
    ]);
  });

  it('shows whoever the bot has never met an empty page, and records nothing', async () => {
    const bench = await FormsBench.open();
    const user = { id: 'U_new', name: 'new', groups: [] };
    expect(rendered(bench.surfaces.home(user, CHANNEL))).toContain('None of your runs waits or runs.');
    const { platform, tenant } = CHANNEL;
    expect(bench.bench.store.principals.find({ platform, tenant, user: 'U_new' })).toBeUndefined();
  });

  it('says once that nothing waits, and warns of a host beside that host alone', async () => {
    const bench = await FormsBench.open();
    const { store } = bench.bench;
    const [host] = bench.bench.bot.parts.config.hosts;
    const lane = host?.lanes[0]?.name;
    if (lane === undefined) throw new Error('there is no lane');
    store.lanes.setBlocked(lane, { code: 'engine.host_replaced', parameters: {} });
    const card = bench.surfaces.home(ANA, CHANNEL);
    expect(rendered(card).split('Nothing waits.')).toHaveLength(2);
    expect(card.mark).toBe('none');
  });

  it('offers nothing that the role does not allow', async () => {
    const bench = await FormsBench.open();
    const eve = { id: 'U_eve', name: 'eve', groups: [] };
    const page = bench.surfaces.home(eve, CHANNEL);
    expect(page.actions.map(({ verb }) => verb)).toEqual(['queue', 'search', 'help']);
    expect(rendered(page)).not.toContain('discard');
    expect(rendered(bench.surfaces.home(BEN, CHANNEL))).toContain('discard');
  });

  it('and the forms are given to each chat as it starts', async () => {
    const bench = await FormsBench.open();
    const chat = new FakeChat({ clock: bench.bench.clock });
    const given = Promise.withResolvers<ChatSurfaces>();
    chat.start = async (_receive: Receive, surfaces?: ChatSurfaces) => {
      if (surfaces !== undefined) given.resolve(surfaces);
    };
    await bench.bench.bot.startChat(chat);
    const { home, forms } = await given.promise;
    expect(home(ANA, CHANNEL)).toEqual(bench.surfaces.home(ANA, CHANNEL));
    const event = { dedupeKey: 'E1', where: CHANNEL, user: ANA, at: 0, kind: 'command' } as const;
    expect(forms.open({ ...event, text: 'inference' })).toEqual(bench.typed('inference'));
  });

  it('shows nothing to whom the rules give no role', async () => {
    const bench = await FormsBench.open(
      `[access]\ndefault = "none"\n[[hosts]]\nname = "here"\nmodels = ["preview"]`,
    );
    const page = bench.surfaces.home(ANA, CHANNEL);
    expect(page).toMatchObject({ mark: 'warning', actions: [] });
    expect(rendered(page)).not.toContain('Queue');
  });
});

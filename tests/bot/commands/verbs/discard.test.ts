import { describe, expect, it } from 'vitest';
import { ChatBench, textOf } from '../../chat/chat-bench.ts';
import { CommandBench, words } from './command-bench.ts';

describe('discard', () => {
  it('takes a prompt out of all listings, and restore brings it back', async () => {
    const bench = await CommandBench.open();
    const prompt = await bench.bench.prompt();
    const discarded = await bench.say(`discard ${prompt.name}`);
    expect(discarded).toMatchObject({ failed: false, data: { prompt: prompt.id, result: 'discarded' } });
    expect(discarded.card?.actions).toEqual([{ verb: 'restore', target: prompt.id, label: 'Undo' }]);
    expect((await bench.say('list prompts')).data).toEqual([]);
    expect((await bench.say('search neon')).data).toEqual([]);
    expect(await bench.say(`show ${prompt.id}`)).toMatchObject({ failed: true });
    expect((await bench.say(`discard ${prompt.id}`)).data).toMatchObject({ result: 'already_discarded' });
    expect((await bench.say(`restore ${prompt.id.slice(0, 6)}`)).data).toMatchObject({ result: 'restored' });
    expect((await bench.say(`restore ${prompt.id}`)).data).toMatchObject({ result: 'not_discarded' });
    expect((await bench.say('list prompts')).data).toMatchObject([{ id: prompt.id }]);
    expect(await bench.say('restore ps_none0000')).toMatchObject({ failed: true });
  });

  it('keeps what runs were made of', async () => {
    const bench = await CommandBench.open();
    const prompt = await bench.bench.prompt();
    bench.bench.run(prompt);
    const refused = await bench.say(`discard ${prompt.id}`);
    expect(refused.data).toMatchObject({
      problems: [{ code: 'input.prompt_has_runs', parameters: { prompt: prompt.id, runs: 1 } }],
    });
    expect((await bench.say('list prompts')).data).toHaveLength(1);
  });

  it('of somebody else’s prompt is an admin’s, and so is bringing it back', async () => {
    const bench = await CommandBench.open();
    const prompt = await bench.bench.prompt();
    const ben = { actor: bench.bench.actor('ben') };
    const refused = await bench.say(`discard ${prompt.id}`, ben);
    expect(refused.data).toMatchObject({ problems: [{ code: 'chat.forbidden' }] });
    expect(words(refused)).toContain('on a prompt of ana');
    expect((await bench.say(`discard ${prompt.id}`, { ...ben, role: 'admin' })).failed).toBe(false);
    expect(await bench.say(`restore ${prompt.id}`, ben)).toMatchObject({ failed: true });
    expect((await bench.say(`restore ${prompt.id}`)).failed).toBe(false);
  });

  it('lets nothing be queued of it, by whoever had found it before', async () => {
    const bench = await CommandBench.open();
    const prompt = await bench.bench.prompt();
    const openThread = async () => {
      await bench.say(`discard ${prompt.id}`);
      return bench.bench.store.threads.ensure({ platform: 'fake' as never, tenant: 't', channel: 'c' }).id;
    };
    const refused = await bench.say(`inference ${prompt.id}`, { ...bench.inChat, openThread });
    expect(refused.data).toMatchObject({ problems: [{ code: 'input.id_unknown' }] });
    expect(bench.bench.api.countRuns({})).toBe(0);
  });

  it('is said by the card of the prompt, in its thread, until it is undone', async () => {
    const chat = await ChatBench.open();
    const { api } = chat.bench;
    const prompt = await chat.bench.prompt('A street', chat.thread());
    await chat.pass(60_000);
    const [message] = chat.chat.messages;
    expect(message?.card.actions.map(({ verb }) => verb)).toEqual(['inference', 'tune', 'roles', 'discard']);
    api.discardPrompt(chat.bench.actor(), prompt);
    await chat.pass(60_000);
    expect(chat.chat.messages).toHaveLength(1);
    expect(textOf(message ?? { card: { mark: 'none', title: [], blocks: [], actions: [] } })).toContain(
      'Discarded',
    );
    expect(message?.card.actions.map(({ verb }) => verb)).toEqual(['restore']);
    api.restorePrompt(chat.bench.actor(), prompt);
    await chat.pass(60_000);
    expect(message?.card.actions.map(({ verb }) => verb)).toContain('discard');
  });
});

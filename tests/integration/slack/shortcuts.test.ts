import { describe, expect, it } from 'vitest';
import { factVideo } from '../../fakes/fact-media.ts';
import { openSlackBot } from '../../support/slack-bot.ts';
import { openStudio } from '../../support/slack-studio.ts';

const VIDEO = { name: 'street.mp4', content: factVideo() };
const NOTES = { name: 'notes.pdf', content: 'words' };

describe('"Use as prompt" on an older message', () => {
  it('makes a prompt of its text and files, in its thread, for whoever picked it', async () => {
    const studio = await openStudio();
    const { anna, ben, renders } = studio;
    const older = await anna.uploads(renders, [VIDEO], { text: 'A rainy neon street' });
    const bot = await openSlackBot(studio);
    expect(await ben.shortcut(older, 'cx_use')).toMatchObject({ outcome: 'acked' });
    const card = await renders.shows((message) => message.fromBot, { thread: older });
    expect(card.words).toContain('A rainy neon street');
    const known = { platform: bot.chat.platform, tenant: studio.workspace.id, user: ben.id };
    const owner = bot.bench.store.principals.find(known)?.id;
    expect(owner).toBeDefined();
    expect(bot.bench.api.listPrompts(5)).toMatchObject([
      { text: 'A rainy neon street', owner, inputs: [{ role: 'color' }] },
    ]);
  });

  it('works on a message in a thread, and is answered there', async () => {
    const studio = await openStudio();
    const { anna, renders } = studio;
    const root = anna.says(renders, 'our street');
    const reply = await anna.uploads(renders, [VIDEO], { text: 'A harbour at dawn', thread: root });
    await openSlackBot(studio);
    await anna.shortcut(reply, 'cx_use');
    const card = await renders.shows((message) => message.fromBot, { thread: root });
    expect(card.words).toContain('A harbour at dawn');
    expect(renders.timeline).toHaveLength(1);
  });

  it.each([
    ['nothing but words', []],
    ['a file that is no video, sound or picture', [NOTES]],
  ])('with %s is answered to whoever picked it alone', async (_what, files) => {
    const studio = await openStudio();
    const { anna, ben, renders } = studio;
    const root = anna.says(renders, 'our street');
    const reply =
      files.length === 0
        ? anna.says(renders, 'no file', { thread: root })
        : await anna.uploads(renders, files, { text: 'no video', thread: root });
    const bot = await openSlackBot(studio);
    expect(await ben.shortcut(reply, 'cx_use')).toMatchObject({ outcome: 'acked' });
    const told = await renders.shows((message) => message.ephemeral, { thread: root, viewer: ben });
    expect(told.text).toContain('Send the text together with a video');
    expect(anna.sees(renders, { thread: root }).some(({ fromBot }) => fromBot)).toBe(false);
    expect(bot.bench.api.listPrompts(5)).toEqual([]);
  });
});

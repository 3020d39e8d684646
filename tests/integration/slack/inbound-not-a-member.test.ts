import { expect, it } from 'vitest';
import { openSlackBot } from '../../support/slack-bot.ts';
import { openStudio } from '../../support/slack-studio.ts';

it('in a channel without the bot commands are answered to whoever asked, and what needs a thread asks to be invited', async () => {
  const studio = await openStudio();
  const { anna, ben, slack, workspace } = studio;
  const bot = await openSlackBot(studio);
  const prompt = await bot.bench.prompt();
  const elsewhere = slack.addChannel(workspace, 'elsewhere', [anna, ben], 'private');
  await anna.command(elsewhere, '/cosmos', 'models');
  await elsewhere.shows(({ words }) => words.includes('preview'), { viewer: anna });
  await anna.command(elsewhere, '/cosmos', `inference ${prompt.id}`);
  const refusal = await elsewhere.shows(({ words }) => /invite/i.test(words), { viewer: anna });
  expect(refusal.ephemeral).toBe(true);
  expect(bot.bench.api.countRuns({})).toBe(0);
  expect(ben.sees(elsewhere)).toEqual([]);
  expect(elsewhere.timeline).toEqual([]);
});

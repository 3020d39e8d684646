import { expect, it } from 'vitest';
import { factVideo } from '../../fakes/fact-media.ts';
import { openSlackBot } from '../../support/slack-bot.ts';
import { openStudio } from '../../support/slack-studio.ts';

const PATIENCE = { interval: 20, timeout: 30_000 };

it('many runs are one table in the thread, results as they come, and a contact sheet; what failed runs again', async () => {
  const studio = await openStudio();
  const { anna, renders } = studio;
  const bot = await openSlackBot(studio, { config: '[limits]\nconfirm_above_runs = 2\n' });
  const { api } = bot.bench;
  const root = await anna.uploads(renders, [{ name: 'street.mp4', content: factVideo() }], {
    text: 'A street',
  });
  await renders.shows((message) => message.controls.length > 0, { thread: root });
  const [prompt] = api.listPrompts(1);
  anna.mentions(renders, `inference ${prompt?.id} edge=0.2,0.5,0.8`, { thread: root });
  const shown = await renders.shows((message) => message.words.includes('Nothing is queued yet'), {
    thread: root,
  });
  expect(api.countRuns({})).toBe(0);
  await anna.clicks(shown, 'Queue all 3');
  await expect.poll(() => api.countRuns({}), PATIENCE).toBe(3);
  const table = await renders.shows((message) => message.words.includes('0 of 3 done'), { thread: root });

  bot.bench.claim();
  await bot.bench.end();
  await renders.shows(
    (message) => message.files.some(({ name }) => name.endsWith('.mp4')) && message.fromBot,
    {
      thread: root,
    },
  );
  bot.bench.claim();
  await bot.bench.end('failed', { code: 'model.exit_code', parameters: { exitCode: 3 } });
  bot.bench.claim();
  await bot.bench.end();
  const end = await renders.shows(
    (message) => message.files.some(({ name }) => name.endsWith('-contact-sheet.jpg')),
    { thread: root },
  );
  expect(end.words).toContain('2 of 3 done');
  await expect.poll(() => renders.now(table)?.words ?? '', PATIENCE).toContain('2 of 3 done');
  expect(renders.thread(root).filter(({ words }) => words.includes('of 3 done'))).toHaveLength(2);

  await anna.clicks(end, 'Retry 1 failed');
  await expect.poll(() => api.countRuns({}), PATIENCE).toBe(4);
  await renders.shows((message) => message.words.includes('0 of 1 done'), { thread: root });
});

import { expect, it } from 'vitest';
import { factVideo } from '../../fakes/fact-media.ts';
import { openSlackBot } from '../../support/slack-bot.ts';
import { openStudio } from '../../support/slack-studio.ts';

const PATIENCE = { interval: 20, timeout: 30_000 };

it('the thread of a video gets more inputs, the result with its control videos, and the log of a failure', async () => {
  const studio = await openStudio();
  const { anna, renders } = studio;
  const bot = await openSlackBot(studio);
  const { api } = bot.bench;
  const root = await anna.uploads(renders, [{ name: 'street.mp4', content: factVideo() }], {
    text: 'A street',
  });
  await renders.shows((message) => message.controls.length > 0, { thread: root });
  await anna.uploads(renders, [{ name: 'street_depth.mp4', content: factVideo({}, 'depth') }], {
    thread: root,
  });
  await renders.shows((message) => message.fromBot && message.words.includes('added'), { thread: root });
  await anna.uploads(renders, [{ name: 'other.mp4', content: factVideo({}, 'other') }], { thread: root });
  const asked = await renders.shows((message) => message.words.includes('Which one'), { thread: root });
  await anna.clicks(asked, 'Use the new other.mp4');
  const [prompt] = api.listPrompts(5);
  if (prompt === undefined) throw new Error('there is no prompt');
  const names = () => api.getPrompt(prompt.id)?.inputs.map(({ originalName }) => originalName);
  await expect.poll(names, PATIENCE).toEqual(['other.mp4', 'street_depth.mp4']);
  expect(api.countPrompts()).toBe(1);

  await anna.clicks(
    await renders.shows((message) => message.words.includes('Fits'), { thread: root }),
    'Run',
  );
  await expect.poll(() => api.countRuns({}), PATIENCE).toBe(1);
  const { id } = bot.bench.claim();
  await bot.bench.end('done', undefined, { vis: 'V'.repeat(20), depth: 'D'.repeat(20) });
  await renders.shows((message) => message.files.some(({ name }) => name.endsWith('-vis.mp4')), {
    thread: root,
  });
  const files = renders
    .thread(root)
    .flatMap((message) => (message.fromBot ? message.files.map(({ name }) => name) : []));
  expect(files).toEqual([
    `${prompt.name}-${id}.mp4`,
    `${prompt.name}-${id}-depth.mp4`,
    `${prompt.name}-${id}-vis.mp4`,
  ]);

  anna.mentions(renders, 'retry', { thread: root });
  await expect.poll(() => api.countRuns({}), PATIENCE).toBe(2);
  const again = bot.bench.claim();
  await bot.bench.log('one\ntwo\n');
  await bot.bench.end('failed', { code: 'model.exit_code', parameters: { exitCode: 3 } });
  const hasLog = (name: string): boolean => name === `${prompt.name}-${again.id}.log`;
  const failure = await renders.shows((message) => message.files.some(({ name }) => hasLog(name)), {
    thread: root,
  });
  expect(failure.words).toContain('The log is attached.');
  expect(failure.controls).not.toHaveLength(0);
  // Once for each run, and in no other message.
  const calling = renders
    .thread(root)
    .filter(({ versions }) => JSON.stringify(versions).includes(`"user_id":"${anna.id}"`));
  expect(calling.map(({ files: [file] }) => file?.name)).toEqual([
    `${prompt.name}-${id}.mp4`,
    failure.files[0]?.name,
  ]);
});

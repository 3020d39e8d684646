import { expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../src/bot/system-clock.ts';
import { openDiscordDesk } from '../../support/discord-desk.ts';
import { openDiscordStudio } from '../../support/discord-studio.ts';
import { must, openWorkbench } from '../../support/workbench.ts';

it('many runs are one message that is edited, results as they come, and a contact sheet at the end', async () => {
  const studio = await openDiscordStudio();
  const { renders } = studio;
  const bench = await openWorkbench({ clock: systemClock });
  onTestFinished(async () => await bench[Symbol.asyncDispose]());
  const { chat, channel } = openDiscordDesk(studio);
  await bench.bot.startChat(chat);
  const prompts = [await bench.prompt()] as const;
  const edge = Array.from({ length: 20 }, (_, index) => (index + 1) / 20).join(',');
  const thread = bench.store.threads.ensure(channel).id;
  const request = must(
    bench.api.requests.queue(bench.actor(), { prompts, parameters: { edge } }, { thread }),
  );

  const table = await renders.shows((message) => message.words.includes('0 of 20 done'));
  expect(table.words).toContain('… and 4 more: 4 queued');
  expect(table.controls.map(({ text }) => text)).toEqual(['Cancel all', 'Details']);
  bench.claim();
  await bench.end();
  await renders.shows((message) => message.words.includes('1 of 20 done') && message.id === table.id);
  bench.claim();
  await bench.end('failed', { code: 'model.exit_code', parameters: { exitCode: 3 } });
  must(bench.api.requests.cancel(bench.actor('ben'), request));

  const end = await renders.shows((message) => message.words.includes('18 runs cancelled by'));
  expect(end.files.map(({ name }) => name)).toEqual([expect.stringMatching(/contact-sheet-[0-9a-f]+\.jpg$/)]);
  expect(end.controls.map(({ text }) => text)).toEqual(['Run 19 again', 'Details']);
  await renders.shows((message) => message.id === table.id && message.words.includes('18 cancelled'));
  expect(renders.timeline.filter(({ fromBot }) => fromBot)).toHaveLength(3);
});

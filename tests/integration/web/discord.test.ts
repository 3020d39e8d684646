import { createHash, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openWeb } from '../../../src/bot/open-web.ts';
import { systemClock } from '../../../src/bot/system-clock.ts';
import type { Clock } from '../../../src/core/ports/clock.ts';
import { openDiscordDesk } from '../../support/discord-desk.ts';
import { openDiscordStudio } from '../../support/discord-studio.ts';
import { runWithResult } from '../../support/linked-run.ts';
import { freePort } from '../../support/openssh-server.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { must, openWorkbench } from '../../support/workbench.ts';
import { fetched, LINK_SECRET } from './web-bench.ts';

const MIB = 1024 * 1024;

it('a result that is too large for Discord carries a link to the full file, byte for byte', async () => {
  const studio = await openDiscordStudio();
  const directory = await temporaryDirectory();
  await writeFile(join(directory, 'link-secret'), LINK_SECRET);
  const port = await freePort();
  const bench = await openWorkbench<Clock>({
    directory,
    clock: systemClock,
    config: `[web]\nport = ${port}\npublic_url = "http://127.0.0.1:${port}"\nlink_secret = { file = "link-secret" }\n`,
  });
  onTestFinished(async () => await bench.bot.close());
  bench.media.isProxyPossible = true;
  const { chat, channel } = openDiscordDesk(studio);
  await bench.bot.startChat(chat);
  const web = must(await openWeb(bench.bot.parts.config, bench.bot.parts));
  if (web === undefined) throw new Error('no web server is configured');
  await bench.bot.startWeb(web);

  const content = randomBytes(12 * MIB);
  const run = await runWithResult(bench, content, bench.store.threads.ensure(channel).id);
  const posted = await studio.renders.shows((message) => message.words.includes('Posted as a'), studio.lead);
  expect(posted.files[0]?.size).toBeLessThan(10 * MIB);
  expect(posted.words).toMatch(/proxy; full file \\\(13 MB\\\): \[.*, until <t:\d+:f>/);
  const url = /\]\((http:\/\/[^)]+)\)/.exec(posted.words)?.[1] ?? '';
  const { pathname, search } = new URL(url);
  const { status, headers, body } = await fetched(port, pathname + search);
  expect(status).toBe(200);
  expect(headers['content-disposition']).toContain(run.id);
  expect(createHash('sha256').update(body).digest('hex')).toBe(run.outputs[0]?.sha256);
});

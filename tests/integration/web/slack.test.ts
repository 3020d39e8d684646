import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openWeb } from '../../../src/bot/open-web.ts';
import { runWithResult } from '../../support/linked-run.ts';
import { freePort } from '../../support/openssh-server.ts';
import { openSlackBot } from '../../support/slack-bot.ts';
import { openStudio } from '../../support/slack-studio.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { must } from '../../support/workbench.ts';
import { fetched, LINK_SECRET } from './web-bench.ts';

it('whoever asks in Slack to see a run gets a new link, byte for byte, and its path is not shown', async () => {
  const studio = await openStudio();
  const directory = await temporaryDirectory();
  await writeFile(join(directory, 'link-secret'), LINK_SECRET);
  const port = await freePort();
  const { bench } = await openSlackBot(studio, {
    directory,
    config: `[web]\nport = ${port}\npublic_url = "http://127.0.0.1:${port}"\nlink_secret = { file = "link-secret" }\n`,
  });
  const web = must(await openWeb(bench.bot.parts.config, bench.bot.parts));
  if (web === undefined) throw new Error('no web server is configured');
  await bench.bot.startWeb(web);
  const content = randomBytes(100_000);
  const run = await runWithResult(bench, content);

  const root = studio.anna.mentions(studio.renders, `show ${run.id}`);
  const shown = await studio.renders.shows((message) => message.words.includes('links are good until'), {
    thread: root,
  });
  expect(shown.words).not.toContain('/outputs/');
  const url = /"type":"link","url":"([^"]+)"/.exec(JSON.stringify(shown.blocks))?.[1] ?? '';
  const { pathname, search } = new URL(url);
  const { status, body } = await fetched(port, pathname + search);
  expect(status).toBe(200);
  expect(body.equals(content)).toBe(true);
});

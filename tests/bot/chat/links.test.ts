import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CardBlock, Span } from '../../../src/core/ports/chat.ts';
import type { Run } from '../../../src/core/runs/run.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { CommandBench } from '../commands/verbs/command-bench.ts';
import { ChatBench, textOf } from './chat-bench.ts';

const MINUTE = 60_000;
const WEEK = 7 * 24 * 60 * MINUTE;
const WEB = `[web]\nport = 8080\npublic_url = "https://cosmos.example.com"\nlink_secret = { file = "link-secret" }\n`;

async function linkingDirectory(): Promise<string> {
  const directory = await temporaryDirectory();
  await writeFile(join(directory, 'link-secret'), 'a secret of more than enough characters');
  return directory;
}

/** A chat that takes little, and a run that has ended. */
async function ended(isProxyPossible: boolean, controls: Readonly<Record<string, string>> = {}) {
  const bench = await ChatBench.open({}, { directory: await linkingDirectory(), config: WEB });
  bench.bench.media.isProxyPossible = isProxyPossible;
  bench.chat.maxBytes = 100;
  bench.bench.run(await bench.bench.prompt(), bench.thread());
  bench.bench.claim();
  await bench.pass(5_000);
  const run = await bench.bench.end('done', undefined, controls);
  return { bench, run };
}

function resultOf(bench: ChatBench) {
  const result = bench.chat.messages.find(({ key }) => key.startsWith('result:'));
  if (result === undefined) throw new Error('there is no result');
  return result;
}

function linksIn(blocks: readonly CardBlock[]): readonly Extract<Span, { link: string }>[] {
  const spans = blocks.flatMap((block) => {
    if (block.type === 'text') return block.text;
    return block.type === 'rows' ? block.rows.flat(2) : [];
  });
  return spans.filter((span) => typeof span === 'object' && 'link' in span);
}

describe('a result that is larger than the platform takes, with [web]', () => {
  it('has a link to the full file in place of its path, good from the moment of the post', async () => {
    const { bench, run } = await ended(true);
    const from = bench.clock.now();
    await bench.pass(MINUTE);
    const { card, file } = resultOf(bench);
    expect(file?.name).toMatch(/-proxy\.mp4$/);
    const [link, ...more] = linksIn(card.blocks);
    expect(more).toEqual([]);
    expect(link?.text).toBe(`${run.promptName}-${run.id}.mp4`);
    expect(link?.link).toMatch(
      new RegExp(`^https://cosmos\\.example\\.com/files/${run.id}/0/[^?]+\\?expires=\\d+&signature=`),
    );
    const expires = 1000 * Number(/expires=(\d+)/.exec(link?.link ?? '')?.[1]);
    expect(expires - WEEK).toBeGreaterThanOrEqual(from - 1000);
    expect(expires - WEEK).toBeLessThanOrEqual(bench.clock.now());
    expect(textOf({ card })).not.toContain('outputs/0-preview.mp4');
    expect(bench.open()).toEqual([]);
  });

  it('has one where nothing of it can be posted', async () => {
    const { bench } = await ended(false);
    await bench.pass(MINUTE);
    const { card, file } = resultOf(bench);
    expect(file).toBeUndefined();
    expect(linksIn(card.blocks)).toHaveLength(1);
    expect(textOf({ card })).toContain('Not posted here; full file');
  });

  it('is posted once, also where the first try is lost and time passes', async () => {
    const { bench } = await ended(true);
    bench.chat.fail('upload', 'lost');
    await bench.pass(5_000);
    bench.restart();
    await bench.pass(10 * MINUTE);
    expect(bench.chat.messages.filter(({ key }) => key.startsWith('result:'))).toHaveLength(1);
    const { card } = resultOf(bench);
    await bench.pass(2 * WEEK);
    expect(resultOf(bench).card).toEqual(card);
    expect(bench.open()).toEqual([]);
  });

  it('has none where the whole file is posted', async () => {
    const { bench } = await ended(true);
    bench.chat.maxBytes = 1_000_000;
    await bench.pass(MINUTE);
    expect(linksIn(resultOf(bench).card.blocks)).toEqual([]);
  });
});

describe('show, with [web]', () => {
  async function shown(bench: ChatBench, run: Run, localFiles = false) {
    const { card } = await new CommandBench(bench.bench).say(`show ${run.id}`, { localFiles });
    return { links: linksIn(card?.blocks ?? []), words: JSON.stringify(card?.blocks) };
  }

  it('has a new link to each output, however old the run is', async () => {
    const { bench, run } = await ended(true, { edge: 'edge' });
    const { links: first } = await shown(bench, run);
    bench.clock.advance(2 * WEEK);
    const { links: second, words } = await shown(bench, run);
    expect(second.map(({ text }) => text)).toEqual([
      `${run.promptName}-${run.id}.mp4`,
      `${run.promptName}-${run.id}-edge.mp4`,
    ]);
    expect(first).toHaveLength(2);
    expect(second.map(({ link }) => link)).not.toEqual(first.map(({ link }) => link));
    const until = Math.floor((bench.clock.now() + WEEK) / 1000);
    for (const { link } of second) expect(link).toContain(`expires=${until}&`);
    expect(words).toContain(`{"time":${until * 1000},`);
    expect(words).not.toContain('/outputs/');
  });

  it('has none at the machine of the bot, where a path is as good', async () => {
    const { bench, run } = await ended(true);
    const { links, words } = await shown(bench, run, true);
    expect(links).toEqual([]);
    expect(words).toContain('/outputs/0-preview.mp4');
  });
});

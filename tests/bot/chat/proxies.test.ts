import { describe, expect, it } from 'vitest';
import { ChatBench, textOf } from './chat-bench.ts';

const MINUTE = 60_000;

/** A run whose result has ended, and is larger than the platform takes. */
async function ended(bench: ChatBench) {
  bench.bench.run(await bench.bench.prompt(), bench.thread());
  bench.bench.claim();
  await bench.pass(5_000);
  return await bench.bench.end();
}

function resultOf(bench: ChatBench) {
  return bench.chat.messages.find(({ key }) => key.startsWith('result:'));
}

describe('a result that is larger than the platform takes', () => {
  it('is posted as a smaller copy, which says how large the full file is and where it lies', async () => {
    const bench = await ChatBench.open();
    bench.bench.media.isProxyPossible = true;
    bench.chat.maxBytes = 100;
    const run = await ended(bench);
    await bench.pass(MINUTE);
    const result = resultOf(bench);
    expect(result?.file).toEqual({ name: expect.stringMatching(/-proxy\.mp4$/), content: 'p'.repeat(90) });
    const words = result === undefined ? '' : textOf(result);
    expect(words).toContain(`Posted as a 90 B proxy; full file (${run.outputs[0]?.bytes} B)`);
    expect(words).toContain(`runs/${run.id}/outputs/0-preview.mp4`);
    expect(bench.open()).toEqual([]);
  });

  it('is encoded once, also where the bot is started again before it was posted', async () => {
    const bench = await ChatBench.open();
    const { media } = bench.bench;
    media.isProxyPossible = true;
    bench.chat.maxBytes = 100;
    bench.chat.fail('upload', 'lost');
    await ended(bench);
    await bench.pass(5_000);
    bench.restart();
    await bench.pass(10 * MINUTE);
    expect(resultOf(bench)?.file?.content).toBe('p'.repeat(90));
    expect(media.proxied).toHaveLength(1);
  });

  it('goes to the next step after a refusal, and what was refused is not sent again', async () => {
    const bench = await ChatBench.open();
    bench.bench.media.isProxyPossible = true;
    bench.chat.maxUploadBytes = async () => 1_000_000;
    bench.chat.maxBytes = 100;
    await ended(bench);
    await bench.pass(MINUTE);
    expect(bench.bench.media.proxied.map(({ maxBytes }) => maxBytes)).toEqual([100]);
    expect(resultOf(bench)?.file?.content).toBe('p'.repeat(90));
  });

  it('is not tried again and again where no copy of it would look good', async () => {
    const bench = await ChatBench.open();
    bench.chat.maxBytes = 100;
    bench.chat.fail('post', 'lost');
    await ended(bench);
    await bench.pass(10 * MINUTE);
    expect(resultOf(bench)).toBeDefined();
    expect(bench.bench.media.proxied).toHaveLength(1);
  });

  it('is posted as a card where the encoder fails', async () => {
    const bench = await ChatBench.open();
    bench.chat.maxBytes = 100;
    bench.bench.media.isProxyPossible = true;
    await ended(bench);
    const broken = Promise.reject(new Error('out of memory'));
    broken.catch(() => undefined);
    bench.bench.media.hold = broken;
    await bench.pass(MINUTE);
    expect(resultOf(bench)?.card.mark).toBe('done');
    expect(resultOf(bench)?.file).toBeUndefined();
    expect(bench.open()).toEqual([]);
  });

  it('is a card with its place where no copy of it would look good', async () => {
    const bench = await ChatBench.open();
    bench.chat.maxBytes = 100;
    const run = await ended(bench);
    await bench.pass(MINUTE);
    const result = resultOf(bench);
    expect(result?.file).toBeUndefined();
    expect(result && textOf(result)).toContain(`runs/${run.id}/outputs/0-preview.mp4`);
  });
});

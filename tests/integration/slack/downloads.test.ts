import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ChatFile } from '../../../src/core/ports/chat.ts';
import { trouble } from '../../fakes/slack/injections.ts';
import type { LocalFile } from '../../fakes/slack/people/uploading.ts';
import { openDesk } from '../../support/slack-desk.ts';
import { openStudio, type Studio } from '../../support/slack-studio.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const VIDEO = Buffer.alloc(300_000, 'frame');

/** A file that anna has sent, and where it is to be copied to. */
async function sent(studio: Studio, local: Partial<LocalFile> = {}): Promise<{ file: ChatFile; to: string }> {
  const { anna, renders } = studio;
  const message = await anna.uploads(renders, [{ name: 'a.mp4', content: VIDEO, ...local }]);
  const [shown] = message.files;
  if (shown === undefined) throw new Error('there is no file');
  return { file: { id: shown.id, name: shown.name }, to: join(await temporaryDirectory(), 'copy') };
}

/** Lets Slack say something else of the file. */
function rewrite(studio: Studio, id: string, change: { size?: number; url?: string }): void {
  const file = studio.workspace.files.get(id);
  if (file === undefined) throw new Error(`there is no ${id}`);
  if (change.size !== undefined) file.size = change.size;
}

describe('a download', () => {
  it('copies the file byte for byte', async () => {
    const studio = await openStudio();
    const { chat } = await openDesk(studio);
    const { file, to } = await sent(studio);
    await chat.download(file, to, VIDEO.length);
    expect(await readFile(to)).toEqual(VIDEO);
  });

  it('of another organisation’s file asks Slack for its address', async () => {
    const studio = await openStudio();
    const { chat } = await openDesk(studio);
    const { file, to } = await sent(studio, { external: true });
    await chat.download(file, to, VIDEO.length);
    expect(await readFile(to)).toEqual(VIDEO);
  });

  it('of a file that Slack has not looked at yet works too', async () => {
    const studio = await openStudio();
    const { chat } = await openDesk(studio);
    const { file, to } = await sent(studio, { mimeType: '' });
    await chat.download(file, to, VIDEO.length);
    expect(await readFile(to)).toEqual(VIDEO);
  });

  it.each([
    ['a page', trouble.loginPage(), 'input.file_unreadable'],
    ['the way to a page', trouble.loginPage(true), 'input.file_unreadable'],
    ['an error of the server', trouble.serverError('before'), 'chat.unavailable'],
    ['a denial', trouble.serverError('before', 403), 'input.file_unreadable'],
    ['nothing', trouble.serverError('before', 404), 'input.file_missing'],
    ['a part of it', trouble.reset('midway'), 'chat.unavailable'],
    ['a broken connection', trouble.reset('before'), 'chat.unavailable'],
  ])('that gets %s instead of the file leaves nothing', async (_what, injected, code) => {
    const studio = await openStudio();
    const { chat } = await openDesk(studio);
    const { file, to } = await sent(studio);
    studio.slack.injections.inject('download', injected);
    await expect(chat.download(file, to, VIDEO.length)).rejects.toMatchObject({ code });
    expect(existsSync(to)).toBe(false);
  });

  it('without the scope for it says so', async () => {
    const studio = await openStudio();
    const { chat } = await openDesk(studio);
    const { file, to } = await sent(studio);
    studio.bot.scopes = studio.bot.scopes.filter((scope) => scope !== 'files:read');
    await expect(chat.download(file, to, VIDEO.length)).rejects.toMatchObject({
      code: 'chat.scope_missing',
      parameters: { scope: 'files:read' },
    });
  });

  it('refuses what is no media', async () => {
    const studio = await openStudio();
    const { chat } = await openDesk(studio);
    const html = await sent(studio, { name: 'page.mp4', content: ' <!DOCTYPE html><html></html>' });
    await expect(chat.download(html.file, html.to, VIDEO.length)).rejects.toMatchObject({
      code: 'input.file_unreadable',
      parameters: { file: 'page.mp4', detail: 'login_page' },
    });
    const text = await sent(studio, { name: 'notes.txt', mimeType: 'text/plain' });
    await expect(chat.download(text.file, text.to, VIDEO.length)).rejects.toMatchObject({
      code: 'input.not_media',
    });
  });

  it('ends as soon as the file is too large, whatever Slack says of its size', async () => {
    const studio = await openStudio();
    const { chat } = await openDesk(studio);
    const { file, to } = await sent(studio);
    const tooLarge = { code: 'input.file_too_large', parameters: { file: 'a.mp4', maxBytes: 299_999 } };
    await expect(chat.download(file, to, 299_999)).rejects.toMatchObject(tooLarge);
    expect(studio.slack.calls.of('download')).toEqual([]);
    const path = studio.workspace.files.get(file.id)?.path ?? '';
    const lying = await serveFiles(await readFile(path));
    rewrite(studio, file.id, { size: 10 });
    const { chat: other } = await openDesk(lying.studioWith(studio, file.id));
    await expect(other.download(file, to, 299_999)).rejects.toMatchObject(tooLarge);
    expect(existsSync(to)).toBe(false);
  });

  it('ends when nobody waits for it', async () => {
    const studio = await openStudio();
    const { chat } = await openDesk(studio);
    const { file, to } = await sent(studio);
    const slow = studio.slack.injections.inject('download', trouble.slow());
    const waiting = new AbortController();
    const downloading = chat.download(file, to, VIDEO.length, waiting.signal);
    await slow.hit();
    waiting.abort(new Error('nobody waits'));
    await expect(downloading).rejects.toThrow('nobody waits');
    expect(existsSync(to)).toBe(false);
  });

  it('whose bytes do not come ends by itself', async () => {
    const studio = await openStudio();
    const { chat } = await openDesk(studio, { times: { stallMs: 50 } });
    const { file, to } = await sent(studio);
    studio.slack.injections.inject('download', trouble.silence('before'));
    await expect(chat.download(file, to, VIDEO.length)).rejects.toMatchObject({ code: 'chat.unavailable' });
  });

  it('that is slow ends by no clock as long as its bytes move', async () => {
    const studio = await openStudio();
    const { file, to } = await sent(studio);
    const slow = await serveFiles(VIDEO, { pauseMs: 300 });
    const { chat } = await openDesk(slow.studioWith(studio, file.id), { times: { stallMs: 1_000 } });
    await chat.download(file, to, VIDEO.length);
    expect(await readFile(to)).toEqual(VIDEO);
  });

  it('of a deleted file says that it is gone', async () => {
    const studio = await openStudio();
    const { chat } = await openDesk(studio);
    const { file, to } = await sent(studio);
    const stored = studio.workspace.files.get(file.id);
    if (stored !== undefined) stored.deleted = true;
    await expect(chat.download(file, to, VIDEO.length)).rejects.toMatchObject({ code: 'input.file_missing' });
  });

  it('takes the token nowhere but to Slack', async () => {
    const studio = await openStudio();
    const { file, to } = await sent(studio);
    const foreign = await serveFiles(VIDEO);
    const { chat } = await openDesk(foreign.studioWith(studio, file.id, 'localhost'));
    await expect(chat.download(file, to, VIDEO.length)).rejects.toMatchObject({
      code: 'input.file_unreadable',
      parameters: { detail: 'foreign_host' },
    });
    expect(foreign.requests).not.toContain('/file');
  });

  it('goes nowhere else, whatever lies there', async () => {
    const studio = await openStudio();
    const { file, to } = await sent(studio);
    const moved = await serveFiles(VIDEO, { path: '/moved' });
    const { chat } = await openDesk(moved.studioWith(studio, file.id));
    await expect(chat.download(file, to, VIDEO.length)).rejects.toMatchObject({
      code: 'input.file_unreadable',
      parameters: { detail: 'login_page' },
    });
    expect(moved.requests).toContain('/moved');
    expect(moved.requests).not.toContain('/file');
    expect(existsSync(to)).toBe(false);
  });

  it('of fewer bytes than the file has leaves nothing, and is tried again', async () => {
    const studio = await openStudio();
    const { file, to } = await sent(studio);
    const short = await serveFiles(VIDEO.subarray(0, VIDEO.length - 1));
    const { chat } = await openDesk(short.studioWith(studio, file.id));
    await expect(chat.download(file, to, VIDEO.length)).rejects.toMatchObject({ code: 'chat.unavailable' });
    expect(existsSync(to)).toBe(false);
  });
});

/**
 * A Web API in front of the fake one, which names an address of its own for the file: on its own host, or on another one
 * that leads to it too. `path` sends on to the file.
 */
async function serveFiles(content: Buffer, { path = '/file', pauseMs = 0 } = {}) {
  const requests: string[] = [];
  let answer = (): unknown => ({ ok: false, error: 'file_not_found' });
  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    if (request.url === '/moved') {
      response.writeHead(302, { location: '/file' }).end();
      return;
    }
    if (request.url === '/file') {
      response.writeHead(200, { 'content-type': 'video/mp4' });
      pipeline(inParts(content, pauseMs), response).catch(() => response.destroy());
      return;
    }
    request.resume().on('end', () => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer()));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  const studioWith = (studio: Studio, id: string, host = '127.0.0.1'): Studio => {
    const size = studio.workspace.files.get(id)?.size;
    answer = () => ({
      ok: true,
      file: { id, size, mimetype: 'video/mp4', url_private_download: `http://${host}:${port}${path}` },
    });
    const slack = Object.create(studio.slack, { apiUrl: { value: `http://127.0.0.1:${port}/api/` } });
    return { ...studio, slack };
  };
  return { requests, studioWith };
}

/** Six parts with a pause before each but the first: longer in all than the pause that ends a download. */
async function* inParts(content: Buffer, pauseMs: number): AsyncGenerator<Buffer> {
  const size = Math.ceil(content.length / 6);
  for (let at = 0; at < content.length; at += size) {
    if (at > 0 && pauseMs > 0) await pause(pauseMs);
    yield content.subarray(at, at + size);
  }
}

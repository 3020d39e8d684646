import { createHash } from 'node:crypto';
import { open, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cardHash } from '../../../src/bot/chat/card-hash.ts';
import type { UploadFile } from '../../../src/core/ports/chat.ts';
import { trouble } from '../../fakes/slack/injections.ts';
import { type Desk, openDesk, titled } from '../../support/slack-desk.ts';
import { openStudio, type Studio } from '../../support/slack-studio.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const MB = 1_000_000;
const since = () => Date.now() - 60_000;
const CARD = titled('done', {
  mark: 'done',
  actions: [{ verb: 'rate', label: '5', target: 'rs_1', arguments: ['5'] }],
});

async function video(content: string | Buffer = 'a film', name = 'street.mp4'): Promise<UploadFile> {
  const path = join(await temporaryDirectory(), name);
  await writeFile(path, content);
  return { path, name, bytes: Buffer.byteLength(content), mime: 'video/mp4' };
}

async function openThread({ chat, channel }: Desk) {
  return await chat.openThread('thread', channel, 'A thread');
}

/** The files that everybody sees in the channel and in its only thread. */
function shownFiles({ renders }: Studio): readonly string[] {
  const roots = renders.timeline;
  const all = [...roots, ...roots.flatMap((root) => renders.thread(root).filter(({ ts }) => ts !== root.ts))];
  return all.flatMap(({ files }) => files.map(({ id }) => id));
}

describe('an upload', () => {
  it('arrives in its thread byte for byte, with its card and its buttons', async () => {
    const studio = await openStudio();
    const desk = await openDesk(studio);
    const where = await openThread(desk);
    const content = Buffer.alloc(3 * MB, 'frame');
    const outcome = await desk.chat.upload('k1', where, await video(content), CARD);
    const [, message] = studio.renders.thread(where.thread ?? '');
    expect(outcome).toEqual({ state: 'posted', reference: { ...where, message: message?.ts } });
    expect(message?.files[0]).toMatchObject({
      name: 'street.mp4',
      sha256: createHash('sha256').update(content).digest('hex'),
    });
    expect(message?.controls).toMatchObject([{ text: '5' }]);
    expect(await desk.chat.find('k1', where, since())).toEqual([{ ...where, message: message?.ts }]);
    expect(await desk.chat.shown({ ...where, message: message?.ts ?? '' })).toBe(cardHash(CARD));
    expect(studio.slack.calls.all.flatMap(({ unknownArguments }) => unknownArguments)).toEqual([]);
  });

  it('that is slow holds up neither posts nor edits', async () => {
    const studio = await openStudio();
    const desk = await openDesk(studio);
    const where = await openThread(desk);
    const slow = studio.slack.injections.inject('upload', trouble.slow());
    const uploading = desk.chat.upload('k1', where, await video(), CARD);
    await slow.hit();
    const message = await desk.chat.post('k2', where, titled('one'));
    expect(await desk.chat.edit(message, titled('two'))).toEqual({ state: 'edited' });
    slow.release();
    expect((await uploading).state).toBe('posted');
  });

  it('that appears late is not seen yet, and found as soon as it is there', async () => {
    const studio = await openStudio();
    const desk = await openDesk(studio, { times: { shareMs: 50 } });
    const where = await openThread(desk);
    studio.slack.shares.next('late');
    expect(await desk.chat.upload('k1', where, await video(), CARD)).toEqual({ state: 'unverified' });
    expect(await desk.chat.find('k1', where, since())).toEqual([]);
    studio.slack.shares.land();
    expect(await desk.chat.find('k1', where, since())).toHaveLength(1);
    // A second try sees that it is there.
    expect((await desk.chat.upload('k1', where, await video(), CARD)).state).toBe('posted');
    expect(shownFiles(studio)).toHaveLength(1);
  });

  it('that never appears is sent again, and the first one can appear no more', async () => {
    const studio = await openStudio();
    const desk = await openDesk(studio, { times: { shareMs: 50 } });
    const where = await openThread(desk);
    studio.slack.shares.next('late', 'soon');
    await desk.chat.upload('k1', where, await video(), CARD);
    const again = await desk.chat.upload('k1', where, await video(), CARD);
    studio.slack.shares.land();
    await studio.slack.until(() => studio.slack.shares.waiting === 0);
    expect(again.state).toBe('posted');
    expect(shownFiles(studio)).toHaveLength(1);
    expect(await desk.chat.find('k1', where, since())).toHaveLength(1);
  });

  it('in which Slack finds something bad is refused', async () => {
    const studio = await openStudio();
    const desk = await openDesk(studio);
    studio.slack.shares.next('failed');
    const outcome = await desk.chat.upload('k1', await openThread(desk), await video(), CARD);
    expect(outcome).toEqual({ state: 'refused', detail: 'file_deleted' });
  });

  it('can be deleted, with the file', async () => {
    const studio = await openStudio();
    const desk = await openDesk(studio);
    const where = await openThread(desk);
    const outcome = await desk.chat.upload('k1', where, await video(), CARD);
    if (outcome.state !== 'posted') throw new Error(outcome.state);
    await desk.chat.delete(outcome.reference);
    await desk.chat.delete(outcome.reference);
    expect(studio.renders.thread(where.thread ?? '').slice(1)).toEqual([]);
    expect([...studio.workspace.files.values()].every(({ deleted }) => deleted)).toBe(true);
    expect(await desk.chat.find('k1', where, since())).toEqual([]);
  });

  it('whose file somebody deletes is gone', async () => {
    const studio = await openStudio();
    const desk = await openDesk(studio);
    const where = await openThread(desk);
    const outcome = await desk.chat.upload('k1', where, await video(), CARD);
    if (outcome.state !== 'posted') throw new Error(outcome.state);
    for (const file of studio.workspace.files.values()) file.deleted = true;
    expect(await desk.chat.shown(outcome.reference)).toBeNull();
    expect(await desk.chat.find('k1', where, since())).toEqual([]);
  });
});

describe('an upload whose bot is killed', () => {
  it.each([
    ['files.getUploadURLExternal', trouble.silence('before')],
    ['files.getUploadURLExternal', trouble.silence('after')],
    ['upload', trouble.silence('before')],
    ['upload', trouble.silence('after')],
    ['files.completeUploadExternal', trouble.silence('before')],
    ['files.completeUploadExternal', trouble.silence('after')],
    ['files.info', trouble.silence('before')],
  ])('in %s (%o) is shown exactly once after the restart', async (method, silence) => {
    const studio = await openStudio();
    const first = await openDesk(studio);
    const where = await openThread(first);
    const killed = studio.slack.injections.inject(method, silence);
    const uploading = first.chat.upload('k1', where, await video(), CARD);
    const over = uploading.catch(() => undefined);
    await killed.hit();
    await first.chat.stop();
    await over;
    killed.stop();

    const second = await openDesk(studio, { database: first.database });
    const found = await second.chat.find('k1', where, since());
    if (found.length === 0) await second.chat.upload('k1', where, await video(), CARD);
    expect(await second.chat.find('k1', where, since())).toHaveLength(1);
    expect(shownFiles(studio)).toHaveLength(1);
  });

  it.each([
    ['an error of the server', trouble.serverError('after')],
    ['a broken connection', trouble.reset('after')],
  ])('is not known to be complete after %s, and found', async (_what, injected) => {
    const studio = await openStudio();
    const desk = await openDesk(studio);
    const where = await openThread(desk);
    studio.slack.injections.inject('files.completeUploadExternal', injected);
    const uploaded = desk.chat.upload('k1', where, await video(), CARD);
    await expect(uploaded).rejects.toMatchObject({ code: 'chat.unavailable' });
    await studio.renders.shows(({ files }) => files.length > 0, { thread: where.thread ?? '' });
    expect(await desk.chat.find('k1', where, since())).toHaveLength(1);
    expect(studio.slack.calls.of('files.completeUploadExternal')).toHaveLength(1);
  });

  it('whose bytes break off half-way is tried again from the beginning', async () => {
    const studio = await openStudio();
    const desk = await openDesk(studio);
    const where = await openThread(desk);
    studio.slack.injections.inject('upload', trouble.reset('midway'));
    const content = Buffer.alloc(2 * MB, 'x');
    await expect(desk.chat.upload('k1', where, await video(content), CARD)).rejects.toMatchObject({
      code: 'chat.unavailable',
    });
    expect((await desk.chat.upload('k1', where, await video(content), CARD)).state).toBe('posted');
  });

  it('whose bytes do not move any more ends by itself', async () => {
    const studio = await openStudio();
    const desk = await openDesk(studio, { times: { stallMs: 50 } });
    studio.slack.injections.inject('upload', trouble.silence('before'));
    const uploaded = desk.chat.upload('k1', await openThread(desk), await video(Buffer.alloc(20 * MB)), CARD);
    await expect(uploaded).rejects.toMatchObject({
      code: 'chat.unavailable',
      parameters: { detail: 'deadline' },
    });
  });
});

describe('a file', () => {
  it('that is gone, or becomes shorter while it is read, ends no process', async () => {
    const studio = await openStudio();
    const desk = await openDesk(studio);
    const where = await openThread(desk);
    const gone = await video();
    await rm(gone.path);
    await expect(desk.chat.upload('k1', where, gone, CARD)).rejects.toThrow();
    const shrinking = await video(Buffer.alloc(10 * MB));
    const announced = studio.slack.injections.inject('files.getUploadURLExternal', trouble.slow());
    const uploading = desk.chat.upload('k2', where, shrinking, CARD);
    await announced.hit();
    await truncate(shrinking.path, MB);
    announced.release();
    await expect(uploading).rejects.toMatchObject({ code: 'chat.unavailable' });
    expect(shownFiles(studio)).toEqual([]);
  });

  it('that grew while it was announced is not sent in part', async () => {
    const studio = await openStudio();
    const desk = await openDesk(studio);
    const growing = await video();
    const announced = studio.slack.injections.inject('files.getUploadURLExternal', trouble.slow());
    const uploading = desk.chat.upload('k1', await openThread(desk), growing, CARD);
    await announced.hit();
    const handle = await open(growing.path, 'a');
    await handle.write('more');
    await handle.close();
    announced.release();
    await expect(uploading).rejects.toThrow();
    expect(shownFiles(studio)).toEqual([]);
  });

  it('that is too large is refused, and no larger one is tried again', async () => {
    const studio = await openStudio();
    const desk = await openDesk(studio);
    const where = await openThread(desk);
    studio.workspace.policy.maxFileBytes = 1_000;
    expect(await desk.chat.maxUploadBytes()).toBe(1_000_000_000);
    const large = await video('x'.repeat(1_001));
    expect(await desk.chat.upload('k1', where, large, CARD)).toEqual({ state: 'too_large', maxBytes: 1_000 });
    expect(await desk.chat.maxUploadBytes()).toBe(1_000);
    await desk.chat.upload('k2', where, large, CARD);
    expect(studio.slack.calls.of('files.getUploadURLExternal')).toHaveLength(1);
    expect((await desk.chat.upload('k3', where, await video('x'.repeat(1_000)), CARD)).state).toBe('posted');
  });

  it.each([
    ['its type is not allowed', 'file_type_not_allowed'],
    ['uploads are disabled', 'file_uploads_disabled'],
    ['the storage is full', 'storage_limit_reached'],
    ['the bot was removed from the channel', 'not_in_channel'],
  ])('is refused where %s', async (why, detail) => {
    const studio = await openStudio();
    const desk = await openDesk(studio);
    const where = await openThread(desk);
    const { policy } = studio.workspace;
    if (detail === 'file_type_not_allowed') policy.blockedFileTypes = ['mp4'];
    if (detail === 'file_uploads_disabled') policy.uploadsDisabled = true;
    if (detail === 'storage_limit_reached') policy.storageFull = true;
    if (detail === 'not_in_channel') studio.renders.kick(studio.bot);
    expect(await desk.chat.upload('k1', where, await video(), CARD), why).toEqual({
      state: 'refused',
      detail,
    });
    expect([...studio.workspace.files.values()].filter(({ deleted }) => !deleted)).toEqual([]);
  });

  it('has no place in an archived channel', async () => {
    const studio = await openStudio();
    const desk = await openDesk(studio);
    const where = await openThread(desk);
    studio.renders.archive();
    const uploaded = desk.chat.upload('k1', where, await video(), CARD);
    await expect(uploaded).rejects.toMatchObject({ code: 'chat.place_gone' });
  });

  it('has no place in a thread that somebody has deleted, and is not left in the channel', async () => {
    const studio = await openStudio();
    const desk = await openDesk(studio);
    const root = studio.anna.says(studio.renders, 'root');
    studio.anna.deletes(root);
    const uploaded = desk.chat.upload('k1', { ...desk.channel, thread: root.ts }, await video(), CARD);
    await expect(uploaded).rejects.toMatchObject({ code: 'chat.place_gone' });
    expect(studio.renders.timeline).toEqual([]);
  });
});

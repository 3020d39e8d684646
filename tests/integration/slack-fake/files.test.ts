import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { trouble } from '../../fakes/slack/injections.ts';
import { openStudio, type Studio } from '../../support/slack-studio.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { refusalOf, webClient } from './clients.ts';

const VIDEO = Buffer.alloc(300_000, 'frame');

/** Uploads as the bot will: streamed from disk, with the length announced. */
async function upload(
  studio: Studio,
  name: string,
  content: Buffer = VIDEO,
  length = content.length,
): Promise<{ file: string; status: number }> {
  const path = join(await temporaryDirectory(), 'out.mp4');
  await writeFile(path, content);
  const ticket = await webClient(studio).files.getUploadURLExternal({ filename: name, length });
  const response = await fetch(ticket.upload_url ?? '', {
    method: 'POST',
    body: Readable.toWeb(createReadStream(path)),
    duplex: 'half',
    headers: { 'content-length': String((await stat(path)).size) },
  });
  return { file: ticket.file_id ?? '', status: response.status };
}

function complete(studio: Studio, file: string, where: { thread_ts?: string } = {}) {
  return webClient(studio).apiCall('files.completeUploadExternal', {
    files: [{ id: file, title: 'run rs_1' }],
    channel_id: studio.renders.id,
    initial_comment: 'here it is',
    ...where,
  });
}

describe('uploads', () => {
  it('arrive in a thread byte for byte, and are shared after the answer', async () => {
    const studio = await openStudio();
    const { renders, anna, slack, bot } = studio;
    const root = anna.says(renders, 'root');
    slack.shares.next('late');
    const { file, status } = await upload(studio, 'out.mp4');
    const answer = await complete(studio, file, { thread_ts: root.ts });
    const info = async () => (await webClient(studio).files.info({ file })).file;

    expect(status).toBe(200);
    expect(answer).toMatchObject({ files: [{ id: file, title: 'run rs_1', size: VIDEO.length }] });
    expect((await info())?.shares).toBeUndefined();
    slack.shares.land();
    const shown = await renders.shows((each) => each.files.length > 0, { thread: root });
    expect(shown).toMatchObject({ text: 'here it is', threadTs: root.ts, authorId: bot.botUserId });
    expect(shown.files[0]?.sha256).toBe(createHash('sha256').update(VIDEO).digest('hex'));
    expect(await readFile(shown.files[0]?.path ?? '')).toEqual(VIDEO);
    expect((await info())?.shares).toMatchObject({
      public: { [renders.id]: [{ ts: shown.ts, thread_ts: root.ts }] },
    });
    expect(slack.deliveries.all.map((each) => each.payload['event'])).toContainEqual(
      expect.objectContaining({ type: 'file_shared', user_id: bot.botUserId, file_id: file }),
    );
  });

  it('may be accepted and never appear, or be refused by the scan', async () => {
    const studio = await openStudio();
    const { renders, slack } = studio;
    slack.shares.next('never', 'failed', 'soon');
    const lost = await upload(studio, 'lost.mp4');
    expect((await complete(studio, lost.file)).ok).toBe(true);
    const infected = await upload(studio, 'infected.mp4');
    await complete(studio, infected.file);
    await slack.until(() => studio.workspace.files.get(infected.file)?.deleted);
    expect(await refusalOf(webClient(studio).files.info({ file: infected.file }))).toBe('file_deleted');
    await complete(studio, (await upload(studio, 'fine.mp4')).file);
    await renders.shows((each) => each.files[0]?.name === 'fine.mp4');
    expect(renders.timeline).toHaveLength(1);
    await complete(studio, lost.file);
    await renders.shows((each) => each.files[0]?.name === 'lost.mp4');
  });

  it('are refused where the length is wrong, the bytes are missing, or administrators forbid them', async () => {
    const studio = await openStudio();
    const { workspace, renders, bot } = studio;
    const client = webClient(studio);
    const short = await upload(studio, 'short.mp4', VIDEO, VIDEO.length + 1);
    expect(short.status).toBe(400);
    expect(await refusalOf(complete(studio, short.file))).toBe('file_not_found');
    const ask = (filename: string, length: number) =>
      refusalOf(client.files.getUploadURLExternal({ filename, length }));
    workspace.policy.maxFileBytes = 1_000;
    workspace.policy.blockedFileTypes = ['exe'];
    expect(await ask('a.mp4', 1_001)).toBe('file_upload_size_restricted');
    expect(await ask('a.exe', 10)).toBe('file_type_not_allowed');
    workspace.policy.uploadsDisabled = true;
    expect(await ask('a.mp4', 10)).toBe('file_uploads_disabled');
    workspace.policy.uploadsDisabled = false;
    const small = await upload(studio, 'a.mp4', Buffer.from('abc'));
    renders.kick(bot);
    expect(await refusalOf(complete(studio, small.file))).toBe('not_in_channel');
  });

  it('of the client’s own helper arrive too, whatever body it uses', async () => {
    const studio = await openStudio();
    await webClient(studio).files.uploadV2({
      channel_id: studio.renders.id,
      filename: 'run.log',
      file: VIDEO,
    });
    const shown = await studio.renders.shows((each) => each.files.length > 0);
    expect(shown.files[0]).toMatchObject({ name: 'run.log', size: VIDEO.length });
  });

  it('of a form with parts keep every byte, boundaries look-alikes included', async () => {
    const studio = await openStudio();
    const content = Buffer.concat([VIDEO, Buffer.from('\r\n--not the boundary\r\n\r\n'), VIDEO]);
    const ticket = await webClient(studio).files.getUploadURLExternal({
      filename: 'a.mp4',
      length: content.length,
    });
    const form = new FormData();
    form.append('file', new Blob([new Uint8Array(content)]), 'a.mp4');
    expect((await fetch(ticket.upload_url ?? '', { method: 'POST', body: form })).status).toBe(200);
    expect(studio.workspace.files.get(ticket.file_id ?? '')?.sha256).toBe(
      createHash('sha256').update(content).digest('hex'),
    );
  });

  it('can be slow, or break half-way', async () => {
    const studio = await openStudio();
    const { slack } = studio;
    const slow = slack.injections.inject('upload', trouble.slow());
    const uploading = upload(studio, 'a.mp4');
    await slow.hit();
    slow.release();
    expect((await uploading).status).toBe(200);
    slack.injections.inject('upload', trouble.reset('midway'));
    await expect(upload(studio, 'b.mp4')).rejects.toThrow();
    expect(slack.calls.of('upload').map((each) => [each.outcome, each.accepted])).toEqual([
      ['ok', true],
      ['reset', false],
    ]);
  });
});

describe('downloads', () => {
  it('need the bearer token of a member with files:read; everybody else gets a login page', async () => {
    const studio = await openStudio();
    const { anna, renders, bot, slack } = studio;
    await anna.uploads(renders, [{ name: 'Drift Car.mp4', content: VIDEO }], { text: 'make it snow' });
    const history = await webClient(studio).conversations.history({ channel: renders.id });
    const [file] = history.messages?.[0]?.files ?? [];
    const get = (token: string) =>
      fetch(file?.url_private_download ?? '', {
        headers: { authorization: `Bearer ${token}` },
        redirect: 'manual',
      });

    const fine = await get(bot.botToken);
    expect(fine.headers.get('content-type')).toBe('video/mp4');
    expect(Buffer.from(await fine.arrayBuffer())).toEqual(VIDEO);
    const wrong = await get('xoxb-wrong');
    expect([wrong.status, wrong.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(await wrong.text()).toContain('<!DOCTYPE html>');
    slack.http.redirectToLogin = true;
    bot.scopes = bot.scopes.filter((scope) => scope !== 'files:read');
    const missing = await get(bot.botToken);
    expect([missing.status, missing.headers.get('location')]).toEqual([
      302,
      expect.stringContaining('signin'),
    ]);
    expect(slack.calls.of('download').map((each) => each.outcome)).toEqual([
      'ok',
      'login page',
      'login page',
    ]);
  });

  it('can answer with a page, or break half-way', async () => {
    const studio = await openStudio();
    const { anna, renders, bot, slack } = studio;
    const message = await anna.uploads(renders, [{ name: 'a.mp4', content: VIDEO }]);
    const { file } = await webClient(studio).files.info({ file: message.files[0]?.id ?? '' });
    const get = () =>
      fetch(file?.url_private_download ?? '', { headers: { authorization: `Bearer ${bot.botToken}` } });
    slack.injections.inject('download', trouble.loginPage());
    expect((await get()).headers.get('content-type')).toContain('text/html');
    slack.injections.inject('download', trouble.reset('midway'));
    await expect((await get()).arrayBuffer()).rejects.toThrow();
    const slow = slack.injections.inject('download', trouble.slow('midway'));
    let bytes = 0;
    for await (const chunk of (await get()).body ?? []) {
      bytes += chunk.length;
      if (bytes === Math.floor(VIDEO.length / 2) + 1) slow.release();
    }
    expect(bytes).toBe(VIDEO.length);
  });
});

describe('what people upload', () => {
  it('reaches the bot as file_share with the text, and as file_shared with ids only', async () => {
    const studio = await openStudio();
    const { anna, slack, bot } = studio;
    const direct = slack.direct(anna, bot);
    const message = await anna.uploads(
      direct,
      [
        { name: 'a.mp4', content: 'a' },
        { name: 'b.wav', content: 'b' },
      ],
      { text: 'go' },
    );
    expect(slack.deliveries.all.map((each) => each.payload['event'])).toMatchObject([
      {
        type: 'message',
        subtype: 'file_share',
        text: 'go',
        channel_type: 'im',
        user: anna.id,
        ts: message.ts,
        files: [
          { name: 'a.mp4', mimetype: 'video/mp4' },
          { name: 'b.wav', mimetype: 'audio/wav' },
        ],
      },
      { type: 'file_shared', file_id: message.files[0]?.id, user_id: anna.id, channel_id: direct.id },
      { type: 'file_shared', file_id: message.files[1]?.id },
    ]);
  });

  it('is a stub in events when it comes from another organisation', async () => {
    const studio = await openStudio();
    const { anna, renders, slack } = studio;
    const message = await anna.uploads(renders, [{ name: 'a.mp4', content: 'a', external: true }], {
      mention: true,
    });
    const id = message.files[0]?.id ?? '';
    expect(slack.deliveries.of({ type: 'app_mention' })[0]?.payload['event']).toMatchObject({
      files: [{ id, file_access: 'check_file_info' }],
    });
    expect((await webClient(studio).files.info({ file: id })).file?.url_private_download).toContain(
      '/download/',
    );
  });

  it('is gone when it was deleted: the bot deletes only its own', async () => {
    const studio = await openStudio();
    const { anna, renders } = studio;
    const message = await anna.uploads(renders, [{ name: 'a.mp4', content: 'a' }]);
    const client = webClient(studio);
    expect(await refusalOf(client.files.delete({ file: message.files[0]?.id ?? '' }))).toBe(
      'cant_delete_file',
    );
    const { file } = await upload(studio, 'mine.mp4');
    await complete(studio, file);
    const shown = await renders.shows((each) => each.files[0]?.name === 'mine.mp4');
    await client.files.delete({ file });
    expect(renders.now(shown)?.files).toEqual([]);
    anna.deletes(message);
    expect(renders.timeline.map((each) => each.ts)).toEqual([shown.ts]);
  });
});

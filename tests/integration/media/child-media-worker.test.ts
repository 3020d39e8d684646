import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, watch, writeFileSync } from 'node:fs';
import {
  chmod,
  copyFile,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { createServer } from 'node:http';
import { createServer as createSocket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../../src/core/errors.ts';
import { ChildMediaWorker } from '../../../src/core/media/child-media-worker.ts';
import { mediaToolCommand } from '../../../src/core/media/media-tool-command.ts';
import type { MediaLimits } from '../../../src/core/ports/media.ts';
import {
  makeAbsurdDuration,
  makeClip,
  makePng,
  makeSlowedClip,
  makeTextFile,
  makeTruncated,
  makeTurnedClip,
  makeWav,
  makeZeroFrameClip,
} from '../../support/sample-clips.ts';

const LIMITS: MediaLimits = { maxBytes: 10_000_000, maxDurationMs: 60_000, maxPixels: 4_000_000 };

let directory: string;
let clip: string;
let worker: ChildMediaWorker;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'media-'));
  clip = await makeClip(join(directory, 'clip.mp4'));
});
afterAll(async () => await rm(directory, { recursive: true }));
beforeEach(() => {
  worker = new ChildMediaWorker();
});

const at = (name: string) => join(directory, name);

async function expectRefusal(path: string, code: ErrorCode, limits = LIMITS): Promise<void> {
  await expect.soft(worker.probe(path, limits), `probe ${path}`).rejects.toMatchObject({ code });
  await expect.soft(worker.verify(path, limits), `verify ${path}`).rejects.toMatchObject({ code });
}

describe('good files', () => {
  it('tells the facts of a video, measured and decoded', async () => {
    const facts = {
      kind: 'video',
      width: 64,
      height: 64,
      fps: 24,
      frames: 24,
      durationMs: 1000,
      codec: 'h264',
      hasAudio: false,
    };
    await expect(worker.probe(clip, LIMITS)).resolves.toEqual(facts);
    await expect(worker.verify(clip, LIMITS)).resolves.toEqual(facts);
  });

  it('tells odd rates and single frames', async () => {
    const odd = await makeClip(at('odd.mp4'), { frames: 10, fps: 23.976 });
    await expect(worker.probe(odd, LIMITS)).resolves.toMatchObject({
      frames: 10,
      fps: 23.976,
      durationMs: 417,
    });
    const single = await makeClip(at('single.mp4'), { frames: 1, fps: 10 });
    await expect(worker.verify(single, LIMITS)).resolves.toMatchObject({
      frames: 1,
      fps: 10,
      durationMs: 100,
    });
  });

  it('tells the size as displayed when the header asks for a quarter turn', async () => {
    const wide = await makeClip(at('wide.mp4'), { frames: 2, width: 96, height: 64 });
    const turned = await makeTurnedClip(wide, at('turned.mp4'));
    await expect(worker.probe(turned, LIMITS)).resolves.toMatchObject({ width: 64, height: 96 });
  });

  it('recognises pictures and sound by content, whatever they are called', async () => {
    const png = await makePng(at('picture.mp4'), 64, 48);
    await expect(worker.probe(png, LIMITS)).resolves.toEqual({
      kind: 'image',
      width: 64,
      height: 48,
      codec: 'png',
    });
    const wav = await makeWav(at('sound.png'), 1.5);
    const facts = { kind: 'audio', durationMs: 1500, codec: 'pcm_s16le' };
    await expect(worker.probe(wav, LIMITS)).resolves.toEqual(facts);
    await expect(worker.verify(wav, LIMITS)).resolves.toEqual(facts);
  });

  it('follows a link to a file', async () => {
    await symlink(clip, at('link.mp4'));
    await expect(worker.probe(at('link.mp4'), LIMITS)).resolves.toMatchObject({ frames: 24 });
  });

  it.each([
    ['spaces', 'a b  c.mp4'],
    ['quotes', `it's "quoted" \`here\`.mp4`],
    ['a leading dash', '-rf --out.mp4'],
    ['a newline', 'two\nlines.mp4'],
    ['a pattern of numbers', 'frame%03d.mp4'],
    ['a shell in it', '$(touch pwned);&|.mp4'],
    ['255 bytes', `${'n'.repeat(251)}.mp4`],
    ['emoji and right-to-left text', '🎬 שלום.mp4'],
    ['a protocol', 'http:example.com.mp4'],
    ['FFmpeg’s concat protocol', 'concat:a.mp4|b.mp4'],
    ['no extension', 'clip'],
  ])('opens a name with %s', async (_, name) => {
    await copyFile(clip, at(name));
    await expect(worker.probe(at(name), LIMITS)).resolves.toMatchObject({ frames: 24 });
  });
});

describe('bad files', () => {
  it('refuses what is not there', async () => {
    await expectRefusal(at('nothing.mp4'), 'input.file_missing');
    await expectRefusal(join(clip, 'inside.mp4'), 'input.file_missing');
    await expectRefusal(at('n'.repeat(300)), 'input.file_missing');
    await expectRefusal(at('nul\0.mp4'), 'input.file_missing');
    await symlink(at('loop.mp4'), at('loop.mp4'));
    await expectRefusal(at('loop.mp4'), 'input.file_missing');
  });

  it('refuses what may not be read', async () => {
    const secret = at('secret.mp4');
    await copyFile(clip, secret);
    await chmod(secret, 0o000);
    await chmod(directory, 0o755);
    // Root reads everything: become nobody for the time of the call.
    const root = process.geteuid?.() === 0;
    if (root) process.seteuid?.(65_534);
    try {
      await expectRefusal(secret, 'input.file_unreadable');
    } finally {
      if (root) process.seteuid?.(0);
    }
  });

  it('refuses folders, devices, pipes and sockets without opening them', async () => {
    await expectRefusal(directory, 'input.file_not_regular');
    await expectRefusal('/dev/zero', 'input.file_not_regular');
    execFileSync('mkfifo', [at('pipe.mp4')]);
    await expectRefusal(at('pipe.mp4'), 'input.file_not_regular');
    const socket = createSocket().listen(at('socket.mp4'));
    await once(socket, 'listening');
    await expectRefusal(at('socket.mp4'), 'input.file_not_regular');
    socket.close();
  });

  it('refuses an empty file and one above the limit, and takes one at the limit', async () => {
    await writeFile(at('empty.mp4'), '');
    await expectRefusal(at('empty.mp4'), 'input.file_empty');
    const { length } = await readFile(clip);
    await expectRefusal(clip, 'input.file_too_large', { ...LIMITS, maxBytes: length - 1 });
    await expect(worker.probe(clip, { ...LIMITS, maxBytes: length })).resolves.toBeDefined();
  });

  it('refuses text, random bytes and archives as no media', async () => {
    await expectRefusal(await makeTextFile(at('notes.mp4')), 'input.not_media');
    const noise = Buffer.alloc(200_000);
    for (let index = 0, seed = 1; index < noise.length; index++) {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
      noise[index] = seed >>> 16;
    }
    await writeFile(at('noise.mp4'), noise);
    await expectRefusal(at('noise.mp4'), 'input.not_media');
    await writeFile(at('archive.mp4'), Buffer.concat([Buffer.from('PK\x03\x04'), Buffer.alloc(5000)]));
    await expectRefusal(at('archive.mp4'), 'input.not_media');
  });

  it('refuses a video without frames', async () => {
    await expectRefusal(await makeZeroFrameClip(clip, at('no-frames.mp4')), 'input.no_frames');
  });

  it.each([0.05, 0.4, 0.9, 0.99])('refuses a video of which only %d arrived', async (share) => {
    await expectRefusal(await makeTruncated(clip, at(`part-${share}.mp4`), share), 'input.truncated');
  });

  it('refuses a picture and a sound that broke off', async () => {
    const png = await makePng(at('whole.png'), 300, 300);
    await expectRefusal(await makeTruncated(png, at('part.png'), 0.7), 'input.truncated');
    const wav = await makeWav(at('whole.wav'));
    await expectRefusal(await makeTruncated(wav, at('part.wav'), 0.7), 'input.truncated');
  });

  it('finds a corrupt packet by decoding only', async () => {
    const content = await readFile(clip);
    const data = content.indexOf('mdat', 0, 'latin1');
    content.fill(0xff, data + 2500, data + 4500);
    await writeFile(at('corrupt.mp4'), content);
    await expect(worker.probe(at('corrupt.mp4'), LIMITS)).resolves.toMatchObject({ frames: 24 });
    await expect(worker.verify(at('corrupt.mp4'), LIMITS)).rejects.toMatchObject({ code: 'input.truncated' });
  });

  it('refuses what lasts longer than allowed, and takes what lasts exactly as long', async () => {
    await expectRefusal(clip, 'input.too_long', { ...LIMITS, maxDurationMs: 999 });
    await expect(worker.probe(clip, { ...LIMITS, maxDurationMs: 1000 })).resolves.toBeDefined();
    await expectRefusal(await makeWav(at('long.wav'), 2), 'input.too_long', {
      ...LIMITS,
      maxDurationMs: 1999,
    });
  });

  it('refuses a header and a sample table that claim an absurd duration', async () => {
    await expectRefusal(await makeAbsurdDuration(clip, at('weeks.mp4')), 'input.absurd_duration');
    await expectRefusal(await makeSlowedClip(clip, at('slow.mp4')), 'input.absurd_duration');
  });

  it('refuses too many pixels, in a video and in a picture that would fill the memory', async () => {
    await expectRefusal(clip, 'input.too_many_pixels', { ...LIMITS, maxPixels: 64 * 64 - 1 });
    await expect(worker.probe(clip, { ...LIMITS, maxPixels: 64 * 64 })).resolves.toBeDefined();
    await expectRefusal(await makePng(at('bomb.png'), 12_000, 12_000), 'input.too_many_pixels');
  });
});

describe('files that name other files', () => {
  it('opens neither a file nor an address that a playlist, a script or a manifest names', async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/secret.mp4`;
    for (const target of [clip, url, `file:${clip}`, `concat:${clip}|${clip}`]) {
      await writeFile(
        at('list.mp4'),
        `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n${target}\n#EXT-X-ENDLIST\n`,
      );
      await expectRefusal(at('list.mp4'), 'input.not_media');
      await writeFile(at('script.mp4'), `ffconcat version 1.0\nfile '${target}'\n`);
      await expectRefusal(at('script.mp4'), 'input.not_media');
      await writeFile(
        at('manifest.mp4'),
        `<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><Period><AdaptationSet><Representation id="1" mimeType="video/mp4"><BaseURL>${target}</BaseURL></Representation></AdaptationSet></Period></MPD>`,
      );
      await expectRefusal(at('manifest.mp4'), 'input.not_media');
    }
    expect(asked).toEqual([]);
    server.close();
  });
});

describe('poster', () => {
  it('writes a JPEG no wider than asked and never enlarged', async () => {
    const wide = await makeClip(at('for-poster.mp4'), { width: 160, height: 96 });
    await worker.poster(wide, at('small.jpg'), 80);
    await expect(worker.probe(at('small.jpg'), LIMITS)).resolves.toEqual({
      kind: 'image',
      width: 80,
      height: 48,
      codec: 'mjpeg',
    });
    await worker.poster(wide, at('same.jpg'), 1280);
    await expect(worker.verify(at('same.jpg'), LIMITS)).resolves.toMatchObject({ width: 160, height: 96 });
  });

  it('shows a turned video upright, and pictures too', async () => {
    const wide = await makeClip(at('for-turn.mp4'), { frames: 3, width: 96, height: 64 });
    await worker.poster(await makeTurnedClip(wide, at('for-turned.mp4')), at('turned.jpg'), 1280);
    await expect(worker.probe(at('turned.jpg'), LIMITS)).resolves.toMatchObject({ width: 64, height: 96 });
    await worker.poster(await makePng(at('poster.png'), 200, 100), at('picture.jpg'), 50);
    await expect(worker.probe(at('picture.jpg'), LIMITS)).resolves.toMatchObject({ width: 50, height: 26 });
  });

  it('falls back to the first frame where the header leads beyond the last one', async () => {
    const absurd = await makeAbsurdDuration(clip, at('absurd-poster.mp4'));
    await worker.poster(absurd, at('absurd.jpg'), 64);
    await expect(worker.probe(at('absurd.jpg'), LIMITS)).resolves.toMatchObject({ width: 64 });
  });

  it('is whole although another process makes the same one at the same time', async () => {
    const both = at('both.jpg');
    const other = new ChildMediaWorker();
    await Promise.all([worker.poster(clip, both, 64), other.poster(clip, both, 64)]);
    await expect(worker.probe(both, LIMITS)).resolves.toMatchObject({ width: 64 });
    expect((await readdir(directory)).filter((name) => name.startsWith('both.jpg'))).toEqual(['both.jpg']);
  });

  it('leaves nothing behind where there is no picture', async () => {
    const wav = await makeWav(at('poster.wav'));
    await expect(worker.poster(wav, at('no.jpg'), 64)).rejects.toMatchObject({ code: 'input.no_frames' });
    const text = await makeTextFile(at('poster.txt'));
    await expect(worker.poster(text, at('no.jpg'), 64)).rejects.toMatchObject({ code: 'input.not_media' });
    await expect(worker.poster(clip, at('missing/no.jpg'), 64)).rejects.toThrow();
    expect((await readdir(directory)).filter((name) => name.startsWith('no.jpg'))).toEqual([]);
  });
});

describe('a worker that breaks', () => {
  /** A program in the tool's place that says who it is and then does as told. */
  function fakeTool(then: string): readonly [string, string] {
    writeFileSync(
      at('tool.cjs'),
      `const fs = require('fs'); fs.writeFileSync(${JSON.stringify(at('pid.new'))}, String(process.pid));
       fs.renameSync(${JSON.stringify(at('pid.new'))}, ${JSON.stringify(at('pid'))}); ${then}`,
    );
    return [process.execPath, at('tool.cjs')];
  }
  const hang = 'setInterval(() => {}, 1000)';

  async function expectGone(): Promise<void> {
    const pid = Number(await readFile(at('pid'), 'utf8'));
    expect(pid).toBeGreaterThan(0);
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    await rename(at('pid'), at('old-pid'));
  }

  it('is ended at the deadline, even if it ignores signals', async () => {
    const toolCommand = fakeTool(`process.on('SIGTERM', () => {}); ${hang}`);
    const hanging = new ChildMediaWorker({ toolCommand, deadlineMs: 2500 });
    const refusal = { code: 'media.worker_timed_out', parameters: { timeoutMs: 2500 } };
    await expect(hanging.probe(clip, LIMITS)).rejects.toMatchObject(refusal);
    await expectGone();
  });

  it('is ended on abort, and the abort reason is what the caller gets', async () => {
    const abort = new AbortController();
    const events = watch(directory);
    const call = new ChildMediaWorker({ toolCommand: fakeTool(hang) }).verify(clip, LIMITS, abort.signal);
    const outcome = expect(call).rejects.toThrow('enough');
    while (!existsSync(at('pid'))) await once(events, 'change');
    events.close();
    abort.abort(new Error('enough'));
    await outcome;
    await expectGone();
  });

  it('is not even started after an abort', async () => {
    const aborted = AbortSignal.abort(new Error('too late'));
    await expect(worker.probe(clip, LIMITS, aborted)).rejects.toThrow('too late');
    await expect(worker.poster(clip, at('never.jpg'), 64, aborted)).rejects.toThrow('too late');
  });

  it.each([
    ['a crash', 'process.kill(process.pid, "SIGSEGV")', 'SIGSEGV'],
    ['a failure', 'process.exit(3)', 'exit code 3'],
    ['silence', '', 'no answer'],
    ['half an answer', `process.stdout.write('{"ok":true,"fac')`, 'no answer'],
    ['an answer without facts', `process.stdout.write('{"ok":true}')`, 'no answer'],
  ])('is reported after %s', async (_, then, detail) => {
    const broken = new ChildMediaWorker({ toolCommand: fakeTool(then) });
    await expect(broken.probe(clip, LIMITS)).rejects.toMatchObject({
      code: 'media.worker_failed',
      parameters: { detail },
    });
  });

  it('is reported with the end of what the tool has written, however much that is', async () => {
    const talking = fakeTool(
      `fs.writeSync(2, 'x'.repeat(300_000) + 'the last word'); fs.writeSync(1, 'y'.repeat(300_000))`,
    );
    const failure = await new ChildMediaWorker({ toolCommand: talking })
      .probe(clip, LIMITS)
      .catch((error) => error);
    expect(failure).toMatchObject({ code: 'media.worker_failed', parameters: { detail: 'no answer' } });
    expect(failure.cause.message).toMatch(/^x+the last word$/);
    expect(failure.cause.message).toHaveLength(2048);
  });

  it('is reported when there is no such program', async () => {
    const none = new ChildMediaWorker({ node: at('no-node') });
    await expect(none.probe(clip, LIMITS)).rejects.toMatchObject({ code: 'media.worker_failed' });
  });

  it('is ended when it takes more memory than allowed', async () => {
    const small = new ChildMediaWorker({ maxMemoryMb: 40 });
    const long = await makeClip(at('long.mp4'), { frames: 240, width: 320, height: 240 });
    const detail = 'memory above 40 MB';
    await expect(small.verify(long, LIMITS)).rejects.toMatchObject({
      code: 'media.worker_failed',
      parameters: { detail },
    });
  });

  it('ends by itself when nobody is left to end it', async () => {
    const [program, ...first] = mediaToolCommand(process.execPath);
    const request = { call: 'verify', limits: LIMITS, bounds: { deadlineMs: -2000, maxMemoryMb: 1024 } };
    const fd = openSync(clip, 'r');
    const child = spawn(program, [...first, 'inspect', JSON.stringify(request)], {
      stdio: ['ignore', 'ignore', 'ignore', fd],
    });
    closeSync(fd);
    await expect(once(child, 'exit')).resolves.toEqual([null, 'SIGKILL']);
  });

  it('sees neither the environment nor the standard input of the bot', async () => {
    const report = `fs.writeFileSync(${JSON.stringify(at('seen'))}, JSON.stringify([Object.keys(process.env), fs.readFileSync(0, 'utf8')]))`;
    await expect(
      new ChildMediaWorker({ toolCommand: fakeTool(report) }).probe(clip, LIMITS),
    ).rejects.toThrow();
    expect(JSON.parse(await readFile(at('seen'), 'utf8'))).toEqual([[], '']);
  });
});

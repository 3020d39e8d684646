import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { rename, rm, symlink, writeFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { secretFile, WebBench } from './web-bench.ts';

const MIB = 1024 * 1024;

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

describe('a signed link', () => {
  it('hands the file out byte for byte, to be kept under its name', async () => {
    const web = await WebBench.open();
    const { status, headers, body } = await web.get(web.link());
    expect(status).toBe(200);
    expect(body.equals(web.content)).toBe(true);
    const name = `${web.run.promptName}-${web.run.id}.mp4`;
    expect(headers).toMatchObject({
      'content-type': 'video/mp4',
      'content-length': String(web.content.length),
      'content-disposition': `attachment; filename="${name}"; filename*=UTF-8''${name}`,
      'accept-ranges': 'bytes',
      etag: `"${sha256(web.content)}"`,
      'cache-control': 'private, no-store, no-transform',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'referrer-policy': 'no-referrer',
    });
  });

  it('tells with HEAD what it is, and sends none of it', async () => {
    const web = await WebBench.open();
    const { status, headers, body } = await web.get(web.link(), { range: 'bytes=0-1' }, 'HEAD');
    expect([status, body.length]).toEqual([200, 0]);
    expect(headers['content-length']).toBe(String(web.content.length));
    expect(headers.etag).toBe(`"${sha256(web.content)}"`);
  });

  it('hands out any part, and the parts are the whole', async () => {
    const web = await WebBench.open({ content: randomBytes(70_000) });
    const link = web.link();
    const { length } = web.content;
    const place = fc.nat({ max: length + 10 });
    await fc.assert(
      fc.asyncProperty(place, place, async (one, other) => {
        const [first, last] = [Math.min(one, other), Math.max(one, other)];
        const { status, headers, body } = await web.get(link, { range: `bytes=${first}-${last}` });
        if (first >= length) {
          expect([status, headers['content-range'], body.length]).toEqual([416, `bytes */${length}`, 0]);
          return;
        }
        const expected = web.content.slice(first, last + 1);
        const end = first + expected.length - 1;
        expect([status, headers['content-range']]).toEqual([206, `bytes ${first}-${end}/${length}`]);
        expect(headers['content-length']).toBe(String(expected.length));
        expect(body.equals(expected)).toBe(true);
      }),
      { numRuns: 60 },
    );
    const tail = await web.get(link, { range: 'bytes=-5' });
    expect(tail.body.equals(web.content.slice(-5))).toBe(true);
  });

  it('hands the rest of a file out to whoever has its beginning, and the whole to whoever has another', async () => {
    const web = await WebBench.open();
    const link = web.link();
    const { etag = '' } = (await web.get(link, {}, 'HEAD')).headers;
    const rest = await web.get(link, { range: 'bytes=100-', 'if-range': etag });
    expect([rest.status, rest.body.length]).toEqual([206, web.content.length - 100]);
    for (const other of ['"0000"', `W/${etag}`, new Date().toUTCString()]) {
      const whole = await web.get(link, { range: 'bytes=100-', 'if-range': other });
      expect([whole.status, whole.body.length]).toEqual([200, web.content.length]);
    }
  });

  it('hands out a file without content', async () => {
    const web = await WebBench.open({ content: new Uint8Array() });
    const { status, headers, body } = await web.get(web.link());
    expect([status, headers['content-length'], body.length]).toEqual([200, '0', 0]);
    expect((await web.get(web.link(), { range: 'bytes=0-' })).status).toBe(416);
  });

  it('serves two at once, one of which takes its time', async () => {
    const web = await WebBench.open({ content: randomBytes(24 * MIB) });
    const slow = web.connect();
    slow.write(`GET ${web.link()} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    const [first]: Buffer[] = await once(slow, 'data');
    slow.pause();
    const whole = await web.get(web.link());
    expect(sha256(whole.body)).toBe(sha256(web.content));
    const received: Buffer[] = first === undefined ? [] : [first];
    slow.on('data', (chunk: Buffer) => received.push(chunk));
    slow.resume();
    await once(slow, 'close');
    const answer = Buffer.concat(received);
    expect(sha256(answer.subarray(answer.indexOf('\r\n\r\n') + 4))).toBe(sha256(web.content));
  });

  it('is under the path of the public address', async () => {
    const web = await WebBench.open({ path: '/tools/cosmos' });
    expect(web.link()).toMatch(/^\/tools\/cosmos\/files\//);
    expect((await web.get(web.link())).status).toBe(200);
    expect((await web.get(web.link().replace('/tools/cosmos', ''))).status).toBe(404);
  });
});

describe('what is no link of the bot', () => {
  it('is answered alike, whether the run exists or not, and whatever of it was changed', async () => {
    const web = await WebBench.open();
    const link = web.link();
    const { body: nothing, headers } = await web.get('/');
    const wrong = [
      link.replace(web.run.id, 'rs_00000000'),
      link.replace('/0/', '/1/'),
      link.replace('.mp4', '.exe'),
      link.replace(/expires=\d+/, 'expires=9999999999'),
      link.replace(/signature=.*/, `signature=${'0'.repeat(64)}`),
      link.replace(/signature=.*/, 'signature='),
      link.replace(/&signature=.*/, ''),
      link.replace(/\?.*/, ''),
      link.slice(0, -1),
      `${link}0`,
      link.replace('/files/', '/FILES/'),
      '/files',
      '/files/',
      `/files/${web.run.id}/`,
      '/favicon.ico',
      '/robots.txt',
    ];
    for (const path of wrong) {
      const answer = await web.get(path);
      expect([path, answer.status, String(answer.body)]).toEqual([path, 404, String(nothing)]);
      expect(Object.keys(answer.headers)).toEqual(Object.keys(headers));
    }
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']) {
      expect((await web.get(link, {}, method)).status).toBe(404);
    }
  });

  it('reads no other file, however it is written', async () => {
    const web = await WebBench.open();
    const path = await secretFile();
    const { search } = new URL(`http://localhost${web.link()}`);
    const up = '../'.repeat(12);
    const places = [
      `${up}${path}`,
      `${up.replaceAll('.', '%2e')}${path}`,
      `${up.replaceAll('/', '%2f')}${path.replaceAll('/', '%2f')}`,
      `${up.replaceAll('/', '\\')}${path}`,
      `${up.replaceAll('/', '%5c')}${path}`,
      `..%252f..%252f${path}`,
      `${path}%00.mp4`,
      path,
    ];
    for (const place of places) {
      for (const target of [
        `/files/${web.run.id}/0/${place}${search}`,
        `/files/${web.run.id}/${place}${search}`,
        `/files/${place}${search}`,
        `/${place}`,
        place,
      ]) {
        const answer = await web.raw(`GET ${target}`);
        expect([target, answer]).not.toEqual([target, expect.stringContaining('not for you')]);
        expect(answer).toMatch(/^HTTP\/1\.1 40[04] /);
      }
    }
  });

  it('is refused where it is no HTTP, and the server goes on', async () => {
    const web = await WebBench.open();
    for (const line of ['\0\0\0', 'GET', `GET /${'x'.repeat(40_000)}`, 'GET http://[', 'CONNECT a:1']) {
      expect(await web.raw(line)).toMatch(/^(HTTP\/1\.1 4\d\d |$)/);
    }
    expect((await web.get(web.link())).status).toBe(200);
  });
});

describe('a link to what is not to be had', () => {
  it('says where a new one is, once it has expired', async () => {
    const web = await WebBench.open();
    const expired = web.expiredLink();
    const { status, body, headers } = await web.get(expired);
    expect(status).toBe(410);
    expect(String(body)).toContain(`/cosmos show ${web.run.id}`);
    expect(headers['content-type']).toMatch(/^text\/plain/);
    // Not even that is told of what was never signed.
    expect((await web.get(expired.replace(/.$/, (digit) => (digit === '0' ? '1' : '0')))).status).toBe(404);
  });

  it('says that the file is gone where it was deleted, cut, or replaced by a link', async () => {
    const web = await WebBench.open();
    const link = web.link();
    const path = web.run.outputs[0]?.path ?? '';
    await writeFile(path, 'cut');
    expect((await web.get(link)).status).toBe(410);
    const other = await secretFile();
    await rm(path);
    await symlink(other, path);
    const { status, body } = await web.get(link);
    expect([status, String(body).includes('not for you')]).toEqual([410, false]);
    await rm(path);
    expect((await web.get(link)).status).toBe(410);
    expect(web.log).toContain('a linked file is not there any more');
  });

  it('says so too where it has never existed', async () => {
    const web = await WebBench.open();
    expect((await web.get(web.link(7))).status).toBe(410);
    const stranger = { ...web.run, id: 'rs_00000000' as typeof web.run.id };
    const { pathname, search } = new URL(web.links.to(stranger, 0).url);
    expect((await web.get(pathname + search)).status).toBe(410);
  });

  it('is good again once the file is back where it was', async () => {
    const web = await WebBench.open();
    const path = web.run.outputs[0]?.path ?? '';
    const link = web.link();
    await rename(path, `${path}.away`);
    expect((await web.get(link)).status).toBe(410);
    await rename(`${path}.away`, path);
    expect((await web.get(link)).status).toBe(200);
  });
});

it('no log holds a signature, whatever was asked for', async () => {
  const web = await WebBench.open();
  const link = web.link();
  const signature = /signature=(.*)/.exec(link)?.[1] ?? '';
  await web.get(link);
  await web.get(link.replace(/expires=\d+/, 'expires=1'));
  await web.get(web.link(7));
  await rm(web.run.outputs[0]?.path ?? '');
  await web.get(link);
  expect(web.log).toContain('a linked file was sent');
  expect(web.log).toContain(web.run.id);
  expect(web.log).not.toContain(signature);
  expect(web.log).not.toMatch(/[0-9a-f]{64}/);
});

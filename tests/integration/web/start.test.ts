import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runWithResult } from '../../support/linked-run.ts';
import { freePort } from '../../support/openssh-server.ts';
import { runCosmos } from '../../support/run-cosmos.ts';
import { configuredDirectory, startedDaemon } from '../../support/started-daemon.ts';
import { openWorkbench } from '../../support/workbench.ts';
import { fetched, LINK_SECRET } from './web-bench.ts';

const READY = 'Links to files begin with';

/** A directory with a `[web]` table and its secret. */
async function webDirectory(more = ''): Promise<{ directory: string; port: number }> {
  const port = await freePort();
  const directory = await configuredDirectory(
    `[web]\nport = ${port}\npublic_url = "http://127.0.0.1:${port}"\nlink_secret = { file = "link-secret" }\n${more}`,
  );
  await writeFile(join(directory, 'link-secret'), `${LINK_SECRET}\n`);
  return { directory, port };
}

/** A finished run of that directory, and the path of a link to its result as a card has it. */
async function finishedRun(directory: string, content: Uint8Array): Promise<string> {
  await using bench = await openWorkbench({ directory });
  bench.clock.advance(Date.now() - bench.clock.now());
  const run = await runWithResult(bench, content);
  const { place } = bench.bot.parts.views.result(run, { localFiles: false });
  const link = place.kind === 'attached' ? undefined : place.link;
  const { pathname, search } = new URL(link?.url ?? '');
  return pathname + search;
}

describe('cosmos start with [web]', () => {
  it('serves what it links to, is not harmed by a kill in the middle, and the link outlives it', async () => {
    const { directory, port } = await webDirectory();
    const content = randomBytes(16 * 1024 * 1024);
    const link = await finishedRun(directory, content);
    const first = startedDaemon(directory, {});
    expect(await first.said(READY)).toContain(
      `Links to files begin with http://127.0.0.1:${port}; the bot listens at 127.0.0.1:${port}, for this machine alone.`,
    );
    const cut = connect(port, '127.0.0.1');
    cut.on('error', () => undefined);
    cut.write(`GET ${link} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    const [beginning]: Buffer[] = await once(cut, 'data');
    cut.pause();
    first.child.kill('SIGKILL');
    await first.ended;
    cut.destroy();
    const head = String(beginning);
    const body = beginning?.subarray(head.indexOf('\r\n\r\n') + 4) ?? Buffer.alloc(0);
    const etag = /etag: (\S+)/i.exec(head)?.[1] ?? '';

    const second = startedDaemon(directory, {});
    await second.said(READY);
    const rest = await fetched(port, link, { range: `bytes=${body.length}-`, 'if-range': etag });
    expect(rest.status).toBe(206);
    expect(Buffer.concat([body, rest.body]).equals(content)).toBe(true);

    // Somebody who reads does not hold up the end.
    const reading = connect(port, '127.0.0.1');
    reading.on('error', () => undefined);
    reading.write(`GET ${link} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    await once(reading, 'data');
    reading.pause();
    second.child.kill('SIGTERM');
    expect(await second.ended).toEqual([0, null]);
    reading.destroy();
  });

  it('says that others can reach it where they can, and ends with 1 where the port is taken', async () => {
    const { directory, port } = await webDirectory('host = "0.0.0.0"\n');
    const daemon = startedDaemon(directory, {});
    expect(await daemon.said(READY)).toContain(
      `listens at 0.0.0.0:${port}, and other machines can reach that, without encryption.`,
    );
    const { directory: other } = await webDirectory(`host = "0.0.0.0"\n`);
    await writeFile(
      join(other, 'cosmos.toml'),
      `[web]\nhost = "0.0.0.0"\nport = ${port}\npublic_url = "http://127.0.0.1"\nlink_secret = { file = "link-secret" }\n`,
    );
    const { code, error } = await runCosmos(['start'], { directory: other });
    expect(error).toContain('web.port is not valid');
    expect(error).toContain('something else listens there already');
    expect(code).toBe(1);
  });

  it('ends with 2 where the secret is missing or short, which stops no other command', async () => {
    const { directory } = await webDirectory();
    await writeFile(join(directory, 'link-secret'), 'much too short');
    for (const words of [['start'], ['config', 'check']]) {
      const { code, error } = await runCosmos(words, { directory });
      expect(error).toContain('web.link_secret');
      expect(error).toContain('32 characters');
      expect(error).not.toContain('much too short');
      expect(code).toBe(2);
    }
    expect((await runCosmos(['status'], { directory })).code).toBe(0);
  });
});

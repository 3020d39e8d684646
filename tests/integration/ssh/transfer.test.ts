import { createHash, randomBytes } from 'node:crypto';
import { chmod, link, readFile, symlink, utimes, writeFile } from 'node:fs/promises';
import { expect, it, onTestFinished } from 'vitest';
import { BLOCK_BYTES, SMALL_BYTES } from '../../../src/remote/transfer/block-queue.ts';
import { HostGrowingHash } from '../../../src/remote/transport/ssh/host-growing-hash.ts';
import { runShellScript } from '../../../src/remote/transport/ssh/ssh-command.ts';
import { SshConnection } from '../../../src/remote/transport/ssh/ssh-connection.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { describeWithSshd, startServer, transportTo, unreachable } from './ssh-server.ts';

const MIB = 1024 * 1024;
const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const ignore = { onProgress: (): void => undefined };

describeWithSshd('transfers over SSH', () => {
  it('brings files of every size there and back, byte for byte', async () => {
    const server = await startServer();
    const transport = transportTo(server);
    const host = await server.makeDirectory('work');
    const here = await temporaryDirectory();
    const around = (bytes: number): number[] => [bytes - 1, bytes, bytes + 1];
    for (const size of [0, 1, ...around(BLOCK_BYTES), ...around(SMALL_BYTES), 50 * MIB + 12_345]) {
      const bytes = randomBytes(size);
      await writeFile(`${here}/${size}`, bytes);
      const seen: number[] = [];
      const sent = await transport.upload(`${here}/${size}`, `${host}/${size}`, {
        onProgress: (done, total) => {
          expect(total).toBe(size);
          seen.push(done);
        },
      });
      expect(seen).toEqual(seen.toSorted((a, b) => a - b));
      expect(seen.at(-1) ?? 0).toBe(size);
      expect(await transport.hash(`${host}/${size}`)).toEqual({ sha256: digest(bytes), bytes: size });
      expect(sent.received).toEqual({ sha256: digest(bytes), bytes: size });
      const back = await transport.download(`${host}/${size}`, `${here}/${size}-back`, ignore);
      expect(back.sent).toEqual(sent.received);
      expect(back.received).toEqual(sent.received);
      expect(digest(await readFile(`${here}/${size}-back`))).toBe(digest(bytes));
    }
  });

  it('writes to new names only, and takes neither links nor directories', async () => {
    const server = await startServer();
    const transport = transportTo(server);
    const host = await server.makeDirectory('work');
    const here = await temporaryDirectory();
    await writeFile(`${here}/file`, 'x');
    await transport.upload(`${here}/file`, `${host}/file`, ignore);
    await expect(transport.upload(`${here}/file`, `${host}/file`, ignore)).rejects.toMatchObject({
      reason: 'exists',
    });
    await expect(transport.download(`${host}/file`, `${here}/file`, ignore)).rejects.toMatchObject({
      reason: 'exists',
    });
    await symlink('file', `${host}/link`);
    await expect(transport.download(`${host}/link`, `${here}/x`, ignore)).rejects.toMatchObject({
      reason: 'wrong_kind',
    });
    await expect(transport.download(`${host}/no`, `${here}/x`, ignore)).rejects.toMatchObject({
      reason: 'missing',
    });
    await expect(transport.upload(`${here}/no`, `${host}/x`, ignore)).rejects.toMatchObject({
      reason: 'missing',
    });
    await chmod(host, 0o500);
    if (server.user !== process.env.USER) {
      await expect(transport.upload(`${here}/file`, `${host}/x`, ignore)).rejects.toMatchObject({
        reason: 'denied',
      });
    }
  });

  it('tells the version of a file: another one after every change but a further link, none of a young file', async () => {
    const server = await startServer();
    const transport = transportTo(server);
    const host = await server.makeDirectory('work');
    const path = `${host}/file's`;
    const versionAt = async (seconds: number): Promise<string | undefined> => {
      await utimes(path, seconds, seconds);
      return transport.version(path);
    };
    const now = Date.now() / 1000;
    await writeFile(path, 'content');
    expect(await transport.version(path)).toBeUndefined();
    const first = await versionAt(now - 10);
    expect(first).toBeDefined();
    await link(path, `${host}/other`);
    expect(await transport.version(path)).toBe(first);
    await writeFile(path, 'CONTENT');
    expect(await transport.version(path)).toBeUndefined();
    expect(await versionAt(now - 9.5)).not.toBe(first);
    expect(await transport.version(`${host}/nothing`)).toBeUndefined();
  });

  it('hashes a file on the host as it grows, also where one such hash is under way already', async () => {
    const server = await startServer();
    const transport = transportTo(server);
    const host = await server.makeDirectory('work');
    const here = await temporaryDirectory();
    const bytes = randomBytes(20 * MIB);
    await writeFile(`${here}/file`, bytes);
    const sent = await Promise.all(
      ['a', 'b', 'c'].map((name) => transport.upload(`${here}/file`, `${host}/${name}`, ignore)),
    );
    for (const { received } of sent) expect(received).toEqual({ sha256: digest(bytes), bytes: bytes.length });
  });

  it('hashes what grows beside as many commands as run at once without it', async () => {
    const server = await startServer();
    const connection = new SshConnection(server.options);
    onTestFinished(() => connection.close());
    const host = await server.makeDirectory('work');
    await writeFile(`${host}/file`, 'frames');
    const hash = new HostGrowingHash(connection, `${host}/file`);
    const together =
      'mkdir "$1/$2"; until [ -d "$1/4" ] && [ -d "$1/3" ] && [ -d "$1/2" ] && [ -d "$1/1" ]; do sleep 0.02; done';
    const commands = [1, 2, 3, 4].map((number) =>
      runShellScript(connection, together, [host, String(number)], { deadlineMs: 15_000 }),
    );
    for (const { exitCode } of await Promise.all(commands)) expect(exitCode).toBe(0);
    hash.grow(6);
    expect(await hash.finish()).toEqual({ sha256: digest(Buffer.from('frames')), bytes: 6 });
  });

  it('ends when its caller gives up, and leaves the connection usable', async () => {
    const server = await startServer();
    const transport = transportTo(server);
    const host = await server.makeDirectory('work');
    const here = await temporaryDirectory();
    await writeFile(`${here}/file`, randomBytes(30 * MIB));
    const giveUp = new AbortController();
    const stop = (): void => giveUp.abort(new Error('given up'));
    await expect(
      transport.upload(`${here}/file`, `${host}/a`, { onProgress: stop, signal: giveUp.signal }),
    ).rejects.toThrow('given up');
    await transport.upload(`${here}/file`, `${host}/b`, ignore);
    const again = new AbortController();
    const stopAgain = (): void => again.abort(new Error('given up'));
    await expect(
      transport.download(`${host}/b`, `${here}/b`, { onProgress: stopAgain, signal: again.signal }),
    ).rejects.toThrow('given up');
    expect(await transport.run(['true'])).toMatchObject({ exitCode: 0 });
  });

  it('ends with the transport', async () => {
    const server = await startServer();
    const transport = transportTo(server);
    const host = await server.makeDirectory('work');
    const here = await temporaryDirectory();
    await writeFile(`${here}/file`, randomBytes(30 * MIB));
    const sent = transport.upload(`${here}/file`, `${host}/file`, {
      onProgress: () => void transport.close(),
    });
    await expect(sent).rejects.toMatchObject(unreachable('closed'));
  });
});

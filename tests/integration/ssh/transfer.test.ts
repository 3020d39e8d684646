import { createHash, randomBytes } from 'node:crypto';
import { chmod, readFile, symlink, writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
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
    for (const size of [0, 1, 32 * 1024, MIB - 1, MIB, MIB + 1, 50 * MIB + 12_345]) {
      const bytes = randomBytes(size);
      await writeFile(`${here}/${size}`, bytes);
      const seen: number[] = [];
      await transport.upload(`${here}/${size}`, `${host}/${size}`, {
        onProgress: (done, total) => {
          expect(total).toBe(size);
          seen.push(done);
        },
      });
      expect(seen).toEqual(seen.toSorted((a, b) => a - b));
      expect(seen.at(-1) ?? 0).toBe(size);
      expect(await transport.hash(`${host}/${size}`)).toEqual({ sha256: digest(bytes), bytes: size });
      await transport.download(`${host}/${size}`, `${here}/${size}-back`, ignore);
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

  it('goes on where it was when the connection breaks in the middle', async () => {
    const server = await startServer();
    const transport = transportTo(server);
    const host = await server.makeDirectory('work');
    const here = await temporaryDirectory();
    const bytes = randomBytes(40 * MIB);
    await writeFile(`${here}/file`, bytes);
    const cutAtHalf = (): ((done: number) => void) => {
      let isCut = false;
      return (done) => {
        if (isCut || done < bytes.length / 2) return;
        isCut = true;
        server.cut();
      };
    };
    await transport.upload(`${here}/file`, `${host}/file`, { onProgress: cutAtHalf() });
    expect(digest(await readFile(`${host}/file`))).toBe(digest(bytes));
    await transport.download(`${host}/file`, `${here}/back`, { onProgress: cutAtHalf() });
    expect(digest(await readFile(`${here}/back`))).toBe(digest(bytes));
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

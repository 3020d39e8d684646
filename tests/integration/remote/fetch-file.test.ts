import { mkdir, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { systemRandom } from '../../../src/bot/system-random.ts';
import { fetchFile } from '../../../src/remote/fetch-file.ts';
import { FileFault } from '../../../src/remote/transport/file-fault.ts';
import { LocalTransport } from '../../../src/remote/transport/local-transport.ts';
import type { CopyOptions } from '../../../src/remote/transport/transport.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

/** Leaves a directory where the file was to be, which the removal of a file refuses. */
class StubbornTransport extends LocalTransport {
  override async download(_path: string, file: string): Promise<never> {
    await mkdir(file);
    throw new FileFault('full', undefined);
  }
}

/** Loses a byte on the way. */
class LossyTransport extends LocalTransport {
  override async download(path: string, file: string, options: CopyOptions) {
    const copied = await super.download(path, file, options);
    await truncate(file, copied.received.bytes - 1);
    return { ...copied, received: await this.hash(file) };
  }
}

it('refuses what is not what the host has, and leaves what was there before', async () => {
  const [host, directory] = [await temporaryDirectory(), await temporaryDirectory()];
  await writeFile(join(host, 'street.mp4'), 'frames');
  await writeFile(join(directory, 'street.mp4'), 'before');
  const transport = new LossyTransport({ PATH: '/usr/bin:/bin', HOME: tmpdir() });
  const fetched = fetchFile({
    ...{ transport, from: join(host, 'street.mp4'), to: join(directory, 'street.mp4') },
    ...{ random: systemRandom, onProgress: () => undefined },
  });
  await expect(fetched).rejects.toMatchObject({ code: 'transfer.corrupt' });
  expect(await readdir(directory)).toEqual(['street.mp4']);
  expect(await readFile(join(directory, 'street.mp4'), 'utf8')).toBe('before');
});

it('tells why a download failed although its rest cannot be removed', async () => {
  const directory = await temporaryDirectory();
  const transport = new StubbornTransport({ PATH: '/usr/bin:/bin', HOME: tmpdir() });
  const fetched = fetchFile({
    ...{ transport, from: '/host/street.mp4', to: join(directory, 'street.mp4'), random: systemRandom },
    onProgress: () => undefined,
  });
  await expect(fetched).rejects.toMatchObject({ code: 'transfer.disk_full' });
  expect(await readdir(directory)).toEqual([expect.stringMatching(/^\.street\.mp4\./)]);
});

it('brings a file whose name is as long as file systems allow, in letters of several bytes', async () => {
  const [host, directory] = [await temporaryDirectory(), await temporaryDirectory()];
  const name = `${'視'.repeat(83)}.mp4`;
  await writeFile(join(host, name), 'frames');
  const transport = new LocalTransport({ PATH: '/usr/bin:/bin', HOME: tmpdir() });
  await fetchFile({
    ...{ transport, from: join(host, name), to: join(directory, name), random: systemRandom },
    onProgress: () => undefined,
  });
  expect(await readFile(join(directory, name), 'utf8')).toBe('frames');
});

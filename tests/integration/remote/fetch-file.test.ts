import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { systemRandom } from '../../../src/bot/system-random.ts';
import { fetchFile } from '../../../src/remote/fetch-file.ts';
import { FileFault } from '../../../src/remote/transport/file-fault.ts';
import { LocalTransport } from '../../../src/remote/transport/local-transport.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

/** Leaves a directory where the file was to be, which the removal of a file refuses. */
class StubbornTransport extends LocalTransport {
  override async download(_path: string, file: string): Promise<never> {
    await mkdir(file);
    throw new FileFault('full', undefined);
  }
}

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

import { mkdir, readdir } from 'node:fs/promises';
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

import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { systemRandom } from '../../../src/bot/system-random.ts';
import type { Sha256 } from '../../../src/core/ids.ts';
import type { HostAsset } from '../../../src/core/ports/host.ts';
import { AssetStore } from '../../../src/remote/assets.ts';
import { FileFault } from '../../../src/remote/transport/file-fault.ts';
import { LocalTransport } from '../../../src/remote/transport/local-transport.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

class CountingTransport extends LocalTransport {
  hashed = 0;

  /** What each removal throws. */
  removal: Error | undefined;

  override hash(path: string, signal?: AbortSignal) {
    this.hashed += 1;
    return super.hash(path, signal);
  }

  override async remove(path: string): Promise<void> {
    if (this.removal !== undefined) throw this.removal;
    await super.remove(path);
  }
}

let transport: CountingTransport;
let assets: AssetStore;
let asset: HostAsset;
let onHost: string;

beforeEach(async () => {
  const directory = await temporaryDirectory();
  const path = join(directory, 'clip.mp4');
  await writeFile(path, 'moving');
  const sha256 = createHash('sha256').update('moving').digest('hex') as Sha256;
  await mkdir(join(directory, 'assets'));
  transport = new CountingTransport({ PATH: '/usr/bin:/bin', HOME: directory });
  assets = new AssetStore(transport, directory, systemRandom);
  asset = { path, sha256, bytes: 6 };
  onHost = join(directory, 'assets', sha256);
});

it('hashes an asset that nobody has written to once, however often it is used', async () => {
  await put();
  await setAge(10);
  await put();
  transport.hashed = 0;
  await put();
  await put();
  expect(transport.hashed).toBe(0);
});

it('replaces a corrupt asset of the same size although it was whole when it was used before', async () => {
  await put();
  await setAge(10);
  await put();
  await writeCorrupt();
  await setAge(5);
  await put();
  expect(await readFile(onHost, 'utf8')).toBe('moving');
});

it('hashes again what was written to so lately that its time may not tell', async () => {
  await put();
  const { mtime } = await stat(onHost);
  await put();
  await writeCorrupt();
  await utimes(onHost, mtime, mtime);
  await put();
  expect(await readFile(onHost, 'utf8')).toBe('moving');
});

it('never takes a corrupt asset for whole because it was looked at before', async () => {
  await put();
  await writeCorrupt();
  await setAge(10);
  await expect(assets.put({ ...asset, path: '/no/such/clip.mp4' }, () => undefined)).rejects.toThrow();
  expect(await readFile(onHost, 'utf8')).toBe('movinG');
  await put();
  expect(await readFile(onHost, 'utf8')).toBe('moving');
});

const DAY_SECONDS = 24 * 3600;

it('removes what uploads that were cut off more than a day ago have left, and nothing else', async () => {
  const other = `.${'ab'.repeat(32)}.0123456789ab`;
  await leave(other, DAY_SECONDS + 60);
  await leave(`.${asset.sha256}.0123456789ab`, DAY_SECONDS + 60);
  await leave(`.${asset.sha256}.ba9876543210`, DAY_SECONDS - 60);
  await leave('cd'.repeat(32), 100 * DAY_SECONDS);
  await leave('.keep', 100 * DAY_SECONDS);
  await put();
  const names = await readdir(join(onHost, '..'));
  expect(names.sort()).toEqual(
    ['.keep', `.${asset.sha256}.ba9876543210`, asset.sha256, 'cd'.repeat(32)].sort(),
  );
});

it('brings an asset although what an old upload has left cannot be removed', async () => {
  await leave(`.${asset.sha256}.0123456789ab`, DAY_SECONDS + 60);
  transport.removal = new FileFault('denied', undefined);
  await put();
  expect(await readFile(onHost, 'utf8')).toBe('moving');
});

it('tells why an upload failed although its rest cannot be removed', async () => {
  transport.removal = new FileFault('denied', undefined);
  await expect(assets.put({ ...asset, path: '/no/such/clip.mp4' }, () => undefined)).rejects.toMatchObject({
    parameters: { reason: 'missing' },
  });
});

function put(): Promise<void> {
  return assets.put(asset, () => undefined);
}

async function setAge(seconds: number, path = onHost): Promise<void> {
  const time = Date.now() / 1000 - seconds;
  await utimes(path, time, time);
}

/** A file among the assets that is so old. */
async function leave(name: string, seconds: number): Promise<void> {
  const path = join(onHost, '..', name);
  await writeFile(path, 'mov');
  await setAge(seconds, path);
}

/** Tests may run as a user who is bound by the mode of the file. */
async function writeCorrupt(): Promise<void> {
  await transport.changeMode(onHost, 0o644);
  await writeFile(onHost, 'movinG');
}

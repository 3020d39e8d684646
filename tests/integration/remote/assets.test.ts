import { createHash } from 'node:crypto';
import { mkdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { systemRandom } from '../../../src/bot/system-random.ts';
import type { Sha256 } from '../../../src/core/ids.ts';
import type { HostAsset } from '../../../src/core/ports/host.ts';
import { AssetStore } from '../../../src/remote/assets.ts';
import { LocalTransport } from '../../../src/remote/transport/local-transport.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

class CountingTransport extends LocalTransport {
  hashed = 0;

  override hash(path: string, signal?: AbortSignal) {
    this.hashed += 1;
    return super.hash(path, signal);
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

function put(): Promise<void> {
  return assets.put(asset, () => undefined);
}

async function setAge(seconds: number): Promise<void> {
  const time = Date.now() / 1000 - seconds;
  await utimes(onHost, time, time);
}

/** Tests may run as a user who is bound by the mode of the file. */
async function writeCorrupt(): Promise<void> {
  await transport.changeMode(onHost, 0o644);
  await writeFile(onHost, 'movinG');
}

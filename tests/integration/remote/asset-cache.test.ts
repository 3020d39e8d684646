import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { systemRandom } from '../../../src/bot/system-random.ts';
import type { AttemptId, Sha256 } from '../../../src/core/ids.ts';
import type { HostAsset } from '../../../src/core/ports/host.ts';
import { AssetCache } from '../../../src/remote/asset-cache.ts';
import { AssetStore } from '../../../src/remote/assets.ts';
import { FileFault } from '../../../src/remote/transport/file-fault.ts';
import { LocalTransport } from '../../../src/remote/transport/local-transport.ts';
import type { CommandOptions } from '../../../src/remote/transport/transport.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

/** This machine with a disk, a file system and removals as the test wants them. */
class OddTransport extends LocalTransport {
  scripts = 0;
  diskFreeKib: number | undefined;
  hasLinks = true;
  /** Before the next script that removes. */
  beforeRemoval: (() => Promise<void>) | undefined;
  /** A name that another user of the host keeps. */
  keptName: string | undefined;

  override async runScript(script: string, parameters: readonly string[], options: CommandOptions = {}) {
    this.scripts += 1;
    if (script.includes('rm -f')) await this.beforeRemoval?.();
    const given = script.includes('rm -f') ? parameters.filter((name) => name !== this.keptName) : parameters;
    const result = await super.runScript(script, given, options);
    if (this.diskFreeKib === undefined) return result;
    return { ...result, stdout: result.stdout.replace(/^disk \d+$/m, `disk ${this.diskFreeKib}`) };
  }

  override async link(existing: string, path: string): Promise<void> {
    if (!this.hasLinks) throw new FileFault('unsupported', undefined);
    await super.link(existing, path);
  }
}

const KIB = 1024;
const ATTEMPT = 'jb_cache-a1' as AttemptId;
const ignore = (): void => undefined;
let directory: string;
let transport: OddTransport;
let cache: AssetCache;
let store: AssetStore;

beforeEach(async () => {
  directory = await temporaryDirectory();
  await mkdir(join(directory, 'assets'));
  transport = new OddTransport({ PATH: '/usr/bin:/bin', HOME: directory });
  open(3 * KIB);
});

function open(quotaBytes: number): void {
  cache = new AssetCache({ transport, workDir: directory, quotaBytes });
  store = new AssetStore(transport, directory, systemRandom, cache);
}

async function file(letter: string, bytes = KIB): Promise<HostAsset> {
  const content = letter.repeat(bytes);
  const path = join(directory, `${letter}${bytes}`);
  await writeFile(path, content);
  return { path, bytes, sha256: createHash('sha256').update(content).digest('hex') as Sha256 };
}

/** Brings a file that no attempt gets. */
async function keep(asset: HostAsset): Promise<HostAsset> {
  await store.put(asset, ignore);
  return asset;
}

const kept = (): Promise<string[]> => readdir(join(directory, 'assets'));

describe('the asset cache', () => {
  it('costs one look at the directory for an upload, and none for a reuse', async () => {
    const asset = await file('a');
    const used: number[] = [];
    for (let time = 0; time < 2; time += 1) {
      const before = transport.scripts;
      await keep(asset);
      used.push(transport.scripts - before);
    }
    expect(used).toEqual([1, 0]);
  });

  it('makes room on a full disk although the quota has some', async () => {
    open(100 * KIB);
    const a = await keep(await file('a'));
    transport.diskFreeKib = 0;
    const b = await keep(await file('b'));
    expect(await kept()).toEqual([b.sha256]);
    await expect(store.put(await file('c', 2 * KIB), ignore)).rejects.toMatchObject({
      code: 'transfer.disk_full',
      parameters: { bytes: 2 * KIB },
    });
    expect(await kept()).toEqual([b.sha256]);
    expect(a.sha256).not.toBe(b.sha256);
  });

  it('sends a file that fits onto the disk to the last byte', async () => {
    open(100 * KIB);
    const a = await keep(await file('a'));
    transport.diskFreeKib = 1;
    const b = await keep(await file('b'));
    expect((await kept()).sort()).toEqual([a.sha256, b.sha256].sort());
  });

  it('takes the next one where another bot was faster', async () => {
    const assets = [await file('a'), await file('b'), await file('c')];
    for (const asset of assets) await keep(asset);
    const first = assets[0];
    if (first === undefined) throw new Error('no file');
    transport.beforeRemoval = async () => {
      transport.beforeRemoval = undefined;
      await transport.remove(join(directory, 'assets', first.sha256));
    };
    const large = await keep(await file('l', 2 * KIB));
    expect(await kept()).toHaveLength(2);
    expect(await kept()).toContain(large.sha256);
  });

  it('takes the next one where one cannot be removed', async () => {
    open(2 * KIB);
    const a = await keep(await file('a'));
    await keep(await file('b'));
    transport.keptName = a.sha256;
    const c = await keep(await file('c'));
    expect((await kept()).sort()).toEqual([a.sha256, c.sha256].sort());
  });

  it('brings a file to a host where something else is stuck, and says no word of a directory', async () => {
    const a = await keep(await file('a', 3 * KIB));
    transport.beforeRemoval = async () => {
      await transport.remove(join(directory, 'assets', a.sha256));
      await mkdir(join(directory, 'assets', a.sha256));
    };
    const b = await keep(await file('b'));
    expect((await kept()).sort()).toEqual([a.sha256, b.sha256].sort());
  });

  it('gives an attempt an asset that was evicted in the moment in which it was found whole', async () => {
    const a = await file('a');
    await store.put({ ...a, attempt: ATTEMPT }, ignore);
    await transport.remove(join(directory, 'assets', a.sha256));
    await store.place(a.sha256, ATTEMPT, join(directory, 'input'));
    expect(await readFile(join(directory, 'input'), 'utf8')).toBe('a'.repeat(KIB));
    await cache.release(ATTEMPT, [a.sha256]);
    expect(await kept()).toEqual([]);
  });

  it('works where the file system has no second names: what is lost in between is brought again', async () => {
    transport.hasLinks = false;
    const [a, large] = [await file('a', 2 * KIB), await file('l', 2 * KIB)];
    await store.put({ ...a, attempt: ATTEMPT }, ignore);
    await store.put(large, ignore);
    expect(await kept()).toEqual([large.sha256]);
    await expect(store.place(a.sha256, ATTEMPT, join(directory, 'input'))).rejects.toMatchObject({
      code: 'transfer.failed',
      retryable: true,
    });
    await store.put({ ...a, attempt: ATTEMPT }, ignore);
    await store.place(a.sha256, ATTEMPT, join(directory, 'input'));
    expect(await readFile(join(directory, 'input'), 'utf8')).toBe('a'.repeat(2 * KIB));
  });

  it('keeps everything where no quota is set', async () => {
    open(Number.POSITIVE_INFINITY);
    for (const letter of ['a', 'b', 'c', 'd', 'e']) await keep(await file(letter));
    expect(await kept()).toHaveLength(5);
  });

  it('says that a host without the programs for it is unsupported', async () => {
    const bare = join(directory, 'bin');
    await mkdir(bare);
    transport = new OddTransport({ PATH: bare, HOME: directory });
    open(KIB);
    await expect(cache.usage()).rejects.toMatchObject({
      code: 'engine.host_unsupported',
      parameters: { missing: ['date'] },
    });
  });
});

import { createHash } from 'node:crypto';
import { chmod, lstat, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AttemptId, InstanceId, Sha256 } from '../../src/core/ids.ts';
import type { Host, HostAsset } from '../../src/core/ports/host.ts';
import type { HostOptions } from '../../src/remote/create-hosts.ts';
import { scriptPlan } from '../integration/remote/process-host.ts';

export interface CacheUnderTest extends AsyncDisposable {
  /** An empty directory on our side. */
  readonly directory: string;
  /** The assets, as this machine sees them. */
  readonly assets: string;
  /** A bot's way to the host; each has a memory of its own. */
  open(options: Pick<HostOptions, 'assetQuotaBytes' | 'log' | 'instance'>): Host;
  /** Ends what is open. */
  close(): Promise<void>;
}

const OURS = 'in_test0000' as InstanceId;
const THEIRS = 'in_other000' as InstanceId;
const QUOTA = 30;
const ignore = (): void => undefined;

/** The promises about what a host keeps of inputs. */
export function assetCacheContract(name: string, makeCache: () => Promise<CacheUnderTest>): void {
  describe(`asset cache contract: ${name}`, () => {
    let under: CacheUnderTest;
    let host: Host;
    let log: { msg: string; files?: number; bytes?: number; host?: string }[];
    let count = 0;

    const open = (instance = OURS, assetQuotaBytes = QUOTA): Host => {
      const logger = pino({ level: 'info' }, { write: (line: string) => void log.push(JSON.parse(line)) });
      return under.open({ instance, assetQuotaBytes, log: logger });
    };
    const file = async (letter: string, bytes = 10): Promise<HostAsset> => {
      const content = letter.repeat(bytes);
      const path = join(under.directory, `${letter}${bytes}`);
      await writeFile(path, content);
      return { path, bytes, sha256: createHash('sha256').update(content).digest('hex') as Sha256 };
    };
    /** Until whatever is written to now has a later time than what was written before. */
    const nextTime = async (): Promise<void> => {
      const probe = join(under.directory, 'probe');
      const touched = async (): Promise<bigint> => {
        await writeFile(probe, '');
        return (await stat(probe, { bigint: true })).ctimeNs;
      };
      const before = await touched();
      while ((await touched()) === before) await new Promise(setImmediate);
    };
    const newAttempt = (): AttemptId => {
      count += 1;
      return `jb_cache-a${count}` as AttemptId;
    };
    /** Brings the file for an attempt; the attempt is prepared when the test says so. */
    const put = async (input: HostAsset, at = host): Promise<AttemptId> => {
      const attempt = newAttempt();
      await at.putAsset({ ...input, attempt }, ignore);
      return attempt;
    };
    const prepare = async (
      input: HostAsset,
      attempt: AttemptId,
      at = host,
      instance = OURS,
    ): Promise<AttemptId> => {
      const inputs = [{ path: 'in/color.mp4', asset: input.sha256 }];
      await at.prepare(scriptPlan(attempt, 'true', { inputs, instance }));
      return attempt;
    };
    /** As an attempt that used the file and is over. */
    const use = async (input: HostAsset, at = host, instance = OURS): Promise<void> => {
      const attempt = await prepare(input, await put(input, at), at, instance);
      await at.abandon(attempt);
      await at.discard(attempt);
      await nextTime();
    };
    const kept = async (): Promise<string[]> => (await readdir(under.assets)).sort();
    const names = (...assets: readonly HostAsset[]): string[] => assets.map(({ sha256 }) => sha256).sort();

    beforeEach(async () => {
      under = await makeCache();
      log = [];
      host = open();
    });
    afterEach(async () => {
      await under.close();
      await under[Symbol.asyncDispose]();
    });

    it('keeps everything as long as the quota is not exceeded, to the last byte', async () => {
      const files = [await file('a'), await file('b'), await file('c')];
      for (const each of files) await use(each);
      expect(await kept()).toEqual(names(...files));
      expect(log).toEqual([]);
      const { assets } = await host.facts({ images: [], paths: [], assets: true });
      expect(assets).toEqual({ files: 3, bytes: QUOTA, quotaBytes: QUOTA });
    });

    it('evicts what was used least recently, as little as it can, and logs that', async () => {
      const [a, b, c, one] = [await file('a'), await file('b'), await file('c'), await file('d', 1)];
      for (const each of [a, b, c]) await use(each);
      await use(one);
      expect(await kept()).toEqual(names(b, c, one));
      expect(log).toMatchObject([{ msg: 'evicted assets', files: 1, bytes: 10 }]);
      await use(await file('e', 20));
      expect(log[1]).toMatchObject({ files: 2, bytes: 20 });
      expect(await kept()).toHaveLength(2);
    });

    it('counts a reuse as a use', async () => {
      const [a, b, c, d] = [await file('a'), await file('b'), await file('c'), await file('d')];
      for (const each of [a, b, c, a, d]) await use(each);
      expect(await kept()).toEqual(names(c, a, d));
    });

    it('never takes what an attempt has, although the quota is exceeded by that', async () => {
      const [a, b, large] = [await file('a'), await file('b'), await file('l', 25)];
      const attempt = await prepare(a, await put(a));
      await nextTime();
      await use(b);
      await use(large);
      expect(await kept()).toEqual(names(a, large));
      expect(log.map(({ msg }) => msg)).toEqual(['evicted assets', 'assets in use exceed the quota']);
      await host.abandon(attempt);
      await host.discard(attempt);
      await nextTime();
      await use(await file('m', 30));
      expect(await kept()).toHaveLength(1);
    });

    it('never takes what another lane or another bot is about to give to an attempt', async () => {
      const theirs = open(THEIRS);
      const [a, b] = [await file('a'), await file('b')];
      const ofOurs = await put(a);
      const ofTheirs = await put(b, theirs);
      await nextTime();
      await use(await file('l', 25));
      await use(await file('m', 25), theirs, THEIRS);
      await prepare(a, ofOurs);
      await prepare(b, ofTheirs, theirs, THEIRS);
      expect((await kept()).filter((name) => name.endsWith('.hold'))).toEqual([]);
      expect(await kept()).toEqual(expect.arrayContaining(names(a, b)));
    });

    it('lets go of what was not given to an attempt in the end', async () => {
      const a = await file('a');
      const plan = scriptPlan(await put(a), 'true', {
        inputs: [
          { path: 'in/color.mp4', asset: a.sha256 },
          { path: 'in/depth.mp4', asset: 'ab'.repeat(32) as Sha256 },
        ],
      });
      await expect(host.prepare(plan)).rejects.toMatchObject({ code: 'transfer.failed' });
      expect(await kept()).toEqual(names(a));
    });

    it('keeps nothing for an attempt that was given up, nor twice for one that is tried again', async () => {
      const a = await file('a');
      const attempt = newAttempt();
      for (let time = 0; time < 3; time += 1) await host.putAsset({ ...a, attempt }, ignore);
      expect(await kept()).toEqual([`.${a.sha256}.${attempt}.hold`, a.sha256].sort());
      const other = await put(a);
      await host.discard(attempt);
      expect(await kept()).toEqual([`.${a.sha256}.${other}.hold`, a.sha256].sort());
      await open().discard(other);
      expect(await kept()).toEqual(names(a));
    });

    it('counts the bytes of all bots that share the directory, and evicts those of all', async () => {
      const theirs = open(THEIRS);
      const [a, b, c, d] = [await file('a'), await file('b'), await file('c'), await file('d')];
      await use(a);
      await use(b, theirs, THEIRS);
      await use(c);
      await use(d, theirs, THEIRS);
      expect(await kept()).toEqual(names(b, c, d));
    });

    it('heals by itself when an asset is lost between its upload and its use', async () => {
      const a = await file('a');
      const lost = await put(a);
      await rm(under.assets, { recursive: true });
      await mkdir(under.assets);
      await chmod(under.assets, 0o777);
      const again = { code: 'transfer.failed', retryable: true };
      await expect(prepare(a, lost)).rejects.toMatchObject(again);
      await host.putAsset({ ...a, attempt: lost }, ignore);
      const attempt = await prepare(a, lost);
      expect(await readFile(join(under.assets, '..', 'attempts', attempt, 'in', 'color.mp4'), 'utf8')).toBe(
        'a'.repeat(10),
      );
    });

    it('refuses a file that is larger than the quota before anything of it is sent', async () => {
      await use(await file('a'));
      const seen: number[] = [];
      await expect(host.putAsset(await file('l', 31), (done) => seen.push(done))).rejects.toMatchObject({
        code: 'transfer.over_quota',
        retryable: false,
        parameters: { bytes: 31, quotaBytes: QUOTA },
      });
      expect(seen).toEqual([]);
      expect(await kept()).toHaveLength(1);
      const whole = await file('m', QUOTA);
      await use(whole);
      expect(await kept()).toEqual(names(whole));
    });

    it('neither counts nor touches links, directories and foreign names', async () => {
      await use(await file('a'));
      const [link, directory] = ['1'.repeat(64), '2'.repeat(64)];
      const outside = join(under.directory, 'outside');
      await writeFile(outside, 'x'.repeat(1000));
      await symlink(outside, join(under.assets, link));
      await mkdir(join(under.assets, directory));
      await writeFile(join(under.assets, directory, '3'.repeat(64)), 'x'.repeat(1000));
      await writeFile(join(under.assets, 'notes.txt'), 'x'.repeat(1000));
      await writeFile(join(under.assets, `${'4'.repeat(64)}\nb`), 'x'.repeat(1000));
      await writeFile(join(under.assets, `.${'5'.repeat(64)}.hold`), '');
      const large = await file('l', QUOTA);
      await use(large);
      expect(await kept()).toEqual(
        [
          link,
          directory,
          'notes.txt',
          `${'4'.repeat(64)}\nb`,
          `.${'5'.repeat(64)}.hold`,
          large.sha256,
        ].sort(),
      );
      expect((await lstat(join(under.assets, link))).isSymbolicLink()).toBe(true);
      expect(await readdir(join(under.assets, directory))).toHaveLength(1);
      const { assets } = await host.facts({ images: [], paths: [], assets: true });
      expect(assets).toMatchObject({ files: 1, bytes: QUOTA });
    });

    it('stays within the quota when several lanes upload at once', async () => {
      for (const letter of ['a', 'b', 'c']) await use(await file(letter));
      const [d, e] = [await file('d', 15), await file('e', 15)];
      await Promise.all([use(d), use(e)]);
      expect(await kept()).toEqual(names(d, e));
    });

    it('gives every lane its inputs when all of them use the same few files at once', async () => {
      const files = [await file('a', 15), await file('b', 15), await file('c', 15)];
      const theirs = open(THEIRS);
      const lane = async (at: Host, instance: InstanceId, turn: number): Promise<void> => {
        for (let round = 0; round < 4; round += 1) {
          const input = files[(round + turn) % files.length];
          if (input === undefined) throw new Error('no file');
          const attempt = await prepare(input, await put(input, at), at, instance);
          await at.abandon(attempt);
          await at.discard(attempt);
        }
      };
      await Promise.all([lane(host, OURS, 0), lane(host, OURS, 1), lane(theirs, THEIRS, 2)]);
      expect((await kept()).filter((name) => name.startsWith('.'))).toEqual([]);
    });
  });
}

import { spawnSync } from 'node:child_process';
import { chmod, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../src/bot/system-clock.ts';
import { systemRandom } from '../../../src/bot/system-random.ts';
import { ExclusiveLock } from '../../../src/core/store/exclusive-lock.ts';
import { Store } from '../../../src/core/store/store.ts';
import { minimal } from '../../core/models/profiles.ts';
import { addPrompt, addRun, somebody } from '../../support/queued-runs.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { runChild, startChild } from './child.ts';

const NOBODY = 65534;

function open(directory: string): Store {
  return new Store(join(directory, 'cosmos.db'), { clock: systemClock, random: systemRandom });
}

/** What the database holds, and whether it is whole. */
function countsOf(directory: string) {
  const database = new SqliteDatabase(join(directory, 'cosmos.db'));
  const count = (table: string): unknown => database.prepare(`SELECT count(*) FROM ${table}`).pluck().get();
  const counts = {
    runs: count('runs'),
    requests: count('requests'),
    inputs: count('run_inputs'),
    integrity: database.pragma('integrity_check', { simple: true }),
  };
  database.close();
  return counts;
}

describe('several processes at one store', () => {
  it('open a fresh one at once, and agree on what it is', async () => {
    const directory = await temporaryDirectory();
    const said = await Promise.all(Array.from({ length: 4 }, () => runChild(['open', directory])));
    const instances = said.map(([answer]) => answer?.instance);
    expect(new Set(instances).size).toBe(1);
    expect(instances[0]).toMatch(/^in_/);
  });

  it('never take the same run', async () => {
    const directory = await temporaryDirectory();
    const store = open(directory);
    const prompt = addPrompt(store, somebody(store), 'street');
    const queued = Array.from({ length: 150 }, () => addRun(store, prompt, minimal()));
    store.close();
    const said = await Promise.all(['a', 'b', 'c'].map((lane) => runChild(['claim', directory, lane])));
    const taken = said.flatMap(([answer]) => answer?.runs as string[]);
    expect(taken.toSorted()).toEqual(queued.toSorted());
  });
});

describe('a disk without room', () => {
  it('is told as full, and nothing is half there', async ({ skip }) => {
    const directory = await temporaryDirectory();
    const mount = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', directory]);
    skip(mount.status !== 0, 'this user may not mount a small disk');
    onTestFinished(() => {
      spawnSync('umount', [directory]);
    });
    const said = await runChild(['fill', directory]);
    expect(said.at(-1)).toMatchObject({ code: 'store.disk_full' });
    const { queued } = said.at(-2) ?? {};
    expect(queued).toBeGreaterThan(10);
    expect(countsOf(directory)).toEqual({ runs: queued, requests: queued, inputs: queued, integrity: 'ok' });
    const again = await runChild(['fill', directory]);
    expect(again.at(-1)).toMatchObject({ code: 'store.disk_full' });
    const { runs, requests, integrity } = countsOf(directory);
    expect([requests, integrity]).toEqual([runs, 'ok']);
  });

  it('is told when files may not grow, and nothing is half there', async () => {
    const directory = await temporaryDirectory();
    open(directory).close();
    const said = await runChild(['fill', directory], {
      prefix: ['/bin/sh', '-c', 'ulimit -f 600; exec "$@"', 'sh'],
    });
    expect(said.at(-1)).toMatchObject({ code: 'store.failed', detail: 'SQLITE_IOERR_WRITE' });
    const { queued } = said.at(-2) ?? {};
    expect(countsOf(directory)).toEqual({ runs: queued, requests: queued, inputs: queued, integrity: 'ok' });
  });
});

describe('a place that cannot be written', () => {
  const user = process.getuid?.() === 0 ? { uid: NOBODY } : {};

  it('is told as read-only, whether the folder is there or not', async () => {
    const directory = await temporaryDirectory();
    await chmod(directory, 0o555);
    onTestFinished(async () => await chmod(directory, 0o755));
    expect(await runChild(['open', directory], user)).toEqual([
      expect.objectContaining({ code: 'store.read_only' }),
    ]);
    expect(await runChild(['open', join(directory, 'new')], user)).toEqual([
      expect.objectContaining({ code: 'store.read_only' }),
    ]);
    expect(await readdir(directory)).toEqual([]);
  });

  it('is told as read-only where only the database may not be written', async () => {
    const directory = join(await temporaryDirectory(), 'data');
    await mkdir(directory);
    open(directory).close();
    await chmod(join(directory, 'cosmos.db'), 0o444);
    await chmod(directory, 0o555);
    await chmod(join(directory, '..'), 0o755);
    onTestFinished(async () => await chmod(directory, 0o755));
    expect(await runChild(['open', directory], user)).toEqual([
      expect.objectContaining({ code: 'store.read_only' }),
    ]);
  });
});

describe('an exclusive lock', () => {
  async function heldElsewhere() {
    const directory = await temporaryDirectory();
    const holder = startChild(['hold', directory]);
    onTestFinished(() => {
      holder.process.kill('SIGKILL');
    });
    expect(await holder.next()).toEqual({ held: true });
    return { holder, directory, path: join(directory, 'lane.lock') };
  }

  it('is refused while its holder lives, and while its holder is stopped', async () => {
    const { holder, path } = await heldElsewhere();
    expect(ExclusiveLock.tryAcquire(path)).toBeUndefined();
    holder.process.kill('SIGSTOP');
    expect(ExclusiveLock.tryAcquire(path)).toBeUndefined();
  });

  it('is free as soon as its holder was killed', async () => {
    const { holder, path } = await heldElsewhere();
    holder.process.kill('SIGKILL');
    await holder.ended();
    using lock = ExclusiveLock.tryAcquire(path);
    expect(lock).toBeDefined();
  });

  it('is refused to this process too, until it is released', async () => {
    const path = join(await temporaryDirectory(), 'locks', 'lane.lock');
    const first = ExclusiveLock.tryAcquire(path);
    expect(first).toBeDefined();
    expect(ExclusiveLock.tryAcquire(path)).toBeUndefined();
    first?.release();
    using second = ExclusiveLock.tryAcquire(path);
    expect(second).toBeDefined();
  });

  it('survives the open and close of another connection in the same process', async () => {
    const directory = await temporaryDirectory();
    const path = join(directory, 'lane.lock');
    using held = ExclusiveLock.tryAcquire(path);
    expect(held).toBeDefined();
    expect(ExclusiveLock.tryAcquire(path)).toBeUndefined();
    expect(await runUntilSaid(directory)).toEqual({ held: false });
  });

  it('is not inherited by a child of its holder', async () => {
    const directory = await temporaryDirectory();
    const lock = ExclusiveLock.tryAcquire(join(directory, 'lane.lock'));
    const sleeper = spawnSync('/bin/sh', ['-c', 'sleep 60 >/dev/null 2>&1 & echo $!'], { encoding: 'utf8' });
    onTestFinished(() => {
      process.kill(Number(sleeper.stdout), 'SIGKILL');
    });
    lock?.release();
    expect(await runUntilSaid(directory)).toEqual({ held: true });
  });

  async function runUntilSaid(directory: string) {
    const other = startChild(['hold', directory]);
    const answer = await other.next();
    other.process.kill('SIGKILL');
    await other.ended();
    return answer;
  }
});

import { createHash, randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AttemptId, InstanceId, Sha256 } from '../../src/core/ids.ts';
import type { AttemptPlan, AttemptStatus, Host, HostAsset } from '../../src/core/ports/host.ts';

/** What a job of the contract does; every host under test can run it. */
export interface ContractJob {
  readonly log?: string;
  /** Content by path below `out/`. */
  readonly outputs?: Readonly<Record<string, string>>;
  /** Path below the attempt directory whose content goes to the log. */
  readonly prints?: string;
  /** Goes on until it is released. */
  readonly waits?: boolean;
  readonly ignoresTerm?: boolean;
  readonly exitCode?: number;
}

export interface HostUnderTest extends AsyncDisposable {
  readonly host: Host;
  readonly instance: InstanceId;
  /** An empty directory on our side. */
  readonly directory: string;
  plan(attempt: AttemptId, job: ContractJob): AttemptPlan;
  /** Lets a waiting job end. */
  release(attempt: AttemptId): Promise<void>;
  /** How often the job of an attempt has begun. */
  runs(attempt: AttemptId): Promise<number>;
}

/** Time that a stopped job of the contract is granted, ms. */
export const CONTRACT_GRACE_MS = 300;

const ignore = (): void => undefined;

/** Waits until the attempt is in one of the states; looks again whenever the host says that it may have changed. */
export async function untilState<State extends AttemptStatus['state']>(
  host: Host,
  attempt: AttemptId,
  ...states: readonly State[]
): Promise<Extract<AttemptStatus, { state: State }>> {
  for (;;) {
    const changed = nextChange(host, attempt);
    const status = await host.inspect(attempt);
    const isWanted = (one: AttemptStatus): one is Extract<AttemptStatus, { state: State }> =>
      (states as readonly string[]).includes(one.state);
    if (isWanted(status)) {
      changed.forget();
      return status;
    }
    await changed.promise;
  }
}

function nextChange(host: Host, attempt: AttemptId): { promise: Promise<void>; forget: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const stop = host.watch(attempt, resolve);
  const timer = setTimeout(resolve, Math.min(host.pollMs, 50));
  const forget = (): void => {
    stop?.();
    clearTimeout(timer);
    resolve();
  };
  return { promise: promise.then(forget), forget };
}

/** The promises of the `Host` port. `makeHost` gives a fresh host each time. */
export function hostContract(name: string, makeHost: () => Promise<HostUnderTest>): void {
  describe(`host contract: ${name}`, () => {
    let under: HostUnderTest;
    let host: Host;
    let count = 0;
    const newAttempt = (): AttemptId => {
      count += 1;
      return `jb_contract-a${count}` as AttemptId;
    };
    const prepared = async (job: ContractJob): Promise<AttemptId> => {
      const attempt = newAttempt();
      await host.prepare(under.plan(attempt, job));
      return attempt;
    };
    const started = async (job: ContractJob): Promise<AttemptId> => {
      const attempt = await prepared(job);
      await host.start(attempt);
      return attempt;
    };
    const asset = async (content: string | Uint8Array): Promise<HostAsset> => {
      const path = join(under.directory, randomBytes(4).toString('hex'));
      await writeFile(path, content);
      const bytes = Buffer.from(content);
      return {
        path,
        bytes: bytes.length,
        sha256: createHash('sha256').update(bytes).digest('hex') as Sha256,
      };
    };
    const log = async (attempt: AttemptId): Promise<string> =>
      Buffer.from(await host.readLog(attempt, 0, 1_000_000)).toString('utf8');

    beforeEach(async () => {
      under = await makeHost();
      host = under.host;
    });
    afterEach(() => under[Symbol.asyncDispose]());

    it('tells the same id each time', async () => {
      const id = await host.identify();
      expect(id).toMatch(/^ho_/);
      expect(await host.identify()).toBe(id);
    });

    it('names the paths of an attempt without asking the host', () => {
      const attempt = newAttempt();
      const paths = host.paths(attempt);
      expect(paths.attempt).toMatch(/^\//);
      expect(paths.input).toBe(`${paths.attempt}/in`);
      expect(paths.output).toBe(`${paths.attempt}/out`);
    });

    it('says never_started of an attempt that it does not know and of a prepared one', async () => {
      expect(await host.inspect(newAttempt())).toEqual({ state: 'never_started' });
      const attempt = await prepared({});
      expect(await host.inspect(attempt)).toEqual({ state: 'never_started' });
      expect(await under.runs(attempt)).toBe(0);
    });

    it('runs a job to its end and keeps its log, outputs, code and times', async () => {
      const attempt = await started({ log: 'one\ntwo\n', outputs: { 'b.txt': 'b', 'a/c.txt': 'cc' } });
      const end = await untilState(host, attempt, 'exited');
      expect(end.exitCode).toBe(0);
      expect(end.hostEndedAt).toBeGreaterThanOrEqual(end.hostStartedAt);
      expect(await log(attempt)).toBe('one\ntwo\n');
      expect(await host.listOutputs(attempt)).toEqual([
        { path: 'a/c.txt', bytes: 2 },
        { path: 'b.txt', bytes: 1 },
      ]);
    });

    it('tells the exit code of a job that failed', async () => {
      const attempt = await started({ exitCode: 7 });
      expect(await untilState(host, attempt, 'exited')).toMatchObject({ exitCode: 7 });
    });

    it('says running while a job waits, and exited after it was released', async () => {
      const attempt = await started({ waits: true });
      const first = await host.inspect(attempt);
      expect(first).toMatchObject({ state: 'running' });
      await under.release(attempt);
      await untilState(host, attempt, 'exited');
      expect(await under.runs(attempt)).toBe(1);
    });

    it('runs a job once, however often it is started', async () => {
      const attempt = await prepared({ waits: true });
      await Promise.all([1, 2, 3, 4, 5].map(() => host.start(attempt)));
      await under.release(attempt);
      await untilState(host, attempt, 'exited');
      await host.start(attempt);
      await host.prepare(under.plan(attempt, {}));
      await host.start(attempt);
      expect(await under.runs(attempt)).toBe(1);
      expect(await host.inspect(attempt)).toMatchObject({ state: 'exited' });
    });

    it('replaces what was prepared otherwise, as long as it was not started', async () => {
      const attempt = await prepared({ log: 'old' });
      await host.prepare(under.plan(attempt, { log: 'new' }));
      await host.prepare(under.plan(attempt, { log: 'new' }));
      await host.start(attempt);
      await untilState(host, attempt, 'exited');
      expect(await log(attempt)).toBe('new');
    });

    it('refuses to start what was not prepared', async () => {
      await expect(host.start(newAttempt())).rejects.toMatchObject({ name: 'CosmosError' });
    });

    it('never starts an abandoned attempt', async () => {
      const attempt = await prepared({});
      expect(await host.abandon(attempt)).toBe('abandoned');
      expect(await host.abandon(attempt)).toBe('abandoned');
      await host.prepare(under.plan(attempt, {}));
      await host.start(attempt);
      expect(await host.inspect(attempt)).toEqual({ state: 'abandoned' });
      expect(await under.runs(attempt)).toBe(0);
    });

    it('never starts an attempt that was abandoned before it was prepared', async () => {
      const attempt = newAttempt();
      expect(await host.abandon(attempt)).toBe('abandoned');
      await host.prepare(under.plan(attempt, {}));
      await host.start(attempt);
      expect(await host.inspect(attempt)).toEqual({ state: 'abandoned' });
      expect(await under.runs(attempt)).toBe(0);
    });

    it('says already_started to whoever abandons a running or ended attempt', async () => {
      const attempt = await started({ waits: true });
      expect(await host.abandon(attempt)).toBe('already_started');
      await under.release(attempt);
      await untilState(host, attempt, 'exited');
      expect(await host.abandon(attempt)).toBe('already_started');
    });

    it('ends a job that is asked to stop', async () => {
      const attempt = await started({ waits: true });
      await host.stop(attempt, 'terminate');
      expect(await untilState(host, attempt, 'exited')).not.toMatchObject({ exitCode: 0 });
    });

    it('kills a job that ignores the stop', async () => {
      const attempt = await started({ waits: true, ignoresTerm: true });
      await host.stop(attempt, 'kill');
      await untilState(host, attempt, 'exited', 'vanished');
    });

    it('changes nothing by stopping what never started or has ended', async () => {
      const waiting = await prepared({});
      await host.stop(waiting, 'kill');
      expect(await host.inspect(waiting)).toEqual({ state: 'never_started' });
      const ended = await started({});
      const end = await untilState(host, ended, 'exited');
      await host.stop(ended, 'terminate');
      await host.stop(ended, 'kill');
      expect(await host.inspect(ended)).toEqual(end);
      await host.stop(newAttempt(), 'kill');
    });

    it('reads the log from any offset, and nothing where there is none', async () => {
      expect(await log(newAttempt())).toBe('');
      const attempt = await started({ log: '0123456789' });
      await untilState(host, attempt, 'exited');
      const read = async (offset: number, bytes: number): Promise<string> =>
        Buffer.from(await host.readLog(attempt, offset, bytes)).toString('utf8');
      expect(await read(2, 3)).toBe('234');
      expect(await read(8, 100)).toBe('89');
      expect(await read(10, 100)).toBe('');
      expect(await read(1000, 100)).toBe('');
      expect(await read(0, 0)).toBe('');
    });

    it('brings an asset once and gives it to the job', async () => {
      const input = await asset('pixels');
      const seen: number[] = [];
      await host.putAsset(input, (done, total) => seen.push(done, total));
      expect([...seen.slice(0, 2), ...seen.slice(-2)]).toEqual([0, 6, 6, 6]);
      const again: number[] = [];
      await host.putAsset(input, (done, total) => again.push(done, total));
      expect(again).toEqual([6, 6]);
      const attempt = newAttempt();
      const plan = under.plan(attempt, { prints: 'in/color.mp4' });
      await host.prepare({ ...plan, inputs: [{ path: 'in/color.mp4', asset: input.sha256 }] });
      await host.start(attempt);
      await untilState(host, attempt, 'exited');
      expect(await log(attempt)).toBe('pixels');
    });

    it('refuses an asset whose content is not what its name says', async () => {
      const input = await asset('pixels');
      await writeFile(input.path, 'pixelz');
      await expect(host.putAsset(input, ignore)).rejects.toMatchObject({ code: 'transfer.corrupt' });
    });

    it('asks for the asset again where an input is missing', async () => {
      const plan = under.plan(newAttempt(), {});
      const missing = { path: 'in/color.mp4', asset: 'ab'.repeat(32) as Sha256 };
      const code = 'transfer.failed';
      await expect(host.prepare({ ...plan, inputs: [missing] })).rejects.toMatchObject({ code });
    });

    it('fetches an output with its hash', async () => {
      const attempt = await started({ outputs: { 'clip.mp4': 'moving' } });
      await untilState(host, attempt, 'exited');
      const to = join(under.directory, 'fetched.mp4');
      const file = await host.fetchOutput(attempt, 'clip.mp4', to, ignore);
      expect(file).toEqual({ bytes: 6, sha256: createHash('sha256').update('moving').digest('hex') });
      expect(await readFile(to, 'utf8')).toBe('moving');
    });

    it('refuses an output that is missing or outside', async () => {
      const attempt = await started({});
      await untilState(host, attempt, 'exited');
      const to = join(under.directory, 'fetched.mp4');
      for (const path of ['nothing.mp4', '../run.sh', '/etc/hostname', 'a/../../run.sh']) {
        const code = 'engine.work_dir_unusable';
        await expect(host.fetchOutput(attempt, path, to, ignore)).rejects.toMatchObject({ code });
      }
      await expect(readFile(to)).rejects.toMatchObject({ code: 'ENOENT' });
    });

    it('refuses a plan whose files would leave the attempt directory, and one of another bot', async () => {
      const plan = under.plan(newAttempt(), {});
      const code = 'engine.work_dir_unusable';
      for (const path of ['../x', '/tmp/x', 'a/../../x']) {
        await expect(host.prepare({ ...plan, files: [{ path, content: '' }] })).rejects.toMatchObject({
          code,
        });
      }
      const foreign = { ...plan, instance: 'in_other000' as InstanceId };
      await expect(host.prepare(foreign)).rejects.toMatchObject({ code });
      expect(await host.inspect(plan.attempt)).toEqual({ state: 'never_started' });
    });

    it('lists the leftovers of this bot only', async () => {
      const running = await started({ waits: true });
      const ready = await prepared({});
      const left = await host.leftovers(under.instance);
      expect(left.map(({ attempt, status }) => [attempt, status.state]).sort()).toEqual(
        [
          [running, 'running'],
          [ready, 'never_started'],
        ].sort(),
      );
      expect(await host.leftovers('in_other000' as InstanceId)).toEqual([]);
      await under.release(running);
      await untilState(host, running, 'exited');
    });

    it('discards what has ended and refuses what runs', async () => {
      const attempt = await started({ log: 'x', waits: true });
      await expect(host.discard(attempt)).rejects.toMatchObject({ code: 'engine.not_stopped' });
      await under.release(attempt);
      await untilState(host, attempt, 'exited');
      await host.discard(attempt);
      await host.discard(attempt);
      expect(await log(attempt)).toBe('');
      expect(await host.leftovers(under.instance)).toEqual([]);
    });

    it('wakes its watcher when a job ends, and no more after the watch was ended', async () => {
      const attempt = await started({ waits: true });
      let wakes = 0;
      const woken = Promise.withResolvers<void>();
      const stop = host.watch(attempt, () => {
        wakes += 1;
        woken.resolve();
      });
      await under.release(attempt);
      if (stop !== undefined) await woken.promise;
      await untilState(host, attempt, 'exited');
      stop?.();
      const before = wakes;
      await host.discard(attempt);
      expect(wakes).toBe(before);
    });

    it('does nothing for a caller that has given up', async () => {
      const attempt = await prepared({});
      const signal = AbortSignal.abort(new Error('given up'));
      await expect(host.start(attempt, signal)).rejects.toThrow('given up');
      await expect(host.identify(signal)).rejects.toThrow('given up');
      expect(await host.inspect(attempt)).toEqual({ state: 'never_started' });
    });
  });
}

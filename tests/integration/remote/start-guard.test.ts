import { readFile } from 'node:fs/promises';
import { setTimeout as after } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { AttemptId } from '../../../src/core/ids.ts';
import { untilState } from '../../contracts/host.contract.ts';
import { makeHost, ProcessHost, scriptPlan } from './process-host.ts';

let local: ProcessHost;
beforeEach(async () => {
  local = await ProcessHost.create();
});
afterEach(() => local[Symbol.asyncDispose]());

const attempt = (n: number): AttemptId => `jb_race0000-a${n}` as AttemptId;
const runs = async (one: AttemptId): Promise<number> =>
  (await readFile(local.path(one, 'runs'), 'utf8').catch(() => '')).length;

it('has one winner in each of 150 races of two starts and an abandon', async () => {
  const other = makeHost({ workDir: local.workDir });
  const winners = { started: 0, abandoned: 0 };
  for (let n = 1; n <= 150; n += 1) {
    const one = attempt(n);
    await local.host.prepare(scriptPlan(one, 'printf x >>runs'));
    // Every mix of 0 to 6 ms before each: the abandon reaches the guard before, about when, and after a start does.
    const [, , abandoned] = await Promise.all([
      after(n % 7).then(() => local.host.start(one)),
      after((n + 1) % 7).then(() => other.start(one)),
      after(n % 5).then(() => other.abandon(one)),
    ]);
    const { state } = await untilState(local.host, one, 'exited', 'abandoned');
    expect([abandoned, state, await runs(one)]).toEqual(
      abandoned === 'abandoned' ? ['abandoned', 'abandoned', 0] : ['already_started', 'exited', 1],
    );
    winners[abandoned === 'abandoned' ? 'abandoned' : 'started'] += 1;
  }
  await other.close();
  expect(winners.started).toBeGreaterThan(0);
  expect(winners.abandoned).toBeGreaterThan(0);
});

it('lets a late starter of an abandoned attempt exit untouched', async () => {
  const one = attempt(1);
  await local.host.prepare(scriptPlan(one, 'printf x >>runs'));
  await local.host.abandon(one);
  await local.host.start(one);
  expect(await runs(one)).toBe(0);
  await expect(readFile(local.path(one, 'run.log'))).rejects.toMatchObject({ code: 'ENOENT' });
});

it('publishes one whole directory where several prepare the same attempt at once', async () => {
  const hosts = [1, 2, 3, 4].map(() => makeHost({ workDir: local.workDir }));
  for (let n = 1; n <= 20; n += 1) {
    const plan = scriptPlan(attempt(n), 'cat deep/er/spec.json >&2; printf x >>runs', {
      files: [{ path: 'deep/er/spec.json', content: '{"a":1}' }],
    });
    await Promise.all(hosts.map((host) => host.prepare(plan)));
    await Promise.all(hosts.map((host) => host.start(plan.attempt)));
    await untilState(local.host, plan.attempt, 'exited');
    expect([await runs(plan.attempt), await local.log(plan.attempt)]).toEqual([1, '{"a":1}']);
  }
  await Promise.all(hosts.map((host) => host.close()));
});

it('gives one id to bots that make the work directory at once', async () => {
  const hosts = [1, 2, 3, 4, 5, 6].map(() => makeHost({ workDir: local.workDir }));
  const ids = await Promise.all(hosts.map((host) => host.identify()));
  expect(new Set(ids).size).toBe(1);
  await Promise.all(hosts.map((host) => host.close()));
});

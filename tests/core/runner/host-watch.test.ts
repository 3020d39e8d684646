import SqliteDatabase from 'better-sqlite3';
import { pino } from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CosmosError } from '../../../src/core/errors.ts';
import type { HostName, LaneName } from '../../../src/core/ids.ts';
import type { GpuAnswer } from '../../../src/core/ports/host.ts';
import { HostWatch } from '../../../src/core/runner/host-watch.ts';
import { Wakeup } from '../../../src/core/wakeup.ts';
import { FakeHost } from '../../fakes/fake-host.ts';
import { addPrompt, addRun, somebody } from '../../support/queued-runs.ts';
import { gpuFacts } from '../models/gpu-host.ts';
import { minimal } from '../models/profiles.ts';
import { openStore } from '../store/open-store.ts';

const NAME = 'gpu1' as HostName;
const LANE = 'gpu1/gpu0' as LaneName;
const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** A watched host; `pass` lets time go by in the steps in which the watch thinks. */
async function watch() {
  const { store, clock, path } = await openStore();
  store.lanes.ensure(LANE);
  const host = new FakeHost({ instance: store.instance, name: NAME, now: () => 1 });
  let looks = 0;
  const facts = host.facts.bind(host);
  host.facts = async (...asked) => {
    looks += 1;
    return await facts(...asked);
  };
  const logger = pino({ level: 'silent' });
  const wakeup = new Wakeup();
  let wakes = 0;
  wakeup.subscribe(() => {
    wakes += 1;
  });
  const watched = new HostWatch({ host, lanes: [LANE], store, clock, logger, wakeup });
  onTestFinished(() => watched.stop());
  // Nothing here waits for more than the clock: a turn of the loop later all that can happen has happened.
  const settled = async (): Promise<void> => await new Promise((resolve) => setImmediate(resolve));
  const pass = async (ms: number): Promise<number> => {
    const before = looks;
    for (let left = ms; left > 0; left -= 5 * SECOND) {
      clock.advance(5 * SECOND);
      await settled();
    }
    return looks - before;
  };
  const start = async (): Promise<void> => {
    watched.start();
    await settled();
  };
  const busy = () => {
    addRun(store, addPrompt(store, somebody(store), 'street'), minimal());
    const attempt = store.attempts.claim(LANE, ['minimal'], store.instance);
    if (attempt === undefined) throw new Error('nothing was taken');
    return attempt.run;
  };
  const reading = () => store.hostReadings.get(NAME);
  const rename = (from: string, to: string): void => {
    const database = new SqliteDatabase(path);
    database.exec(`ALTER TABLE ${from} RENAME TO ${to}`);
    database.close();
  };
  const counts = { looks: () => looks, wakes: () => wakes };
  return { store, clock, host, watched, pass, start, busy, reading, rename, ...counts };
}

describe('the watch over a host', () => {
  it('looks at once, and stores what it is told', async () => {
    const { start, reading, clock, looks } = await watch();
    await start();
    expect(looks()).toBe(1);
    expect(reading()).toMatchObject({ askedAt: clock.now(), answer: { facts: { diskFreeBytes: 100e9 } } });
  });

  it('looks every five minutes at an idle host, and every half a minute at a busy one', async () => {
    const { start, pass, busy } = await watch();
    await start();
    expect(await pass(10 * MINUTE)).toBe(2);
    busy();
    expect(await pass(2 * MINUTE)).toBe(4);
  });

  it('does not look again where another process has just done so', async () => {
    const { start, pass, store, clock } = await watch();
    await start();
    const facts = { now: 1, diskFreeBytes: 7, gpus: { state: 'no_tool' }, paths: [] } as const;
    await pass(4 * MINUTE);
    store.hostReadings.setAnswer(NAME, facts, clock.now());
    expect(await pass(4 * MINUTE)).toBe(0);
    expect(await pass(MINUTE)).toBe(1);
  });

  it('looks at its start, however new the stored reading is: it may be of another address', async () => {
    const { start, store, clock, looks } = await watch();
    const problem = { code: 'engine.host_unreachable', parameters: {} } as const;
    store.hostReadings.setFailure(NAME, problem, clock.now());
    await start();
    expect(looks()).toBe(1);
  });

  it('wakes the lanes where the GPUs are others, or of another size, and never for what they do', async () => {
    const { start, pass, host, wakes } = await watch();
    const { gpus } = gpuFacts(24);
    await start();
    expect(wakes()).toBe(0);
    const look = async (answer: GpuAnswer): Promise<number> => {
      const before = wakes();
      host.hostFacts = { gpus: answer };
      expect(await pass(5 * MINUTE)).toBe(1);
      return wakes() - before;
    };
    expect(await look(gpus)).toBe(1);
    expect(await look(gpus)).toBe(0);
    const used = gpus.state === 'listed' ? gpus.gpus.map((gpu) => ({ ...gpu, memoryUsedBytes: 7 })) : [];
    expect(await look({ state: 'listed', gpus: used })).toBe(0);
    expect(await look(gpuFacts(80).gpus)).toBe(1);
    expect(await look({ state: 'no_tool' })).toBe(1);
  });

  it('says why a host does not answer, and since when', async () => {
    const { start, pass, host, busy, reading, clock } = await watch();
    busy();
    await start();
    host.unreachable(true);
    await pass(MINUTE);
    expect(reading()).toMatchObject({
      askedAt: clock.now(),
      answer: { at: clock.now() - MINUTE },
      failure: {
        since: clock.now() - MINUTE / 2,
        problem: { code: 'engine.host_unreachable', parameters: { host: NAME, reason: 'fake' } },
      },
    });
  });

  it('doubles the time between two looks while they fail, up to ten minutes', async () => {
    const { start, pass, host, reading, clock } = await watch();
    host.unreachable(true);
    await start();
    expect(await pass(9 * MINUTE)).toBe(0);
    expect(await pass(MINUTE)).toBe(1);
    expect(await pass(30 * MINUTE)).toBe(3);
    const { failure } = reading() ?? {};
    expect(clock.now() - (failure?.since ?? 0)).toBe(40 * MINUTE);
    host.unreachable(false);
    expect(await pass(10 * MINUTE)).toBe(1);
    expect(reading()?.failure).toBeUndefined();
    expect(await pass(5 * MINUTE)).toBe(1);
  });

  it('goes on as usual where its runs hear from a host whose look has failed', async () => {
    const { start, pass, host, busy, store, clock } = await watch();
    const run = busy();
    host.unreachable(true);
    await start();
    expect(await pass(MINUTE)).toBe(2);
    store.runs.setUnreachable(run, clock.now());
    expect(await pass(MINUTE)).toBe(0);
  });

  it('tells a wiped host that lost nothing from one that did', async () => {
    const { start, host, reading } = await watch();
    host.failNext('facts', new CosmosError('engine.host_replaced', { found: '' }));
    await start();
    expect(reading()?.failure?.problem.parameters).toMatchObject({ idle: true });
  });

  it('lives through a store that cannot be written', async () => {
    const { start, pass, reading, rename } = await watch();
    rename('host_readings', 'away');
    await start();
    rename('away', 'host_readings');
    expect(reading()).toBeUndefined();
    await pass(5 * SECOND);
    expect(reading()?.answer).toBeDefined();
  });

  it('stores nothing of a look that its end has cut short', async () => {
    const { start, host, watched, reading } = await watch();
    const begun = Promise.withResolvers<void>();
    host.facts = async (_, signal) => {
      begun.resolve();
      await new Promise((resolve) => signal?.addEventListener('abort', resolve, { once: true }));
      throw new CosmosError('engine.host_unreachable', { reason: 'closed' });
    };
    await start();
    await begun.promise;
    await watched.stop();
    expect(reading()).toBeUndefined();
  });
});

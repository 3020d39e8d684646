import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HostConfig } from '../../../src/core/config/config.ts';
import type { HostName, LaneName, RunId } from '../../../src/core/ids.ts';
import { GpuRoom } from '../../../src/core/models/gpu-room.ts';
import type { Profile } from '../../../src/core/models/profile.ts';
import { StoredProfiles } from '../../../src/core/models/stored-profiles.ts';
import { waitingWishes } from '../../../src/core/models/waiting-wishes.ts';
import { QueueLooks } from '../../../src/core/queue/queue-looks.ts';
import { QueueService } from '../../../src/core/queue/queue-service.ts';
import type { Attempt } from '../../../src/core/runner/attempt.ts';
import { addPrompt, addRun, somebody } from '../../support/queued-runs.ts';
import { gpuFacts, gpuHost } from '../models/gpu-host.ts';
import { minimal } from '../models/profiles.ts';
import { openStore } from '../store/open-store.ts';

const MINUTE = 60_000;
const TIMING = { samples: [{ frames: 24, width: 64, height: 64, seconds: 60 }] };
const BIG = minimal({ id: 'big', requires: { min_vram_gb: 66 }, timing: TIMING });
const LITTLE = minimal({ id: 'little', timing: TIMING });
const PROFILES: ReadonlyMap<string, Profile> = new Map([BIG, LITTLE].map((each) => [each.id, each]));
const SMALL = 'gpu1/one' as LaneName;
const LARGE = 'gpu2/one' as LaneName;
const HOSTS = [
  gpuHost('gpu1', { one: ['0'] }, ['big', 'little']),
  gpuHost('gpu2', { one: ['0'] }, ['big', 'little']),
];

async function openQueue(hosts: readonly HostConfig[] = HOSTS) {
  const { store, clock } = await openStore();
  const profiles = new StoredProfiles(store.runs);
  const gpusOf = (host: HostName) => store.hostReadings.get(host)?.answer?.facts.gpus;
  const isGivenUp = (lane: LaneName) => store.lanes.get(lane).blocked?.code === 'queue.lane_fenced';
  const wishOf = (id: string) => PROFILES.get(id)?.requires;
  const room = () => new GpuRoom({ hosts, wishOf, gpusOf, isGivenUp });
  const parts = { store, profiles, hosts, clock, room, isDriven: () => true };
  const service = new QueueService({ ...parts, chats: [], isServed: () => true });
  const prompt = addPrompt(store, somebody(store), 'street');
  let at = 0;
  const queue = (profile: Profile, who = 'ana'): RunId => {
    at += 1;
    return addRun(store, prompt, profile, { owner: somebody(store, who).id, queuedAt: at });
  };
  const lanes = hosts.flatMap((host) => host.lanes.map(({ name }) => name));
  for (const lane of lanes) {
    store.lanes.ensure(lane);
    store.lanes.setDriver(lane, { process: 1, kind: 'daemon', since: clock.now() });
  }
  const know = (host: string, ...gigabytes: number[]): void =>
    store.hostReadings.setAnswer(host as HostName, gpuFacts(...gigabytes), clock.now());
  /** As a lane claims. */
  const claim = (lane: LaneName): Attempt | undefined =>
    store.attempts.claim(lane, room().takenBy(lane), store.instance);
  /** Nobody knows of any GPU, as before the first look. */
  const forget = (): void => {
    const facts = { ...gpuFacts(), gpus: { state: 'no_tool' } as const };
    for (const { name } of hosts) store.hostReadings.setAnswer(name, facts, clock.now());
  };
  const end = (attempt: Attempt): void => {
    store.attempts.end(attempt, { outcome: 'done', outputs: [] });
  };
  const place = (id: RunId) => {
    const run = store.runs.get(id);
    return run && service.place(run);
  };
  const looks = new QueueLooks(parts);
  return { store, clock, profiles, service, looks, lanes, room, queue, know, forget, claim, end, place };
}

describe('a run of which a free lane is too small', () => {
  it('waits for the larger one, which is said, and lets later runs have the free lane', async () => {
    const { queue, know, claim, end, place, service } = await openQueue();
    know('gpu1', 24);
    know('gpu2', 80);
    const first = queue(BIG);
    expect(claim(SMALL)).toBeUndefined();
    expect(place(first)).toMatchObject({ startsIn: { low: 0, high: 0 } });
    expect(place(first)).not.toHaveProperty('smallLanes');
    const attempt = claim(LARGE);
    const waits = queue(BIG);
    const small = { lane: SMALL, bytes: 24 * 1024 ** 3, wantedGb: 66 };
    expect(place(waits)).toMatchObject({ place: 1, smallLanes: [small] });
    expect(place(waits)?.startsIn?.high).toBeGreaterThan(MINUTE / 2);
    expect(service.view().waiting).toMatchObject([{ run: waits, smallLanes: [small] }]);
    expect(service.outlook().forecasts.get(waits)?.smallLanes).toEqual([small]);
    const later = queue(LITTLE);
    expect(service.plan().groups).toMatchObject([
      { runs: [{ run: waits }], lane: LARGE, smallLanes: [small] },
      { runs: [{ run: later }], lane: SMALL, startsIn: { high: 0 }, smallLanes: [] },
    ]);
    expect(claim(SMALL)?.run).toBe(later);
    expect(attempt?.run).toBe(first);
    if (attempt !== undefined) end(attempt);
    expect(claim(LARGE)?.run).toBe(waits);
  });

  it('says nothing of a lane that is not free sooner, takes nothing, or while the queue is paused', async () => {
    const { store, queue, know, claim, place, service } = await openQueue();
    know('gpu1', 24);
    know('gpu2', 80);
    queue(BIG);
    claim(LARGE);
    const waits = queue(BIG);
    service.pause(somebody(store));
    expect(place(waits)).not.toHaveProperty('smallLanes');
    service.resume(somebody(store));
    store.lanes.setBlocked(SMALL, { code: 'engine.gpu_busy', parameters: {} });
    expect(place(waits)).not.toHaveProperty('smallLanes');
    store.lanes.setBlocked(SMALL, undefined);
    queue(LITTLE);
    expect(place(waits)).toHaveProperty('smallLanes');
    claim(SMALL);
    expect(place(waits)).not.toHaveProperty('smallLanes');
  });

  it('says what the larger lane waits for, and that a smaller one is free', async () => {
    const { store, queue, know, place } = await openQueue();
    know('gpu1', 24);
    know('gpu2', 80);
    const run = queue(BIG);
    store.lanes.setBlocked(LARGE, { code: 'engine.host_unreachable', parameters: { host: 'gpu2' } });
    expect(place(run)).toMatchObject({
      problem: { code: 'engine.host_unreachable' },
      smallLanes: [{ lane: SMALL }],
    });
    expect(place(run)).not.toHaveProperty('startsIn');
  });

  it('goes to the small one while the host of the larger one is given up', async () => {
    const { store, queue, know, claim, end, place, service } = await openQueue();
    know('gpu1', 24);
    know('gpu2', 80);
    const [first, second] = [queue(BIG), queue(BIG)];
    service.fence(somebody(store), 'gpu2' as HostName);
    expect(place(first)).toMatchObject({ startsIn: { high: 0 } });
    expect(place(first)).not.toHaveProperty('problem');
    const attempt = claim(SMALL);
    expect(attempt?.run).toBe(first);
    if (attempt !== undefined) end(attempt);
    // Its lane opens again.
    store.lanes.setBlocked(LARGE, undefined);
    expect(claim(SMALL)).toBeUndefined();
    expect(claim(LARGE)?.run).toBe(second);
  });

  it('goes to any lane while nobody knows, or where all are too small', async () => {
    const { queue, know, claim, end, place, service } = await openQueue();
    const unknown = queue(BIG);
    const attempt = claim(SMALL);
    expect(attempt?.run).toBe(unknown);
    if (attempt !== undefined) end(attempt);
    know('gpu1', 24);
    know('gpu2', 24);
    const insisted = queue(BIG);
    expect(place(insisted)).toMatchObject({ startsIn: { high: 0 } });
    expect(service.plan().groups).toMatchObject([{ lane: SMALL, smallLanes: [] }]);
    expect(claim(SMALL)?.run).toBe(insisted);
  });

  it('is judged anew at each claim', async () => {
    const { queue, know, claim, store } = await openQueue();
    know('gpu1', 24);
    know('gpu2', 80);
    const run = queue(BIG);
    expect(store.attempts.isWaitedFor(['little'])).toBe(false);
    expect(claim(SMALL)).toBeUndefined();
    know('gpu1', 80);
    expect(claim(SMALL)?.run).toBe(run);
  });

  it('is known by what waits where no profile was loaded, with what the configuration says of a host', async () => {
    const { store, profiles, queue } = await openQueue();
    const wishOf = waitingWishes(store, profiles);
    const [host] = HOSTS;
    if (host === undefined) throw new Error('there is no host');
    const over = (min_vram_gb: unknown) => ({
      ...host,
      modelOverrides: { big: { requires: { min_vram_gb } } },
    });
    const [id] = host.models;
    if (id === undefined) throw new Error('there is no model');
    expect(wishOf(id, host)).toBeUndefined();
    queue(BIG);
    expect(wishOf(id, host)).toMatchObject({ min_vram_gb: 66 });
    expect(wishOf(id, over({ 1: 20 }))).toMatchObject({ min_vram_gb: { 1: 20 } });
    expect(wishOf(id, over('much'))).toMatchObject({ min_vram_gb: 66 });
  });
});

describe('lanes of all sizes', () => {
  const size = fc.constantFrom(24, 46, 80);
  const lane = fc.integer({ min: 0, max: 3 });
  const step = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('queue' as const),
        profile: fc.constantFrom(BIG, LITTLE),
        who: fc.constantFrom('ana', 'ben'),
      }),
    },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('claim' as const), lane }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('end' as const), lane }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('know' as const),
        host: fc.constantFrom('gpu1', 'gpu2', 'gpu3'),
        sizes: fc.tuple(size, size),
      }),
    },
  );
  const hosts = [
    gpuHost('gpu1', { one: ['0'], two: ['1'] }, ['big', 'little']),
    gpuHost('gpu2', { one: ['0'] }, ['little', 'big']),
    gpuHost('gpu3', { one: ['0'] }, ['little']),
  ];

  it('never give a run to one that is too small where another could take it, and leave none waiting', async () => {
    const { store, lanes, queue, know, forget, claim, end } = await openQueue(hosts);
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        forget();
        const known = new Map<string, readonly number[]>();
        const isSmall = (name: LaneName): boolean => {
          const [host = '', own] = name.split('/');
          const gigabytes = known.get(host)?.[own === 'two' ? 1 : 0];
          return gigabytes !== undefined && gigabytes < 66;
        };
        const offering = lanes.filter((name) => !name.startsWith('gpu3/'));
        const open = new Map<LaneName, Attempt>();
        const take = (name: LaneName): boolean => {
          const attempt = claim(name);
          if (attempt === undefined) return false;
          if (store.runs.get(attempt.run)?.profileId === 'big') {
            expect(offering).toContain(name);
            expect(isSmall(name) && offering.some((other) => !isSmall(other))).toBe(false);
          }
          open.set(name, attempt);
          return true;
        };
        const release = (name: LaneName): void => {
          const attempt = open.get(name);
          if (attempt !== undefined) end(attempt);
          open.delete(name);
        };
        for (const one of steps) {
          if (one.kind === 'queue') queue(one.profile, one.who);
          else if (one.kind === 'know') {
            known.set(one.host, one.sizes);
            know(one.host, ...one.sizes);
          } else {
            const name = lanes[one.lane];
            if (name === undefined) throw new Error('there is no such lane');
            if (one.kind === 'claim') take(name);
            else release(name);
          }
        }
        for (const name of lanes) release(name);
        // Each lane goes on by itself, as long as one of them finds something.
        for (let found = true; found; ) {
          found = false;
          for (const name of lanes) {
            if (take(name)) found = true;
            release(name);
          }
        }
        expect(store.runs.queued()).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  it('take what was forecast for them', async () => {
    const { looks, lanes, queue, know, forget, claim, end, place, store } = await openQueue(hosts);
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(BIG, LITTLE), { maxLength: 6 }),
        fc.array(fc.option(fc.tuple(size, size), { nil: undefined }), { minLength: 3, maxLength: 3 }),
        (runs, sizes) => {
          forget();
          for (const [index, each] of sizes.entries())
            if (each !== undefined) know(`gpu${index + 1}`, ...each);
          for (const profile of runs) queue(profile);
          const now = looks.present().groups.filter(({ startsIn }) => startsIn?.high === 0);
          for (const { lane: name, runs: own, smallLanes } of now) {
            expect(smallLanes).toEqual([]);
            expect(name && claim(name)?.run).toBe(own[0]?.run.id);
          }
          // Whatever else waits has its lane busy; a lane that is still free is one that it is too small for it, and said to be.
          for (const { id, profileId } of store.runs.queued()) {
            const free = hosts
              .filter(({ models }) => models.includes(profileId))
              .flatMap((host) => host.lanes.map(({ name }) => name))
              .filter((name) => store.attempts.open(name) === undefined);
            const said = place(id)?.smallLanes?.map((small) => small.lane) ?? [];
            expect(said).toEqual(expect.arrayContaining(free));
            for (const name of free) expect(claim(name)).toBeUndefined();
          }
          for (let found = true; found; ) {
            found = false;
            for (const name of lanes) {
              const attempt = store.attempts.open(name) ?? claim(name);
              if (attempt === undefined) continue;
              end(attempt);
              found = true;
            }
          }
        },
      ),
      { numRuns: 100 },
    );
  });
});

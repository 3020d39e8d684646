import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { stringify } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import { explain } from '../../../src/bot/wording/explain.ts';
import type { HostConfig } from '../../../src/core/config/config.ts';
import type { HostName, LaneName, ProfileId } from '../../../src/core/ids.ts';
import { loadCatalogue } from '../../../src/core/models/catalogue.ts';
import { type GpuWish, smallHost, smallLane, wantedGb } from '../../../src/core/models/gpu-memory.ts';
import { GpuRoom } from '../../../src/core/models/gpu-room.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { gpuFacts, gpuHost } from './gpu-host.ts';
import { MINIMAL, minimal, problemsOf, shipped } from './profiles.ts';

const BIG = 'big' as ProfileId;
const LITTLE = 'little' as ProfileId;

/** `sizes`: what each host has answered; a host that is not named was never asked. */
function roomOf(
  hosts: readonly HostConfig[],
  wishes: Readonly<Record<string, GpuWish>>,
  sizes: Readonly<Record<string, readonly number[]>>,
  givenUp: readonly string[] = [],
) {
  const asked: string[] = [];
  const room = new GpuRoom({
    hosts,
    wishOf: (id, { name }) => wishes[`${id} on ${name}`] ?? wishes[id],
    gpusOf: (host: HostName) => {
      asked.push(host);
      const found = sizes[host];
      return found && gpuFacts(...found).gpus;
    },
    isGivenUp: (lane) => givenUp.some((host) => lane.startsWith(`${host}/`)),
  });
  return { room, asked };
}

describe('what a model wants of each GPU', () => {
  it.each([
    [28, 1, 28],
    [28, 8, 28],
    [{ 1: 96, 2: 80 }, 1, 96],
    [{ 1: 96, 2: 80 }, 2, 80],
    [{ 1: 96, 2: 80 }, 3, 80],
    [{ 2: 80, 10: 40 }, 9, 80],
    [{ 2: 80, 10: 40 }, 10, 40],
    [{ 10: 40, 2: 80 }, 9, 80],
    [{ 2: 80 }, 1, undefined],
    [{ 1: 96 }, 0, undefined],
    [undefined, 1, undefined],
  ])('is, of %j on %i GPUs, %s GB', (wish, gpus, wanted) => {
    expect(wantedGb({ min_vram_gb: wish } as GpuWish, gpus)).toBe(wanted);
  });

  it('is a number or a table in a profile, and nothing else', () => {
    const wanting = (min_vram_gb: unknown) => problemsOf(MINIMAL, { requires: { min_vram_gb } });
    expect(minimal({ requires: { min_vram_gb: { 1: 96, 2: 80 } } }).requires.min_vram_gb).toEqual({
      1: 96,
      2: 80,
    });
    expect(wanting({ 0: 96 })).toMatchObject([
      { code: 'config.invalid_name', where: 'requires.min_vram_gb.0' },
    ]);
    expect(wanting({ two: 96 })).toMatchObject([{ code: 'config.invalid_name', given: '"two"' }]);
    expect(wanting({ 1: 'much' })).toMatchObject([
      { code: 'config.wrong_type', where: 'requires.min_vram_gb.1', given: '"much"' },
    ]);
    expect(wanting({ 1: 0 })).toMatchObject([
      { code: 'config.out_of_range', where: 'requires.min_vram_gb.1' },
    ]);
    expect(wanting(-1)).toMatchObject([{ code: 'config.out_of_range', where: 'requires.min_vram_gb' }]);
    expect(wanting('80')).toMatchObject([{ code: 'config.wrong_type', expected: ['number', 'table'] }]);
    expect(wanting({})).toMatchObject([{ code: 'config.profile_invalid', where: 'requires.min_vram_gb' }]);
  });

  it('is refused with the file and the line', async () => {
    const directory = await temporaryDirectory();
    const profile = { ...MINIMAL, requires: { min_vram_gb: { 1: 96, 2: 'much' } } };
    const text = stringify(profile);
    await writeFile(join(directory, 'minimal.toml'), text);
    const loaded = await loadCatalogue({ directory });
    const line = text.split('\n').findIndex((each) => each.startsWith('2 = ')) + 1;
    const parameters = { where: 'requires.min_vram_gb.2', file: 'minimal.toml', line };
    expect(loaded).toMatchObject({ ok: false, problems: [{ code: 'config.wrong_type', parameters }] });
    expect(line).toBeGreaterThan(1);
    const [problem] = problemsOf(MINIMAL, { requires: { min_vram_gb: { two: 96 } } });
    if (problem === undefined) throw new Error('it was not refused');
    const { code, ...words } = problem;
    expect(explain({ code, parameters: words }).nextStep).toContain('Use digits alone');
  });

  it('is changed entry by entry, or as a whole', () => {
    const wish = (min_vram_gb: unknown) =>
      shipped('humo-17b', { requires: { min_vram_gb } }).requires.min_vram_gb;
    expect(shipped('humo-17b').requires.min_vram_gb).toEqual({ 1: 96, 2: 80 });
    expect(wish({ 4: 48 })).toEqual({ 1: 96, 2: 80, 4: 48 });
    expect(wish(48)).toBe(48);
  });
});

describe('a lane', () => {
  const WISH = { min_vram_gb: { 1: 96, 2: 80 } };
  const lane = (...gpus: string[]) => ({ name: 'gpu1/a' as LaneName, gpus });

  it('is judged by the entry for as many GPUs as it has, and by its smallest one', () => {
    const { gpus } = gpuFacts(80, 80, 46);
    expect(smallLane(lane('0'), gpus, WISH)).toEqual({
      lane: 'gpu1/a',
      bytes: 80 * 1024 ** 3,
      wantedGb: 96,
      gpus: 1,
    });
    expect(smallLane(lane('0', '1'), gpus, WISH)).toBeUndefined();
    expect(smallLane(lane('0', '2'), gpus, WISH)).toMatchObject({ bytes: 46 * 1024 ** 3, gpus: 2 });
    expect(smallLane(lane('0'), gpus, { min_vram_gb: { 2: 96 } })).toBeUndefined();
  });

  it('is named with the smallest one of those that are too small', () => {
    const { gpus } = gpuFacts(46, 24, 80);
    expect(smallLane(lane('0', '1', '2'), gpus, WISH)).toMatchObject({ bytes: 24 * 1024 ** 3, gpus: 3 });
  });

  it('is large enough with as many bytes as GB are wanted, counted as they are sold, and not with one less', () => {
    const of = (memoryTotalBytes: number) => {
      const gpu = { index: '0', uuid: 'GPU-0', name: 'GPU', memoryTotalBytes, memoryUsedBytes: 0 };
      return smallLane(lane('0'), { state: 'listed', gpus: [gpu] }, WISH);
    };
    expect(of(96_000_000_000)).toBeUndefined();
    expect(of(95_999_999_999)).toMatchObject({ bytes: 95_999_999_999 });
  });

  it('is not too small where nobody knows', () => {
    expect(smallLane(lane('0'), undefined, WISH)).toBeUndefined();
    expect(smallLane(lane('7'), gpuFacts(24).gpus, WISH)).toBeUndefined();
    expect(smallLane(lane('0'), { state: 'failed', detail: '' }, WISH)).toBeUndefined();
  });

  it('stands for its host where all are too small, and it comes nearest', () => {
    const host = gpuHost('gpu1', { a: ['0', '1'], b: ['2'] }, []);
    expect(smallHost(host, gpuFacts(46, 46, 80).gpus, WISH)).toEqual({
      host: 'gpu1',
      bytes: 80 * 1024 ** 3,
      wantedGb: 96,
      gpus: 1,
    });
    expect(smallHost(host, gpuFacts(80, 80, 80).gpus, WISH)).toBeUndefined();
  });
});

describe('runs of a model', () => {
  const HOSTS = [
    gpuHost('gpu1', { a: ['0'], b: ['1'] }, [BIG, LITTLE]),
    gpuHost('gpu2', { a: ['0'] }, [BIG]),
  ];
  const WISHES = { big: { min_vram_gb: 66 } };

  it('are left to the lanes that are not known to be too small, of the same host or another', () => {
    const { room } = roomOf(HOSTS, WISHES, { gpu1: [24, 80], gpu2: [24] });
    expect(room.takersOf(BIG)).toEqual(['gpu1/b']);
    expect(room.takenBy('gpu1/a' as LaneName)).toEqual([LITTLE]);
    expect(room.takenBy('gpu1/b' as LaneName)).toEqual([BIG, LITTLE]);
    expect([...room.leftBy('gpu2/a' as LaneName)]).toEqual([
      [BIG, { lane: 'gpu2/a', bytes: 24 * 1024 ** 3, wantedGb: 66 }],
    ]);
    expect(room.smallHosts(BIG).map(({ host }) => host)).toEqual(['gpu2']);
    const unknown = roomOf(HOSTS, WISHES, { gpu1: [24, 24] }).room;
    expect(unknown.takersOf(BIG)).toEqual(['gpu2/a']);
  });

  it('are taken by every lane where all are too small', () => {
    const { room } = roomOf(HOSTS, WISHES, { gpu1: [24, 40], gpu2: [24] });
    expect(room.takersOf(BIG)).toEqual(['gpu1/a', 'gpu1/b', 'gpu2/a']);
    expect([...room.leftBy('gpu1/a' as LaneName)]).toEqual([]);
    expect(room.smallHosts(BIG).map(({ host }) => host)).toEqual(['gpu1', 'gpu2']);
  });

  it('are taken by the small lanes, too, where the host of each other lane was given up', () => {
    const sizes = { gpu1: [24, 24], gpu2: [80] };
    expect(roomOf(HOSTS, WISHES, sizes, ['gpu1']).room.takersOf(BIG)).toEqual(['gpu2/a']);
    const { room } = roomOf(HOSTS, WISHES, sizes, ['gpu2']);
    expect(room.takersOf(BIG)).toEqual(['gpu1/a', 'gpu1/b', 'gpu2/a']);
    expect(room.smallHosts(BIG).map(({ host }) => host)).toEqual(['gpu1']);
  });

  it('are judged by what each host says of the model', () => {
    const wishes = { ...WISHES, 'big on gpu2': { min_vram_gb: 20 } };
    const { room } = roomOf(HOSTS, wishes, { gpu1: [24, 24], gpu2: [24] });
    expect(room.takersOf(BIG)).toEqual(['gpu2/a']);
  });

  it('need no host asked where the model wants nothing, and others only where their own is too small', () => {
    const none = roomOf(HOSTS, {}, { gpu1: [24, 24] });
    expect(none.room.takenBy('gpu1/a' as LaneName)).toEqual([BIG, LITTLE]);
    expect(none.asked).toEqual([]);
    const { room, asked } = roomOf(HOSTS, WISHES, { gpu1: [80, 24], gpu2: [24] });
    room.takenBy('gpu2/a' as LaneName);
    room.takenBy('gpu1/a' as LaneName);
    expect(asked).toEqual(['gpu2', 'gpu1']);
  });

  it('have lanes that take them, and none that is too small beside one that is not', () => {
    const size = fc.constantFrom(24, 46, 80, 96);
    const wish = fc.option(
      fc.oneof(size, fc.dictionary(fc.constantFrom('1', '2', '3'), size, { minKeys: 1 })),
      { nil: undefined },
    );
    const lanes = fc.array(fc.array(fc.constantFrom('0', '1', '2', '3'), { maxLength: 3 }), {
      minLength: 1,
      maxLength: 3,
    });
    const host = fc.record({
      lanes,
      models: fc.subarray([BIG, LITTLE]),
      sizes: fc.option(fc.array(size, { maxLength: 4 }), { nil: undefined }),
      big: wish,
      little: wish,
      isGivenUp: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(host, { minLength: 1, maxLength: 3 }), (given) => {
        const hosts = given.map((each, index) =>
          gpuHost(`gpu${index}`, Object.fromEntries(each.lanes.map((gpus, lane) => [`l${lane}`, gpus])), [
            ...each.models,
          ]),
        );
        const wishes: Record<string, GpuWish> = {};
        const sizes: Record<string, readonly number[]> = {};
        for (const [index, each] of given.entries()) {
          if (each.big !== undefined) wishes[`big on gpu${index}`] = { min_vram_gb: each.big };
          if (each.little !== undefined) wishes[`little on gpu${index}`] = { min_vram_gb: each.little };
          if (each.sizes !== undefined) sizes[`gpu${index}`] = each.sizes;
        }
        const givenUp = given.flatMap((each, index) => (each.isGivenUp ? [`gpu${index}`] : []));
        const { room } = roomOf(hosts, wishes, sizes, givenUp);
        for (const id of [BIG, LITTLE]) {
          // Found out by itself: for each lane of the model, whether one of its GPUs is known to have too little.
          const isSmall = new Map<LaneName, boolean>();
          for (const { name, lanes: own, models } of hosts) {
            if (!models.includes(id)) continue;
            const table = wishes[`${id} on ${name}`]?.min_vram_gb;
            for (const { name: lane, gpus } of own) {
              let wanted = typeof table === 'number' ? table : 0;
              if (typeof table === 'object')
                for (let count = 1; count <= gpus.length; count++) wanted = table[String(count)] ?? wanted;
              const known = gpus.flatMap((gpu) => sizes[name]?.[Number(gpu)] ?? []);
              isSmall.set(
                lane,
                known.some((gigabytes) => gigabytes * 1024 ** 3 < wanted * 1e9),
              );
            }
          }
          const isAnyLarge = [...isSmall].some(
            ([lane, small]) => !small && !givenUp.includes(lane.split('/')[0] ?? ''),
          );
          const takers = [...isSmall.keys()].filter((lane) => !isAnyLarge || isSmall.get(lane) === false);
          expect(room.takersOf(id)).toEqual(takers);
          for (const lane of isSmall.keys()) {
            expect(room.takenBy(lane).includes(id)).toBe(takers.includes(lane));
            expect(room.leftBy(lane).has(id)).toBe(!takers.includes(lane));
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});

import { describe, expect, it } from 'vitest';
import type { LaneName, RunId } from '../../../src/core/ids.ts';
import type { SmallLane } from '../../../src/core/models/gpu-memory.ts';
import {
  allDoneIn,
  type Forecast,
  type ForecastLane,
  FREE_NOW,
  forecast,
  forecastGroups,
  type GroupOf,
} from '../../../src/core/queue/forecast.ts';
import type { Run, TimeRange } from '../../../src/core/runs/run.ts';

const HOUR: TimeRange = { low: 60, high: 90 };

function lane(name: string, freeIn: TimeRange | undefined = FREE_NOW, profiles = ['a']): ForecastLane {
  return { lane: name as LaneName, profiles, freeIn };
}

function run(id: string, profileId = 'a'): Run {
  return { id: id as RunId, profileId } as Run;
}

function starts(
  lanes: readonly ForecastLane[],
  runs: readonly Run[],
  duration = (): TimeRange | undefined => HOUR,
) {
  return [...forecast(lanes, runs, duration).values()].map(({ startsIn }) => startsIn);
}

describe('a forecast', () => {
  it('adds up the ranges of what comes before on one lane', () => {
    expect(starts([lane('one', { low: 5, high: 10 })], [run('1'), run('2'), run('3')])).toEqual([
      { low: 5, high: 10 },
      { low: 65, high: 100 },
      { low: 125, high: 190 },
    ]);
  });

  it('gives each run to the lane that is free first', () => {
    const lanes = [lane('one', { low: 100, high: 200 }), lane('two')];
    expect(starts(lanes, [run('1'), run('2'), run('3')])).toEqual([
      FREE_NOW,
      { low: 60, high: 90 },
      { low: 100, high: 200 },
    ]);
  });

  it('looks only at lanes that execute the model', () => {
    const lanes = [lane('one', FREE_NOW, ['b']), lane('two', { low: 7, high: 8 }, ['a', 'b'])];
    expect(starts(lanes, [run('1', 'a'), run('2', 'b'), run('3', 'c')])).toEqual([
      { low: 7, high: 8 },
      FREE_NOW,
      undefined,
    ]);
  });

  it('leaves unknown what comes after something unknown', () => {
    const unknownFirst = (): TimeRange | undefined => undefined;
    expect(starts([lane('one')], [run('1'), run('2')], unknownFirst)).toEqual([FREE_NOW, undefined]);
    expect(starts([{ ...lane('one'), freeIn: undefined }, lane('two')], [run('1'), run('2')])).toEqual([
      undefined,
      undefined,
    ]);
  });

  it('tells how long a run takes even where nobody knows when it starts', () => {
    const [first] = forecast([], [run('1')], () => HOUR).values();
    expect(first).toEqual({ duration: HOUR });
  });
});

describe('runs that start together', () => {
  const QUEUE = [run('1'), run('2', 'b'), run('3'), run('4'), run('5', 'c')];

  /** Each lane takes two of a model; `asked` is what it was asked. */
  function pairs() {
    const asked: unknown[] = [];
    const groupOf: GroupOf = (name, head, waiting, idle) => {
      asked.push([name, head.id, waiting.map(({ id }) => id), idle]);
      const own = waiting.filter(({ profileId }) => profileId === head.profileId).slice(0, 2);
      return {
        runs: own.map((each, index) => ({
          run: each,
          duration: { low: 10 * (index + 1), high: 20 * (index + 1) },
        })),
        leftOut: [],
      };
    };
    return { asked, groupOf };
  }

  it('are taken as the lane takes them of what still waits, and keep it for as long as the last of them', () => {
    const { asked, groupOf } = pairs();
    const groups = forecastGroups([lane('one', FREE_NOW, ['a', 'b'])], QUEUE, () => HOUR, groupOf);
    expect(asked).toEqual([
      ['one', '1', ['1', '2', '3', '4'], 0],
      ['one', '2', ['2', '4'], 0],
      ['one', '4', ['4'], 0],
    ]);
    expect(
      groups.map(({ runs, lane: at, startsIn }) => [runs.map((each) => each.run.id), at, startsIn]),
    ).toEqual([
      [['1', '3'], 'one', FREE_NOW],
      [['2'], 'one', { low: 20, high: 40 }],
      [['4'], 'one', { low: 30, high: 60 }],
      [['5'], undefined, undefined],
    ]);
    expect(groups.at(-1)).toEqual({ runs: [{ run: QUEUE[4], duration: HOUR }], leftOut: [], smallLanes: [] });
  });

  it('are left to lanes of the model that are free now, too', () => {
    const { asked, groupOf } = pairs();
    const lanes = [
      lane('one'),
      lane('two'),
      lane('three'),
      lane('soon', { low: 0, high: 1 }),
      { ...lane('unknown'), freeIn: undefined },
      lane('other', FREE_NOW, ['b']),
    ];
    forecastGroups(lanes, QUEUE.slice(0, 1), () => HOUR, groupOf);
    expect(asked).toEqual([['one', '1', ['1'], 2]]);
  });

  it('are with the lane that may be free first where one is unknown, and nobody says when', () => {
    const groups = forecastGroups(
      [{ ...lane('unknown'), freeIn: undefined }, lane('late', { low: 5, high: 9 })],
      QUEUE.slice(0, 1),
      () => undefined,
      () => undefined,
    );
    expect(groups).toEqual([{ runs: [{ run: QUEUE[0] }], leftOut: [], lane: 'late', smallLanes: [] }]);
    const nowhere = forecastGroups(
      [{ ...lane('unknown'), freeIn: undefined }],
      QUEUE.slice(0, 1),
      () => HOUR,
      () => undefined,
    );
    expect(nowhere).toMatchObject([{ lane: 'unknown' }]);
    expect(nowhere[0]).not.toHaveProperty('startsIn');
  });
});

describe('a lane that leaves a model to larger ones', () => {
  const SMALL: SmallLane = { lane: 'small' as LaneName, bytes: 1, wantedGb: 2 };

  /** What is said of a small lane that is free so, beside a large one that is. */
  function said(
    small: TimeRange | undefined,
    large: TimeRange | undefined,
    model = 'a',
  ): Forecast | undefined {
    const lanes = [
      { ...lane('small', FREE_NOW, ['b']), freeIn: small, left: new Map([['a', SMALL]]) },
      { ...lane('large'), freeIn: large },
    ];
    return forecast(lanes, [run('1', model)], () => HOUR).get('1' as RunId);
  }

  it.each([
    [FREE_NOW, { low: 0, high: 5 }, true],
    [{ low: 4, high: 4 }, { low: 5, high: 5 }, true],
    [{ low: 5, high: 6 }, { low: 5, high: 7 }, true],
    [{ low: 6, high: 6 }, { low: 5, high: 7 }, false],
    [{ low: 4, high: 7 }, { low: 5, high: 7 }, false],
    [{ low: 4, high: 8 }, { low: 5, high: 7 }, false],
    [FREE_NOW, FREE_NOW, false],
    [undefined, { low: 0, high: 5 }, false],
    [FREE_NOW, undefined, true],
    [{ low: 0, high: 1 }, undefined, false],
  ])('and is free in %j, beside one in %j, is named: %s', (small, large, isNamed) => {
    expect(said(small, large)).toEqual({
      ...(large && { startsIn: large }),
      duration: HOUR,
      ...(isNamed && { smallLanes: [SMALL] }),
    });
  });

  it('is not named with other models', () => {
    expect(said(FREE_NOW, { low: 0, high: 5 }, 'b')).toEqual({ startsIn: FREE_NOW, duration: HOUR });
  });
});

describe('the end of everything', () => {
  const lanes = [lane('one', { low: 1, high: 30 }), lane('two', { low: 1, high: 20 })];
  const of = (...forecasts: readonly Forecast[]) =>
    allDoneIn(
      forecasts.map((_, index) => run(String(index))),
      new Map(forecasts.map((each, index) => [String(index) as RunId, each])),
      lanes,
    );

  it('is that of the last lane or run', () => {
    expect(of()).toBe(30);
    expect(of({ startsIn: { low: 0, high: 5 }, duration: { low: 0, high: 10 } })).toBe(30);
    expect(
      of({ startsIn: { low: 0, high: 30 }, duration: HOUR }, { startsIn: FREE_NOW, duration: HOUR }),
    ).toBe(120);
  });

  it('is unknown while anything of it is, and where nothing is to be done', () => {
    expect(of({ startsIn: FREE_NOW })).toBeUndefined();
    expect(of({ duration: HOUR })).toBeUndefined();
    expect(allDoneIn([run('1')], new Map(), lanes)).toBeUndefined();
    expect(allDoneIn([], new Map(), [...lanes, { ...lane('three'), freeIn: undefined }])).toBeUndefined();
    expect(allDoneIn([], new Map(), [lane('one')])).toBeUndefined();
  });
});

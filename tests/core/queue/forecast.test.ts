import { describe, expect, it } from 'vitest';
import type { LaneName, RunId } from '../../../src/core/ids.ts';
import { type ForecastLane, FREE_NOW, forecast } from '../../../src/core/queue/forecast.ts';
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

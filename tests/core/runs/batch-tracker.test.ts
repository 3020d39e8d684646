import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BatchTracker } from '../../../src/core/runs/batch-tracker.ts';
import { minimal } from '../models/profiles.ts';
import { BATCHED } from '../runner/batch-bench.ts';

const LOG = [
  'load',
  'begin',
  'step 2/4',
  'saved 0',
  'begin',
  'Error: of the second',
  'begin',
  'step 1/4',
  'step 3/4',
].join('\n');

const HANGS = minimal({
  ...BATCHED,
  failures: [...BATCHED.failures, { key: 'stuck', pattern: '^STUCK', hangs: {} }],
});

function tracker(items = 3): BatchTracker {
  if (HANGS.batch === undefined) throw new Error('no batch');
  return new BatchTracker(
    HANGS,
    HANGS.batch,
    Array.from({ length: items }, () => ({})),
  );
}

function read(text: string, items = 3): BatchTracker {
  const read = tracker(items);
  read.feed(Buffer.from(text));
  return read;
}

/** All that can be asked of it. */
function seen(of: BatchTracker) {
  return {
    atWork: of.atWork,
    hang: of.hang?.line,
    outside: of.outside.failures.map(({ line }) => line),
    items: [0, 1, 2].map((item) => ({
      hasBegun: of.hasBegun(item),
      hasEnded: of.hasEnded(item),
      failures: of.findings(item).failures.map(({ line }) => line),
      lastLine: of.findings(item).lastLine,
      snapshot: of.snapshot(item),
    })),
  };
}

describe('the log of a batch', () => {
  it('says of each run whether it has begun and ended, and which one is at work', () => {
    const log = read(`${LOG}\n`);
    expect(seen(log)).toMatchObject({
      atWork: 2,
      outside: [],
      items: [
        { hasBegun: true, hasEnded: true, failures: [] },
        { hasBegun: true, hasEnded: false, failures: ['Error: of the second'] },
        { hasBegun: true, hasEnded: false, failures: [] },
      ],
    });
  });

  it('measures each run by its own lines, the first with the loading of the model', () => {
    expect(read('load\n').snapshot(0)).toMatchObject({ modelStage: 'loading', batch: { state: 'works' } });
    expect(read('load\n').snapshot(1)).toMatchObject({ batch: { place: 2, of: 3, state: 'waits' } });
    const log = read(`${LOG}\n`);
    expect(log.snapshot(0)).toMatchObject({ percent: 100, batch: { place: 1, of: 3, state: 'ready' } });
    expect(log.snapshot(2)).toMatchObject({
      modelStage: 'work',
      step: { current: 3, total: 4 },
      percent: 87,
    });
  });

  it('keeps what stands before the first run, and after one that has ended, apart from all of them', () => {
    const before = read('Error: too early\n');
    expect(seen(before)).toMatchObject({ atWork: undefined, outside: ['Error: too early'] });
    const after = read('begin\nsaved 0\nError: too late\n');
    expect(after.atWork).toBeUndefined();
    expect(after.outside.failures).toHaveLength(1);
  });

  it('forgets what it was told before the first run once one has ended', () => {
    expect(seen(read('Error: too early\nbegin\n')).outside).toEqual(['Error: too early']);
    expect(seen(read('Error: too early\nbegin\nsaved 0\n')).outside).toEqual([]);
  });

  it('reads the line that has no end yet, for the run at work or for none of them', () => {
    expect(seen(read('load\nError: cut'))).toMatchObject({
      outside: ['Error: cut'],
      items: [{ failures: ['Error: cut'] }, { failures: [] }, {}],
    });
    expect(seen(read('begin\nbegin\nError: cut'))).toMatchObject({
      outside: [],
      items: [{ failures: [] }, { failures: ['Error: cut'] }, { failures: [] }],
    });
    expect(seen(read('begin\nSTUCK\nError: cut'))).toMatchObject({
      items: [{ failures: ['STUCK'], lastLine: 'STUCK' }, {}, {}],
    });
    expect(seen(read('STUCK\nError: cut')).outside).toEqual(['STUCK']);
  });

  it('knows the last line of each run, also where that came in pieces', () => {
    const log = read('begin\nof the fi');
    log.feed(Buffer.from('rst\nsaved 0\nbegin\nof the se'));
    log.feed(Buffer.from('cond\nSTUCK\n'));
    expect([0, 1].map((item) => log.findings(item).lastLine)).toEqual(['saved 0', 'STUCK']);
  });

  it('takes a run for begun that has ended without a beginning', () => {
    const log = read('load\nsaved 0\nsaved 1\n');
    expect([0, 1, 2].map((item) => log.hasBegun(item))).toEqual([true, true, false]);
    expect([0, 1, 2].map((item) => log.snapshot(item).batch?.state)).toEqual(['ready', 'ready', 'waits']);
  });

  it('says nothing more once a run of it hangs, beside what its last lines are', () => {
    const log = read('begin\nsaved 0\nbegin\nSTUCK\nError: of the stop\nbegin\nsaved 2\nsaved 1\n');
    expect(seen(log)).toMatchObject({
      atWork: 1,
      hang: 'STUCK',
      items: [
        { hasBegun: true, hasEnded: true },
        { hasBegun: true, hasEnded: false, failures: ['STUCK'], snapshot: { batch: { state: 'works' } } },
        { hasBegun: false, hasEnded: false, failures: [] },
      ],
    });
    expect(log.snapshot(1).logTail.at(-1)).toBe('saved 1');
  });

  it('hangs between two runs, too, and after the last', () => {
    const between = read('begin\nsaved 0\nSTUCK\nbegin\n');
    expect(seen(between)).toMatchObject({ atWork: undefined, hang: 'STUCK', outside: ['STUCK'] });
    expect(between.hasBegun(1)).toBe(false);
    expect(read('begin\nSTUCK', 1).hang).toBeUndefined();
  });

  it.each([
    ['one that is at work', 'begin\nsaved 0\n', [true, false, false], undefined],
    ['one that was begun before', 'begin\nbegin\nsaved 0\n', [true, false, false], 1],
    ['the next one, where nothing is at work', 'begin\nsaved 0\nsaved 1\n', [true, true, false], undefined],
    ['the next one, while another is at work', 'begin\nsaved 1\n', [false, false, false], 0],
    ['one after the next', 'saved 1\nbegin\nsaved 2\n', [false, false, false], 0],
    ['none of the list', 'begin\nsaved 9\n', [false, false, false], 0],
    ['one that has ended', 'begin\nsaved 0\nbegin\nsaved 0\n', [true, false, false], 1],
  ])('counts an end only in the order of the list: %s', (_what, text, ended, atWork) => {
    const log = read(text);
    expect([0, 1, 2].map((item) => log.hasEnded(item))).toEqual(ended);
    expect(log.atWork).toBe(atWork);
  });

  it('begins no more runs than there are', () => {
    expect(read('begin\nbegin\nbegin\nbegin\n').atWork).toBe(2);
  });

  it.each([LOG, LOG.replace('Error: of the second', 'STUCK')])('says the same however %j is cut', (text) => {
    const bytes = Buffer.from(`${text}\r`);
    const whole = read(`${text}\r`);
    fc.assert(
      fc.property(fc.array(fc.nat({ max: bytes.length }), { maxLength: 6 }), (cuts) => {
        const cut = tracker();
        const places = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
        for (const [index, place] of places.entries()) cut.feed(bytes.subarray(place, places[index + 1]));
        expect(seen(cut)).toEqual(seen(whole));
      }),
    );
  });
});

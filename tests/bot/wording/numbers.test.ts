import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  aboutTime,
  count,
  duration,
  framesPerSecond,
  grouped,
  percent,
  rate,
  share,
  size,
  timeRange,
} from '../../../src/bot/wording/numbers.ts';

const S = 1000;
const MIN = 60 * S;
const H = 60 * MIN;

test.each([
  [0, '0 ms'],
  [450, '450 ms'],
  [999, '999 ms'],
  [1000, '1.0 s'],
  [5042, '5.0 s'],
  [9949, '9.9 s'],
  [9950, '10 s'],
  [59_499, '59 s'],
  [59_500, '1 min'],
  [492_000, '8 min 12 s'],
  [H - 400, '1 h'],
  [63 * MIN, '1 h 3 min'],
  [24 * H - 1, '1 d'],
  [52 * H, '2 d 4 h'],
  [-5, '0 ms'],
  [Number.NaN, '0 ms'],
])('a duration of %d ms is said as %s', (ms, words) => {
  expect(duration(ms)).toBe(words);
});

test.each([
  [4 * MIN, 6 * MIN, '4–6 min'],
  [4 * MIN + 10 * S, 5 * MIN + 10 * S, '4–6 min'],
  [5 * MIN, 5 * MIN, 'about 5 min'],
  [20 * S, 3 * MIN, 'up to 3 min'],
  [40 * S, 90 * S, '40–90 s'],
  [0, 0, 'less than 1 s'],
  [80 * MIN, 130 * MIN, '1 h 20 min – 2 h 10 min'],
  [4 * MIN, 100 * MIN, '10 min – 1 h 40 min'],
  [100 * MIN, 101 * MIN, 'about 1 h 40 min'],
  [50 * H, 80 * H, '2–4 d'],
  [6 * MIN, 4 * MIN, '4–6 min'],
])('a range from %d to %d ms is said as %s', (low, high, words) => {
  expect(timeRange({ low, high })).toBe(words);
});

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1 kB'],
  [9_600_000, '9.6 MB'],
  [48_000_000, '48 MB'],
  [999_499, '999 kB'],
  [999_500, '1 MB'],
  [1_200_000_000, '1.2 GB'],
  [5e15, '5000 TB'],
])('%d bytes are said as %s', (bytes, words) => {
  expect(size(bytes)).toBe(words);
});

test('a rate is a size in a second', () => {
  expect(rate(21_300_000)).toBe('21 MB/s');
});

test('a part is 100 % only when it is whole', () => {
  expect([percent(99.9), percent(100), percent(-3), percent(46.4), percent(Number.NaN)]).toEqual([
    '99 %',
    '100 %',
    '0 %',
    '46 %',
    '0 %',
  ]);
});

test('frame rates lose needless decimals', () => {
  expect([framesPerSecond(24), framesPerSecond(23.976)]).toEqual(['24 fps', '23.98 fps']);
});

test('counted words are singular for one only', () => {
  expect([count(1, 'run'), count(0, 'run'), count(12_500, 'frame'), grouped(9999)]).toEqual([
    '1 run',
    '0 runs',
    '12,500 frames',
    '9999',
  ]);
});

test('a longer time is never said with a smaller number of the same unit', () => {
  fc.assert(
    fc.property(fc.nat({ max: 10 * 24 * H }), (ms) => {
      expect(duration(ms)).toMatch(/^\d+(\.\d)? (ms|s|min|h|d)( \d+ (s|min|h))?$/);
      expect(duration(ms)).not.toMatch(/^(60 s|60 min|24 h)|( 60 | 24 h)/);
    }),
  );
});

test.each([
  [0, 3.4e9, '0 B of 3.4 GB'],
  [1.2e9, 3.4e9, '1.2 of 3.4 GB'],
  [640e6, 3.4e9, '640 MB of 3.4 GB'],
  [999.6e6, 3.4e9, '1 of 3.4 GB'],
  [3.4e9, 3.4e9, '3.4 of 3.4 GB'],
  [4e9, 3.4e9, '3.4 of 3.4 GB'],
  [12, 500, '12 of 500 B'],
])('%d of %d bytes are said as %s', (done, total, words) => {
  expect(share(done, total)).toBe(words);
});

test.each([
  [0, 'about 1 s'],
  [400, 'about 1 s'],
  [23_600, 'about 24 s'],
  [89_600, 'about 90 s'],
  [95_000, 'about 2 min'],
  [5.4 * MIN, 'about 5 min'],
  [100 * MIN, 'about 1 h 40 min'],
  [50 * H, 'about 2 d'],
])('a time of about %d ms is said as %s', (ms, words) => {
  expect(aboutTime(ms)).toBe(words);
});

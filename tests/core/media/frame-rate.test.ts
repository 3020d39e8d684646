import { describe, expect, it } from 'vitest';
import { fpsOf, frameRateOf, readFrameRate } from '../../../src/core/media/frame-rate.ts';

describe('a frame rate that somebody types', () => {
  it.each([
    ['24', 24, 1],
    ['24.000', 24, 1],
    ['1', 1, 1],
    ['240', 240, 1],
    ['12.5', 25, 2],
    ['23.5', 47, 2],
    ['23.9', 239, 10],
    ['25/2', 25, 2],
    ['48000/2002', 24_000, 1001],
    ['23.976', 24_000, 1001],
    ['23.98', 24_000, 1001],
    ['23.97', 24_000, 1001],
    ['23.976024', 24_000, 1001],
    ['29.97', 30_000, 1001],
    ['47.952', 48_000, 1001],
    ['59.94', 60_000, 1001],
    ['119.88', 120_000, 1001],
    ['24000/1001', 24_000, 1001],
    ['23.95', 479, 20],
    ['24.97', 2497, 100],
  ])('is exact: %s is %i/%i', (text, numerator, denominator) => {
    expect(readFrameRate(text)).toEqual({ numerator, denominator });
  });

  it.each([
    '',
    'fast',
    '0',
    '0.5',
    '241',
    '240.01',
    '-24',
    '24/0',
    '0/24',
    '1001/24000',
    '1e2',
    '24,5',
    '24/',
    '24.1234567',
    'Infinity',
  ])('is none where it is %j', (text) => {
    expect(readFrameRate(text)).toBeUndefined();
  });
});

it.each([
  [24, 24],
  [23.976, 24_000 / 1001],
  [24_000 / 1001, 24_000 / 1001],
  [29.97, 30_000 / 1001],
  [59.94, 60_000 / 1001],
  [23.98, 23.98],
  [12.345, 12.345],
  [0.5, 0.5],
])('the measured rate %d stands for %d', (measured, exact) => {
  expect(fpsOf(frameRateOf(measured))).toBe(exact);
});

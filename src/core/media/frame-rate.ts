import type { FrameRate } from '../ports/media.ts';

/** In frames per second, both included. Beyond these no player goes. */
export const FPS_BOUNDS = { minimum: 1, maximum: 240 } as const;

/** How many digits after the point are read. */
const MOST_DECIMALS = 6;
const DECIMAL = /^\d{1,3}(?:\.(?<decimals>\d{1,6}))?$/;
const FRACTION = /^(?<numerator>\d{1,7})\/(?<denominator>\d{1,7})$/;

/**
 * Reads `24`, `12.5`, `24000/1001` or the short form of such a rate of television: `23.976`, `23.98`, `29.97` and `59.94`
 * are 1000/1001 of 24, 30 and 60. Undefined for anything else and for what is out of `FPS_BOUNDS`.
 */
export function readFrameRate(text: string): FrameRate | undefined {
  const rate = readFraction(text) ?? readDecimal(text);
  if (rate === undefined) return undefined;
  const fps = fpsOf(rate);
  return fps >= FPS_BOUNDS.minimum && fps <= FPS_BOUNDS.maximum ? rate : undefined;
}

/** The rate that a number stands for which was measured or computed, exact to its thousandths. */
export function frameRateOf(fps: number): FrameRate {
  const thousandths = Math.round(fps * 1000);
  const whole = Math.ceil(fps);
  const exact = televisionRate(whole);
  return isTelevision(whole) && Math.round(fpsOf(exact) * 1000) === thousandths
    ? exact
    : { numerator: thousandths, denominator: 1000 };
}

/** Frames per second, as near as a number gets. */
export function fpsOf({ numerator, denominator }: FrameRate): number {
  return numerator / denominator;
}

function readFraction(text: string): FrameRate | undefined {
  const groups = FRACTION.exec(text)?.groups;
  if (groups === undefined || Number(groups['denominator']) === 0) return undefined;
  return reduced(Number(groups['numerator']), Number(groups['denominator']));
}

function readDecimal(text: string): FrameRate | undefined {
  const found = DECIMAL.exec(text);
  if (found === null) return undefined;
  const decimals = found.groups?.['decimals']?.length ?? 0;
  const whole = Math.ceil(Number(text));
  // One digit is no short form: 23.976 would be 24.0.
  if (decimals >= 2 && isTelevision(whole) && isShortFor(text, decimals, fpsOf(televisionRate(whole))))
    return televisionRate(whole);
  const scale = 10 ** MOST_DECIMALS;
  return reduced(Math.round(Number(text) * scale), scale);
}

/** People round 23.976 to 23.98, and some cut it to 23.97. */
function isShortFor(text: string, decimals: number, exact: number): boolean {
  const cut = Math.floor(exact * 10 ** decimals) / 10 ** decimals;
  return [exact.toFixed(decimals), cut.toFixed(decimals)].includes(text);
}

/** The rates that colour television slowed down, their halves and their multiples. */
function isTelevision(whole: number): boolean {
  return whole > 0 && (whole % 12 === 0 || whole % 15 === 0);
}

function televisionRate(whole: number): FrameRate {
  return { numerator: whole * 1000, denominator: 1001 };
}

function reduced(numerator: number, denominator: number): FrameRate {
  const divisor = greatestCommonDivisor(numerator, denominator);
  return { numerator: numerator / divisor, denominator: denominator / divisor };
}

function greatestCommonDivisor(left: number, right: number): number {
  return right === 0 ? left : greatestCommonDivisor(right, left % right);
}

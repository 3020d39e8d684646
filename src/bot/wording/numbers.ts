import type { TimeRange } from '../../core/runs/run.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A duration as people say it, in at most two units: `450 ms`, `5.0 s`, `12 s`, `8 min 12 s`, `1 h 3 min`, `2 d 4 h`. */
export function duration(milliseconds: number): string {
  const ms = wholeAtLeastZero(milliseconds);
  if (ms < SECOND) return `${ms} ms`;
  if (ms < 9950) return `${(ms / SECOND).toFixed(1)} s`;
  if (Math.round(ms / SECOND) < 60) return `${Math.round(ms / SECOND)} s`;
  if (Math.round(ms / SECOND) < 3600) return twoUnits(Math.round(ms / SECOND), 60, 'min', 's');
  if (Math.round(ms / MINUTE) < 24 * 60) return twoUnits(Math.round(ms / MINUTE), 60, 'h', 'min');
  return twoUnits(Math.round(ms / HOUR), 24, 'd', 'h');
}

/** An estimate, no more exact than it is: `4–6 min`, `40–90 s`, `about 5 min`, `1 h 30 min – 2 h`, `less than 1 s`. */
export function timeRange(range: TimeRange): string {
  const low = wholeAtLeastZero(Math.min(range.low, range.high));
  const high = wholeAtLeastZero(Math.max(range.low, range.high));
  if (high < SECOND) return 'less than 1 s';
  const unit = unitFor(high);
  if (unit !== undefined) {
    const from = Math.floor(low / unit.ms);
    const to = Math.ceil(high / unit.ms);
    if (from === 0) return `up to ${to} ${unit.word}`;
    return from === to ? `about ${to} ${unit.word}` : `${from}–${to} ${unit.word}`;
  }
  const from = roughHours(low);
  const to = roughHours(high);
  return from === to ? `about ${to}` : `${from} – ${to}`;
}

/** Decimal units, as disks and chats count: `512 B`, `48 kB`, `9.6 MB`, `1.2 GB`. */
export function size(bytes: number): string {
  const count = wholeAtLeastZero(bytes);
  if (count < 1000) return `${count} B`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  let value = count / 1000;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${significant(value)} ${units[unit] ?? 'TB'}`;
}

/** Memory of a GPU, which is sold and printed in GiB that everybody calls GB: 80 GB is 80 × 2^30 bytes. */
export function gpuMemory(bytes: number): string {
  return `${gibibytes(bytes)} GB`;
}

/** Of all the memory of a GPU: `63 of 80 GB`. */
export function gpuMemoryPart(bytes: number, total: number): string {
  return `${gibibytes(bytes)} of ${gibibytes(total)} GB`;
}

/** A part of a size: `1.2 of 3.4 GB`, `640 MB of 3.4 GB`. */
export function share(doneBytes: number, totalBytes: number): string {
  const total = size(totalBytes);
  const [done = '', unit] = size(Math.min(doneBytes, totalBytes)).split(' ');
  return total.endsWith(` ${unit}`) ? `${done} of ${total}` : `${done} ${unit} of ${total}`;
}

/** An estimate without a range: `about 24 s`, `about 5 min`, `about 1 h 30 min`. */
export function aboutTime(milliseconds: number): string {
  const { ms } = unitFor(milliseconds) ?? { ms: 10 * MINUTE };
  const rounded = Math.max(1, Math.round(milliseconds / ms)) * ms;
  return timeRange({ low: rounded, high: rounded });
}

/** A transfer rate: `21 MB/s`. */
export function rate(bytesPerSecond: number): string {
  return `${size(bytesPerSecond)}/s`;
}

/** Part of a whole from 0 to 100: `46 %`; never 100 % before it is. */
export function percent(value: number): string {
  if (!Number.isFinite(value)) return '0 %';
  const bounded = Math.min(100, Math.max(0, value));
  return `${bounded === 100 ? 100 : Math.min(99, Math.round(bounded))} %`;
}

/** Frames per second: `24 fps`, `23.98 fps`. */
export function framesPerSecond(fps: number): string {
  return `${Number(fps.toFixed(2))} fps`;
}

/** A counted thing: `1 run`, `3 runs`. */
export function count(amount: number, one: string, many = `${one}s`): string {
  return `${grouped(amount)} ${amount === 1 ? one : many}`;
}

/** A whole number, in groups of three from 10,000 on: `9999`, `12,500`. */
export function grouped(amount: number): string {
  return Math.abs(amount) < 10_000 ? String(amount) : amount.toLocaleString('en-US');
}

function unitFor(high: number): { readonly ms: number; readonly word: string } | undefined {
  if (high <= 90 * SECOND) return { ms: SECOND, word: 's' };
  if (high <= 90 * MINUTE) return { ms: MINUTE, word: 'min' };
  if (high >= 2 * DAY) return { ms: DAY, word: 'd' };
  return undefined;
}

/** Between 90 minutes and two days: whole minutes would promise too much, so steps of 10 minutes. */
function roughHours(ms: number): string {
  return duration(Math.max(10 * MINUTE, Math.round(ms / (10 * MINUTE)) * 10 * MINUTE));
}

function gibibytes(bytes: number): string {
  const value = bytes / 2 ** 30;
  return String(value < 10 ? Number(value.toFixed(1)) : Math.round(value));
}

function twoUnits(total: number, base: number, large: string, small: string): string {
  const rest = total % base;
  const whole = Math.floor(total / base);
  return rest === 0 ? `${whole} ${large}` : `${whole} ${large} ${rest} ${small}`;
}

function significant(value: number): string {
  return value < 9.95 ? String(Number(value.toFixed(1))) : String(Math.round(value));
}

function wholeAtLeastZero(value: number): number {
  return Number.isFinite(value) ? Math.max(0, Math.round(value)) : 0;
}

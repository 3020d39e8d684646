import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { pictureChangeWords } from '../../../src/bot/wording/picture-change-words.ts';
import { PictureChanges } from '../../../src/core/sequences/picture-changes.ts';

/** Of PNG. */
const GRAY = 0;
const COLOUR = 2;
const PALETTE = 3;
const GRAY_ALPHA = 4;
const COLOUR_ALPHA = 6;

function chunk(kind: string, content: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  return Buffer.concat([length, Buffer.from(kind, 'latin1'), content, Buffer.alloc(4)]);
}

function png(width: number, height: number, bits: number, type: number, ...more: readonly Buffer[]): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([bits, type], 8);
  const content = deflateSync(Buffer.from('tRNS '.repeat(20)));
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    ...more,
    chunk('IDAT', content),
    chunk('tRNS', Buffer.alloc(6)),
  ]);
}

function wordsOf(...pictures: readonly Buffer[]): string {
  const changes = new PictureChanges();
  for (const picture of pictures) changes.add(picture);
  return pictureChangeWords(changes.list());
}

describe('what a video does not keep of its pictures', () => {
  it.each([
    ['nothing', png(1920, 1080, 8, COLOUR), ''],
    ['nothing of few bits', png(64, 48, 1, GRAY), ''],
    ['bits', png(64, 48, 16, COLOUR), '16-bit → 8-bit'],
    ['alpha', png(64, 48, 8, COLOUR_ALPHA), 'alpha is dropped, colours stay as stored'],
    ['alpha of gray', png(64, 48, 8, GRAY_ALPHA), 'alpha is dropped, colours stay as stored'],
    [
      'a transparent colour',
      png(64, 48, 8, PALETTE, chunk('PLTE', Buffer.alloc(6)), chunk('tRNS', Buffer.alloc(2))),
      'alpha is dropped, colours stay as stored',
    ],
    ['a column', png(1921, 1080, 8, COLOUR), '1921×1080 → 1920×1080: last column cut'],
    ['a row', png(1920, 1081, 8, COLOUR), '1920×1081 → 1920×1080: last row cut'],
    ['both', png(1921, 1081, 8, COLOUR), '1921×1081 → 1920×1080: last column and row cut'],
    ['that it was so small', png(1, 48, 8, COLOUR), '1×48 → 2×48: enlarged'],
    [
      'all of that',
      png(1921, 1081, 16, COLOUR_ALPHA),
      '16-bit → 8-bit · alpha is dropped, colours stay as stored · 1921×1081 → 1920×1080: last column and row cut',
    ],
  ])('is said: %s', (_what, picture, words) => {
    expect(wordsOf(picture)).toBe(words);
  });

  it.each([
    ['a photo that calls itself one', Buffer.alloc(100, 0xfb)],
    ['the beginning of one', png(64, 48, 16, COLOUR).subarray(0, 30)],
    ['nothing', Buffer.alloc(0)],
  ])('is not told of what is no picture: %s', (_what, bytes) => {
    expect(wordsOf(bytes)).toBe('');
  });

  it('is found in any of them', () => {
    expect(wordsOf(png(64, 48, 8, COLOUR), png(64, 48, 8, COLOUR_ALPHA), png(64, 48, 16, COLOUR))).toBe(
      '16-bit → 8-bit · alpha is dropped, colours stay as stored',
    );
  });

  it('is nothing where they are no pictures', () => {
    expect(wordsOf(Buffer.alloc(0), Buffer.alloc(32, 0xff), png(2, 2, 8, GRAY).subarray(0, 40))).toBe('');
  });
});

import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isCutShort } from '../../../src/core/media/tool/declared-length.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'declared-length-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

function cutShort(content: Buffer): boolean {
  const path = join(directory, 'file');
  writeFileSync(path, content);
  const fd = openSync(path, 'r');
  try {
    return isCutShort(fd);
  } finally {
    closeSync(fd);
  }
}

function box(type: string, length: number, declared = length): Buffer {
  const content = Buffer.alloc(length);
  content.writeUInt32BE(declared, 0);
  content.write(type, 4, 'latin1');
  return content;
}

describe('isCutShort', () => {
  it('accepts boxes that fill the file, with rubbish behind them or an open end', () => {
    expect(cutShort(Buffer.concat([box('ftyp', 24), box('mdat', 200)]))).toBe(false);
    expect(cutShort(Buffer.concat([box('ftyp', 24), box('mdat', 200), Buffer.alloc(30, 0xff)]))).toBe(false);
    expect(cutShort(Buffer.concat([box('ftyp', 24), box('mdat', 200, 0)]))).toBe(false);
  });

  it('finds a box that ends beyond the file, in both notations of its length', () => {
    expect(cutShort(Buffer.concat([box('ftyp', 24), box('mdat', 200, 201)]))).toBe(true);
    const long = box('mdat', 200, 1);
    long.writeBigUInt64BE(1n << 40n, 8);
    expect(cutShort(Buffer.concat([box('ftyp', 24), long]))).toBe(true);
    long.writeBigUInt64BE(200n, 8);
    expect(cutShort(Buffer.concat([box('ftyp', 24), long]))).toBe(false);
  });

  it('knows RIFF, but not the length of a live recording', () => {
    const riff = (declared: number) => {
      const content = Buffer.alloc(100);
      content.write('RIFF', 0, 'latin1');
      content.writeUInt32LE(declared, 4);
      return content;
    };
    expect(cutShort(riff(92))).toBe(false);
    expect(cutShort(riff(93))).toBe(true);
    expect(cutShort(riff(0xffffffff))).toBe(false);
  });

  it('knows Matroska, but not the length of a live recording', () => {
    const matroska = (size: readonly number[]) =>
      Buffer.concat([
        Buffer.from([0x1a, 0x45, 0xdf, 0xa3, 0x82, 0, 0, 0x18, 0x53, 0x80, 0x67, ...size]),
        Buffer.alloc(60),
      ]);
    expect(cutShort(matroska([0x80 | 60]))).toBe(false);
    expect(cutShort(matroska([0x80 | 61]))).toBe(true);
    expect(cutShort(matroska([0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]))).toBe(false);
  });

  it('says nothing about anything else, however short', () => {
    for (const content of ['', 'x', 'RIFF', 'plain text of no interest', '\0\0\0\x08ftyp']) {
      expect(cutShort(Buffer.from(content, 'latin1'))).toBe(false);
    }
  });
});

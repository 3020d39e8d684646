import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AnswerReader, type SftpAnswer } from '../../src/remote/transport/ssh/answer-reader.ts';

const VERSION = 2;
const STATUS = 101;
const HANDLE = 102;
const DATA = 103;

describe('the answers of an SFTP server', () => {
  it('are the same in whatever pieces they come', () => {
    const content = Buffer.from(Array.from({ length: 300 }, (_, index) => index % 256));
    const sent = Buffer.concat([
      packet(VERSION, Buffer.from([0, 0, 0, 3])),
      packet(HANDLE, number(1), string(Buffer.from('abcd'))),
      packet(DATA, number(2), string(content)),
      packet(STATUS, number(3), number(0), string(Buffer.from('Success')), string(Buffer.from(''))),
      packet(DATA, number(4), string(content.subarray(0, 1))),
      packet(STATUS, number(5), number(1)),
    ]);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 120 }), { minLength: 1 }), (sizes) => {
        const { reader, seen, buffers } = open(content.length, [2, 4]);
        for (let at = 0, turn = 0; at < sent.length; turn += 1) {
          const size = sizes[turn % sizes.length] ?? 1;
          expect(reader.read(sent.subarray(at, at + size))).toBe(true);
          at += size;
        }
        expect(seen.map(([, { type }]) => type)).toEqual([VERSION, HANDLE, DATA, STATUS, DATA, STATUS]);
        expect(seen.slice(1).map(([id]) => id)).toEqual([1, 2, 3, 4, 5]);
        expect(seen[1]?.[1].content?.toString()).toBe('abcd');
        expect(seen[2]?.[1].count).toBe(content.length);
        expect(buffers.get(2)).toEqual(content);
        expect(seen[3]?.[1].code).toBe(0);
        expect(seen[4]?.[1].count).toBe(1);
        expect(buffers.get(4)?.[0]).toBe(content[0]);
        expect(seen[5]?.[1].code).toBe(1);
      }),
    );
  });

  it.each([
    ['more bytes than were asked for', packet(DATA, number(2), string(Buffer.alloc(11)))],
    ['bytes that nobody asked for', packet(DATA, number(9), string(Buffer.alloc(1)))],
    ['a length that does not fit its content', packet(DATA, number(2), number(3), Buffer.alloc(5))],
    ['an answer of a gigabyte', Buffer.from([0x40, 0, 0, 0, STATUS, 0, 0, 0, 1])],
    ['an answer without a number', Buffer.from([0, 0, 0, 1, STATUS, 0, 0, 0, 1])],
  ])('are not read on after %s', (_, bytes) => {
    const { reader, seen } = open(10, [2]);
    expect(reader.read(bytes)).toBe(false);
    expect(seen).toEqual([]);
  });
});

function open(bytes: number, ids: readonly number[]) {
  const seen: [number, SftpAnswer][] = [];
  const buffers = new Map(ids.map((id) => [id, Buffer.alloc(bytes)]));
  const reader = new AnswerReader({
    bufferOf: (id) => buffers.get(id),
    onAnswer: (id, answer) => seen.push([id, answer]),
  });
  return { reader, seen, buffers };
}

function packet(type: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat([Buffer.from([type]), ...parts]);
  return Buffer.concat([number(body.length), body]);
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function string(content: Buffer): Buffer {
  return Buffer.concat([number(content.length), content]);
}

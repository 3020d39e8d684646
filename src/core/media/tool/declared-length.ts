import { fstatSync, readSync } from 'node:fs';

/** Bounds the walk over a file of a million tiny boxes. */
const MOST_BOXES = 4096;

/**
 * True where the file's own structure says that it goes on beyond its end: an upload that broke off. FFmpeg plays
 * such files as far as they go and reports nothing. Knows ISO media (mp4, mov), Matroska (webm) and RIFF (avi,
 * wav, webp); false for everything else and for writers that leave the length open.
 */
export function isCutShort(fd: number): boolean {
  const { size } = fstatSync(fd);
  const head = readAt(fd, 0, 64);
  const kind = head.toString('latin1', 0, 4);
  if (kind === 'RIFF' && head.length >= 8) return endsBeyond(8 + head.readUInt32LE(4), size, 8 + 0xffffffff);
  if (isIsoMedia(head)) return isIsoCutShort(fd, size);
  if (head.length >= 16 && head.readUInt32BE(0) === 0x1a45dfa3) return isMatroskaCutShort(head, size);
  return false;
}

/** True for the box structure of mp4, mov and their kin. */
export function isIsoMedia(head: Buffer): boolean {
  if (head.length < 8) return false;
  return ['ftyp', 'moov', 'mdat', 'wide', 'free', 'skip'].includes(head.toString('latin1', 4, 8));
}

/** Up to `length` bytes at `position`; fewer at the end of the file. */
export function readAt(fd: number, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, readSync(fd, bytes, 0, length, position));
}

function isIsoCutShort(fd: number, size: number): boolean {
  let at = 0;
  for (let boxes = 0; boxes < MOST_BOXES && at + 8 <= size; boxes++) {
    const head = readAt(fd, at, 16);
    const short = head.readUInt32BE(0);
    // 0: to the end of the file; 1: the length follows in 64 bits.
    if (short === 0) return false;
    if (short === 1 && head.length < 16) return true;
    const length = short === 1 ? Number(head.readBigUInt64BE(8)) : short;
    // Rubbish behind the last box is common and harmless.
    if (length < 8 || !/^[\x20-\x7e\xa9]{4}$/.test(head.toString('latin1', 4, 8))) return false;
    at += length;
  }
  return at > size;
}

function isMatroskaCutShort(head: Buffer, size: number): boolean {
  const header = readVint(head, 4);
  if (header === undefined) return false;
  const segment = header.end + header.value;
  if (segment + 12 > head.length || head.readUInt32BE(segment) !== 0x18538067) return false;
  const body = readVint(head, segment + 4);
  return body !== undefined && endsBeyond(body.end + body.value, size, Number.POSITIVE_INFINITY);
}

/** EBML's variable length number; `undefined` for "unknown", which streams use. */
function readVint(bytes: Buffer, at: number): { readonly value: number; readonly end: number } | undefined {
  const first = bytes[at];
  if (first === undefined || first === 0) return undefined;
  const length = Math.clz32(first) - 23;
  if (at + length > bytes.length) return undefined;
  let value = first & (0xff >> length);
  let open = value === 0xff >> length;
  for (let index = 1; index < length; index++) {
    const byte = bytes[at + index] ?? 0;
    open &&= byte === 0xff;
    value = value * 256 + byte;
  }
  return open ? undefined : { value, end: at + length };
}

function endsBeyond(end: number, size: number, openEnd: number): boolean {
  return end > size && end !== openEnd;
}

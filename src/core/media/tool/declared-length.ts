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

/**
 * What the header of an mp4 or mov claims to last, ms. FFmpeg quietly ignores a claim that does not fit the
 * samples; other players, and models, believe it. `undefined` where there is no claim.
 */
export function declaredDurationMs(fd: number): number | undefined {
  const { size } = fstatSync(fd);
  if (!isIsoMedia(readAt(fd, 0, 16))) return undefined;
  for (const movie of isoBoxes(fd, 0, size)) {
    if (movie.type !== 'moov') continue;
    for (const box of isoBoxes(fd, movie.start + 8, movie.end)) {
      if (box.type === 'mvhd') return movieDurationMs(readAt(fd, box.start, 40));
    }
  }
  return undefined;
}

function movieDurationMs(header: Buffer): number | undefined {
  if (header.length < 40) return undefined;
  const wide = header[8] === 1;
  const scale = header.readUInt32BE(wide ? 28 : 20);
  const duration = wide ? Number(header.readBigUInt64BE(32)) : header.readUInt32BE(24);
  // All ones: not known.
  if (scale === 0 || duration === (wide ? 2 ** 64 : 0xffffffff)) return undefined;
  return (duration * 1000) / scale;
}

interface IsoBox {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

/** The boxes side by side between two offsets; the last one may end beyond. */
function* isoBoxes(fd: number, from: number, to: number): Generator<IsoBox> {
  let start = from;
  for (let boxes = 0; boxes < MOST_BOXES && start + 8 <= to; boxes++) {
    const head = readAt(fd, start, 16);
    // Rubbish behind the last box is common and harmless.
    if (head.length < 8 || !/^[\x20-\x7e\xa9]{4}$/.test(head.toString('latin1', 4, 8))) return;
    const length = boxLength(head, to - start);
    if (length < 8) return;
    yield { type: head.toString('latin1', 4, 8), start, end: start + length };
    start += length;
  }
}

function boxLength(head: Buffer, rest: number): number {
  const short = head.readUInt32BE(0);
  // 0: to the end of the file; 1: the length follows in 64 bits.
  if (short === 0) return rest;
  if (short !== 1) return short;
  return head.length < 16 ? Number.POSITIVE_INFINITY : Number(head.readBigUInt64BE(8));
}

function isIsoCutShort(fd: number, size: number): boolean {
  return isoBoxes(fd, 0, size).some((box) => box.end > size);
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

import { execFile } from 'node:child_process';
import { readFile, truncate, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { crc32, deflateSync } from 'node:zlib';
import { mediaToolCommand } from '../../src/core/media/media-tool-command.ts';

export interface ClipOptions {
  readonly frames?: number;
  readonly width?: number;
  readonly height?: number;
  readonly fps?: number;
  /** `depth` and `seg` show the same scene as `color`. */
  readonly view?: 'color' | 'depth' | 'seg';
}

/** Runs the media tool to its end and returns what it printed; rejects on a non-zero exit code. */
export async function runMediaTool(...argv: readonly string[]): Promise<string> {
  const [program, ...first] = mediaToolCommand(process.execPath);
  const { stdout } = await promisify(execFile)(program, [...first, ...argv]);
  return stdout;
}

/** Writes a small H.264 mp4: by default 24 frames of 64×64 at 24 frames per second. */
export async function makeClip(path: string, options: ClipOptions = {}): Promise<string> {
  const { frames = 24, width = 64, height = 64, fps = 24, view = 'color' } = options;
  const size = ['--width', String(width), '--height', String(height)];
  const time = ['--seconds', String(frames / fps), '--fps', String(fps)];
  await runMediaTool('sample', `--out=${path}`, ...size, ...time, '--view', view);
  return path;
}

/** The first part of a file, as an upload that broke off leaves it. */
export async function makeTruncated(from: string, to: string, share = 0.6): Promise<string> {
  const content = await readFile(from);
  await writeFile(to, content);
  await truncate(to, Math.floor(content.length * share));
  return to;
}

/** A valid mp4 with a video track that holds not one frame. */
export async function makeZeroFrameClip(from: string, to: string): Promise<string> {
  const content = await readFile(from);
  for (const type of ['stts', 'stss', 'ctts', 'stsc', 'stco']) {
    for (const at of boxes(content, type)) content.writeUInt32BE(0, at + 12);
  }
  for (const at of boxes(content, 'stsz')) content.writeUInt32BE(0, at + 16);
  await writeFile(to, content);
  return to;
}

/** A playable clip whose header claims to last for weeks. */
export async function makeAbsurdDuration(from: string, to: string): Promise<string> {
  const content = await readFile(from);
  // Version 0 of each box: the offset of its 32-bit duration.
  for (const [type, offset] of [
    ['mvhd', 24],
    ['tkhd', 28],
    ['mdhd', 24],
  ] as const) {
    for (const at of boxes(content, type)) content.writeUInt32BE(0x7ffffff0, at + offset);
  }
  await writeFile(to, content);
  return to;
}

/** A clip that a phone held sideways makes: its header asks the player for a quarter turn. */
export async function makeTurnedClip(from: string, to: string): Promise<string> {
  const content = await readFile(from);
  const one = 0x10000;
  const quarterTurn = [0, one, 0, -one, 0, 0, 0, 0, 0x40000000];
  for (const at of boxes(content, 'tkhd')) {
    for (const [index, value] of quarterTurn.entries()) content.writeInt32BE(value, at + 48 + index * 4);
  }
  await writeFile(to, content);
  return to;
}

/** A clip whose frames are shown for hours each, by its sample table. */
export async function makeSlowedClip(from: string, to: string): Promise<string> {
  const content = await readFile(from);
  for (const at of boxes(content, 'stts')) content.writeUInt32BE(0x0fffffff, at + 20);
  await writeFile(to, content);
  return to;
}

export async function makeTextFile(path: string): Promise<string> {
  await writeFile(path, 'This is a shopping list: bread, tea, two lemons.\n'.repeat(40));
  return path;
}

/** A sine tone, 16 bit mono at 8 kHz. */
export async function makeWav(path: string, seconds = 1): Promise<string> {
  const rate = 8000;
  const samples = Math.round(rate * seconds);
  const content = Buffer.alloc(44 + samples * 2);
  content.write('RIFF', 0, 'latin1');
  content.writeUInt32LE(36 + samples * 2, 4);
  content.write('WAVEfmt ', 8, 'latin1');
  content.writeUInt32LE(16, 16);
  content.writeUInt16LE(1, 20);
  content.writeUInt16LE(1, 22);
  content.writeUInt32LE(rate, 24);
  content.writeUInt32LE(rate * 2, 28);
  content.writeUInt16LE(2, 32);
  content.writeUInt16LE(16, 34);
  content.write('data', 36, 'latin1');
  content.writeUInt32LE(samples * 2, 40);
  for (let index = 0; index < samples; index++) {
    content.writeInt16LE(Math.round(8000 * Math.sin((index * 2 * Math.PI * 440) / rate)), 44 + index * 2);
  }
  await writeFile(path, content);
  return path;
}

/** A grey ramp. A large one is small on disk: it is what a decompression bomb looks like. */
export async function makePng(path: string, width = 64, height = 48): Promise<string> {
  const row = Buffer.from([0, ...Array.from({ length: width }, (_, x) => Math.floor((x * 255) / width))]);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 0, 0, 0, 0], 8);
  const pixels = deflateSync(Buffer.concat(Array.from({ length: height }, () => row)));
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const chunks = [pngChunk('IHDR', header), pngChunk('IDAT', pixels), pngChunk('IEND', Buffer.alloc(0))];
  await writeFile(path, Buffer.concat([signature, ...chunks]));
  return path;
}

function pngChunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const chunk = Buffer.alloc(named.length + 8);
  chunk.writeUInt32BE(data.length, 0);
  named.copy(chunk, 4);
  chunk.writeUInt32BE(crc32(named), named.length + 4);
  return chunk;
}

const CONTAINERS = new Set(['moov', 'trak', 'mdia', 'minf', 'stbl', 'edts']);

/** Offsets of all boxes of a type in an mp4. */
function boxes(content: Buffer, type: string, from = 0, to = content.length): readonly number[] {
  const found: number[] = [];
  for (let at = from; at + 8 <= to; ) {
    const length = content.readUInt32BE(at);
    const name = content.toString('latin1', at + 4, at + 8);
    if (length < 8) break;
    if (name === type) found.push(at);
    if (CONTAINERS.has(name)) found.push(...boxes(content, type, at + 8, at + length));
    at += length;
  }
  return found;
}

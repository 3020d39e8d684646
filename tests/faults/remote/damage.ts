import { createHash } from 'node:crypto';
import { copyFile, glob, open, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Place } from './place.ts';

/** The requests in which a transfer writes, bytes. */
const REQUEST_BYTES = 255 * 1024;
/** There, no request of a clip has a zero: the first one begins with the length and the name of a box. */
const NOT_ZERO = 4;

/** Changes one byte of what was written of a file that is being written. */
export async function flipWritten(pattern: string): Promise<void> {
  const paths: string[] = [];
  for await (const path of glob(pattern)) paths.push(path);
  const [path] = paths;
  if (path === undefined) throw new Error(`there is no ${pattern}`);
  await using file = await open(path, 'r+');
  const { size } = await file.stat();
  const byte = Buffer.alloc(1);
  for (let at = 0; at < size; at += REQUEST_BYTES) {
    await file.read(byte, 0, 1, at + NOT_ZERO);
    if (byte[0] === 0) continue;
    byte.writeUInt8((byte[0] ?? 0) ^ 1);
    await file.write(byte, 0, 1, at + NOT_ZERO);
    return;
  }
  throw new Error(`nothing of ${path} was written yet`);
}

/** Puts the place's input on its host with one byte changed, under the name of the whole one. */
export async function plantDamagedAsset(place: Place): Promise<void> {
  const content = await readFile(place.path('clip.mp4'));
  const sha256 = createHash('sha256').update(content).digest('hex');
  const path = join(place.workDir, 'assets', sha256);
  await copyFile(place.path('clip.mp4'), path);
  await place.server.give(path);
  await flipWritten(path);
}

/** Writes until not one byte more can be written; returns what frees it. */
export async function fillDisk(directory: string): Promise<() => Promise<void>> {
  const path = join(directory, 'notes.filler');
  for (const bytes of [1024 * 1024, 4096]) {
    const piece = Buffer.alloc(bytes, 1);
    for (;;) {
      try {
        await writeFile(path, piece, { flag: 'a' });
      } catch (thrown) {
        if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOSPC')) throw thrown;
        break;
      }
    }
  }
  return () => rm(path);
}

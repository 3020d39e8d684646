import { copyFile, writeFile } from 'node:fs/promises';

/** Copies a video and makes it longer by a box that players pass over, of so many bytes in memory. */
export async function makePadded(from: string, to: string, bytes: number): Promise<string> {
  await copyFile(from, to);
  const box = Buffer.alloc(bytes, 0xa5);
  box.writeUInt32BE(bytes);
  box.write('free', 4);
  await writeFile(to, box, { flag: 'a' });
  return to;
}

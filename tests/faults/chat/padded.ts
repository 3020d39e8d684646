import { copyFile, stat, truncate, writeFile } from 'node:fs/promises';

/** Copies a video and makes it longer by a box that players pass over, of so many bytes in memory. */
export async function makePadded(from: string, to: string, bytes: number): Promise<string> {
  await copyFile(from, to);
  const box = Buffer.alloc(bytes, 0xa5);
  box.writeUInt32BE(bytes);
  box.write('free', 4);
  await writeFile(to, box, { flag: 'a' });
  return to;
}

/** The same to so many bytes in all, which are a hole: it takes next to no room on the disk. */
export async function makeSparse(from: string, to: string, bytes: number): Promise<string> {
  await copyFile(from, to);
  const header = Buffer.from('....free');
  header.writeUInt32BE(bytes - (await stat(from)).size);
  await writeFile(to, header, { flag: 'a' });
  await truncate(to, bytes);
  return to;
}

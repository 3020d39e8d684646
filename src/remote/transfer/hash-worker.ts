import { createHash } from 'node:crypto';
import { closeSync, constants, openSync, readSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import type { HashAnswer, HashRequest } from './worker-hash.ts';

/** The thread of `WorkerHash`: reads the file from the memory in which the system still has what was written just now. */
const CHUNK_BYTES = 1024 * 1024;

const file = openSync(String(workerData), constants.O_RDONLY | constants.O_NOFOLLOW);
const buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES);
const hash = createHash('sha256');
let position = 0;

parentPort?.on('message', ({ bytes, isWhole }: HashRequest) => {
  while (position < bytes) {
    const count = readSync(file, buffer, 0, Math.min(CHUNK_BYTES, bytes - position), position);
    if (count === 0) throw new Error('became shorter');
    hash.update(buffer.subarray(0, count));
    position += count;
  }
  if (!isWhole) return;
  closeSync(file);
  const answer: HashAnswer = { sha256: hash.digest('hex'), bytes: position };
  parentPort?.postMessage(answer);
});

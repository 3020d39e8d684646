import type { FileHandle } from 'node:fs/promises';
import { FileFault } from '../transport/file-fault.ts';
import { localFault } from '../transport/local-fault.ts';
import type { BlockSession } from '../transport/ssh/block-session.ts';
import { BLOCK_BYTES, type Block } from './block-queue.ts';

/** Makes what moves blocks of a file that is open on the host over one channel, one at a time. */
export type Mover = (session: BlockSession, handle: Buffer) => (block: Block) => Promise<void>;

/** Moves blocks of our file to the host. */
export function moverToHost(file: FileHandle): Mover {
  return (session, handle) => {
    const buffers = session.writeBuffers(handle, BLOCK_BYTES);
    return async ({ position, bytes }) => {
      // In one call, whatever the number of buffers.
      const { bytesRead } = await localFault(file.readv(upTo(buffers.contents, bytes), position));
      requireAll(bytesRead, bytes);
      await session.write(handle, position, buffers, bytes);
    };
  };
}

/** Moves blocks of the host's file to ours. */
export function moverFromHost(file: FileHandle): Mover {
  return (session, handle) => {
    const buffer = Buffer.allocUnsafeSlow(BLOCK_BYTES);
    return async ({ position, bytes }) => {
      requireAll(await session.read(handle, position, buffer.subarray(0, bytes)), bytes);
      await localFault(file.write(buffer, 0, bytes, position));
    };
  };
}

function requireAll(count: number, bytes: number): void {
  if (count !== bytes) throw new FileFault('input_output', new Error('became shorter'));
}

/** The first `bytes` of the buffers. */
function upTo(buffers: readonly Buffer[], bytes: number): Buffer[] {
  const wanted: Buffer[] = [];
  let rest = bytes;
  for (const buffer of buffers) {
    if (rest === 0) break;
    wanted.push(buffer.subarray(0, rest));
    rest -= Math.min(rest, buffer.length);
  }
  return wanted;
}

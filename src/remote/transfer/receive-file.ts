import { open } from 'node:fs/promises';
import type { TransferProgress } from '../../core/ports/host.ts';
import { FileFault } from '../transport/file-fault.ts';
import { localFault } from '../transport/local-fault.ts';
import type { SshConnection } from '../transport/ssh/ssh-connection.ts';
import { forEachRequest, moveBlocks } from './blocks.ts';

export interface ReceiveOptions {
  /** On the host: a regular file of `size` bytes. */
  readonly path: string;
  readonly size: number;
  /** On our side: a name that must be free. */
  readonly file: string;
  readonly onProgress: TransferProgress;
  readonly signal?: AbortSignal | undefined;
}

/** Copies a file of the host to a new file of ours, flushed to the disk. What fails leaves a part of it there. */
export async function receiveFile(connection: SshConnection, options: ReceiveOptions): Promise<void> {
  const { path, size, onProgress, signal } = options;
  const file = await localFault(open(options.file, 'wx', 0o644));
  try {
    await moveBlocks({
      connection,
      size,
      path,
      flags: 'r',
      onProgress,
      signal,
      move: async (session, handle, block, buffer) => {
        await forEachRequest(block, async (offset, bytes) => {
          const into = buffer.subarray(offset, offset + bytes);
          const count = await session.readInto(handle, into, block.position + offset);
          if (count !== bytes) throw new FileFault('input_output', new Error('became shorter'));
        });
        await localFault(file.write(buffer, 0, block.bytes, block.position));
      },
    });
    await localFault(file.sync());
  } finally {
    await file.close();
  }
}

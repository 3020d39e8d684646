import type { TransferProgress } from '../../core/ports/host.ts';
import { FileFault } from '../transport/file-fault.ts';
import { readRegularFile } from '../transport/local-copy.ts';
import { localFault } from '../transport/local-fault.ts';
import type { SshConnection } from '../transport/ssh/ssh-connection.ts';
import { forEachRequest, moveBlocks } from './blocks.ts';

export interface SendOptions {
  /** On our side; never a link. */
  readonly file: string;
  /** On the host: a name that must be free. */
  readonly path: string;
  readonly onProgress: TransferProgress;
  readonly signal?: AbortSignal | undefined;
}

/** Copies a file of ours to a new file of the host. What fails leaves a part of it there. */
export async function sendFile(connection: SshConnection, options: SendOptions): Promise<void> {
  const { path, onProgress, signal } = options;
  await localFault(
    readRegularFile(options.file, async (file, size) => {
      await connection.files(
        async (session) => session.closeHandle(await session.createExclusively(path, 0o644)),
        { signal },
      );
      await moveBlocks({
        connection,
        size,
        path,
        flags: 'r+',
        onProgress,
        signal,
        move: async (session, handle, block, buffer) => {
          const { bytesRead } = await file.read(buffer, 0, block.bytes, block.position);
          if (bytesRead !== block.bytes) throw new FileFault('input_output', new Error('became shorter'));
          await forEachRequest(block, (offset, bytes) =>
            session.write(handle, buffer.subarray(offset, offset + bytes), block.position + offset, path),
          );
        },
      });
    }),
  );
}

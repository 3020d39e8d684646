import { isFault } from '../transport/file-fault.ts';
import { readRegularFile } from '../transport/local-copy.ts';
import { localFault } from '../transport/local-fault.ts';
import { hashOnHost } from '../transport/ssh/host-files.ts';
import { HostGrowingHash } from '../transport/ssh/host-growing-hash.ts';
import type { SftpSession } from '../transport/ssh/sftp-session.ts';
import type { SshConnection } from '../transport/ssh/ssh-connection.ts';
import type { Copied, CopyOptions } from '../transport/transport.ts';
import { keptPrefix, SMALL_BYTES } from './block-queue.ts';
import { moveBlocks } from './blocks.ts';
import { moverToHost } from './movers.ts';

const FILE_MODE = 0o644;

export interface SendOptions extends CopyOptions {
  /** On our side; never a link. */
  readonly file: string;
  /** On the host. */
  readonly path: string;
}

/** Copies a file of ours to the host, which hashes it meanwhile. What fails leaves a part of it there. */
export async function sendFile(connection: SshConnection, options: SendOptions): Promise<Copied> {
  const { path, onProgress, resume = false, signal } = options;
  return localFault(
    readRegularFile(options.file, async (file, size) => {
      const keptBytes = await connection.files(
        (session) => (resume ? openPartial(session, path, size) : create(session, path)),
        { signal },
      );
      onProgress(keptBytes, size);
      let rounds = 0;
      let hash: HostGrowingHash | undefined;
      try {
        await moveBlocks({
          connection,
          size,
          path,
          flags: 'r+',
          keptBytes,
          onProgress,
          signal,
          onRound: () => {
            rounds += 1;
            hash?.stop();
            hash = size > SMALL_BYTES ? new HostGrowingHash(connection, path) : undefined;
          },
          onContiguous: (bytes) => hash?.grow(bytes),
          mover: moverToHost(file),
        });
        const received = (await hash?.finish()) ?? (await hashOnHost(connection, { path, size, signal }));
        return { received, inPieces: keptBytes > 0 || rounds > 1 };
      } finally {
        hash?.stop();
      }
    }),
  );
}

async function create(session: SftpSession, path: string): Promise<number> {
  await session.closeHandle(await session.createExclusively(path, FILE_MODE));
  return 0;
}

/** The bytes of what is there that need not be sent again; makes the file where none of it is of use. */
async function openPartial(session: SftpSession, path: string, size: number): Promise<number> {
  try {
    const stats = await session.lstat(path);
    const kept = stats.isFile() && stats.size <= size ? keptPrefix(stats.size) : 0;
    if (kept > 0) {
      // It may have become read-only, as a whole file does, just before the end of who wrote it.
      await session.changeMode(path, FILE_MODE);
      return kept;
    }
    await session.unlink(path);
  } catch (thrown) {
    if (!isFault(thrown, 'missing')) throw thrown;
  }
  return create(session, path);
}

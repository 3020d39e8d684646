import { CosmosError } from '../../core/errors.ts';
import type { TransferProgress } from '../../core/ports/host.ts';
import { type BlockSession, SftpStatus } from '../transport/ssh/block-session.ts';
import { sftpFault } from '../transport/ssh/sftp-fault.ts';
import { type SshConnection, TRANSFER_CHANNELS } from '../transport/ssh/ssh-connection.ts';
import { BlockQueue } from './block-queue.ts';
import type { Mover } from './movers.ts';
import { youngMemory } from './young-memory.ts';

/** Blocks in flight on one channel: what its window of 2 MiB holds. */
const BLOCKS_PER_CHANNEL = 2;
/** Breaks without any progress between them, after which a transfer gives up. */
const MAXIMUM_BREAKS = 6;
const FIRST_WAIT_MS = 300;

export interface BlockTransfer {
  readonly connection: SshConnection;
  readonly size: number;
  /** Path on the host, opened once for each channel. */
  readonly path: string;
  readonly flags: 'r' | 'r+';
  readonly mover: Mover;
  /** Bytes at the beginning that are there already, whole blocks. */
  readonly keptBytes: number;
  /** Called at the beginning and after each break. */
  readonly onRound?: () => void;
  /** Called with the bytes that are there from the beginning without a gap. */
  readonly onContiguous?: (bytes: number) => void;
  readonly onProgress: TransferProgress;
  readonly signal: AbortSignal | undefined;
}

/**
 * Moves all blocks of a file over several channels of one connection. A connection that breaks is made again, and the
 * transfer goes on with the blocks that were not acknowledged; memory does not depend on the size of the file.
 */
export async function moveBlocks(transfer: BlockTransfer): Promise<void> {
  const queue = new BlockQueue(transfer.size, transfer.keptBytes);
  const onMoved = youngMemory();
  let breaks = 0;
  while (!queue.isDone) {
    transfer.onRound?.();
    const before = queue.doneBytes;
    const failure = await moveUntilBreak(transfer, queue, onMoved);
    if (failure === undefined) continue;
    transfer.signal?.throwIfAborted();
    breaks = queue.doneBytes > before ? 1 : breaks + 1;
    const isBreak = failure instanceof CosmosError && failure.code === 'engine.host_unreachable';
    if (!isBreak || breaks > MAXIMUM_BREAKS || transfer.connection.isClosed) throw failure;
    await pause(FIRST_WAIT_MS * 2 ** (breaks - 1), transfer.signal);
  }
}

interface ChannelWork {
  readonly transfer: BlockTransfer;
  readonly queue: BlockQueue;
  readonly onMoved: (bytes: number) => void;
  readonly channel: number;
  readonly stop: AbortSignal;
}

/** Resolves with what stopped it, or with nothing when all is done. */
async function moveUntilBreak(
  transfer: BlockTransfer,
  queue: BlockQueue,
  onMoved: (bytes: number) => void,
): Promise<unknown> {
  const channels = Math.min(TRANSFER_CHANNELS, Math.ceil(queue.openBlocks / BLOCKS_PER_CHANNEL));
  const stop = new AbortController();
  const works = Array.from({ length: channels }, (_, index) =>
    moveOnChannel({ transfer, queue, onMoved, channel: index + 1, stop: stop.signal }).catch(
      (thrown: unknown) => {
        stop.abort();
        throw thrown;
      },
    ),
  );
  const ends = await Promise.allSettled(works);
  return ends.find((end) => end.status === 'rejected')?.reason;
}

async function moveOnChannel({ transfer, queue, onMoved, channel, stop }: ChannelWork): Promise<void> {
  const { path, flags } = transfer;
  const opened = await useChannel(transfer, channel, async (session) => ({
    session,
    handle: await session.open(path, flags),
  }));
  // A handle of a connection that broke means nothing, or another file, to the next one.
  const withHandle = (use: () => Promise<void>): Promise<void> =>
    useChannel(transfer, channel, async (session) => {
      if (session !== opened.session) throw new CosmosError('engine.host_unreachable', { reason: 'closed' });
      return use();
    });
  const close = (): Promise<void> => withHandle(() => opened.session.closeHandle(opened.handle));
  const work = async (): Promise<void> => {
    const move = transfer.mover(opened.session, opened.handle);
    for (let block = await queue.take(stop); block !== undefined; block = await queue.take(stop)) {
      const taken = block;
      try {
        await withHandle(() => move(taken));
      } catch (thrown) {
        queue.giveBack(taken);
        throw thrown;
      }
      queue.finish(taken);
      onMoved(taken.bytes);
      transfer.onContiguous?.(queue.contiguousBytes);
      transfer.onProgress(queue.doneBytes, transfer.size);
    }
  };
  const works = await Promise.allSettled(Array.from({ length: BLOCKS_PER_CHANNEL }, work));
  const failed = works.find((end) => end.status === 'rejected');
  if (failed?.status === 'rejected') {
    // Closing what a lost connection has closed already fails, and says nothing new.
    await close().catch(() => undefined);
    throw failed.reason;
  }
  await close();
}

/** Throws as file operations do; where an answer may mean several things, the host is asked what is there. */
async function useChannel<T>(
  { connection, path, signal }: BlockTransfer,
  channel: number,
  use: (session: BlockSession) => Promise<T>,
): Promise<T> {
  try {
    return await connection.blocks(channel, use, { signal });
  } catch (thrown) {
    if (!(thrown instanceof SftpStatus)) throw thrown;
    throw await connection.files((session) => sftpFault(thrown, session, { path }), { signal });
  }
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

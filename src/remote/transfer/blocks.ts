import { CosmosError } from '../../core/errors.ts';
import type { TransferProgress } from '../../core/ports/host.ts';
import type { SftpSession } from '../transport/ssh/sftp-session.ts';
import { type SshConnection, TRANSFER_CHANNELS } from '../transport/ssh/ssh-connection.ts';
import { BLOCK_BYTES, type Block, BlockQueue, REQUEST_BYTES } from './block-queue.ts';

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
  readonly move: (session: SftpSession, handle: Buffer, block: Block, buffer: Buffer) => Promise<void>;
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
  let breaks = 0;
  while (!queue.isDone) {
    transfer.onRound?.();
    const before = queue.doneBytes;
    const failure = await moveUntilBreak(transfer, queue);
    if (failure === undefined) continue;
    transfer.signal?.throwIfAborted();
    breaks = queue.doneBytes > before ? 1 : breaks + 1;
    const isBreak = failure instanceof CosmosError && failure.code === 'engine.host_unreachable';
    if (!isBreak || breaks > MAXIMUM_BREAKS || transfer.connection.isClosed) throw failure;
    await pause(FIRST_WAIT_MS * 2 ** (breaks - 1), transfer.signal);
  }
}

/** Resolves with what stopped it, or with nothing when all is done. */
async function moveUntilBreak(transfer: BlockTransfer, queue: BlockQueue): Promise<unknown> {
  const channels = Math.min(TRANSFER_CHANNELS, Math.ceil(queue.openBlocks / BLOCKS_PER_CHANNEL));
  const stop = new AbortController();
  const works = Array.from({ length: channels }, (_, index) =>
    moveOnChannel(transfer, queue, index + 1, stop.signal).catch((thrown: unknown) => {
      stop.abort();
      throw thrown;
    }),
  );
  const ends = await Promise.allSettled(works);
  return ends.find((end) => end.status === 'rejected')?.reason;
}

async function moveOnChannel(
  transfer: BlockTransfer,
  queue: BlockQueue,
  channel: number,
  stop: AbortSignal,
): Promise<void> {
  const { connection, path, flags, signal } = transfer;
  const bounds = { session: channel, signal };
  const opened = await connection.files(
    async (session) => ({ session, handle: await session.open(path, flags) }),
    bounds,
  );
  // A handle of a connection that broke means nothing, or another file, to the next one.
  const withHandle = <T>(use: (session: SftpSession, handle: Buffer) => Promise<T>): Promise<T> =>
    connection.files(async (session) => {
      if (session !== opened.session) throw new CosmosError('engine.host_unreachable', { reason: 'closed' });
      return use(session, opened.handle);
    }, bounds);
  const close = (): Promise<void> => withHandle((session, handle) => session.closeHandle(handle));
  const work = async (): Promise<void> => {
    const buffer = Buffer.allocUnsafeSlow(BLOCK_BYTES);
    for (let block = await queue.take(stop); block !== undefined; block = await queue.take(stop)) {
      const taken = block;
      try {
        await withHandle((session, handle) => transfer.move(session, handle, taken, buffer));
      } catch (thrown) {
        queue.giveBack(taken);
        throw thrown;
      }
      queue.finish(taken);
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

/** Calls `each` for the requests of a block, all of them at once. */
export async function forEachRequest(
  block: Block,
  each: (offset: number, bytes: number) => Promise<void>,
): Promise<void> {
  const requests: Promise<void>[] = [];
  for (let offset = 0; offset < block.bytes; offset += REQUEST_BYTES) {
    requests.push(each(offset, Math.min(REQUEST_BYTES, block.bytes - offset)));
  }
  // All have to end: until then the library reads from and writes to the buffer.
  const ends = await Promise.allSettled(requests);
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
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

import { CosmosError } from '../../core/errors.ts';
import type { SftpSession } from '../transport/ssh/sftp-session.ts';
import { type SshConnection, TRANSFER_CHANNELS } from '../transport/ssh/ssh-connection.ts';

/** The largest request that OpenSSH's server answers in one piece (its `limits@openssh.com`). */
const REQUEST_BYTES = 255 * 1024;
/** A transfer goes on in blocks: what is acknowledged as a whole is not sent again after a break. */
const BLOCK_BYTES = 4 * REQUEST_BYTES;
/** Blocks in flight on one channel: what its window of 2 MiB holds. */
const BLOCKS_PER_CHANNEL = 2;
/** Breaks without any progress between them, after which a transfer gives up. */
const MAXIMUM_BREAKS = 6;
const FIRST_WAIT_MS = 300;

export interface Block {
  readonly position: number;
  readonly bytes: number;
}

export interface BlockTransfer {
  readonly connection: SshConnection;
  readonly size: number;
  /** Path on the host, opened once for each channel. */
  readonly path: string;
  readonly flags: 'r' | 'r+';
  readonly move: (session: SftpSession, handle: Buffer, block: Block, buffer: Buffer) => Promise<void>;
  readonly onProgress: (doneBytes: number, totalBytes: number) => void;
  readonly signal: AbortSignal | undefined;
}

/**
 * Moves all blocks of a file over several channels of one connection. A connection that breaks is made again, and the
 * transfer goes on with the blocks that were not acknowledged; memory does not depend on the size of the file.
 */
export async function moveBlocks(transfer: BlockTransfer): Promise<void> {
  const queue = new BlockQueue(transfer.size);
  let breaks = 0;
  while (!queue.isDone) {
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
    for (let block = queue.take(); block !== undefined && !stop.aborted; block = queue.take()) {
      const taken = block;
      try {
        await withHandle((session, handle) => transfer.move(session, handle, taken, buffer));
      } catch (thrown) {
        queue.giveBack(taken);
        throw thrown;
      }
      queue.finish(taken);
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

class BlockQueue {
  doneBytes = 0;
  readonly #size: number;
  readonly #returned: Block[] = [];
  #next = 0;

  constructor(size: number) {
    this.#size = size;
  }

  get isDone(): boolean {
    return this.doneBytes >= this.#size;
  }

  get openBlocks(): number {
    return Math.ceil((this.#size - this.doneBytes) / BLOCK_BYTES);
  }

  take(): Block | undefined {
    const returned = this.#returned.shift();
    if (returned !== undefined) return returned;
    if (this.#next >= this.#size) return undefined;
    const block = { position: this.#next, bytes: Math.min(BLOCK_BYTES, this.#size - this.#next) };
    this.#next += block.bytes;
    return block;
  }

  giveBack(block: Block): void {
    this.#returned.push(block);
  }

  finish(block: Block): void {
    this.doneBytes += block.bytes;
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

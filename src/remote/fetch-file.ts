import { rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { CosmosError } from '../core/errors.ts';
import { flushDirectory } from '../core/flush-directory.ts';
import type { TransferProgress } from '../core/ports/host.ts';
import type { StoredFile } from '../core/ports/media.ts';
import type { Random } from '../core/ports/random.ts';
import { tidyUp } from './clean-up.ts';
import { temporaryName } from './paths.ts';
import { inRole } from './transport/file-fault.ts';
import { hashFile } from './transport/local-copy.ts';
import { localFault } from './transport/local-fault.ts';
import type { Transport } from './transport/transport.ts';

export interface FetchOptions {
  readonly transport: Transport;
  /** On the host. */
  readonly from: string;
  /** On our side; replaced where it exists. */
  readonly to: string;
  readonly random: Random;
  readonly onProgress: TransferProgress;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Brings one file: under a temporary name, compared with what the host has, then renamed and flushed. Throws
 * `transfer.corrupt` where the two differ, also because the file changes meanwhile.
 */
export async function fetchFile(options: FetchOptions): Promise<StoredFile> {
  const { transport, from, to, signal } = options;
  const directory = dirname(to);
  const hidden = join(directory, temporaryName(basename(to).slice(0, 100), options.random));
  try {
    await inRole('destination', transport.download(from, hidden, options.onProgress, signal));
    const sent = await inRole('output', transport.hash(from, signal));
    const received = await inRole('destination', localFault(hashFile(hidden, signal)));
    if (sent.sha256 !== received.sha256 || sent.bytes !== received.bytes) {
      throw new CosmosError('transfer.corrupt', { role: 'output' });
    }
    await inRole('destination', localFault(rename(hidden, to)));
    await inRole('destination', localFault(flushDirectory(directory)));
    return received;
  } catch (thrown) {
    await tidyUp(rm(hidden, { force: true }));
    throw thrown;
  }
}

import { createHash } from 'node:crypto';
import { readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { CosmosError } from '../core/errors.ts';
import { flushDirectory } from '../core/flush-directory.ts';
import type { TransferProgress } from '../core/ports/host.ts';
import type { StoredFile } from '../core/ports/media.ts';
import type { Random } from '../core/ports/random.ts';
import { tidyUp } from './clean-up.ts';
import { temporaryName } from './paths.ts';
import { isCutOff } from './transfer/is-cut-off.ts';
import { inRole } from './transport/file-fault.ts';
import { localFault } from './transport/local-fault.ts';
import type { Transport } from './transport/transport.ts';

/** Another one when the way in which a file is written changes, so that nothing else is continued. */
const FORMAT = 1;
const MARK_DIGITS = 12;
/** Of the file's name, each of three bytes at most, so that its temporary name is not too long. */
const NAME_CHARACTERS = 70;

export interface FetchOptions {
  readonly transport: Transport;
  /** On the host. */
  readonly from: string;
  /** On our side; replaced where it exists. Fetched by nobody else at the same time. */
  readonly to: string;
  readonly random: Random;
  readonly onProgress: TransferProgress;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Brings one file: under a temporary name, compared with what the host has, then renamed and flushed. What an earlier
 * call was bringing of the same file when it was cut off is resumed; where that is wrong, all is brought anew, once.
 * Throws `transfer.corrupt` where the two differ, also because the file changes meanwhile.
 */
export async function fetchFile(options: FetchOptions): Promise<StoredFile> {
  const { transport, from, to, signal, onProgress } = options;
  const directory = dirname(to);
  const name = await temporary(options);
  const hidden = join(directory, name);
  const resume = transport.resumes;
  const download = () =>
    inRole('destination', transport.download(from, hidden, { onProgress, resume, signal }));
  try {
    let { sent, received, inPieces } = await download();
    if (!isSame(sent, received) && inPieces) {
      await inRole('destination', localFault(rm(hidden)));
      ({ sent, received, inPieces } = await download());
    }
    if (!isSame(sent, received)) throw new CosmosError('transfer.corrupt', { role: 'output' });
    await inRole('destination', localFault(rename(hidden, to)));
    await inRole('destination', localFault(flushDirectory(directory)));
    return received;
  } catch (thrown) {
    if (!resume || !isCutOff(thrown, signal)) await tidyUp(rm(hidden, { force: true }));
    throw thrown;
  }
}

/**
 * The name under which the file is written: where that can be resumed, the same for the same file as long as nobody
 * writes to it on the host. What earlier versions of it have left goes.
 */
async function temporary({ transport, from, to, random }: FetchOptions): Promise<string> {
  const name = basename(to).slice(0, NAME_CHARACTERS);
  if (!transport.resumes) return temporaryName(name, random);
  const entry = await inRole('output', transport.stat(from));
  const version = `${FORMAT} ${entry?.bytes} ${entry?.modifiedAt} ${from}`;
  const mark = createHash('sha256').update(version).digest('hex').slice(0, MARK_DIGITS);
  const own = `.${name}.${mark}`;
  for (const other of await inRole('destination', localFault(readdir(dirname(to))))) {
    const isEarlier = other.startsWith(`.${name}.`) && other.length === own.length && other !== own;
    if (isEarlier) await tidyUp(rm(join(dirname(to), other), { force: true }));
  }
  return own;
}

function isSame(one: StoredFile, other: StoredFile): boolean {
  return one.sha256 === other.sha256 && one.bytes === other.bytes;
}

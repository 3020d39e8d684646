import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Checked, type Problem, toCosmosError } from '../../core/errors.ts';
import type { ChatPort, Inbound } from '../../core/ports/chat.ts';
import { mapFileErrors } from '../../core/prompts/file-errors.ts';
import type { GivenFile } from '../../core/prompts/stage-files.ts';
import { shortHash } from './card-hash.ts';

/** Downloaded files of an event; what was not taken over is removed when it is disposed. */
interface ReceivedFiles extends AsyncDisposable {
  readonly received: Checked<GivenFile[]>;
}

interface Receiving {
  readonly port: ChatPort;
  /** Where a folder for the event is made. */
  readonly directory: string;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

/** Downloads all files of an upload; what is wrong with them is told all at once, broken infrastructure is thrown. */
export async function receiveFiles(
  event: Extract<Inbound, { kind: 'upload' }>,
  receiving: Receiving,
): Promise<ReceivedFiles> {
  const folder = join(receiving.directory, shortHash(event.dedupeKey));
  const remove = async (): Promise<void> => await rm(folder, { recursive: true, force: true });
  try {
    return { received: await download(event, folder, receiving), [Symbol.asyncDispose]: remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function download(
  { files }: Extract<Inbound, { kind: 'upload' }>,
  folder: string,
  { port, maxBytes, signal }: Receiving,
): Promise<ReceivedFiles['received']> {
  const received: GivenFile[] = [];
  const problems: Problem[] = [];
  await mapFileErrors('incoming', () => mkdir(folder, { recursive: true }));
  for (const [index, file] of files.entries()) {
    const path = join(folder, String(index));
    try {
      const local = await port.folder?.(file);
      if (local !== undefined) {
        received.push({ path: local, name: file.name });
        continue;
      }
      const downloaded = await mapFileErrors(file.name, () => port.download(file, path, maxBytes, signal));
      received.push({ path, name: file.name, downloaded });
    } catch (error) {
      const failure = toCosmosError(error);
      if (failure.layer !== 'input') throw error;
      problems.push({ code: failure.code, parameters: { ...failure.parameters, file: file.name } });
    }
  }
  const [first, ...rest] = problems;
  return first === undefined ? { ok: true, value: received } : { ok: false, problems: [first, ...rest] };
}

import { open as openFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { crc32 } from 'node:zlib';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { CosmosError, toCosmosError } from '../errors.ts';
import { displayName } from '../prompts/display-name.ts';
import { mapFileErrors } from '../prompts/file-errors.ts';
import { systemCode } from '../system-code.ts';
import type { PictureLimits, PictureSource } from './picture-source.ts';

/** Of a local file, or of the end of an empty archive. */
const SIGNATURES = ['PK\x03\x04', 'PK\x05\x06'];
/** What the library says of names that lead out of the archive. */
const UNSAFE = /^(?:absolute path|invalid relative path|invalid characters in fileName): (?<name>.*)$/s;

/** Of what an archive says of one file, its name among it: no path of a file system is longer. */
const LONGEST_ENTRY_BYTES = 4096;

/** Whether a file is a ZIP archive, by its content. False where it cannot be read: whoever opens it says why. */
export async function isZip(path: string): Promise<boolean> {
  try {
    // A pipe would wait for a writer.
    if (!(await stat(path)).isFile()) return false;
    await using file = await openFile(path, 'r');
    const { buffer: head, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
    return SIGNATURES.includes(head.toString('latin1', 0, bytesRead));
  } catch (error) {
    if (error instanceof Error && 'code' in error) return false;
    throw error;
  }
}

/**
 * The files of a ZIP archive, unpacked one at a time into memory and never onto a disk; no name of it is ever a path of
 * ours. What it claims is checked before anything is unpacked, and the claims while it is. Throws `input.archive_broken`
 * {detail, file?}, `input.archive_unsafe` {name}, `input.sequence_too_large` {maxFiles, maxBytes, …}, and what
 * `mapFileErrors` makes of one that the system does not let us read.
 */
export async function openZip(path: string, limits: PictureLimits): Promise<PictureSource> {
  const archive = await mapFileErrors(basename(path), async () =>
    brokenUnlessCoded(
      async () =>
        await openPromise(path, { autoClose: false, strictFileNames: true, validateEntrySizes: true }),
    ),
  );
  try {
    const entries = await brokenUnlessCoded(async () => await listEntries(archive, limits));
    return {
      paths: [...entries.keys()],
      async read(name) {
        const entry = entries.get(name);
        if (entry === undefined) throw new CosmosError('input.file_missing', { file: name });
        return await brokenUnlessCoded(async () => await unpack(archive, entry), name);
      },
      async [Symbol.asyncDispose]() {
        archive.close();
      },
    };
  } catch (error) {
    archive.close();
    throw error;
  }
}

async function listEntries(archive: ZipFile, limits: PictureLimits): Promise<ReadonlyMap<string, Entry>> {
  const { maxFiles, maxFileBytes, maxBytes } = limits;
  if (archive.entryCount > maxFiles)
    throw new CosmosError('input.sequence_too_large', { files: archive.entryCount, maxFiles });
  const entries = new Map<string, Entry>();
  let bytes = 0;
  for await (const entry of archive.eachEntry()) {
    const { fileName: file, uncompressedSize } = entry;
    if (entry.fileNameLength + entry.extraFieldLength + entry.fileCommentLength > LONGEST_ENTRY_BYTES)
      throw new CosmosError('input.archive_broken', {
        file: displayName(file),
        detail: 'its name is too long',
      });
    if (file.endsWith('/')) continue;
    if (entry.isEncrypted())
      throw new CosmosError('input.archive_broken', { file, detail: 'it is encrypted' });
    if (entries.has(file))
      throw new CosmosError('input.archive_broken', { file, detail: 'it is there twice' });
    if (uncompressedSize > maxFileBytes)
      throw new CosmosError('input.file_too_large', {
        file,
        bytes: uncompressedSize,
        maxBytes: maxFileBytes,
      });
    bytes += uncompressedSize;
    if (bytes > maxBytes) throw new CosmosError('input.sequence_too_large', { maxBytes });
    entries.set(file, entry);
  }
  return entries;
}

/** The library holds the size against what was claimed, and not the checksum. */
async function unpack(archive: ZipFile, entry: Entry): Promise<Buffer> {
  const content = await buffer(await archive.openReadStreamPromise(entry));
  if (crc32(content) !== entry.crc32) throw new Error('its checksum is wrong');
  return content;
}

async function brokenUnlessCoded<T>(act: () => Promise<T>, file?: string): Promise<T> {
  try {
    return await act();
  } catch (thrown) {
    // What the system says is no fault of the archive, and has our path in it.
    if (thrown instanceof CosmosError || systemCode(thrown) !== undefined) throw thrown;
    const detail = String(toCosmosError(thrown).parameters['detail'] ?? '');
    const name = UNSAFE.exec(detail)?.groups?.['name'];
    if (name !== undefined) throw new CosmosError('input.archive_unsafe', { name }, { cause: thrown });
    const parameters = { detail, ...(file !== undefined && { file }) };
    throw new CosmosError('input.archive_broken', parameters, { cause: thrown });
  }
}

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CosmosError } from '../errors.ts';
import { openRegularFile } from '../media/open-regular-file.ts';
import { mapFileErrors } from '../prompts/file-errors.ts';
import type { PictureLimits, PictureSource } from './picture-source.ts';

/** A folder, and one more below it: `render/depth/0001.png`. Links are not followed. */
const DEEPEST = 2;

/** The files of a folder of this machine. Throws `input.sequence_too_large`, and what `openRegularFile` throws. */
export async function openFolder(path: string, limits: PictureLimits): Promise<PictureSource> {
  const paths: string[] = [];
  const list = async (folder: string, depth: number): Promise<void> => {
    const entries = await mapFileErrors(path, () => readdir(join(path, folder), { withFileTypes: true }));
    for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory() && depth < DEEPEST) await list(name, depth + 1);
      else paths.push(name);
      if (paths.length > limits.maxFiles)
        throw new CosmosError('input.sequence_too_large', { maxFiles: limits.maxFiles });
    }
  };
  await list('', 0);
  return {
    paths,
    async read(name) {
      try {
        await using file = await openRegularFile(join(path, name), limits.maxFileBytes);
        return await file.readFile();
      } catch (error) {
        if (!(error instanceof CosmosError)) throw error;
        throw new CosmosError(error.code, { ...error.parameters, file: name }, { cause: error });
      }
    },
    async [Symbol.asyncDispose]() {
      // Each file is closed once it was read.
    },
  };
}

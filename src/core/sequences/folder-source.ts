import { readdir, realpath } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import { CosmosError } from '../errors.ts';
import { openRegularFile } from '../media/open-regular-file.ts';
import { mapFileErrors } from '../prompts/file-errors.ts';
import { systemCode } from '../system-code.ts';
import type { PictureLimits, PictureSource } from './picture-source.ts';

/** A folder, and one more below it: `render/depth/0001.png`. Links to folders are not followed. */
const DEEPEST = 2;

/**
 * The files of a folder of this machine. A link to a file is followed as far as it stays within the folder: whoever has made
 * the folder may be somebody else than who sends it. Throws `input.sequence_too_large`, `input.link_outside` {file}, and
 * what `openRegularFile` throws.
 */
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
        const real = await within(path, name);
        await using file = await openRegularFile(real, limits.maxFileBytes);
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

/** Where the file really lies; a link that leads nowhere is a file that is missing, as whoever opens it says. */
async function within(folder: string, name: string): Promise<string> {
  const path = join(folder, name);
  const [root, real] = await Promise.all([realpath(folder), realpath(path)].map(unlessBroken));
  if (root === undefined || real === undefined) return path;
  const way = relative(root, real);
  if (way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way))
    throw new CosmosError('input.link_outside', { file: name });
  return real;
}

async function unlessBroken(path: Promise<string>): Promise<string | undefined> {
  try {
    return await path;
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return undefined;
  }
}

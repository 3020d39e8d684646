import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newId } from '../ids.ts';
import { mimeTypeOf } from '../mime-types.ts';
import type { StoredFile } from '../model.ts';
import type { Actor } from './asking.ts';

/** A file on somebody's machine. */
export interface LocalFile {
  readonly name: string;
  /** Where it lies; or what is in it. */
  readonly path?: string;
  readonly content?: Uint8Array | string;
  /** Guessed from the name where it is not given; empty as long as Slack has not looked. */
  readonly mimeType?: string;
  /** Comes from another organisation through Slack Connect. */
  readonly external?: boolean;
}

/** Puts a file into the workspace; it is shown nowhere yet. */
export async function storeFile({ world, workspace, user }: Actor, local: LocalFile): Promise<StoredFile> {
  const id = newId('F');
  const path = local.path ?? join(world.directory, `${id}.person`);
  if (local.path === undefined) await writeFile(path, local.content ?? '');
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  const file: StoredFile = {
    id,
    name: local.name,
    title: local.name,
    mimeType: local.mimeType ?? mimeTypeOf(local.name),
    owner: user.id,
    createdAt: world.clock.now(),
    size: (await stat(path)).size,
    path,
    sha256: hash.digest('hex'),
    external: local.external ?? false,
    shares: [],
    completed: true,
    deleted: false,
  };
  workspace.files.set(id, file);
  return file;
}

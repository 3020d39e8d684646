import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { StoredFile } from './model.ts';
import { firstPart } from './multipart-part.ts';
import type { World } from './world.ts';

/** The file whose upload address this is, as long as it may be written. */
export function fileToUpload(world: World, ticket: string): StoredFile | undefined {
  const [team, id] = ticket.split('-');
  const file = world.workspaces.find((each) => each.id === team)?.files.get(id ?? '');
  return file && !file.completed && !file.deleted ? file : undefined;
}

/** How the bytes of an upload arrived. */
export type Received =
  | { readonly kind: 'stored'; readonly bytes: number }
  /** Another number of bytes than announced. */
  | { readonly kind: 'wrong_length'; readonly bytes: number }
  /** The sender went away, or the test cut the connection half-way. */
  | { readonly kind: 'broken' };

/** Writes an upload to disk while counting and hashing it; memory stays flat. */
export async function receiveUpload(
  world: World,
  file: StoredFile,
  request: IncomingMessage,
  cutMidway: boolean,
): Promise<Received> {
  const path = join(world.directory, `${file.id}.upload`);
  const hash = createHash('sha256');
  let bytes = 0;
  const counted = async function* () {
    for await (const chunk of contentOf(request)) {
      bytes += chunk.length;
      hash.update(chunk);
      yield chunk;
      if (cutMidway && bytes >= file.size / 2) throw new Error('cut half-way');
    }
  };
  try {
    await pipeline(counted, createWriteStream(path));
  } catch (error) {
    await rm(path, { force: true });
    if (request.complete && !cutMidway) throw error;
    return { kind: 'broken' };
  }
  if (bytes !== file.size) {
    await rm(path, { force: true });
    return { kind: 'wrong_length', bytes };
  }
  file.path = path;
  file.sha256 = hash.digest('hex');
  world.changes.announce();
  return { kind: 'stored', bytes };
}

function contentOf(request: IncomingMessage): AsyncIterable<Uint8Array> {
  const boundary = /boundary="?([^";]+)"?/.exec(request.headers['content-type'] ?? '')?.[1];
  return boundary === undefined ? request : firstPart(request, boundary);
}

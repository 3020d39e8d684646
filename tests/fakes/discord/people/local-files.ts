import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mimeTypeOf } from '../../slack/mime-types.ts';
import { addAttachment, uploadLimit } from '../files.ts';
import type { Attachment, Channel } from '../model.ts';
import type { Actor } from './asking.ts';

/** A file on somebody's machine. */
export interface LocalFile {
  readonly name: string;
  /** Where it lies; or what is in it. */
  readonly path?: string;
  readonly content?: Uint8Array | string;
}

/** True for what stands for a file among the options of a command. */
export function isLocalFile(value: unknown): value is LocalFile {
  return (
    typeof value === 'object' && value !== null && 'name' in value && ('path' in value || 'content' in value)
  );
}

/** Uploads a file; it is shown nowhere yet. Throws where it is above the limit of person and guild. */
export async function upload(
  { world, user }: Actor,
  channel: Channel,
  local: LocalFile,
  ephemeral: boolean,
): Promise<Attachment> {
  const path = local.path ?? join(world.directory, `${randomUUID()}.person`);
  if (local.path === undefined) await writeFile(path, local.content ?? '');
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  const sent = {
    name: local.name,
    contentType: mimeTypeOf(local.name),
    size: (await stat(path)).size,
    sha256: hash.digest('hex'),
    path,
  };
  const limit = Math.max(user.uploadBytes, uploadLimit(world, channel));
  if (sent.size > limit) throw new Error(`${local.name} is too large: ${sent.size} bytes of ${limit}`);
  return addAttachment(world, channel.id, sent, { name: local.name, ephemeral });
}

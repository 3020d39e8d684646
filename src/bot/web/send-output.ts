import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { UploadFile } from '../../core/ports/chat.ts';
import type { RunOutput } from '../../core/runs/run.ts';
import { systemCode } from '../../core/system-code.ts';
import { byteRange } from './byte-range.ts';
import { contentDisposition } from './content-disposition.ts';

/** Bytes that are held in memory for one reader, twice: being read, and being sent. */
const CHUNK_BYTES = 64 * 1024;

/** Nothing that is there was sent yet: `gone` where the file is not there any more, or is not what it was. */
export type SendOutcome = 'gone' | { readonly status: number; readonly bytes: number };

/**
 * Answers GET and HEAD with a file or the part of it that is asked for, as fast as it is taken. Rejects where the disk
 * fails or the reader leaves.
 */
export async function sendOutput(
  { sha256, bytes: size }: Pick<RunOutput, 'sha256' | 'bytes'>,
  file: UploadFile,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<SendOutcome> {
  await using handle = await openFile(file.path);
  if (handle === undefined) return 'gone';
  const facts = await handle.stat();
  if (!facts.isFile() || facts.size !== size) return 'gone';
  const etag = `"${sha256}"`;
  response.setHeader('accept-ranges', 'bytes').setHeader('etag', etag);
  const part = request.method === 'GET' ? byteRange(wantedRange(request, etag), size) : 'whole';
  if (part === 'unsatisfiable') {
    response.writeHead(416, { 'content-range': `bytes */${size}`, 'content-length': 0 }).end();
    return { status: 416, bytes: 0 };
  }
  const { first, last } = part === 'whole' ? { first: 0, last: size - 1 } : part;
  const bytes = last - first + 1;
  const status = part === 'whole' ? 200 : 206;
  if (part !== 'whole') response.setHeader('content-range', `bytes ${first}-${last}/${size}`);
  response.writeHead(status, {
    'content-type': file.mime,
    'content-length': bytes,
    'content-disposition': contentDisposition(file.name),
  });
  if (request.method === 'HEAD' || bytes === 0) {
    response.end();
    return { status, bytes: 0 };
  }
  const stream = handle.createReadStream({
    start: first,
    end: last,
    highWaterMark: CHUNK_BYTES,
    autoClose: false,
  });
  await pipeline(stream, response);
  return { status, bytes };
}

/** A part is asked for only where what the reader has is of the same content. */
function wantedRange({ headers }: IncomingMessage, etag: string): string | undefined {
  const condition = headers['if-range'];
  return condition === undefined || condition === etag ? headers.range : undefined;
}

/** Never through a link that somebody has put there, and never waiting for a pipe. */
async function openFile(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(systemCode(error) ?? '')) return undefined;
    throw error;
  }
}

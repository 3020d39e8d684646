import type { IncomingMessage } from 'node:http';
import { parseJson } from '../slack/json.ts';
import type { SentFile } from './call-log.ts';
import { readMultipart } from './multipart.ts';
import { Refusal } from './refusal.ts';

export interface RequestBody {
  /** The JSON, of `payload_json` where there are files. */
  readonly json: unknown;
  readonly files: readonly SentFile[];
}

/**
 * Reads a request to its end, `midway` being called after half of it; undefined where that returns false, or the sender
 * went away.
 */
export async function readBody(
  request: IncomingMessage,
  directory: string,
  midway?: () => Promise<boolean>,
): Promise<RequestBody | undefined> {
  const half = Number(request.headers['content-length'] ?? 0) / 2;
  let isCut = false;
  const content = async function* () {
    let bytes = 0;
    let isAsked = false;
    for await (const chunk of request) {
      if (!Buffer.isBuffer(chunk)) continue;
      bytes += chunk.length;
      yield chunk;
      if (midway === undefined || isAsked || bytes < half) continue;
      isAsked = true;
      isCut = !(await midway());
      if (isCut) throw new Error('cut half-way');
    }
  };
  try {
    return await parse(request.headers['content-type'] ?? '', content(), directory);
  } catch (error) {
    if (error instanceof Refusal || (request.complete && !isCut)) throw error;
    return undefined;
  }
}

async function parse(
  type: string,
  content: AsyncIterable<Uint8Array>,
  directory: string,
): Promise<RequestBody> {
  const boundary = /boundary="?([^";]+)"?/.exec(type)?.[1];
  if (boundary !== undefined) {
    const { fields, files } = await readMultipart(content, boundary, directory);
    const payload = fields.get('payload_json');
    return { json: payload === undefined ? Object.fromEntries(fields) : read(payload), files };
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of content) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  return { json: text === '' ? {} : read(text), files: [] };
}

function read(text: string): unknown {
  const value = parseJson(text);
  if (value === undefined) {
    throw new Refusal(400, 50109, 'The request body contains invalid JSON.');
  }
  return value;
}

import type { IncomingMessage } from 'node:http';
import { isObject, type JsonObject, parseJson } from './json.ts';

/** The fields of a form or JSON body, together with those of the address. */
export async function readFields(request: IncomingMessage): Promise<JsonObject> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const address = new URL(request.url ?? '/', 'http://slack').searchParams;
  const type = request.headers['content-type'] ?? '';
  return { ...Object.fromEntries(address), ...(await fieldsOf(type, body)) };
}

async function fieldsOf(type: string, body: Buffer): Promise<JsonObject> {
  if (type.includes('application/json')) {
    const value = parseJson(body.toString());
    return isObject(value) ? value : {};
  }
  if (type.includes('multipart/form-data')) {
    const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData();
    return Object.fromEntries([...form].filter(([, value]) => typeof value === 'string'));
  }
  return Object.fromEntries(new URLSearchParams(body.toString()));
}

/** The token of the header, or of the fields. */
export function tokenOf(request: IncomingMessage, fields: JsonObject): string | undefined {
  const header = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  const field = fields['token'];
  return header ?? (typeof field === 'string' ? field : undefined);
}

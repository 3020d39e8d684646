import { createHmac } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { Attachment } from './model.ts';
import type { World } from './world.ts';

/** A fresh link to a file: signed, and worth nothing after a day. */
export function linkTo(world: World, attachment: Attachment): string {
  const folder = attachment.ephemeral ? 'ephemeral-attachments' : 'attachments';
  const path = `/${folder}/${attachment.channelId}/${attachment.id}/${encodeURIComponent(attachment.name)}`;
  const issued = Math.floor(world.clock.now() / 1000);
  const expires = Math.floor((world.clock.now() + world.policy.linkMs) / 1000);
  const times = `ex=${expires.toString(16)}&is=${issued.toString(16)}`;
  return `${world.origin}${path}?${times}&hm=${signature(world, path, times)}&`;
}

/** A fresh link for an old one; undefined where it is none of Discord's. */
export function refreshedLink(world: World, link: string): string | undefined {
  if (!URL.canParse(link)) return undefined;
  const url = new URL(link);
  const attachment = world.state.attachments.get(url.pathname.split('/')[3] ?? '');
  return url.origin === world.origin && attachment && !attachment.deleted
    ? linkTo(world, attachment)
    : undefined;
}

/** The file behind a link; undefined where the link is forged or has expired, or the file is gone. */
export function fileAt(world: World, url: URL): Attachment | undefined {
  const { searchParams: query } = url;
  const times = `ex=${query.get('ex')}&is=${query.get('is')}`;
  const expired = Number.parseInt(query.get('ex') ?? '0', 16) * 1000 <= world.clock.now();
  if (expired || query.get('hm') !== signature(world, url.pathname, times)) return undefined;
  const attachment = world.state.attachments.get(url.pathname.split('/')[3] ?? '');
  return attachment?.deleted === false ? attachment : undefined;
}

/** Streams the content, `midway` being called after half of it; where that returns false, the connection breaks there. */
export async function sendFile(
  file: Attachment,
  response: ServerResponse,
  midway?: () => Promise<boolean>,
): Promise<void> {
  response.writeHead(200, { 'content-type': file.contentType, 'content-length': file.size });
  if (midway === undefined) return await pipeline(createReadStream(file.path), response);
  const half = Math.floor(file.size / 2);
  await pipeline(createReadStream(file.path, { end: half }), response, { end: false });
  if (await midway()) await pipeline(createReadStream(file.path, { start: half + 1 }), response);
  else response.destroy();
}

function signature(world: World, path: string, times: string): string {
  return createHmac('sha256', world.secret).update(`${path}?${times}`).digest('hex');
}

import { createReadStream } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { StoredFile } from './model.ts';
import { installationWith, type World } from './world.ts';

/** The file at `/files-pri/…`, if this token may have it: right workspace, `files:read`, a channel in common. */
export function fileToDownload(
  world: World,
  ticket: string,
  token: string | undefined,
): StoredFile | undefined {
  const [team, id] = ticket.split('-');
  const workspace = world.workspaces.find((each) => each.id === team);
  const file = workspace?.files.get(id ?? '');
  const installation = token === undefined ? undefined : installationWith(world, token);
  if (!workspace || !file || file.deleted || file.path === undefined) return undefined;
  if (!installation || installation.revoked || installation.workspace !== workspace) return undefined;
  if (!installation.scopes.includes('files:read')) return undefined;
  const seen = file.shares.some((share) =>
    workspace.channels.get(share.channel)?.members.has(installation.botUserId),
  );
  return seen || file.owner === installation.botUserId ? file : undefined;
}

/** What a browser without a session gets: a page, or the way to it. Programs save it happily as a video. */
export function sendLoginPage(world: World, response: ServerResponse, redirect: boolean): void {
  if (redirect) {
    response.writeHead(302, { location: `${world.origin}/signin?redir=%2Ffiles-pri` }).end();
    return;
  }
  const page = '<!DOCTYPE html><html lang="en"><head><title>Slack</title></head><body>Sign in</body></html>';
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page);
}

/** Streams the content, `midway` being called after half of it; where that returns false, the connection breaks there. */
export async function sendFile(
  file: StoredFile,
  response: ServerResponse,
  midway?: () => Promise<boolean>,
): Promise<void> {
  if (file.path === undefined) throw new Error(`${file.id} has no content`);
  response.writeHead(200, {
    'content-type': file.mimeType === '' ? 'application/octet-stream' : file.mimeType,
    'content-length': file.size,
    'content-disposition': `attachment; filename="${encodeURIComponent(file.name)}"`,
  });
  if (midway === undefined) return await pipeline(createReadStream(file.path), response);
  const half = Math.floor(file.size / 2);
  await pipeline(createReadStream(file.path, { end: half }), response, { end: false });
  if (await midway()) await pipeline(createReadStream(file.path, { start: half + 1 }), response);
  else response.destroy();
}

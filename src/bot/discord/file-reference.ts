const SNOWFLAKES = /^(\d+)\/(\d+)\/(\d+)$/;
/** `/attachments/<channel>/<attachment>/<name>`, and the same of files that belong to no message. */
const PATH = /^\/(?:ephemeral-)?attachments\/\d+\/(\d+)\//;

/** Where an attachment is, so that it can be asked for again: its links expire. */
export interface FileReference {
  /** As Discord gave it. */
  readonly url: string;
  /** The message that shows it; absent for what was given with a command or a form, which vanishes soon. */
  readonly place?: { readonly channel: string; readonly message: string; readonly attachment: string };
}

/** `ChatFile.id` of an attachment; `channel` is the thread's id for a message in a thread. */
export function fileId({ url, place }: FileReference): string {
  return place === undefined ? url : `${url} ${place.channel}/${place.message}/${place.attachment}`;
}

/** Reads what `fileId` wrote; undefined for everything else. */
export function parseFileId(id: string): FileReference | undefined {
  const [url = '', ids, ...more] = id.split(' ');
  if (!URL.canParse(url) || more.length > 0) return undefined;
  if (ids === undefined) return { url };
  const [, channel, message, attachment] = SNOWFLAKES.exec(ids) ?? [];
  if (channel === undefined || message === undefined || attachment === undefined) return undefined;
  return { url, place: { channel, message, attachment } };
}

/** Whether the link is one of that attachment, and has not expired at `now` (UTC ms). */
export function isFresh({ url, place }: FileReference, now: number): boolean {
  const { pathname, searchParams } = new URL(url);
  if (place !== undefined && PATH.exec(pathname)?.[1] !== place.attachment) return false;
  const expires = searchParams.get('ex');
  return expires === null || Number.parseInt(expires, 16) * 1000 > now;
}

import type { JsonObject } from './json.ts';
import type { Channel, FileShare, Message, StoredFile } from './model.ts';
import { repliesOf, type Workspace } from './workspace.ts';

/** A file as messages and `files.info` show it. */
export function fileView(workspace: Workspace, file: StoredFile, origin: string): JsonObject {
  if (file.deleted) return { id: file.id, mode: 'tombstone' };
  const ending = endingOf(file.name);
  const address = `${origin}/files-pri/${workspace.id}-${file.id}`;
  const name = encodeURIComponent(file.name.toLowerCase().replaceAll(' ', '_'));
  const created = Math.floor(file.createdAt / 1000);
  return {
    id: file.id,
    created,
    timestamp: created,
    name: file.name,
    title: file.title,
    mimetype: file.mimeType,
    filetype: ending,
    pretty_type: ending.toUpperCase(),
    user: file.owner,
    user_team: workspace.users.get(file.owner)?.teamId ?? workspace.id,
    editable: false,
    size: file.size,
    mode: 'hosted',
    is_external: false,
    external_type: '',
    is_public: file.shares.some((share) => workspace.channels.get(share.channel)?.kind === 'public'),
    public_url_shared: false,
    display_as_bot: false,
    username: '',
    url_private: `${address}/${name}`,
    url_private_download: `${address}/download/${name}`,
    permalink: `${origin}/files/${file.owner}/${file.id}/${name}`,
    has_rich_preview: false,
    file_access: 'visible',
  };
}

/** What events carry of a file of another organisation: `files.info` has the rest. */
export function fileStub(file: StoredFile): JsonObject {
  const created = Math.floor(file.createdAt / 1000);
  return { id: file.id, created, timestamp: created, mode: 'file_access', file_access: 'check_file_info' };
}

/** Where a file is shown, as `files.info` lists it. */
export function sharesView(workspace: Workspace, file: StoredFile): JsonObject {
  const shown = file.shares.flatMap((share) => {
    const channel = workspace.channels.get(share.channel);
    const message = channel?.messages.find((each) => each.ts === share.ts && each.deletedAt === undefined);
    return channel && message ? [{ channel, share, message }] : [];
  });
  const idsOf = (...kinds: readonly string[]) => [
    ...new Set(shown.filter(({ channel }) => kinds.includes(channel.kind)).map(({ channel }) => channel.id)),
  ];
  const sharesIn = (side: 'public' | 'private') => {
    const there = shown.filter(({ channel }) => (channel.kind === 'public') === (side === 'public'));
    const byChannel = Map.groupBy(there, ({ channel }) => channel.id);
    const views = [...byChannel].map(([id, list]) => [id, list.map((each) => shareView(workspace, each))]);
    return views.length > 0 ? { [side]: Object.fromEntries(views) } : {};
  };
  return {
    channels: idsOf('public'),
    groups: idsOf('private', 'mpim'),
    ims: idsOf('im'),
    comments_count: 0,
    // Where it is not shared, the reply has no `shares` at all.
    ...(shown.length > 0 ? { shares: { ...sharesIn('public'), ...sharesIn('private') } } : {}),
  };
}

interface ShownShare {
  readonly channel: Channel;
  readonly share: FileShare;
  readonly message: Message;
}

function shareView(workspace: Workspace, { channel, share, message }: ShownShare): JsonObject {
  const replies = repliesOf(channel, share.ts);
  const users = [...new Set(replies.map((reply) => reply.user))];
  return {
    ts: share.ts,
    ...(share.threadTs === undefined ? {} : { thread_ts: share.threadTs }),
    reply_users: users,
    reply_users_count: users.length,
    reply_count: replies.length,
    channel_name: channel.name,
    team_id: workspace.id,
    share_user_id: message.user,
    source: 'UNKNOWN',
  };
}

/** The ending of a name in small letters, without its dot. */
export function endingOf(name: string): string {
  return /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? '';
}

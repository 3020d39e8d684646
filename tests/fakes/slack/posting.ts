import { announceMessage, sendMessageEvent } from './events.ts';
import type { JsonObject } from './json.ts';
import { messageView } from './message-view.ts';
import type { Channel, Message, Ping } from './model.ts';
import { messageIn, repliesOf, type Workspace } from './workspace.ts';
import type { World } from './world.ts';

export interface NewMessage {
  readonly user: string;
  readonly text: string;
  readonly botId?: string;
  readonly appId?: string;
  readonly subtype?: string;
  readonly threadTs?: string | undefined;
  readonly broadcast?: boolean;
  readonly onlyFor?: string;
  readonly fileIds?: readonly string[];
  readonly blocks?: readonly JsonObject[];
  readonly metadata?: JsonObject | undefined;
}

/** Puts a message into a channel and tells everybody: people who are named, and the apps. */
export function postMessage(
  world: World,
  workspace: Workspace,
  channel: Channel,
  content: NewMessage,
): Message {
  const ts = channel.timestamps.next(world.clock.now());
  const message: Message = {
    ts,
    channel: channel.id,
    user: content.user,
    ...(content.botId === undefined ? {} : { botId: content.botId }),
    ...(content.appId === undefined ? {} : { appId: content.appId }),
    ...(content.subtype === undefined ? {} : { subtype: content.subtype }),
    ...(content.broadcast ? { broadcast: true } : {}),
    ...(content.onlyFor === undefined ? {} : { onlyFor: content.onlyFor }),
    ...threadOf(channel, content.threadTs),
    fileIds: content.fileIds ?? [],
    text: content.text,
    blocks: content.blocks ?? [],
    ...(content.metadata === undefined ? {} : { metadata: content.metadata }),
    reactions: new Map(),
    versions: [{ at: world.clock.now(), text: content.text, blocks: content.blocks ?? [] }],
  };
  channel.messages.push(message);
  for (const id of message.fileIds) {
    workspace.files.get(id)?.shares.push({
      channel: channel.id,
      ts,
      ...(message.threadTs === undefined ? {} : { threadTs: message.threadTs }),
    });
  }
  ping(world, workspace, channel, message, message.onlyFor === undefined ? 'post' : 'ephemeral', new Set());
  if (message.onlyFor === undefined) announceMessage(world, workspace, channel, message);
  world.changes.announce();
  return message;
}

/** Gives a message another content; what is undefined stays. */
export function editMessage(
  world: World,
  workspace: Workspace,
  channel: Channel,
  message: Message,
  change: {
    text?: string | undefined;
    blocks?: readonly JsonObject[] | undefined;
    metadata?: JsonObject | undefined;
    by: string;
  },
): void {
  const view = () => messageView(workspace, message, { origin: world.origin, metadata: true, stubs: true });
  const previous = view();
  const namedBefore = named(workspace, message);
  if (change.text !== undefined) message.text = change.text;
  if (change.blocks !== undefined) message.blocks = change.blocks;
  if (change.metadata !== undefined) message.metadata = change.metadata;
  message.editedAt = world.clock.now();
  message.editedBy = change.by;
  message.versions.push({ at: message.editedAt, text: message.text, blocks: message.blocks });
  ping(world, workspace, channel, message, 'edit', namedBefore);
  if (message.onlyFor === undefined) {
    const ts = channel.timestamps.next(world.clock.now());
    sendMessageEvent(world, workspace, channel, {
      type: 'message',
      subtype: 'message_changed',
      message: view(),
      previous_message: previous,
      hidden: true,
      ts,
    });
  }
  world.changes.announce();
}

/** Takes a message away; a thread keeps a tombstone to hang on. */
export function deleteMessage(world: World, workspace: Workspace, channel: Channel, message: Message): void {
  const previous = messageView(workspace, message, { origin: world.origin, metadata: true, stubs: true });
  message.deletedAt = world.clock.now();
  message.tombstone = repliesOf(channel, message.ts).length > 0;
  if (message.onlyFor === undefined) {
    const ts = channel.timestamps.next(world.clock.now());
    sendMessageEvent(world, workspace, channel, {
      type: 'message',
      subtype: 'message_deleted',
      deleted_ts: message.ts,
      previous_message: previous,
      hidden: true,
      ts,
    });
  }
  world.changes.announce();
}

/** A reply to a reply hangs on the root; a reply to a message that is not there stands in the channel. */
function threadOf(channel: Channel, threadTs: string | undefined): { threadTs?: string } {
  const parent = threadTs === undefined ? undefined : messageIn(channel, threadTs);
  return parent ? { threadTs: parent.threadTs ?? parent.ts } : {};
}

function ping(
  world: World,
  workspace: Workspace,
  channel: Channel,
  message: Message,
  by: Ping['by'],
  except: ReadonlySet<string>,
): void {
  for (const user of named(workspace, message)) {
    const sees = message.onlyFor === undefined ? channel.members.has(user) : message.onlyFor === user;
    if (!sees || except.has(user) || user === message.user) continue;
    workspace.pings.push({ user, channel: channel.id, ts: message.ts, at: world.clock.now(), by });
  }
}

/** Everybody whom a message names: by name, in a group, or with the whole channel. */
function named(workspace: Workspace, message: Message): ReadonlySet<string> {
  const content = `${message.text}\n${JSON.stringify(message.blocks)}`;
  const users = [...content.matchAll(/<@([UW][A-Z0-9]+)(?:\|[^>]*)?>/g)].map((match) => match[1] ?? '');
  const inElements = [...content.matchAll(/"type":"user","user_id":"([UW][A-Z0-9]+)"/g)].map(
    (match) => match[1] ?? '',
  );
  const groups = [...content.matchAll(/<!subteam\^(S[A-Z0-9]+)/g)].flatMap((match) => [
    ...(workspace.groups.get(match[1] ?? '')?.members ?? []),
  ]);
  const all = /<!(channel|here|everyone)/.test(content)
    ? [...(workspace.channels.get(message.channel)?.members ?? [])]
    : [];
  return new Set([...users, ...inElements, ...groups, ...all].filter((id) => workspace.users.has(id)));
}

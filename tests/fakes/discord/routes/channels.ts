import { stringAt } from '../../slack/json.ts';
import { channelOf, messageOf } from '../channel-access.ts';
import { invalid } from '../checks/complaints.ts';
import { tellChannel } from '../gateway/events.ts';
import { LIMITS } from '../limits.ts';
import type { Channel } from '../model.ts';
import { CHANNEL_TYPES } from '../numbers.ts';
import { demand, may } from '../permissions.ts';
import { refuse } from '../refusal.ts';
import { type Call, type Route, route } from '../route.ts';
import { removeChannel, setArchived, setLocked } from '../thread-state.ts';
import { openThread } from '../threads.ts';
import { channelView, threadMemberView } from '../views/channel-view.ts';
import { guildOf } from './people.ts';

/** Channels and threads. */
export const channelRoutes: readonly Route[] = [
  route('GET', '/channels/{channel}', (call) => view(call, channelOf(call))),
  route('PATCH', '/channels/{channel}', (call) => {
    const channel = channelOf(call);
    if (channel.thread) changeThread(call, channel);
    else demand(call.world.state, channel, call.app.user.id, 'MANAGE_CHANNELS');
    rename(call, channel);
    return view(call, channel);
  }),
  route('DELETE', '/channels/{channel}', (call) => {
    const channel = channelOf(call);
    const needed = channel.thread ? 'MANAGE_THREADS' : 'MANAGE_CHANNELS';
    demand(call.world.state, channel, call.app.user.id, needed);
    removeChannel(call.world, channel);
    return view(call, channel);
  }),
  route('POST', '/channels/{channel}/typing', (call) => {
    channelOf(call, 'SEND_MESSAGES');
    return undefined;
  }),
  route('POST', '/channels/{channel}/messages/{message}/threads', (call) => {
    const channel = channelOf(call, 'CREATE_PUBLIC_THREADS');
    const message = messageOf(call, channel);
    return view(call, openThread(call.world, channel, { ...threadFacts(call), message }));
  }),
  route('POST', '/channels/{channel}/threads', (call) => {
    const isPublic = call.body['type'] === CHANNEL_TYPES.PUBLIC_THREAD;
    const channel = channelOf(call, isPublic ? 'CREATE_PUBLIC_THREADS' : 'CREATE_PRIVATE_THREADS');
    return view(call, openThread(call.world, channel, threadFacts(call)));
  }),
  route('GET', '/channels/{channel}/threads/archived/public', (call) => {
    const channel = channelOf(call, 'READ_MESSAGE_HISTORY');
    const threads = call.world.state
      .threadsOf(channel)
      .filter((each) => each.thread?.archived && each.type === CHANNEL_TYPES.PUBLIC_THREAD);
    return { threads: threads.map((each) => view(call, each)), members: [], has_more: false };
  }),
  route('GET', '/guilds/{guild}/threads/active', (call) => {
    const threads = call.world.state
      .channelsOf(guildOf(call))
      .filter((each) => each.thread?.archived === false)
      .filter((each) => may(call.world.state, each, call.app.user.id, 'VIEW_CHANNEL'));
    return { threads: threads.map((each) => view(call, each)), members: [] };
  }),
  route('GET', '/channels/{channel}/thread-members', (call) => {
    const channel = channelOf(call);
    return [...(channel.thread?.members ?? [])].map((id) => threadMemberView(channel, id));
  }),
  route('PUT', '/channels/{channel}/thread-members/@me', (call) => join(call, call.app.user.id)),
  route('PUT', '/channels/{channel}/thread-members/{user}', (call) => join(call, call.param('user'))),
];

function view(call: Call, channel: Channel) {
  return channelView(call.world.state, channel, call.app.user.id);
}

function threadFacts({ app, body }: Call) {
  return {
    name: stringAt(body, 'name') ?? '',
    owner: app.user.id,
    autoArchiveMinutes: body['auto_archive_duration'],
    type: body['type'],
    invitable: body['invitable'] !== false,
  };
}

function join(call: Call, userId: string): undefined {
  const { thread } = channelOf(call);
  if (!thread) throw refuse.unknownChannel();
  if (thread.archived) throw refuse.archived();
  thread.members.add(userId);
  call.world.changes.announce();
  return undefined;
}

/** Archiving is for the owner, locking for those who manage threads; a locked thread opens only for them. */
function changeThread(call: Call, channel: Channel): void {
  const { world, app, body } = call;
  const { thread } = channel;
  if (!thread) return;
  const manages = may(world.state, channel, app.user.id, 'MANAGE_THREADS');
  const { archived, locked } = body;
  const opens = archived === false;
  if (thread.archived && !opens) throw refuse.archived();
  if (typeof locked === 'boolean' && locked !== thread.locked && !manages) throw refuse.missingPermissions();
  if (archived === true && thread.ownerId !== app.user.id && !manages) throw refuse.missingPermissions();
  if (opens && thread.archived) {
    if (thread.locked && !manages) throw refuse.missingPermissions();
    demand(world.state, channel, app.user.id, 'SEND_MESSAGES_IN_THREADS');
  }
  const minutes = body['auto_archive_duration'];
  if (typeof minutes === 'number') thread.autoArchiveMinutes = minutes;
  if (typeof locked === 'boolean') setLocked(world, channel, thread, locked);
  if (typeof archived === 'boolean') setArchived(world, channel, thread, archived);
}

function rename({ world, body }: Call, channel: Channel): void {
  const name = stringAt(body, 'name');
  if (name === undefined || name === channel.name) return;
  if (name.length < 1 || name.length > LIMITS.threadName) {
    throw invalid('name', 'BASE_TYPE_BAD_LENGTH', `Must be between 1 and ${LIMITS.threadName} in length.`);
  }
  channel.name = name;
  tellChannel(world, channel, channel.thread ? 'THREAD_UPDATE' : 'CHANNEL_UPDATE');
}

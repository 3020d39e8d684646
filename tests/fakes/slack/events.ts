import type { EventSubscription, Installation } from './app.ts';
import { newId } from './ids.ts';
import type { JsonObject } from './json.ts';
import { messageView } from './message-view.ts';
import type { Channel, ChannelKind, Message } from './model.ts';
import type { Workspace } from './workspace.ts';
import { installationsIn, type World } from './world.ts';

const MESSAGE_SUBSCRIPTIONS = {
  public: 'message.channels',
  private: 'message.groups',
  im: 'message.im',
  mpim: 'message.mpim',
} as const satisfies Record<ChannelKind, EventSubscription>;

/** What a subscription needs; without the scope nothing is sent. */
const SCOPES: Partial<Record<EventSubscription, string>> = {
  app_mention: 'app_mentions:read',
  channel_archive: 'channels:read',
  channel_deleted: 'channels:read',
  file_deleted: 'files:read',
  file_shared: 'files:read',
  member_joined_channel: 'channels:read',
  member_left_channel: 'channels:read',
  'message.channels': 'channels:history',
  'message.groups': 'groups:history',
  'message.im': 'im:history',
  'message.mpim': 'mpim:history',
  reaction_added: 'reactions:read',
};

/** Slack's own names of the kinds of channels in events. */
const CHANNEL_TYPES = {
  public: 'channel',
  private: 'group',
  im: 'im',
  mpim: 'mpim',
} as const satisfies Record<ChannelKind, string>;

/** Sends an event to one installation, if its app subscribed to it and its token has the scope. */
export function sendEvent(
  world: World,
  installation: Installation,
  subscription: EventSubscription,
  event: JsonObject,
  channel?: Channel,
): void {
  const scope = SCOPES[subscription];
  if (!installation.app.subscriptions.includes(subscription)) return;
  if (scope !== undefined && !installation.scopes.includes(scope)) return;
  const { workspace, app } = installation;
  world.deliveries.send(app, 'events_api', {
    token: app.verificationToken,
    team_id: workspace.id,
    context_team_id: workspace.id,
    context_enterprise_id: null,
    api_app_id: app.id,
    event,
    type: 'event_callback',
    event_id: newId('Ev'),
    event_time: Math.floor(world.clock.now() / 1000),
    authorizations: [
      {
        enterprise_id: null,
        team_id: workspace.id,
        user_id: installation.botUserId,
        is_bot: true,
        is_enterprise_install: false,
      },
    ],
    is_ext_shared_channel: channel?.shared ?? false,
    event_context: `4-${newId('Rx')}`,
  });
}

/** Sends an event to every app whose bot is a member of the channel. */
export function sendToMembers(
  world: World,
  workspace: Workspace,
  channel: Channel,
  subscription: EventSubscription,
  event: JsonObject,
): void {
  for (const installation of membersOf(world, workspace, channel)) {
    sendEvent(world, installation, subscription, event, channel);
  }
}

/** A `message` event: about a new message, or with a subtype about what became of one. */
export function sendMessageEvent(
  world: World,
  workspace: Workspace,
  channel: Channel,
  event: JsonObject,
): void {
  sendToMembers(world, workspace, channel, MESSAGE_SUBSCRIPTIONS[channel.kind], {
    ...event,
    channel: channel.id,
    channel_type: CHANNEL_TYPES[channel.kind],
    event_ts: event['ts'],
  });
}

/** What Slack tells about a new message: `message`, `app_mention` for the bots it names, `file_shared` for its files. */
export function announceMessage(
  world: World,
  workspace: Workspace,
  channel: Channel,
  message: Message,
): void {
  const shown = messageView(workspace, message, { origin: world.origin, metadata: true, stubs: true });
  sendMessageEvent(world, workspace, channel, shown);
  if (channel.kind !== 'im') {
    for (const installation of membersOf(world, workspace, channel)) {
      if (!message.text.includes(`<@${installation.botUserId}`) || message.user === installation.botUserId)
        continue;
      const { subtype: _dropped, ...mention } = shown;
      sendEvent(
        world,
        installation,
        'app_mention',
        { ...mention, type: 'app_mention', channel: channel.id, event_ts: message.ts },
        channel,
      );
    }
  }
  for (const id of message.fileIds) {
    sendToMembers(world, workspace, channel, 'file_shared', {
      type: 'file_shared',
      file_id: id,
      user_id: message.user,
      file: { id },
      channel_id: channel.id,
      event_ts: message.ts,
    });
  }
}

function membersOf(world: World, workspace: Workspace, channel: Channel): readonly Installation[] {
  return installationsIn(world, workspace).filter((each) => channel.members.has(each.botUserId));
}

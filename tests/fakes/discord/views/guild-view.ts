import type { JsonObject } from '../../slack/json.ts';
import type { Guild } from '../model.ts';
import type { State } from '../state.ts';
import { channelView } from './channel-view.ts';
import { memberWithUser, rolesView } from './user-view.ts';

export function guildView(guild: Guild): JsonObject {
  return {
    id: guild.id,
    name: guild.name,
    icon: null,
    splash: null,
    discovery_splash: null,
    owner_id: guild.ownerId,
    afk_channel_id: null,
    afk_timeout: 300,
    verification_level: 0,
    default_message_notifications: 1,
    explicit_content_filter: 0,
    roles: rolesView(guild),
    emojis: [],
    stickers: [],
    features: [],
    mfa_level: 0,
    application_id: null,
    system_channel_id: null,
    system_channel_flags: 0,
    rules_channel_id: null,
    vanity_url_code: null,
    description: null,
    banner: null,
    premium_tier: guild.boostTier,
    premium_subscription_count: [0, 2, 7, 14][guild.boostTier] ?? 0,
    preferred_locale: 'en-US',
    public_updates_channel_id: null,
    nsfw_level: 0,
    premium_progress_bar_enabled: false,
    safety_alerts_channel_id: null,
  };
}

/** GUILD_CREATE: everything that a bot knows of a guild at its start. */
export function wholeGuildView(state: State, guild: Guild, viewer: string): JsonObject {
  const channels = state.channelsOf(guild);
  const own = guild.members.get(viewer);
  return {
    ...guildView(guild),
    joined_at: new Date(own?.joinedAt ?? 0).toISOString(),
    large: false,
    unavailable: false,
    member_count: guild.members.size,
    voice_states: [],
    // Without the intent for members: nobody but the bot itself.
    members: own ? [memberWithUser(state, own)] : [],
    channels: channels.filter((each) => !each.thread).map((each) => channelView(state, each, viewer)),
    threads: channels
      .filter((each) => each.thread?.archived === false)
      .map((each) => channelView(state, each, viewer)),
    presences: [],
    stage_instances: [],
    guild_scheduled_events: [],
    soundboard_sounds: [],
  };
}

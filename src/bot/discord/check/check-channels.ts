import { ChannelType, Routes } from 'discord.js';
import { z } from 'zod';
import type { DiscordConfig } from '../../../core/config/config.ts';
import { DISCORD_CHECK as SAY } from '../../wording/discord-check-words.ts';
import type { CheckLine } from '../../wording/host-check-words.ts';
import { ask } from './asking.ts';
import type { CheckedBot, CheckedGuild } from './check-guilds.ts';
import { missingOf, overwriteSchema, permissionsIn } from './permissions.ts';

/** In which messages are written, and threads opened on them. */
const TEXT_CHANNELS: ReadonlySet<number> = new Set([ChannelType.GuildText, ChannelType.GuildAnnouncement]);

const channelSchema = z.object({
  id: z.string(),
  type: z.number(),
  name: z.string().nullish(),
  guild_id: z.string().optional(),
  permission_overwrites: z.array(overwriteSchema).default([]),
});

/** What the bot may do in each configured channel. */
export async function checkChannels(
  { client, name: bot }: CheckedBot,
  { channels, quietChannels, apiUrl }: DiscordConfig,
  guilds: readonly CheckedGuild[],
): Promise<readonly CheckLine[]> {
  const lines: CheckLine[] = [];
  for (const id of new Set([...channels, ...quietChannels])) {
    const asked = await ask(client, Routes.channel(id), channelSchema);
    if (asked.kind === 'silence') lines.push(SAY.silent(apiUrl, asked.detail));
    else if (asked.kind === 'refusal') lines.push(SAY.channelRefused(id, bot));
    else {
      const { name, type, guild_id, permission_overwrites } = asked.value;
      const guild = guilds.find((each) => each.id === guild_id);
      if (!TEXT_CHANNELS.has(type)) lines.push(SAY.noTextChannel(id, name ?? id));
      else if (guild === undefined) lines.push(SAY.otherGuild(id, name ?? id));
      else {
        const missing = missingOf(permissionsIn(guild.member, permission_overwrites));
        lines.push(SAY.channel(id, name ?? id, missing, bot));
      }
    }
  }
  return lines;
}

/** Where a posted video becomes a prompt, as no channels are configured: wherever the bot may do what it has to. */
export async function openChannels(
  { client, name: bot }: CheckedBot,
  guilds: readonly CheckedGuild[],
  apiUrl: string,
): Promise<readonly CheckLine[]> {
  const lines: CheckLine[] = [];
  for (const { id, name, member } of guilds) {
    const asked = await ask(client, Routes.guildChannels(id), z.array(channelSchema));
    if (asked.kind === 'silence') lines.push(SAY.silent(apiUrl, asked.detail));
    else if (asked.kind === 'refusal')
      lines.push(SAY.refused(`the channels of ${name}`, asked.message, asked.code));
    else {
      const open = asked.value
        .filter(({ type }) => TEXT_CHANNELS.has(type))
        .filter((channel) => missingOf(permissionsIn(member, channel.permission_overwrites)).length === 0);
      lines.push(
        SAY.openChannels(
          name,
          open.map((channel) => channel.name ?? channel.id),
          bot,
        ),
      );
    }
  }
  return lines;
}

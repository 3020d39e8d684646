import { Routes } from 'discord.js';
import { z } from 'zod';
import type { AccessRule, DiscordConfig } from '../../../core/config/config.ts';
import { DISCORD_CHECK as SAY } from '../../wording/discord-check-words.ts';
import type { CheckLine } from '../../wording/host-check-words.ts';
import type { DiscordClient } from '../discord-client.ts';
import { DISCORD } from '../platform.ts';
import { ask } from './asking.ts';
import { checkChannels, openChannels } from './check-channels.ts';
import { bitsSchema, inviteLink, type Member, missingOf } from './permissions.ts';

/** Servers that are looked into, beside the configured ones; the others are counted. */
const MOST_GUILDS = 10;
/** Servers of one answer. */
const PAGE = 200;
const ROLE_ID = /^\d{17,20}$/;

const guildsSchema = z.array(z.object({ id: z.string(), name: z.string(), permissions: bitsSchema }));
const memberSchema = z.object({ roles: z.array(z.string()) });
const rolesSchema = z.array(z.object({ id: z.string(), name: z.string() }));

/** A bot whose token is valid. */
export interface CheckedBot {
  readonly client: DiscordClient;
  readonly application: string;
  readonly user: string;
  readonly name: string;
}

/** A server that the bot is in. */
export interface CheckedGuild {
  readonly id: string;
  readonly name: string;
  readonly member: Member;
}

/** Where the bot is, and what it may do there. */
export async function checkGuilds(
  bot: CheckedBot,
  config: DiscordConfig,
  rules: readonly AccessRule[],
): Promise<readonly CheckLine[]> {
  const asked = await ask(bot.client, Routes.userGuilds(), guildsSchema, { limit: String(PAGE) });
  if (asked.kind === 'silence') return [SAY.silent(config.apiUrl, asked.detail)];
  if (asked.kind === 'refusal') return [SAY.refused('the list of servers', asked.message, asked.code)];
  const known = asked.value;
  if (known.length === 0) return [SAY.nowhere(inviteLink(bot.application))];
  const { guilds } = config;
  const absent = guilds.filter((id) => !known.some((guild) => guild.id === id));
  const wanted = guilds.length === 0 ? known : known.filter(({ id }) => guilds.includes(id));
  const lines = absent.map((id) => SAY.guildAbsent(id, inviteLink(bot.application, id)));
  const checked: CheckedGuild[] = [];
  for (const { id, name, permissions } of wanted.slice(0, Math.max(MOST_GUILDS, guilds.length))) {
    lines.push(SAY.guild(name, id, missingOf(permissions), inviteLink(bot.application, id)));
    const member = await ask(bot.client, Routes.guildMember(id, bot.user), memberSchema);
    if (member.kind === 'silence') lines.push(SAY.silent(config.apiUrl, member.detail));
    else if (member.kind === 'refusal') lines.push(SAY.refused(name, member.message, member.code));
    else {
      const { roles } = member.value;
      checked.push({ id, name, member: { guild: id, user: bot.user, roles, permissions } });
    }
  }
  if (wanted.length > checked.length && wanted.length > MOST_GUILDS && guilds.length === 0) {
    lines.push(SAY.moreGuilds(wanted.length - MOST_GUILDS));
  }
  if (config.channels.length === 0) lines.push(...(await openChannels(bot, checked, config.apiUrl)));
  lines.push(...(await checkChannels(bot, config, checked)));
  lines.push(...(await roleLines(bot, rules, known, config.apiUrl)));
  return lines;
}

/** A rule with a role that is not there fits nobody, and says nothing. */
async function roleLines(
  { client }: CheckedBot,
  rules: readonly AccessRule[],
  guilds: z.output<typeof guildsSchema>,
  apiUrl: string,
): Promise<readonly CheckLine[]> {
  const meant = rules.filter(
    ({ platform, tenant }) =>
      (platform === undefined || platform === DISCORD) &&
      (tenant === undefined || guilds.some(({ id }) => id === tenant)),
  );
  const ids = new Set(meant.flatMap(({ groups = [] }) => groups).filter((id) => ROLE_ID.test(id)));
  if (ids.size === 0) return [];
  const found = new Map<string, string>();
  for (const { id, name } of guilds) {
    const asked = await ask(client, Routes.guildRoles(id), rolesSchema);
    if (asked.kind === 'silence') return [SAY.silent(apiUrl, asked.detail)];
    if (asked.kind === 'refusal') return [SAY.refused(`the roles of ${name}`, asked.message, asked.code)];
    for (const role of asked.value) found.set(role.id, `${role.name} of ${name}`);
  }
  return [...ids].map((id) => SAY.role(id, found.get(id)));
}

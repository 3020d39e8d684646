import { Routes } from 'discord.js';
import { z } from 'zod';
import type { AccessRule, DiscordConfig } from '../../../core/config/config.ts';
import { DISCORD_CHECK as SAY } from '../../wording/discord-check-words.ts';
import type { CheckLine } from '../../wording/host-check-words.ts';
import type { DiscordClient } from '../discord-client.ts';
import { DISCORD } from '../platform.ts';
import { type Asked, ask } from './asking.ts';
import { checkChannels, openChannels } from './check-channels.ts';
import { bitsSchema, inviteLink, type Member, missingOf } from './permissions.ts';

/** Servers that are looked into, or the configured ones where these are more; the others are named. */
const MOST_GUILDS = 10;
/** Servers in which roles are looked for. */
const MOST_ROLE_GUILDS = 50;
/** Servers of one answer. */
const PAGE = 200;
/** Answers that are asked for: more servers than one connection may have. */
const MOST_PAGES = 13;
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
  const asked = await allGuilds(bot);
  if (asked.kind === 'silence') return [SAY.silent(config.apiUrl, asked.detail)];
  if (asked.kind === 'refusal') return [SAY.refused('the list of servers', asked.message, asked.code)];
  const known = asked.value;
  if (known.length === 0) return [SAY.nowhere(inviteLink(bot.application))];
  const { guilds } = config;
  const absent = guilds.filter((id) => !known.some((guild) => guild.id === id));
  const wanted = guilds.length === 0 ? known : known.filter(({ id }) => guilds.includes(id));
  const lines = absent.map((id) => SAY.guildAbsent(id, inviteLink(bot.application, id)));
  const checked: CheckedGuild[] = [];
  const close = wanted.slice(0, Math.max(MOST_GUILDS, guilds.length));
  for (const { id, name, permissions } of close) {
    lines.push(SAY.guild(name, id, missingOf(permissions), inviteLink(bot.application, id)));
    const member = await ask(bot.client, Routes.guildMember(id, bot.user), memberSchema);
    if (member.kind === 'silence') lines.push(SAY.silent(config.apiUrl, member.detail));
    else if (member.kind === 'refusal') lines.push(SAY.refused(name, member.message, member.code));
    else {
      const { roles } = member.value;
      checked.push({ id, name, member: { guild: id, user: bot.user, roles, permissions } });
    }
  }
  const left = known.filter((guild) => !close.includes(guild));
  if (left.length > 0) lines.push(SAY.moreGuilds(left.map(({ name }) => name)));
  if (config.channels.length === 0) lines.push(...(await openChannels(bot, checked, config.apiUrl)));
  lines.push(...(await checkChannels(bot, config, checked)));
  lines.push(...(await roleLines(bot, rules, known, config.apiUrl)));
  return lines;
}

/** Every server, as far as one connection can serve them. */
async function allGuilds({ client }: CheckedBot): Promise<Asked<z.output<typeof guildsSchema>>> {
  const found: z.output<typeof guildsSchema> = [];
  for (let page = 0; page < MOST_PAGES; page++) {
    const last = found.at(-1);
    const query = { limit: String(PAGE), ...(last !== undefined && { after: last.id }) };
    const asked = await ask(client, Routes.userGuilds(), guildsSchema, query);
    if (asked.kind !== 'answer') return asked;
    found.push(...asked.value);
    if (asked.value.length < PAGE) break;
  }
  return { kind: 'answer', value: found };
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
  const sought = new Set(meant.flatMap(({ groups = [] }) => groups).filter((id) => ROLE_ID.test(id)));
  // The role of everybody has the id of its server.
  const found = new Map(guilds.map(({ id, name }) => [id, `@everyone of ${name}`]));
  const isFound = (): boolean => [...sought].every((id) => found.has(id));
  const lines: CheckLine[] = [];
  const tenants = new Set(meant.map(({ tenant }) => tenant));
  const likely = guilds.toSorted((one, other) => Number(tenants.has(other.id)) - Number(tenants.has(one.id)));
  let looked = 0;
  for (const { id, name } of likely.slice(0, MOST_ROLE_GUILDS)) {
    if (isFound()) break;
    const asked = await ask(client, Routes.guildRoles(id), rolesSchema);
    if (asked.kind === 'silence') return [...lines, SAY.silent(apiUrl, asked.detail)];
    if (asked.kind === 'refusal') lines.push(SAY.refused(`the roles of ${name}`, asked.message, asked.code));
    else {
      looked += 1;
      for (const role of asked.value) found.set(role.id, `${role.name} of ${name}`);
    }
  }
  const unseen = guilds.length - looked;
  return [...lines, ...[...sought].map((id) => SAY.role(id, found.get(id), unseen))];
}

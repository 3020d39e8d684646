import { stringAt } from '../../slack/json.ts';
import type { Guild } from '../model.ts';
import { guildPermissions } from '../permissions.ts';
import { refuse } from '../refusal.ts';
import { type Call, route } from '../route.ts';
import { channelView } from '../views/channel-view.ts';
import { guildView } from '../views/guild-view.ts';
import { memberWithUser, rolesView, roleView, userView } from '../views/user-view.ts';

/** Users, guilds, members and roles. */
export const peopleRoutes = [
  route('GET', '/users/@me', ({ app }) => ({ ...userView(app.user), verified: true, email: null })),
  route('GET', '/users/@me/guilds', ({ world, app, query }) =>
    [...world.state.guilds.values()]
      .filter((each) => each.members.has(app.user.id))
      .filter((each) => BigInt(each.id) > BigInt(query.get('after') ?? 0))
      .toSorted((one, other) => (BigInt(one.id) < BigInt(other.id) ? -1 : 1))
      .slice(0, Math.min(200, Number(query.get('limit') ?? 200)))
      .map((each) => ({
        id: each.id,
        name: each.name,
        icon: null,
        owner: false,
        permissions: String(guildPermissions(each, app.user.id)),
        features: [],
      })),
  ),
  route('POST', '/users/@me/channels', ({ world, app, body }) => {
    const other = world.state.users.get(stringAt(body, 'recipient_id') ?? '');
    if (!other || other.bot) throw refuse.unknownUser();
    return channelView(world.state, world.state.directChannel(other.id, app.user.id), app.user.id);
  }),
  route('GET', '/users/{user}', ({ world, param }) => {
    const user = world.state.users.get(param('user'));
    if (!user) throw refuse.unknownUser();
    return userView(user);
  }),
  route('GET', '/guilds/{guild}', (call) => guildView(guildOf(call))),
  route('GET', '/guilds/{guild}/channels', (call) =>
    call.world.state
      .channelsOf(guildOf(call))
      .filter((each) => !each.thread)
      .map((each) => channelView(call.world.state, each, call.app.user.id)),
  ),
  route('GET', '/guilds/{guild}/roles', (call) => rolesView(guildOf(call))),
  route('GET', '/guilds/{guild}/roles/{role}', (call) => {
    const role = guildOf(call).roles.get(call.param('role'));
    if (!role) throw refuse.unknownMember();
    return roleView(role);
  }),
  route('GET', '/guilds/{guild}/members', (call) => {
    const guild = guildOf(call);
    // The list is for those with the privileged intent; single members are for all.
    if (!call.app.intents.guildMembers) throw refuse.missingAccess();
    const most = Number(call.query.get('limit') ?? 1);
    return [...guild.members.values()]
      .filter((each) => BigInt(each.userId) > BigInt(call.query.get('after') ?? 0))
      .slice(0, most)
      .map((each) => memberWithUser(call.world.state, each));
  }),
  route('GET', '/guilds/{guild}/members/{user}', (call) => {
    const id = call.param('user') === '@me' ? call.app.user.id : call.param('user');
    const member = guildOf(call).members.get(id);
    if (!member) throw refuse.unknownMember();
    return memberWithUser(call.world.state, member);
  }),
];

/** The guild of the address. Throws 10004, and 50001 where the bot is no member. */
export function guildOf({ world, app, param }: Call): Guild {
  const guild = world.state.guilds.get(param('guild'));
  if (!guild) throw refuse.unknownGuild();
  if (!guild.members.has(app.user.id)) throw refuse.missingAccess();
  return guild;
}

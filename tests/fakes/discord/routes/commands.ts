import type { JsonObject } from '../../slack/json.ts';
import { checkCommand, checkCommandSet } from '../checks/command-check.ts';
import { LIMITS } from '../limits.ts';
import { Refusal, refuse } from '../refusal.ts';
import { type Call, type Route, route } from '../route.ts';
import { guildOf } from './people.ts';

/** Applications and their commands, global or of one guild. */
export const commandRoutes: readonly Route[] = [
  route('GET', '/applications/@me', applicationView),
  route('GET', '/oauth2/applications/@me', applicationView),
  ...['/applications/{application}/commands', '/applications/{application}/guilds/{guild}/commands'].flatMap(
    (path) => [
      route('GET', path, (call) => [...commandsOf(call).values()]),
      route('PUT', path, replaceAll),
      route('POST', path, (call) => {
        const { body } = call;
        const others = [...commandsOf(call).values()].filter((each) => keyOf(each) !== keyOf(body));
        checkCommandSet([...others, body]);
        return register(call, body);
      }),
      route('GET', `${path}/{command}`, commandOf),
      route('PATCH', `${path}/{command}`, (call) => register(call, { ...commandOf(call), ...call.body })),
      route('DELETE', `${path}/{command}`, (call) => {
        commandsOf(call).delete(String(commandOf(call)['id']));
        return undefined;
      }),
    ],
  ),
];

function applicationView({ world, app }: Call): JsonObject {
  const { messageContent, guildMembers, presences } = app.intents;
  // The "limited" flags: granted without a review, as for every small bot.
  const flags = (presences ? 1 << 13 : 0) | (guildMembers ? 1 << 15 : 0) | (messageContent ? 1 << 19 : 0);
  const guilds = [...world.state.guilds.values()].filter((each) => each.members.has(app.user.id));
  return {
    id: app.id,
    name: app.name,
    icon: null,
    description: '',
    bot_public: true,
    bot_require_code_grant: false,
    verify_key: '0'.repeat(64),
    flags,
    approximate_guild_count: guilds.length,
    bot: { id: app.user.id, username: app.user.username, discriminator: '0001', avatar: null, bot: true },
    owner: null,
    team: null,
  };
}

/** All commands at once: those that are there keep their ids, the others are gone. */
function replaceAll(call: Call): readonly JsonObject[] {
  const { list } = call;
  const commands = commandsOf(call);
  checkCommandSet(list);
  for (const each of list) checkCommand(each);
  const before = [...commands.values()];
  demandCreates(call, list.filter((each) => !before.some((old) => keyOf(old) === keyOf(each))).length);
  commands.clear();
  for (const each of list) {
    const id = before.find((old) => keyOf(old) === keyOf(each))?.['id'];
    keep(call, each, typeof id === 'string' ? id : undefined);
  }
  call.world.changes.announce();
  return [...commands.values()];
}

/** A command of the same name and type is overwritten. */
function register(call: Call, command: JsonObject): JsonObject {
  checkCommand(command);
  const old = [...commandsOf(call).values()].find((each) => keyOf(each) === keyOf(command));
  if (!old) demandCreates(call, 1);
  const kept = keep(call, command, typeof old?.['id'] === 'string' ? old['id'] : undefined);
  call.world.changes.announce();
  return kept;
}

function keep(call: Call, command: JsonObject, id = call.world.state.ids.next()): JsonObject {
  const guildId = guildIdOf(call);
  const kept = {
    type: 1,
    description: '',
    options: [],
    default_member_permissions: null,
    nsfw: false,
    integration_types: [0],
    contexts: guildId === undefined ? null : undefined,
    ...command,
    id,
    application_id: call.app.id,
    version: call.world.state.ids.next(),
    ...(guildId === undefined ? {} : { guild_id: guildId }),
  };
  commandsOf(call).set(id, kept);
  return kept;
}

/** Counts new commands against the 200 a day. Throws 30034. */
function demandCreates(call: Call, count: number): void {
  const { commandCreates } = call.app;
  const key = guildIdOf(call) ?? 'global';
  const day = Math.floor(call.world.clock.now() / 86_400_000);
  const used = (commandCreates.get(`${key} ${day}`) ?? 0) + count;
  if (used > LIMITS.commandCreatesPerDay) {
    throw new Refusal(429, 30034, `Max number of daily application command creates has been reached (200)`);
  }
  commandCreates.set(`${key} ${day}`, used);
}

function commandsOf(call: Call): Map<string, JsonObject> {
  const { app, param } = call;
  if (param('application') !== app.id) throw refuse.missingAccess();
  return app.commandsIn(guildIdOf(call));
}

function commandOf(call: Call): JsonObject {
  const command = commandsOf(call).get(call.param('command'));
  if (!command) throw refuse.unknownCommand();
  return command;
}

function guildIdOf(call: Call): string | undefined {
  return call.has('guild') ? guildOf(call).id : undefined;
}

function keyOf(command: JsonObject): string {
  return `${command['type'] ?? 1} ${command['name']}`;
}

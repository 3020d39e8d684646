import { type JsonObject, objectsOf, stringAt } from '../../slack/json.ts';
import type { Application } from '../application.ts';
import type { Attachment, Channel } from '../model.ts';
import { OPTION_TYPES } from '../numbers.ts';
import { channelPermissions } from '../permissions.ts';
import { attachmentView } from '../views/message-view.ts';
import { memberView, userView } from '../views/user-view.ts';
import type { Actor } from './asking.ts';
import { isLocalFile, type LocalFile, upload } from './local-files.ts';

/** What somebody enters for an option: ids for people, roles and channels. */
export type OptionValue = string | number | boolean | LocalFile;

export type Options = Readonly<Record<string, OptionValue>>;

/** A command that a person can choose, down to its subcommand. */
export interface ChosenCommand {
  readonly app: Application;
  /** The command as registered. */
  readonly command: JsonObject;
  /** Group and subcommand, if any, the outer one first. */
  readonly path: readonly JsonObject[];
  /** The options of the innermost. */
  readonly options: readonly JsonObject[];
}

const { STRING, INTEGER, NUMBER, BOOLEAN, ATTACHMENT, USER } = OPTION_TYPES;

/** The command of this type and name in a channel. Throws where their client does not offer it. */
export function commandFor(
  { world, user }: Actor,
  channel: Channel,
  type: number,
  words: string,
): ChosenCommand {
  if (channel.thread?.archived) throw new Error('there are no commands in archived threads');
  const names = type === 1 ? words.replace(/^\//, '').split(' ') : [words];
  for (const app of world.state.applications) {
    const isHere =
      channel.guildId === undefined
        ? channel.recipients.includes(app.user.id)
        : world.state.guild(channel.guildId).members.has(app.user.id);
    const sets = [app.commands, ...(channel.guildId === undefined ? [] : [app.commandsIn(channel.guildId)])];
    const command = sets
      .flatMap((each) => [...each.values()])
      .find((each) => each['name'] === names[0] && each['type'] === type);
    if (!isHere || !command) continue;
    const contexts = command['contexts'];
    const context = channel.guildId === undefined ? 1 : 0;
    if (Array.isArray(contexts) && !contexts.includes(context)) continue;
    // Nobody sets permissions in a direct conversation.
    if (channel.guildId !== undefined)
      demandPermission(command, channelPermissions(world.state, channel, user.id));
    return { app, command, ...descend(command, names.slice(1)) };
  }
  throw new Error(`nobody offers ${words} here`);
}

/** The `data` of the interaction, with the files uploaded. Throws where the client would not send it. */
export async function commandData(
  actor: Actor,
  channel: Channel,
  chosen: ChosenCommand,
  values: Options,
  focused?: { readonly name: string; readonly typed: string },
): Promise<JsonObject> {
  const attachments: Attachment[] = [];
  const entered: JsonObject[] = [];
  const unknown = Object.keys(values).find((name) => !chosen.options.some((each) => each['name'] === name));
  if (unknown !== undefined) throw new Error(`there is no option ${unknown}`);
  for (const option of chosen.options) {
    const name = stringAt(option, 'name') ?? '';
    const type = Number(option['type']);
    const value = values[name];
    if (focused?.name === name) {
      entered.push({ name, type, value: focused.typed, focused: true });
    } else if (value === undefined) {
      if (option['required'] === true && !focused) throw new Error(`the option ${name} is required`);
    } else if (isLocalFile(value)) {
      if (type !== ATTACHMENT) throw new Error(`the option ${name} takes no file`);
      demandFileType(option, value.name);
      const attachment = await upload(actor, channel, value, true);
      attachments.push(attachment);
      entered.push({ name, type, value: attachment.id });
    } else {
      entered.push({ name, type, value: checked(option, value) });
    }
  }
  const nested = chosen.path.reduceRight<readonly JsonObject[]>(
    (inner, each) => [{ name: each['name'], type: each['type'], options: inner }],
    entered,
  );
  return {
    id: chosen.command['id'],
    name: chosen.command['name'],
    type: 1,
    options: nested,
    resolved: resolved(actor, channel, entered, attachments),
    ...(chosen.command['guild_id'] === undefined ? {} : { guild_id: chosen.command['guild_id'] }),
  };
}

function resolved(
  { world }: Actor,
  channel: Channel,
  entered: readonly JsonObject[],
  attachments: readonly Attachment[],
): JsonObject {
  const users = entered.filter((each) => each['type'] === USER).map((each) => String(each['value']));
  const guild = channel.guildId === undefined ? undefined : world.state.guild(channel.guildId);
  const members = users.flatMap((id) => {
    const member = guild?.members.get(id);
    return member ? [[id, memberView(member)]] : [];
  });
  return {
    ...(attachments.length > 0
      ? { attachments: Object.fromEntries(attachments.map((each) => [each.id, attachmentView(world, each)])) }
      : {}),
    ...(users.length > 0
      ? {
          users: Object.fromEntries(users.map((id) => [id, userView(world.state.user(id))])),
          members: Object.fromEntries(members),
        }
      : {}),
  };
}

/** What the client lets through: of the right type, among the choices, within the bounds. */
function checked(option: JsonObject, value: string | number | boolean): string | number | boolean {
  const name = stringAt(option, 'name') ?? '';
  const type = option['type'];
  const wants = type === BOOLEAN ? 'boolean' : type === INTEGER || type === NUMBER ? 'number' : 'string';
  if (typeof value !== wants) throw new Error(`the option ${name} takes a ${wants}`);
  if (type === INTEGER && !Number.isSafeInteger(value))
    throw new Error(`the option ${name} takes whole numbers`);
  const choices = objectsOf(option['choices']);
  const choice = choices.find((each) => each['name'] === value || each['value'] === value);
  if (choices.length > 0 && !choice) throw new Error(`the option ${name} does not offer ${value}`);
  const picked = choice?.['value'] ?? value;
  const size = type === STRING ? String(picked).length : Number(picked);
  const [least, most] = type === STRING ? ['min_length', 'max_length'] : ['min_value', 'max_value'];
  if (
    wants !== 'boolean' &&
    (size < numberAt(option, least, -Infinity) || size > numberAt(option, most, Infinity))
  ) {
    throw new Error(`${value} is out of the bounds of ${name}`);
  }
  return typeof picked === 'string' || typeof picked === 'number' ? picked : value;
}

function numberAt(option: JsonObject, key: string | undefined, otherwise: number): number {
  const value = key === undefined ? undefined : option[key];
  return typeof value === 'number' ? value : otherwise;
}

function demandFileType(option: JsonObject, name: string): void {
  const types = option['file_types'];
  if (!Array.isArray(types) || types.length === 0) return;
  const kinds: Readonly<Record<string, RegExp>> = {
    video: /\.(mp4|mov|webm|mkv|avi)$/i,
    image: /\.(png|jpe?g|webp|gif)$/i,
    audio: /\.(wav|mp3|m4a|flac|ogg)$/i,
  };
  const fits = types.some(
    (each) => kinds[String(each)]?.test(name) ?? name.toLowerCase().endsWith(String(each)),
  );
  if (!fits) throw new Error(`${name} is none of ${types.join(', ')}`);
}

/** Whoever lacks what a command wants by default does not see it. */
function demandPermission(command: JsonObject, permissions: bigint): void {
  const wanted = command['default_member_permissions'];
  if (typeof wanted !== 'string') return;
  const bits = BigInt(wanted);
  const isAdministrator = (permissions & (1n << 3n)) !== 0n;
  if (!isAdministrator && (bits === 0n || (permissions & bits) !== bits)) {
    throw new Error(`the command ${command['name']} is hidden from them`);
  }
}

function descend(command: JsonObject, names: readonly string[]) {
  const path: JsonObject[] = [];
  let options = objectsOf(command['options']);
  for (const name of names) {
    const found = options.find((each) => each['name'] === name);
    if (!found) throw new Error(`${command['name']} has no ${name}`);
    path.push(found);
    options = objectsOf(found['options']);
  }
  if (options.some((each) => each['type'] === OPTION_TYPES.SUBCOMMAND)) {
    throw new Error(`${command['name']} needs one of its subcommands`);
  }
  return { path, options };
}

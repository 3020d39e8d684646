import { channelOf, demandSending, demandUnarchived, messageOf } from '../channel-access.ts';
import { invalid } from '../checks/complaints.ts';
import { checkMessage, type Draft } from '../checks/message-check.ts';
import { checkSizes, uploadLimit } from '../files.ts';
import { LIMITS } from '../limits.ts';
import type { Channel, Message } from '../model.ts';
import { demand, may } from '../permissions.ts';
import { addDraft, deleteMessage, editMessage } from '../posting.ts';
import { refuse } from '../refusal.ts';
import { kept } from '../responding.ts';
import { type Call, type Route, route } from '../route.ts';
import { byAge, isSnowflake } from '../snowflakes.ts';
import { isReadable, messageView, withoutContent } from '../views/message-view.ts';

/** Messages of channels and threads. */
export const messageRoutes: readonly Route[] = [
  route('GET', '/channels/{channel}/messages', (call) => {
    const channel = channelOf(call);
    // Without this one the list is empty, not forbidden.
    const reads = may(call.world.state, channel, call.app.user.id, 'READ_MESSAGE_HISTORY');
    return (reads ? page(call, channel) : []).map((each) => view(call, each));
  }),
  route('GET', '/channels/{channel}/messages/{message}', (call) => {
    const channel = channelOf(call, 'READ_MESSAGE_HISTORY');
    return view(call, messageOf(call, channel));
  }),
  route('POST', '/channels/{channel}/messages', post),
  route('PATCH', '/channels/{channel}/messages/{message}', edit),
  route('DELETE', '/channels/{channel}/messages/{message}', (call) => {
    const channel = channelOf(call);
    const message = messageOf(call, channel);
    demandUnarchived(channel);
    if (message.authorId !== call.app.user.id) {
      demand(call.world.state, channel, call.app.user.id, 'MANAGE_MESSAGES');
    }
    deleteMessage(call.world, channel, message);
    return undefined;
  }),
];

function post(call: Call) {
  const { world, app, body, files } = call;
  const channel = channelOf(call);
  demandSending(call, channel);
  const draft = checkMessage(body);
  demandContents(call, channel, draft);
  checkSizes(world, files, uploadLimit(world, channel));
  const earlier = draft.enforceNonce ? messageWithNonce(call, channel, draft.nonce) : undefined;
  if (earlier) return view(call, earlier);
  if (draft.replyTo !== undefined && !channel.messages.some((each) => each.id === draft.replyTo)) {
    if (body['message_reference'] && failsWithoutReference(body['message_reference'])) {
      throw invalid('message_reference', 'REPLIES_UNKNOWN_MESSAGE', 'Unknown message');
    }
  }
  const facts = { author: app.user.id, onlyFor: undefined, replyTo: draft.replyTo };
  return view(call, addDraft(world, channel, draft, files, facts));
}

function edit(call: Call) {
  const { world, app, body, files } = call;
  const channel = channelOf(call);
  const message = messageOf(call, channel);
  demandUnarchived(channel);
  if (message.authorId !== app.user.id) throw refuse.otherAuthor();
  const draft = checkMessage(body, { flags: kept(message) });
  demandContents(call, channel, draft);
  checkSizes(world, files, uploadLimit(world, channel));
  countOldEdit(call, channel, message);
  editMessage(world, channel, message, draft, files);
  return view(call, message);
}

/** Messages older than an hour take few edits. Throws 429 with 30046. */
function countOldEdit({ world }: Call, channel: Channel, message: Message): void {
  const now = world.clock.now();
  if (now - message.createdAt <= LIMITS.oldMessageMs) return;
  const { most, perMs } = world.policy.oldEdits;
  const recent = channel.messages
    .flatMap((each) => each.versions.filter(({ at }) => at - each.createdAt > LIMITS.oldMessageMs))
    .map(({ at }) => at)
    .filter((at) => at > now - perMs)
    .sort((one, other) => one - other);
  const first = recent[recent.length - most];
  if (first !== undefined) throw refuse.oldEdits((first + perMs - now) / 1000);
}

function demandContents({ world, app, files }: Call, channel: Channel, draft: Draft): void {
  if (files.length > 0) demand(world.state, channel, app.user.id, 'ATTACH_FILES');
  if (draft.embeds?.length) demand(world.state, channel, app.user.id, 'EMBED_LINKS');
}

/** What this bot posted here with the same nonce, within the past few minutes. */
function messageWithNonce(
  { world, app }: Call,
  channel: Channel,
  nonce: Draft['nonce'],
): Message | undefined {
  const since = world.clock.now() - world.policy.nonceMs;
  return channel.messages.find(
    (each) =>
      nonce !== undefined &&
      String(each.nonce) === String(nonce) &&
      each.authorId === app.user.id &&
      each.createdAt > since &&
      each.deletedAt === undefined,
  );
}

/** The newest first, as Discord lists them; `after` takes the oldest of those behind it. */
function page(call: Call, channel: Channel): readonly Message[] {
  const { query } = call;
  const limit = Number(query.get('limit') ?? 50);
  if (!Number.isInteger(limit) || limit < 1 || limit > 100) {
    throw invalid('limit', 'NUMBER_TYPE_MAX', 'int value should be between 1 and 100.');
  }
  const [after, before, around] = ['after', 'before', 'around'].map((name) => {
    const id = query.get(name);
    if (id !== null && !isSnowflake(id) && id !== '0') {
      throw invalid(name, 'NUMBER_TYPE_COERCE', `Value "${id}" is not snowflake.`);
    }
    return id === null ? undefined : BigInt(id);
  });
  const all = channel.messages
    .filter((each) => each.deletedAt === undefined && each.onlyFor === undefined)
    .sort(byAge);
  if (around !== undefined) {
    const middle = all.findIndex((each) => BigInt(each.id) >= around);
    const start = Math.max(0, (middle < 0 ? all.length : middle) - Math.floor(limit / 2));
    return all.slice(start, start + limit).reverse();
  }
  if (after !== undefined) {
    return all
      .filter((each) => BigInt(each.id) > after)
      .slice(0, limit)
      .reverse();
  }
  const older = before === undefined ? all : all.filter((each) => BigInt(each.id) < before);
  return older.slice(-limit).reverse();
}

/** The intent for contents counts here too, as it is set in the portal. */
function view({ world, app }: Call, message: Message) {
  const whole = messageView(world, message, app.user.id);
  const readable = app.intents.messageContent || isReadable(world, message, app.user.id);
  return readable ? whole : withoutContent(whole);
}

function failsWithoutReference(reference: unknown): boolean {
  return (
    typeof reference === 'object' &&
    reference !== null &&
    !('fail_if_not_exists' in reference && reference.fail_if_not_exists === false)
  );
}

import type { BlockAction, ButtonAction } from '@slack/bolt';
import type { ChatReference, Inbound } from '../../../core/ports/chat.ts';
import { parseAction } from '../action-codec.ts';
import { place, type Surroundings, toUtcMs } from './place.ts';

export type Click = Extract<Inbound, { kind: 'click' }>;

/**
 * A click on a button of a card; undefined for every other one.
 * @param directChannel the conversation with the bot, for a click on one's own page
 */
export function fromClick(
  body: BlockAction,
  action: ButtonAction,
  around: Surroundings,
  directChannel: string | undefined,
): Click | undefined {
  const parsed = parseAction(action.action_id, action.value);
  if (parsed === undefined) return undefined;
  const { id, name, username } = body.user;
  return {
    kind: 'click',
    dedupeKey: `click:${action.action_ts}:${action.action_id}:${id}`,
    where: clickedAt(body, around, directChannel),
    user: around.user(id, name ?? username),
    at: toUtcMs(action.action_ts),
    ...parsed,
  };
}

/** A message that only one person sees begins no thread. Slack takes a person's id for the conversation with them. */
function clickedAt(
  { container, channel, message, user }: BlockAction,
  around: Surroundings,
  directChannel: string | undefined,
): ChatReference {
  const channelId = channel?.id ?? text(container['channel_id']);
  if (channelId === undefined) return place(around, directChannel ?? user.id);
  const threadTs = text(container['thread_ts']) ?? message?.thread_ts;
  const ts = text(container['message_ts']) ?? message?.ts;
  return container['is_ephemeral'] === true
    ? place(around, channelId, { threadTs })
    : place(around, channelId, { ts, threadTs });
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

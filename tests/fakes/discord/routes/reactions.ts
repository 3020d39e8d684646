import { refreshedLink } from '../cdn.ts';
import { channelOf, demandUnarchived, messageOf } from '../channel-access.ts';
import { tellReaction } from '../gateway/events.ts';
import { type Call, type Route, route } from '../route.ts';

const OWN = '/channels/{channel}/messages/{message}/reactions/{emoji}/@me';

/** Reactions, and fresh links to files. */
export const reactionRoutes: readonly Route[] = [
  route('PUT', OWN, (call) => {
    const channel = channelOf(call, 'ADD_REACTIONS', 'READ_MESSAGE_HISTORY');
    return react(call, channel, 'ADD');
  }),
  route('DELETE', OWN, (call) => react(call, channelOf(call), 'REMOVE')),
  route('POST', '/attachments/refresh-urls', ({ world, body }) => {
    const links: readonly unknown[] = Array.isArray(body['attachment_urls']) ? body['attachment_urls'] : [];
    return {
      refreshed_urls: links.map((each) => ({
        original: each,
        refreshed: refreshedLink(world, String(each)) ?? null,
      })),
    };
  }),
];

function react(call: Call, channel: ReturnType<typeof channelOf>, type: 'ADD' | 'REMOVE'): undefined {
  const { world, app } = call;
  const message = messageOf(call, channel);
  demandUnarchived(channel);
  const name = call.param('emoji');
  const users = message.reactions.get(name) ?? new Set();
  if (type === 'ADD') users.add(app.user.id);
  else users.delete(app.user.id);
  message.reactions.set(name, users);
  if (users.size === 0) message.reactions.delete(name);
  tellReaction(world, channel, message, { type, userId: app.user.id, name });
  world.changes.announce();
  return undefined;
}

import { checkMessageBlocks } from './block-check.ts';
import type { ResponseUrl } from './interactions.ts';
import { type JsonObject, stringAt } from './json.ts';
import type { Message } from './model.ts';
import { deleteMessage, editMessage, postMessage } from './posting.ts';
import { messageIn } from './workspace.ts';
import { installationsIn, type World } from './world.ts';

/** Does what was posted to a `response_url`, and returns a message that it made. Throws a refusal for wrong blocks. */
export function respond(
  world: World,
  url: Omit<ResponseUrl, 'at' | 'uses'>,
  body: JsonObject,
): Message | undefined {
  const { workspace, channel, app } = url;
  const installation = installationsIn(world, workspace).find((each) => each.app === app);
  if (!installation) return undefined;
  const original = url.original ? messageIn(channel, url.original.ts) : undefined;
  if (body['delete_original'] === true) {
    if (original) deleteMessage(world, workspace, channel, original);
    return undefined;
  }
  const blocks = checkMessageBlocks(body['blocks']);
  const text = stringAt(body, 'text') ?? '';
  if (body['replace_original'] === true && original) {
    editMessage(world, workspace, channel, original, { text, blocks, by: installation.botUserId });
    return undefined;
  }
  return postMessage(world, workspace, channel, {
    user: installation.botUserId,
    botId: installation.botId,
    appId: app.id,
    text,
    blocks,
    threadTs: stringAt(body, 'thread_ts') ?? url.threadTs,
    ...(body['response_type'] === 'in_channel' ? {} : { onlyFor: url.user }),
  });
}

import type { UtcMs } from '../../../../src/core/ports/clock.ts';
import { elementsOf } from '../block-check.ts';
import { isObject, type JsonObject, objectAt, stringAt } from '../json.ts';
import type { Channel, Message, MessageVersion } from '../model.ts';
import { isShown, type Workspace } from '../workspace.ts';

/** Something to press or to choose from. */
export interface SeenControl {
  /** `button`, `static_select`, … */
  readonly type: string;
  /** What stands on it; of a menu its placeholder. */
  readonly text: string;
  readonly actionId: string;
  readonly blockId: string;
  readonly element: JsonObject;
}

export interface SeenFile {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly size: number;
  readonly sha256: string;
  /** Where the bytes lie on this machine. */
  readonly path: string;
}

/** A message as somebody sees it now; it does not change when the message does. */
export interface SeenMessage {
  readonly ts: string;
  readonly channel: string;
  /** The root of its thread; undefined for messages of the channel, roots of threads included. */
  readonly threadTs: string | undefined;
  readonly author: string;
  readonly authorId: string;
  readonly fromBot: boolean;
  readonly text: string;
  readonly blocks: readonly JsonObject[];
  /** All that can be read in it: the texts of the blocks, or the text where there are none. */
  readonly words: string;
  readonly controls: readonly SeenControl[];
  readonly files: readonly SeenFile[];
  readonly metadata: JsonObject | undefined;
  readonly ephemeral: boolean;
  readonly at: UtcMs;
  /** Every state that it had until now, with times, the first one included. */
  readonly versions: readonly MessageVersion[];
  /** Names of the emoji with who used them. */
  readonly reactions: Readonly<Record<string, readonly string[]>>;
}

/** What this person sees of a channel: its messages, or those of one thread with its root. Everybody's without a person. */
export function seenMessages(
  workspace: Workspace,
  channel: Channel,
  options: { readonly viewer?: string | undefined; readonly thread?: string | undefined } = {},
): readonly SeenMessage[] {
  const { viewer, thread } = options;
  return channel.messages
    .filter((each) => isShown(each) && (each.onlyFor === undefined || each.onlyFor === viewer))
    .filter((each) =>
      thread === undefined
        ? each.threadTs === undefined || each.broadcast === true
        : each.threadTs === thread || each.ts === thread,
    )
    .map((each) => seen(workspace, each));
}

export function seen(workspace: Workspace, message: Message): SeenMessage {
  const author = workspace.users.get(message.user);
  const text = message.tombstone ? 'This message was deleted.' : message.text;
  const blocks = message.tombstone ? [] : message.blocks;
  return {
    ts: message.ts,
    channel: message.channel,
    threadTs: message.threadTs,
    author: author?.name ?? message.user,
    authorId: message.user,
    fromBot: message.botId !== undefined,
    text,
    blocks,
    words: blocks.length > 0 ? wordsOf(blocks) : text,
    controls: controlsOf(blocks),
    files: message.fileIds.flatMap((id) => {
      const file = workspace.files.get(id);
      if (!file || file.deleted || file.path === undefined) return [];
      const { name, title, size, path, sha256 = '' } = file;
      return [{ id, name, title, size, sha256, path }];
    }),
    metadata: message.metadata,
    ephemeral: message.onlyFor !== undefined,
    at: message.versions[0]?.at ?? 0,
    versions: [...message.versions],
    reactions: Object.fromEntries([...message.reactions].map(([name, users]) => [name, [...users]])),
  };
}

export function controlsOf(blocks: readonly JsonObject[]): readonly SeenControl[] {
  return elementsOf(blocks)
    .filter(({ element }) => element['type'] !== 'image')
    .map(({ blockId, element }) => ({
      type: stringAt(element, 'type') ?? '',
      text: stringAt(objectAt(element, 'text') ?? objectAt(element, 'placeholder'), 'text') ?? '',
      actionId: stringAt(element, 'action_id') ?? '',
      blockId,
      element,
    }));
}

/** All texts in a tree of blocks, one per line. */
export function wordsOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(wordsOf).filter(Boolean).join('\n');
  if (!isObject(value)) return '';
  const own = stringAt(value, 'text');
  const inner = Object.entries(value).map(([key, each]) => (key === 'options' ? '' : wordsOf(each)));
  return [own ?? '', ...inner].filter(Boolean).join('\n');
}

import { z } from 'zod';
import { type MessageMark, markOf } from './block-ids.ts';

/** The name of our metadata in messages. */
export const METADATA_EVENT = 'cosmos_message';

const messageSchema = z.object({
  ts: z.string(),
  thread_ts: z.string().optional(),
  subtype: z.string().optional(),
  user: z.string().optional(),
  bot_id: z.string().optional(),
  blocks: z.array(z.object({ block_id: z.string().optional() })).optional(),
  files: z.array(z.object({ id: z.string(), mode: z.string().optional() })).optional(),
  metadata: z
    .object({
      event_type: z.string().optional(),
      event_payload: z.object({ key: z.unknown() }).partial().optional(),
    })
    .optional(),
});

/** A message as Slack shows it, as far as it matters here. */
export interface SlackMessage {
  readonly ts: string;
  readonly thread: string | undefined;
  readonly user: string | undefined;
  readonly bot: string | undefined;
  /** The key in its metadata. */
  readonly key: string | undefined;
  /** What its blocks say of it; undefined where they are not ours. */
  readonly mark: MessageMark | undefined;
  /** Ids of its files that are there. */
  readonly files: readonly string[];
  /** It is not there any more: only its thread is, or nothing is left of its files. */
  readonly isGone: boolean;
}

/** Reads one message of an answer; undefined for what is none. */
export function toMessage(value: unknown): SlackMessage | undefined {
  const parsed = messageSchema.safeParse(value);
  if (!parsed.success) return undefined;
  const {
    ts,
    thread_ts: thread,
    subtype,
    user,
    bot_id: bot,
    blocks = [],
    files = [],
    metadata,
  } = parsed.data;
  const key = metadata?.event_type === METADATA_EVENT ? metadata.event_payload?.key : undefined;
  const present = files.filter(({ mode }) => mode !== 'tombstone');
  return {
    ts,
    thread,
    user,
    bot,
    key: typeof key === 'string' ? key : undefined,
    mark: blocks.map(({ block_id }) => markOf(block_id)).find((mark) => mark !== undefined),
    files: present.map(({ id }) => id),
    isGone: subtype === 'tombstone' || (files.length > 0 && present.length === 0),
  };
}

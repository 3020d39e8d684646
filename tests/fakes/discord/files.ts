import type { JsonObject } from '../slack/json.ts';
import { mimeTypeOf } from '../slack/mime-types.ts';
import type { SentFile } from './call-log.ts';
import { invalid } from './checks/complaints.ts';
import type { Draft } from './checks/message-check.ts';
import { LIMITS } from './limits.ts';
import type { Attachment, Channel } from './model.ts';
import { refuse } from './refusal.ts';
import type { World } from './world.ts';

/** How large each file of a message in this channel may be, bytes. */
export function uploadLimit(world: World, channel: Channel): number {
  if (channel.guildId === undefined) return LIMITS.uploadBytes;
  return LIMITS.tierUploadBytes[world.state.guild(channel.guildId).boostTier];
}

/** Throws 40005 where a file, or all of them, are too large. */
export function checkSizes(world: World, files: readonly SentFile[], limit: number): void {
  const { refuseAboveBytes = Number.POSITIVE_INFINITY, maxRequestBytes = Number.POSITIVE_INFINITY } =
    world.policy;
  const most = Math.min(limit, refuseAboveBytes);
  const total = files.reduce((sum, each) => sum + each.size, 0);
  if (files.some((each) => each.size > most) || total > maxRequestBytes) throw refuse.tooLarge();
}

/** The attachments that a message has after this: those that the draft keeps, then the new ones. */
export function attachmentsAfter(
  world: World,
  channel: Channel,
  options: {
    readonly draft: Draft;
    readonly files: readonly SentFile[];
    readonly present: readonly Attachment[];
    readonly ephemeral: boolean;
  },
): readonly Attachment[] {
  const { draft, files, present, ephemeral } = options;
  const listed = draft.attachments;
  const kept =
    listed === undefined
      ? present
      : present.filter((each) => listed.some(({ id }) => String(id) === each.id));
  for (const each of present) if (!kept.includes(each)) each.deleted = true;
  for (const { id } of listed ?? []) {
    const known =
      kept.some((each) => each.id === String(id)) || files.some((each) => numberOf(each) === String(id));
    if (!known) throw invalid('attachments', 'ATTACHMENT_NOT_FOUND', `There is no file for attachment ${id}`);
  }
  if (kept.length + files.length > LIMITS.attachments) {
    throw invalid('attachments', 'BASE_TYPE_MAX_LENGTH', `Must be ${LIMITS.attachments} or fewer in length.`);
  }
  const added = files.map((file) => {
    const entry: JsonObject = (listed ?? []).find(({ id }) => String(id) === numberOf(file)) ?? {};
    const { filename, description } = entry;
    return addAttachment(world, channel.id, file, {
      name: typeof filename === 'string' ? filename : file.name,
      description: typeof description === 'string' ? description : undefined,
      ephemeral,
    });
  });
  return [...kept, ...added];
}

/** A file that Discord keeps from now on. */
export function addAttachment(
  world: World,
  channelId: string,
  file: Omit<SentFile, 'field'>,
  options: { readonly name: string; readonly description?: string | undefined; readonly ephemeral: boolean },
): Attachment {
  const name = options.name.replaceAll(' ', '_').replaceAll(/[^\w.()-]/g, '');
  const attachment: Attachment = {
    id: world.state.ids.next(),
    channelId,
    name: name === '' ? 'unknown' : name,
    description: options.description,
    contentType: file.contentType === 'application/octet-stream' ? mimeTypeOf(name) : file.contentType,
    size: file.size,
    sha256: file.sha256,
    path: file.path,
    ephemeral: options.ephemeral,
    embedded: false,
    deleted: false,
  };
  world.state.attachments.set(attachment.id, attachment);
  return attachment;
}

/** The number in `files[0]`. */
function numberOf(file: SentFile): string {
  return /^files\[(\d+)\]$/.exec(file.field)?.[1] ?? file.field;
}

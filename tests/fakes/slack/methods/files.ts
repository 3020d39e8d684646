import { rm } from 'node:fs/promises';
import { checkMessageBlocks } from '../block-check.ts';
import { requireMember, visibleChannel } from '../channel-access.ts';
import { sendToMembers } from '../events.ts';
import { endingOf, fileView, sharesView } from '../file-view.ts';
import { newId } from '../ids.ts';
import { type JsonObject, objectsOf, stringAt } from '../json.ts';
import { type BotCall, botMethod, type MethodTable } from '../method.ts';
import { mimeTypeOf } from '../mime-types.ts';
import type { Channel, StoredFile } from '../model.ts';
import { page } from '../paging.ts';
import { postMessage } from '../posting.ts';
import { Refusal, refusalWithReasons } from '../refusal.ts';

/** Uploading in three steps, and looking at files. */
export const fileMethods: MethodTable = {
  'files.getUploadURLExternal': botMethod(
    'tier4',
    ['files:write'],
    ['alt_txt', 'filename', 'length', 'snippet_type'],
    uploadUrl,
  ),
  'files.completeUploadExternal': botMethod(
    'tier4',
    ['files:write'],
    ['blocks', 'channel_id', 'channels', 'files', 'initial_comment', 'thread_ts'],
    complete,
  ),
  'files.info': botMethod('tier4', ['files:read'], ['count', 'cursor', 'file', 'limit', 'page'], (call) => ({
    file: fullView(call, knownFile(call)),
    comments: [],
    response_metadata: { next_cursor: '' },
  })),
  'files.list': botMethod(
    'tier3',
    ['files:read'],
    [
      'channel',
      'count',
      'page',
      'show_files_hidden_by_limit',
      'team_id',
      'ts_from',
      'ts_to',
      'types',
      'user',
    ],
    list,
  ),
  'files.delete': botMethod('tier3', ['files:write'], ['file'], remove),
};

function uploadUrl({ args, workspace, installation, world }: BotCall): JsonObject {
  const name = args.required('filename');
  const length = Number(args.required('length'));
  const { policy } = workspace;
  if (!Number.isInteger(length) || length < 1) {
    throw refusalWithReasons('invalid_arguments', ['must be more than 0 [json-pointer:/length]']);
  }
  if (policy.uploadsDisabled) throw new Refusal('file_uploads_disabled');
  if (policy.storageFull) throw new Refusal('storage_limit_reached');
  if (policy.blockedFileTypes.includes(endingOf(name))) throw new Refusal('file_type_not_allowed');
  if (length > policy.maxFileBytes) throw new Refusal('file_upload_size_restricted');
  const file: StoredFile = {
    id: newId('F'),
    name,
    title: name,
    mimeType: mimeTypeOf(name),
    owner: installation.botUserId,
    createdAt: world.clock.now(),
    size: length,
    external: false,
    shares: [],
    completed: false,
    deleted: false,
  };
  workspace.files.set(file.id, file);
  return { upload_url: `${world.origin}/upload/v1/${workspace.id}-${file.id}`, file_id: file.id };
}

function complete(call: BotCall): JsonObject {
  const { args, world, workspace, installation, app } = call;
  const wanted = objectsOf(args.json('files'));
  if (wanted.length === 0) throw refusalWithReasons('invalid_arguments', ['missing required field: files']);
  const files = wanted.map((each) => uploadedFile(call, stringAt(each, 'id')));
  const threadTs = args.text('thread_ts');
  const channels = shareChannels(call);
  if (threadTs !== undefined && channels.length !== 1) throw new Refusal('invalid_arguments');
  const comment = args.text('initial_comment') ?? '';
  // Blocks are ignored where there is a comment.
  const blocks = comment === '' ? checkMessageBlocks(args.json('blocks')) : [];
  const shareAgain = files.some((file) => file.completed);
  if (shareAgain && world.shares.completingTwice === 'file_not_found') throw new Refusal('file_not_found');
  for (const [index, file] of files.entries()) {
    file.completed = true;
    file.title = stringAt(wanted[index], 'title') ?? file.title;
  }
  if (channels.length > 0 && !(shareAgain && world.shares.completingTwice === 'ignored')) {
    world.shares.schedule(
      () => {
        for (const channel of channels) {
          if (channel.deleted || channel.archived) continue;
          postMessage(world, workspace, channel, {
            user: installation.botUserId,
            botId: installation.botId,
            appId: app.id,
            subtype: 'file_share',
            text: comment,
            blocks,
            threadTs,
            fileIds: files.map((file) => file.id),
          });
        }
      },
      () => {
        for (const file of files) file.deleted = true;
        world.changes.announce();
      },
    );
  }
  world.changes.announce();
  return { files: files.map((file) => fileView(workspace, file, world.origin)) };
}

/** A file of the bot whose bytes are all there. */
function uploadedFile({ workspace, installation }: BotCall, id: string | undefined): StoredFile {
  const file = id === undefined ? undefined : workspace.files.get(id);
  if (!file || file.deleted || file.owner !== installation.botUserId || file.path === undefined) {
    throw new Refusal('file_not_found');
  }
  return file;
}

/** Channel ids only: names and people are refused. */
function shareChannels(call: BotCall): readonly Channel[] {
  const single = call.args.text('channel_id');
  const ids = single === undefined ? (call.args.text('channels')?.split(',') ?? []) : [single];
  return ids.map((id) => {
    if (!/^[CGDZ][A-Z0-9]+$/.test(id)) throw new Refusal('invalid_channel');
    const channel = visibleChannel(call, id);
    if (channel.archived) throw new Refusal('is_archived');
    requireMember(call, channel);
    if (channel.posting === 'nobody') throw new Refusal('restricted_action');
    return channel;
  });
}

/** A file that the bot owns or meets in one of its channels. */
function knownFile({ args, workspace, installation }: BotCall): StoredFile {
  const file = workspace.files.get(args.required('file'));
  if (!file) throw new Refusal('file_not_found');
  if (file.deleted) throw new Refusal('file_deleted');
  const seen = file.shares.some((share) =>
    workspace.channels.get(share.channel)?.members.has(installation.botUserId),
  );
  if (file.owner !== installation.botUserId && !seen) throw new Refusal('file_not_found');
  return file;
}

function fullView({ workspace, world }: BotCall, file: StoredFile): JsonObject {
  return { ...fileView(workspace, file, world.origin), ...sharesView(workspace, file) };
}

function list(call: BotCall): JsonObject {
  const { args, workspace, installation } = call;
  const channel = args.text('channel');
  const user = args.text('user');
  const from = Number(args.text('ts_from') ?? 0) * 1000;
  const files = [...workspace.files.values()].filter(
    (file) =>
      !file.deleted &&
      file.completed &&
      file.createdAt >= from &&
      (user === undefined || file.owner === user) &&
      file.shares.some(
        (share) =>
          (channel === undefined || share.channel === channel) &&
          workspace.channels.get(share.channel)?.members.has(installation.botUserId),
      ),
  );
  const count = Number(args.text('count') ?? 100);
  const { items } = page(files, count, undefined);
  return {
    files: items.map((file) => fullView(call, file)),
    paging: { count, total: files.length, page: 1, pages: Math.max(1, Math.ceil(files.length / count)) },
  };
}

async function remove(call: BotCall): Promise<JsonObject> {
  const file = knownFile(call);
  if (file.owner !== call.installation.botUserId) throw new Refusal('cant_delete_file');
  file.deleted = true;
  if (file.path !== undefined) await rm(file.path, { force: true });
  for (const share of file.shares) {
    const channel = call.workspace.channels.get(share.channel);
    if (!channel) continue;
    sendToMembers(call.world, call.workspace, channel, 'file_deleted', {
      type: 'file_deleted',
      file_id: file.id,
      event_ts: channel.timestamps.next(call.world.clock.now()),
    });
  }
  call.world.changes.announce();
  return {};
}

import type { Parameters } from './wording.ts';

/** Words for the short reasons that the layers below give; system codes are those of the operating system. */
const REASONS: ReadonlyMap<string, string> = new Map([
  ['EACCES', 'permission denied'],
  ['EPERM', 'permission denied'],
  ['ENOENT', 'it is not there'],
  ['ENOSPC', 'the disk is full'],
  ['EROFS', 'the disk is read-only'],
  ['EIO', 'the disk reports an error'],
  ['EISDIR', 'it is a folder'],
  ['ENOTDIR', 'a part of its path is not a folder'],
  ['ECONNREFUSED', 'connection refused'],
  ['ECONNRESET', 'connection lost'],
  ['ETIMEDOUT', 'no answer in time'],
  ['denied', 'permission denied'],
  ['missing', 'it is not there'],
  ['full', 'the disk is full'],
  ['input_output', 'the disk reports an error'],
  ['not_ours', 'it belongs to another bot'],
  ['invalid_host_id', 'its host id is damaged'],
  ['unsafe_path', 'a path leads out of it'],
  ['relative', 'its path is not absolute'],
  ['not_begun', 'it did not begin'],
  ['deadline', 'no answer in time'],
  ['length', 'it is shorter than it says'],
  ['index', 'its index is missing'],
  ['packet', 'a part of it is missing'],
  ['size', 'its width and height cannot be read'],
  ['seek', 'its middle cannot be read'],
  ['gpu_count', 'it needs another number of GPUs'],
  ['tool_unreachable', "the bot's own tool cannot be reached there"],
  ['input.truncated', 'it is damaged'],
  ['input.not_media', 'it is no media file'],
  ['input.no_frames', 'it has no frames'],
  ['input.file_empty', 'it is empty'],
]);

/** Why, in words: the text of `detail`, or what the code in `reason` stands for; empty where neither is there. */
export function why(parameters: Parameters): string {
  const given = parameters.text('detail', parameters.text('reason'));
  return withoutStop(
    REASONS.get(given) ?? (/^[a-z]+(_[a-z]+)+$/.test(given) ? given.replaceAll('_', ' ') : given),
  );
}

/** ` (permission denied)`, or nothing. */
export function whyInBrackets(parameters: Parameters): string {
  const words = why(parameters);
  return words === '' ? '' : ` (${words})`;
}

/** `: permission denied.`, or the full stop alone. */
export function whyAtTheEnd(parameters: Parameters): string {
  const words = why(parameters);
  return words === '' ? '.' : `: ${words}.`;
}

export function withoutStop(text: string): string {
  return text.replace(/[.:]+$/, '');
}
